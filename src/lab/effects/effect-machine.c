/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a machine step starts and stops its machine; the sequences themselves
 * are machine-start.c and machine-stop.c.
 */
#include "lab/effects/effect.h"

#include "lab/checkpoints/checkpoint.h"
#include "machine/once.h"

static LiveMachine *
find_machine (EffectsContext *context, const Step *step)
{
    return g_hash_table_lookup (context->machines, step->machine->name);
}

static void
machine_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_start_finish (NULL, result, &error);

    effect_end (user_data, success, error);
}

static void
machine_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_stop_finish (NULL, result, &error);

    effect_end (user_data, success, error);
}

typedef struct {
    LiveMachine *machine;
    gboolean off;
} Adopted;

static void
stopped_late (GObject *source, GAsyncResult *result, gpointer user_data)
{
    /* the state tells */
}

/* A machine that was being stopped goes on to stop. */
static void
machine_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
    static const StopOptions gently;
    g_autoptr (GTask) task = user_data;
    Adopted *adopted = g_task_get_task_data (task);
    GError *error = NULL;
    gboolean success = live_machine_adopt_finish (NULL, result, &error);

    if (success && adopted->off)
        live_machine_stop_async (adopted->machine, &gently, stopped_late, NULL);
    effect_end (g_steal_pointer (&task), success, error);
}

/* One that was just being started will be ended, for which it need not answer. */
void
machine_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    LiveMachine *machine = find_machine (context, step);
    ProcessId process = executed_process (executed);
    Adopted *adopted;

    live_machine_set_restarts (machine, executed->restarts);
    live_machine_set_held (machine, executed->held);
    live_machine_set_serial_offset (machine, executed->serial_offset);
    if (process.pid == 0 || (executed->off && !process_is_alive (process))) {
        g_task_return_pointer (task, NULL, NULL);
    } else if (executed->status == EXECUTED_DOING) {
        live_machine_hold (machine, process);
        g_task_return_pointer (task, NULL, NULL);
    } else {
        adopted = g_new (Adopted, 1);
        *adopted = (Adopted){ machine, executed->off };
        g_task_set_task_data (task, adopted, g_free);
        live_machine_adopt_async (machine, process, executed->paused, machine_adopted,
                                  g_object_ref (task));
    }
}

void
machine_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    LiveMachine *machine = find_machine (context, step);
    const CheckpointMachine *part =
        context->from ? checkpoint_find_machine (context->from, step->machine->name) : NULL;
    g_autofree char *memory = part && part->ram ? checkpoint_file (context->from, part->ram) : NULL;
    g_autofree char *said = part && part->said ? checkpoint_file (context->from, part->said) : NULL;
    SavedMachine saved = { .memory = memory, .said = said };

    if (part) {
        once_set (step->machine, part->once);
        saved.ready = part->ready;
        saved.held = part->held;
    }
    live_machine_set_saved (machine, memory ? &saved : NULL);
    if (part && part->off) {
        executed->off = TRUE;
        g_task_return_pointer (task, NULL, NULL);
        return;
    }
    live_machine_start_async (machine, context->paused || (part && !part->running), machine_started,
                              g_object_ref (task));
}

void
machine_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    live_machine_stop_async (find_machine (context, step), &context->stop, machine_stopped,
                             g_object_ref (task));
}
