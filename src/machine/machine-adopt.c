/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the taking over of an emulator that another supervisor has started:
 *   1. it is watched, and its monitor is connected to;
 *   2. the host ports that it has chosen are asked for;
 *   3. so is which NICs and disks it has, should one have been coming or going;
 *   4. what it does is asked for: what happened while nobody looked happens now;
 *   5. readiness is waited for, as after a start, unless it was ready or has what is
 *      waited for: what has held with this process is known.
 * One whose processors have never run was left in the middle of its start, which
 * is ended as machine-start.c does.
 */
#include "machine/machine-private.h"

#include "base/error.h"
#include "machine/capture.h"
#include "machine/diary.h"
#include "machine/hmp.h"
#include "machine/plug/plug.h"
#include "machine/usernet.h"

/* an emulator that runs already answers at once or hangs; clients wait for this */
#define ANSWER_MS (20 * 1000)

static const char *
status_of (JsonNode *value)
{
    return JSON_NODE_HOLDS_OBJECT (value) ? json_object_get_string_member_with_default (
                                                json_node_get_object (value), "status", "")
                                          : "";
}

static void
status_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    gboolean running;

    if (machine->let_go || !machine->starting) {
        g_clear_error (&error);
        return;
    }
    if (!value) {
        machine_finish_start (machine, error);
        return;
    }
    if (g_str_equal (status_of (value), "prelaunch")) {
        machine_continue (machine);
        return;
    }
    running = JSON_NODE_HOLDS_OBJECT (value) && json_object_get_boolean_member_with_default (
                                                    json_node_get_object (value), "running", FALSE);
    machine_set_state (machine, running ? MACHINE_RUNNING : MACHINE_PAUSED);
    capture_sweep (machine);
    if (machine->handlers.connected)
        machine->handlers.connected (machine, machine->user_data);
    if (running || machine_has_held_all (machine))
        machine_begin_readiness (machine);
    machine_apply_status (machine, value); /* what it did while nobody looked */
    machine_finish_start (machine, NULL);
}

static void
settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;

    plug_settle_finish (result);
    if (!machine->let_go && machine->starting)
        qmp_client_execute_async (machine->qmp, "query-status", NULL, ANSWER_MS, NULL, status_known,
                                  machine_ref (machine));
}

/* after that it is known what it has */
static void
settle (LiveMachine *machine)
{
    plug_settle_async (machine, settled, machine_ref (machine));
}

static void
ports_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, NULL);
    g_autoptr (GPtrArray) rows = text ? usernet_parse (text) : NULL;

    if (machine->let_go || !machine->starting)
        return;
    if (rows)
        usernet_find_ports (rows, machine->record->forwards);
    settle (machine);
}

static void
cannot (LiveMachine *machine, GError *error)
{
    g_prefix_error (&error, "machine %s: taking over QEMU (pid %" G_GINT64_FORMAT "): ",
                    machine->record->name, machine->process.pid);
    roost_error_reclass (&error, ROOST_ERROR_MACHINE);
    machine_set_problem (machine, g_strdup ("it does not answer QMP"));
    machine_set_state (machine, MACHINE_CRASHED);
    machine_finish_start (machine, error);
}

static void
handshake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    GError *error = NULL;

    if (!qmp_client_connect_finish (QMP_CLIENT (source), result, &error)) {
        if (machine->let_go || !machine->starting)
            g_error_free (error);
        else
            cannot (machine, error);
        return;
    }
    if (machine->let_go || !machine->starting)
        return;
    machine_watch_events (machine);
    diary_trim (machine->record); /* nobody did while nobody looked */
    if (machine->record->forwards->len == 0)
        settle (machine);
    else
        hmp_run_async (machine->qmp, "info usernet", ANSWER_MS, NULL, ports_known,
                       machine_ref (machine));
}

/* What is known of a process that somebody else has started. */
static void
mind (LiveMachine *machine, ProcessId process)
{
    machine->process = process;
    machine_set_state (machine, MACHINE_STARTING);
    machine->watch = process_watch_new (process, machine_process_ended, machine);
}

static void
name_log (LiveMachine *machine)
{
    g_autofree char *name = g_strconcat (machine->record->name, ".stderr.log", NULL);

    g_free (machine->stderr_path);
    machine->stderr_path = g_build_filename (machine->record->log_dir, name, NULL);
}

void
live_machine_adopt_async (LiveMachine *machine, ProcessId process, gboolean paused,
                          GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, live_machine_adopt_async);
    g_assert (!machine->watch && !machine->starting);
    name_log (machine);
    machine->ended_by_request = FALSE;
    machine->start_paused = paused;
    if (!process_is_alive (process)) {
        ProcessExit unknown = { .known = FALSE };

        machine_process_ended (&unknown, machine);
        g_task_return_boolean (task, TRUE);
        return;
    }
    machine->starting = g_steal_pointer (&task);
    mind (machine, process);
    machine->qmp = qmp_client_new (QMP_CLIENT_WANT_OOB);
    qmp_client_connect_path_async (machine->qmp, machine->record->monitor, ANSWER_MS, NULL,
                                   handshake_done, machine_ref (machine));
}

gboolean
live_machine_adopt_finish (LiveMachine *machine, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

void
live_machine_hold (LiveMachine *machine, ProcessId process)
{
    g_assert (!machine->watch && !machine->starting);
    name_log (machine);
    if (process_is_alive (process))
        mind (machine, process);
}
