/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `roost run` hears while it waits: signals, the time that is over,
 * and what the supervisor tells of the machines; any of it can end the run. */
#include "cli/run/run.h"

#include "base/error.h"
#include "cli/common/output.h"

#include <glib-unix.h>
#include <signal.h>

#define COMMAND_GRACE_MS (10 * 1000) /* from SIGTERM to SIGKILL */

/* --- what ends it early --- */

static gboolean
kill_command (gpointer user_data)
{
    Run *run = user_data;

    run->kill_timer = 0;
    if (run->command)
        foreground_signal (run->command, SIGKILL);
    return G_SOURCE_REMOVE;
}

static void
end_command (Run *run)
{
    foreground_signal (run->command, SIGTERM);
    foreground_signal (run->command, SIGCONT);
    if (!run->kill_timer)
        run->kill_timer = g_timeout_add (COMMAND_GRACE_MS, kill_command, run);
}

/* Takes @why. The first reason is the one that is told; whoever gives another
 * one has no patience. */
static void
give_up (Run *run, GError *why)
{
    gboolean again = run->failure != NULL;

    if (again) {
        g_error_free (why);
        if (run->command)
            foreground_signal (run->command, SIGKILL);
        return;
    }
    run->failure = why;
    switch (run->phase) {
    case PHASE_UP:
        if (run->client)
            qmp_client_execute_async (run->client->qmp, "lab-cancel", NULL, 0, NULL, NULL, NULL);
        break;
    case PHASE_READY:
        if (run->client)
            qmp_client_close (run->client->qmp, why);
        break;
    case PHASE_COMMAND:
        if (run->command)
            end_command (run);
        break;
    case PHASE_PLAN:
    case PHASE_DOWN:
    case N_PHASES:
        break;
    }
}

/* Where a whole job is told to end, the supervisor may hear it first. */
static gboolean
on_signal (Run *run, const char *name)
{
    if (run->lost && !run->signalled)
        g_clear_error (&run->failure);
    run->signalled = TRUE;
    give_up (run, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "interrupted by %s", name));
    return G_SOURCE_CONTINUE;
}

static gboolean
on_int (gpointer run)
{
    return on_signal (run, "SIGINT");
}

static gboolean
on_term (gpointer run)
{
    return on_signal (run, "SIGTERM");
}

static gboolean
on_hup (gpointer run)
{
    return on_signal (run, "SIGHUP");
}

/* Returns: (transfer full): those that were not ready, for the end of a sentence */
static char *
name_unready (const Run *run)
{
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = 0; run->phase <= PHASE_READY && i < run->machines->len; i++) {
        const RunMachine *machine = g_ptr_array_index (run->machines, i);

        if (!machine->ready.ended)
            g_string_append_printf (text, "%s%s",
                                    text->len ? ", " : "; not ready: ", machine->record->name);
    }
    return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
on_timeout (gpointer user_data)
{
    Run *run = user_data;
    g_autofree char *unready = name_unready (run);

    if (run->phase != PHASE_DOWN)
        give_up (run, g_error_new (ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                                   "the time of %s was over in phase %s%s", run->options->timeout,
                                   run_phase_names[run->phase], unready));
    return G_SOURCE_CONTINUE;
}

/* --- what the supervisor tells --- */

static RunMachine *
find_machine (const Run *run, const char *name)
{
    for (guint i = 0; i < run->machines->len; i++) {
        RunMachine *machine = g_ptr_array_index (run->machines, i);

        if (g_strcmp0 (machine->record->name, name) == 0)
            return machine;
    }
    return NULL;
}

static void
note_problem (RunSpan *span, const char *problem, gint64 now)
{
    if (!problem || span->problem)
        return;
    span->problem = g_strdup (problem);
    span->ended = now;
}

/* When it has begun, has started and is ready, each once. */
static void
note_times (RunMachine *machine, const char *state, const char *ready, gint64 now)
{
    gboolean there = g_str_equal (state, "running") || g_str_equal (state, "paused");

    if (g_str_equal (state, "starting") && !machine->start.begun)
        machine->start.begun = now;
    if (there && !machine->start.ended)
        machine->start.ended = machine->ready.begun = now;
    if (g_str_equal (ready, "ready") && !machine->ready.ended)
        machine->ready.ended = now;
}

/* It spoils what it was doing: to become ready, or to start and run. */
static void
note_crash (RunMachine *machine, const char *problem, gint64 now)
{
    gboolean becoming_ready = machine->start.ended && !machine->ready.ended;

    note_problem (becoming_ready ? &machine->ready : &machine->start, problem, now);
}

static void
machine_told (Run *run, RunMachine *machine, JsonObject *object)
{
    const char *state = member_string (object, "state", "");
    const char *problem = member_string (object, "problem", "it crashed");
    gint64 now = g_get_monotonic_time ();

    if (run->phase == PHASE_DOWN)
        return;
    g_free (machine->state);
    machine->state = g_strdup (state);
    note_times (machine, state, member_string (object, "ready", ""), now);
    note_problem (&machine->ready, member_string (object, "unready", NULL), now);
    if (!g_str_equal (state, "crashed"))
        return;
    note_crash (machine, problem, now);
    /* one that is to be restarted after a crash has done what it should */
    if (run->phase == PHASE_COMMAND && g_strcmp0 (machine->record->on_crash, "restart") != 0)
        give_up (run, g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE, "machine %s: %s",
                                   machine->record->name, problem));
}

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    Run *run = user_data;
    g_autoptr (JsonNode) data = NULL;
    RunMachine *machine;

    if (g_str_equal (event->name, "MACHINE_STATE"))
        data = qmp_event_get_data (event);
    if (!data)
        return;
    machine = find_machine (run, member_string (json_node_get_object (data), "name", ""));
    if (machine)
        machine_told (run, machine, json_node_get_object (data));
}

static void
on_closed (QmpClient *qmp, const GError *reason, gpointer user_data)
{
    Run *run = user_data;

    if (run->phase != PHASE_COMMAND)
        return;
    run->lost |= !run->failure;
    give_up (run, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                               "lab %s: its supervisor ended (see: roost log --supervisor)",
                               run->plan->lab));
}

gboolean
run_attach (Run *run, LabClient *client)
{
    run->client = client;
    if (!client)
        return FALSE;
    g_signal_connect (client->qmp, "event", G_CALLBACK (on_event), run);
    g_signal_connect (client->qmp, "closed", G_CALLBACK (on_closed), run);
    return TRUE;
}

void
run_detach (Run *run)
{
    if (run->client)
        g_signal_handlers_disconnect_by_data (run->client->qmp, run);
    g_clear_pointer (&run->client, lab_client_free);
}

void
run_watch_begin (Run *run, guint timeout_ms)
{
    run->watches[0] = g_unix_signal_add (SIGINT, on_int, run);
    run->watches[1] = g_unix_signal_add (SIGTERM, on_term, run);
    run->watches[2] = g_unix_signal_add (SIGHUP, on_hup, run);
    if (timeout_ms > 0)
        run->watches[3] = g_timeout_add (timeout_ms, on_timeout, run);
}

void
run_watch_end (Run *run)
{
    for (gsize i = 0; i < RUN_WATCHES; i++)
        if (run->watches[i])
            g_source_remove (run->watches[i]);
    if (run->kill_timer)
        g_source_remove (run->kill_timer);
}
