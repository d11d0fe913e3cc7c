/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the start of a machine, in this order:
 *   1. sockets that an earlier start left are removed, the monitor's listening
 *      socket is made and we connect to it: nobody polls for a path;
 *   2. the emulator is spawned with the listening socket at its planned number;
 *   3. the QMP handshake ends: the emulator has accepted its command line;
 *   4. what was saved of its memory is loaded, and host ports that were left to
 *      the emulator are asked for;
 *   5. `cont`, unless the machine is to stay paused; readiness is waited for.
 * An end of the process before step 5 fails the start with its last words.
 */
#include "machine/machine-private.h"
#include "machine/once.h"

#include "base/error.h"
#include "base/file.h"
#include "host/socket.h"
#include "machine/capture.h"
#include "machine/hmp.h"
#include "machine/machine-memory.h"
#include "machine/link.h"
#include "machine/usernet.h"
#include "qmp/qmp-error.h"

#include <string.h>

#define HANDSHAKE_TIMEOUT_MS (120 * 1000)

void
machine_finish_start (LiveMachine *machine, GError *error)
{
    g_autoptr (GTask) task = g_steal_pointer (&machine->starting);

    if (!task) {
        g_clear_error (&error);
    } else if (error) {
        g_task_return_error (task, error);
    } else {
        g_task_return_boolean (task, TRUE);
    }
}

/* A start that failed in QMP rather than in the process: the process goes too,
 * and its end finishes the task. */
static void
give_up (LiveMachine *machine, GError *error)
{
    if (!machine->starting) {
        g_error_free (error);
        return;
    }
    g_prefix_error (&error, "machine %s: starting QEMU: ", machine->record->name);
    roost_error_reclass (&error, ROOST_ERROR_MACHINE);
    machine_finish_start (machine, error);
    machine_stop_at (machine, STOP_KILL);
}

void
machine_start_failed (LiveMachine *machine, const ProcessExit *exit)
{
    g_autofree char *end = machine_describe_end (machine, exit);

    if (machine->stopping->len == 0)
        machine_set_problem (machine, g_strdup (end));
    machine_set_state (machine, machine->stopping->len == 0 ? MACHINE_CRASHED : MACHINE_STOPPED);
    machine_finish_start (machine, g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE,
                                                "machine %s: starting QEMU: %s",
                                                machine->record->name, end));
}

static void
continued (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (machine->let_go || !machine->starting) {
        g_clear_error (&error);
        return;
    }
    if (!value) {
        if (machine->watch && g_error_matches (error, QMP_ERROR, QMP_ERROR_CLOSED))
            g_error_free (error); /* its end will say why */
        else
            give_up (machine, error);
        return;
    }
    if (machine->state == MACHINE_STARTING) { /* not when the guest was quick to power off */
        machine_set_state (machine, MACHINE_RUNNING);
        if (machine->stop_seen)
            machine_stopped_by_itself (machine);
        else
            machine_begin_readiness (machine);
    }
    machine_finish_start (machine, NULL);
}

void
machine_continue (LiveMachine *machine)
{
    if (machine->handlers.connected)
        machine->handlers.connected (machine, machine->user_data);
    if (machine->start_paused) {
        if (!machine->record->ready)
            machine->readiness = READY_YES; /* which is told with the state */
        machine_set_state (machine, MACHINE_PAUSED);
        if (machine->was_ready || machine_has_held_all (machine))
            machine_begin_readiness (machine);
        machine_finish_start (machine, NULL);
        return;
    }
    qmp_client_execute_async (machine->qmp, "cont", NULL, MACHINE_COMMAND_MS, NULL, continued,
                              machine_ref (machine));
}

static void
ordered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;
    gboolean good = once_begin_finish (result, &error);

    if (machine->let_go || !machine->starting ||
        (!good && machine->watch && g_error_matches (error, QMP_ERROR, QMP_ERROR_CLOSED)))
        g_clear_error (&error); /* its end will say why */
    else if (!good)
        give_up (machine, error);
    else
        machine_continue (machine);
}

/* What is to be booted first, the first time. */
static void
step_order (LiveMachine *machine)
{
    if (!machine->restored && once_is_due (machine->record)) /* a reset would lose its memory */
        once_begin_async (machine, ordered, machine_ref (machine));
    else
        machine_continue (machine);
}

static void
ports_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, &error);
    g_autoptr (GPtrArray) rows = NULL;

    if (machine->let_go || !machine->starting) {
        g_clear_error (&error);
        return;
    }
    if (!text) {
        if (machine->watch && g_error_matches (error, QMP_ERROR, QMP_ERROR_CLOSED))
            g_error_free (error);
        else
            give_up (machine, error);
        return;
    }
    rows = usernet_parse (text);
    usernet_find_ports (rows, machine->record->forwards);
    step_order (machine);
}

static void
step_ports (LiveMachine *machine)
{
    if (machine->record->forwards->len == 0) {
        step_order (machine);
        return;
    }
    hmp_run_async (machine->qmp, "info usernet", MACHINE_COMMAND_MS, NULL, ports_known,
                   machine_ref (machine));
}

static void
memory_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;
    gboolean good = machine_memory_load_finish (result, &error);

    machine->restored = good;
    g_clear_pointer (&machine->memory, g_free);
    if (machine->let_go || !machine->starting)
        g_clear_error (&error);
    else if (good)
        step_ports (machine);
    else
        give_up (machine, error);
}

static void
handshake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;

    if (!qmp_client_connect_finish (QMP_CLIENT (source), result, &error)) {
        /* an emulator that rejects its command line closes the socket and then
         * ends: the end says why, so it is waited for */
        if (machine->let_go || !machine->starting ||
            (machine->watch && !g_error_matches (error, QMP_ERROR, QMP_ERROR_NO_REPLY)))
            g_error_free (error);
        else
            give_up (machine, error);
        return;
    }
    if (machine->let_go || !machine->starting)
        return;
    machine_watch_events (machine);
    link_pull_at_start (machine);
    machine->restored = FALSE;
    if (machine->memory)
        machine_memory_load_async (machine->qmp, machine->memory, memory_loaded,
                                   machine_ref (machine));
    else
        step_ports (machine);
}

static gboolean
connect_and_spawn (LiveMachine *machine, GError **error)
{
    g_auto (AutoFd) listener = -1, connection = -1;

    machine_remove_sockets (machine);
    listener = socket_listen (machine->record->monitor, error);
    if (listener < 0)
        return FALSE;
    connection = socket_connect (machine->record->monitor, error);
    if (connection < 0 || !machine_spawn (machine, listener, error)) {
        socket_remove (machine->record->monitor);
        return FALSE;
    }
    machine->watch = process_watch_new (machine->process, machine_process_ended, machine);
    machine->qmp = qmp_client_new (QMP_CLIENT_WANT_OOB);
    qmp_client_connect_fd_async (machine->qmp, g_steal_fd (&connection), HANDSHAKE_TIMEOUT_MS, NULL,
                                 handshake_done, machine_ref (machine));
    return TRUE;
}

/* What was added while it ran ended with the process that had it. */
static void
forget_added_forwards (LiveMachine *machine)
{
    GPtrArray *forwards = machine->record->forwards;

    for (guint i = forwards->len; i-- > 0;)
        if (((ForwardRecord *)g_ptr_array_index (forwards, i))->added)
            g_ptr_array_remove_index (forwards, i);
}

static gboolean
is_idle (LiveMachine *machine, GTask *task)
{
    if (!machine->watch && !machine->starting)
        return TRUE;
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED,
                             "machine %s: cannot start: it is %s", machine->record->name,
                             machine_state_names[machine->state]);
    return FALSE;
}

void
live_machine_start_async (LiveMachine *machine, gboolean paused, GAsyncReadyCallback callback,
                          gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    GError *error = NULL;

    g_task_set_source_tag (task, live_machine_start_async);
    if (!is_idle (machine, task))
        return;
    machine->starting = g_steal_pointer (&task);
    machine->start_paused = paused;
    machine->again = FALSE;
    machine->ended_by_request = FALSE;
    machine->stop_seen = FALSE;
    forget_added_forwards (machine);
    machine_set_state (machine, MACHINE_STARTING);
    machine->handlers.starting (machine->record, machine->user_data);
    if (!machine_begin_saying (machine, &error) || !connect_and_spawn (machine, &error)) {
        g_prefix_error (&error, "machine %s: starting QEMU: ", machine->record->name);
        machine_set_state (machine, MACHINE_STOPPED);
        machine_finish_start (machine, error);
        return;
    }
    live_machine_changed (machine); /* it has a process now, which must not get lost */
}

gboolean
live_machine_start_finish (LiveMachine *machine, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
