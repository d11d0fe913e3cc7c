/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the waits of clients for something about one machine. */
#include "base/error.h"
#include "machine/machine-private.h"

#define WAITS_MAX 64 /* at a time, of one machine */

typedef struct {
    LiveMachine *machine; /* not owned: it ends its waits before it goes */
    ReadyRecord *wanted;
    ConditionSet *conditions;
    GTask *task;
} MachineWait;

static void
wait_free (MachineWait *wait)
{
    condition_set_free (wait->conditions);
    record_free (&ready_record, wait->wanted);
    g_object_unref (wait->task);
    g_free (wait);
}

/* Takes it out of the machine's list and answers; @error: (transfer full) */
static void
wait_end (MachineWait *wait, GError *error)
{
    g_ptr_array_remove_fast (wait->machine->waits, wait);
    if (error)
        g_task_return_error (wait->task, error);
    else
        g_task_return_boolean (wait->task, TRUE);
    wait_free (wait);
}

static void
decided (const GError *failure, gpointer user_data)
{
    MachineWait *wait = user_data;
    GError *error = failure ? g_error_copy (failure) : NULL;

    g_prefix_error (&error, "machine %s: ", wait->machine->record->name);
    roost_error_reclass (&error, ROOST_ERROR_FAILED);
    wait_end (wait, error);
}

static void
end_all (LiveMachine *machine)
{
    while (machine->waits && machine->waits->len > 0) {
        MachineWait *wait = g_ptr_array_index (machine->waits, 0);
        g_autofree char *missing = condition_set_explain (wait->conditions);

        wait_end (wait,
                  g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE, "machine %s: it is %s%s%s, and %s",
                               machine->record->name, machine_state_names[machine->state],
                               machine->problem ? ": " : "",
                               machine->problem ? machine->problem : "", missing));
    }
}

static gboolean
ended (gpointer user_data)
{
    LiveMachine *machine = user_data;

    machine->waits_source = 0;
    if (machine->state != MACHINE_RUNNING && machine->state != MACHINE_PAUSED)
        end_all (machine);
    return G_SOURCE_REMOVE;
}

/* Later, because what ended it may be the very event that is waited for. */
void
machine_waits_end_soon (LiveMachine *machine)
{
    if (!machine->waits_source && machine->waits && machine->waits->len > 0)
        machine->waits_source = g_idle_add (ended, machine);
}

void
machine_waits_clear (LiveMachine *machine)
{
    if (machine->waits_source)
        g_source_remove (machine->waits_source);
    machine->waits_source = 0;
    end_all (machine);
    g_clear_pointer (&machine->waits, g_ptr_array_unref);
}

void
live_machine_wait_async (LiveMachine *machine, ReadyRecord *wanted, GAsyncReadyCallback callback,
                         gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    static const ConditionHandlers handlers = { .over = decided };
    g_autofree char *said = machine_said_path (machine);
    ConditionSite site = { .record = machine->record,
                           .qmp = live_machine_get_qmp (machine),
                           .serial_offset = machine->serial_offset,
                           .said = said };
    const char *problem = NULL;
    MachineWait *wait;

    g_task_set_source_tag (task, live_machine_wait_async);
    if (!site.qmp || (machine->state != MACHINE_RUNNING && machine->state != MACHINE_PAUSED))
        problem = machine_state_names[machine->state];
    else if (machine->waits && machine->waits->len >= WAITS_MAX)
        problem = "waited for by too many";
    if (problem) {
        record_free (&ready_record, wanted);
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_MACHINE, "machine %s: it is %s",
                                 machine->record->name, problem);
        return;
    }
    if (!machine->waits)
        machine->waits = g_ptr_array_new ();
    wait = g_new0 (MachineWait, 1);
    *wait = (MachineWait){ .machine = machine, .wanted = wanted, .task = g_object_ref (task) };
    g_ptr_array_add (machine->waits, wait);
    wait->conditions = condition_set_new (wanted, &site, &handlers, wait);
}

gboolean
live_machine_wait_finish (LiveMachine *machine, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
