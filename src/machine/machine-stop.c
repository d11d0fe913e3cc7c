/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the end of a machine: four ways, each harder than the one before, each
 * with a deadline; the end of the process ends the sequence wherever it is.
 */
#include "machine/machine-private.h"

#include <signal.h>

#define GRACE_MS (20 * 1000)
#define QUIT_MS (5 * 1000)
#define TERM_MS (5 * 1000)

static gboolean
out_of_patience (gpointer user_data)
{
    LiveMachine *machine = user_data;

    machine->stop_timer = 0;
    machine_stop_at (machine, machine->stop_stage + 1);
    return G_SOURCE_REMOVE;
}

static void
wait_for_end (LiveMachine *machine, guint ms)
{
    if (machine->stop_timer)
        g_source_remove (machine->stop_timer);
    machine->stop_timer = ms > 0 ? g_timeout_add (ms, out_of_patience, machine) : 0;
}

/* Goes to @stage, or past it to the first that applies. */
void
machine_stop_at (LiveMachine *machine, StopStage stage)
{
    QmpClient *qmp = live_machine_get_qmp (machine);

    if (!machine->watch || stage <= machine->stop_stage)
        return;
    if (stage == STOP_POWERDOWN && (!qmp || machine->state != MACHINE_RUNNING))
        stage = STOP_QUIT;
    if (stage == STOP_QUIT && !qmp)
        stage = STOP_TERM;
    machine->stop_stage = stage;
    machine_set_state (machine, MACHINE_STOPPING);
    switch (stage) {
    case STOP_NOT:
        break;
    case STOP_POWERDOWN:
        machine_send (machine, "system_powerdown");
        wait_for_end (machine, machine->grace_ms);
        break;
    case STOP_QUIT:
        machine_send (machine, "quit");
        wait_for_end (machine, QUIT_MS);
        break;
    case STOP_TERM:
        process_signal (machine->process, SIGTERM);
        wait_for_end (machine, TERM_MS);
        break;
    case STOP_KILL:
        process_signal (machine->process, SIGKILL);
        wait_for_end (machine, 0);
        break;
    }
}

void
machine_stop_done (LiveMachine *machine)
{
    g_autoptr (GPtrArray) tasks = g_steal_pointer (&machine->stopping);

    machine->stopping = g_ptr_array_new_with_free_func (g_object_unref);
    machine->stop_stage = STOP_NOT;
    wait_for_end (machine, 0);
    for (guint i = 0; i < tasks->len; i++)
        g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
}

void
live_machine_stop_async (LiveMachine *machine, const StopOptions *options,
                         GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, live_machine_stop_async);
    machine->again = FALSE;
    if (!machine->watch) {
        machine_remove_sockets (machine); /* those of one that ended before we came */
        machine_set_state (machine, MACHINE_STOPPED);
        g_task_return_boolean (task, TRUE);
        return;
    }
    machine->grace_ms = options->grace_ms ? options->grace_ms : GRACE_MS;
    g_ptr_array_add (machine->stopping, g_steal_pointer (&task));
    machine_stop_at (machine, options->force ? STOP_QUIT : STOP_POWERDOWN);
}

gboolean
live_machine_stop_finish (LiveMachine *machine, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
