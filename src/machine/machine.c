/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the state of a machine.  What its events and the end of its process make of
 * it is in machine-events.c and machine-end.c; the sequences of starting and stopping
 * are in machine-start.c and machine-stop.c.
 */
#include "machine/machine.h"

#include "machine/machine-private.h"

const char *const machine_state_names[] = { "stopped",  "starting", "paused",  "running",
                                            "shutdown", "stopping", "crashed", NULL };
const char *const readiness_names[] = { "no", "waiting", "ready", "timed-out", NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (machine_state_names) == MACHINE_CRASHED + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (readiness_names) == READY_TIMED_OUT + 2);

LiveMachine *
machine_ref (LiveMachine *machine)
{
    return g_rc_box_acquire (machine);
}

static void
clear (gpointer data)
{
    LiveMachine *machine = data;

    g_free (machine->problem);
    g_free (machine->stderr_path);
    g_free (machine->unready);
    g_free (machine->memory);
    g_free (machine->had_said);
    g_strfreev (machine->had_held);
    g_ptr_array_unref (machine->held);
    g_free (machine->unplugging);
    g_ptr_array_unref (machine->stopping);
}

void
machine_unref (LiveMachine *machine)
{
    g_rc_box_release_full (machine, clear);
}

LiveMachine *
live_machine_new (MachineStep *record, const char *run_dir, const MachineHandlers *handlers,
                  gpointer user_data)
{
    LiveMachine *machine = g_rc_box_new0 (LiveMachine);

    machine->record = record;
    machine->run_dir = run_dir;
    machine->handlers = *handlers;
    machine->user_data = user_data;
    machine->stopping = g_ptr_array_new_with_free_func (g_object_unref);
    machine->held = g_ptr_array_new_with_free_func (g_free);
    machine->since = g_get_real_time ();
    return machine;
}

void
machine_drop_connection (LiveMachine *machine)
{
    if (!machine->qmp)
        return;
    g_signal_handlers_disconnect_by_data (machine->qmp, machine);
    qmp_client_close (machine->qmp, NULL);
    g_clear_object (&machine->qmp);
}

void
live_machine_free (LiveMachine *machine)
{
    if (!machine)
        return;
    machine->let_go = TRUE;
    machine_waits_clear (machine);
    g_clear_pointer (&machine->ready, condition_set_free);
    g_clear_pointer (&machine->watch, process_watch_free);
    if (machine->stop_timer)
        g_source_remove (machine->stop_timer);
    machine->stop_timer = 0;
    machine_drop_connection (machine);
    machine_unref (machine);
}

void
live_machine_changed (LiveMachine *machine)
{
    if (machine->handlers.changed && !machine->let_go)
        machine->handlers.changed (machine, machine->user_data);
}

/* The only place that sets the state. */
void
machine_set_state (LiveMachine *machine, MachineState state)
{
    if (machine->state == state)
        return;
    machine->state = state;
    machine->since = g_get_real_time ();
    if (state == MACHINE_STARTING)
        g_clear_pointer (&machine->problem, g_free);
    if (state == MACHINE_STOPPED || state == MACHINE_CRASHED || state == MACHINE_SHUTDOWN ||
        state == MACHINE_STOPPING) {
        machine_forget_readiness (machine);
        machine_waits_end_soon (machine);
    }
    live_machine_changed (machine);
}

void
machine_set_readiness (LiveMachine *machine, Readiness readiness)
{
    if (machine->readiness == readiness)
        return;
    machine->readiness = readiness;
    live_machine_changed (machine);
}

void
machine_set_problem (LiveMachine *machine, char *problem)
{
    g_free (machine->problem);
    machine->problem = problem;
}

static void
sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value && !machine->let_go)
        g_debug ("machine %s: %s", machine->record->name, error->message);
}

/* A command whose outcome shows in events and state alone. */
void
machine_send (LiveMachine *machine, const char *command)
{
    if (machine->qmp)
        qmp_client_execute_async (machine->qmp, command, NULL, MACHINE_COMMAND_MS, NULL, sent,
                                  machine_ref (machine));
}

MachineStep *
live_machine_get_record (LiveMachine *machine)
{
    return machine->record;
}

MachineState
live_machine_get_state (LiveMachine *machine)
{
    return machine->state;
}

Readiness
live_machine_get_readiness (LiveMachine *machine)
{
    return machine->readiness;
}

GStrv
live_machine_get_restarts (LiveMachine *machine)
{
    return policy_rate_save (&machine->rate);
}

void
live_machine_set_restarts (LiveMachine *machine, GStrv restarts)
{
    policy_rate_load (&machine->rate, restarts, g_get_monotonic_time ());
}

ProcessId
live_machine_get_process (LiveMachine *machine)
{
    return machine->process;
}

gboolean
live_machine_is_start_paused (LiveMachine *machine)
{
    return machine->start_paused;
}

gint64
live_machine_get_since (LiveMachine *machine)
{
    return machine->since;
}

const char *
live_machine_get_problem (LiveMachine *machine)
{
    return machine->problem;
}

const char *
live_machine_get_unready (LiveMachine *machine)
{
    return machine->readiness == READY_TIMED_OUT ? machine->unready : NULL;
}

QmpClient *
live_machine_get_qmp (LiveMachine *machine)
{
    return machine->qmp && qmp_client_get_state (machine->qmp) == QMP_CLIENT_READY ? machine->qmp
                                                                                   : NULL;
}
