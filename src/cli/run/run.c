/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost run: a lab for the time of one command.
 *
 *   plan → up → ready → command → (pictures) → down → artifacts, report
 *
 * Whatever ends it early (a signal, the time, a machine that crashes) is the
 * failure of the run: it ends the phase that is under way, the phases up to
 * `down` are left out, and `down` is always gone through.
 */
#include "cli/checkpoint.h"
#include "cli/run/run.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/down.h"
#include "cli/common/load.h"
#include "cli/common/machines.h"
#include "cli/up.h"
#include "host/tree.h"

#include <stdio.h>

#define DOWN_TIMEOUT_MS (5 * 60 * 1000)
#define CALL_TIMEOUT_MS (60 * 1000)
#define JOB_TRIES                                                                                  \
    5 /* where a whole job is told to end, so are supervisors that begin meanwhile                 \
       */

const char *const run_phase_names[] = { "plan", "up", "ready", "command", "down" };
G_STATIC_ASSERT (G_N_ELEMENTS (run_phase_names) == N_PHASES);

static void
begin_phase (Run *run, RunPhase phase)
{
    run->phase = phase;
    run->spans[phase].begun = g_get_monotonic_time ();
}

static void
end_phase (Run *run, const char *problem)
{
    RunSpan *span = &run->spans[run->phase];

    span->ended = g_get_monotonic_time ();
    if (problem && !span->problem)
        span->problem = g_strdup (problem);
}

gboolean
run_is_good (const Run *run)
{
    return !run->failure && run->command_ended && run->command_status == 0;
}

char *
run_describe (const Run *run)
{
    if (run->failure)
        return g_strdup (*run->failure->message ? run->failure->message : "the profile is wrong");
    if (run->command_status > 128)
        return g_strdup_printf ("the command ended with status %d (signal %d)", run->command_status,
                                run->command_status - 128);
    return g_strdup_printf ("the command ended with status %d", run->command_status);
}

/* --- the phases --- */

static gboolean
is_attached (const Run *run)
{
    return run->client && qmp_client_get_state (run->client->qmp) == QMP_CLIENT_READY;
}

/* Whether the supervisor has ended rather than answered. */
static void
note_lost (Run *run, gboolean good)
{
    run->lost = !good && !run->failure && run->client && !is_attached (run);
}

/* Keeps the first failure. @error: (transfer full) (nullable) */
static gboolean
phase_done (Run *run, gboolean good, GError *error)
{
    if (!good && !run->failure)
        run->failure = g_steal_pointer (&error);
    g_clear_error (&error);
    end_phase (run, run->failure ? run->failure->message : NULL);
    return !run->failure;
}

static void
machine_free (gpointer data)
{
    RunMachine *machine = data;

    g_free (machine->state);
    g_free (machine->start.problem);
    g_free (machine->ready.problem);
    g_free (machine);
}

static gboolean
check_command (const Run *run, GError **error)
{
    g_autofree char *program = g_find_program_in_path (run->options->argv[0]);

    if (program)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "there is no program %s",
                 run->options->argv[0]);
    return FALSE;
}

static gboolean
go_from_checkpoint (Run *run, GError **error)
{
    Plan *saved;

    if (!run->options->from)
        return TRUE;
    saved = checkpoint_plan (run->plan, run->options, error);
    if (!saved)
        return FALSE;
    plan_free (run->plan);
    run->plan = saved;
    return TRUE;
}

static gboolean
make_plan (Run *run)
{
    GError *error = NULL;
    gboolean good;

    begin_phase (run, PHASE_PLAN);
    good = check_command (run, &error) && (run->plan = load_plan (run->options, &error)) &&
           !up_is_up (run->plan, &error) && go_from_checkpoint (run, &error);
    for (guint i = 0; run->plan && i < run->plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (run->plan->steps, i);
        RunMachine *machine;

        if (step->kind != STEP_MACHINE)
            continue;
        machine = g_new0 (RunMachine, 1);
        machine->record = step->machine;
        g_ptr_array_add (run->machines, machine);
    }
    return phase_done (run, good, error);
}

static gboolean
bring_up (Run *run)
{
    GError *error = NULL;
    gboolean good;

    begin_phase (run, PHASE_UP);
    up_print_notes (run->plan);
    good = run_attach (run, lab_client_start (run->plan->lab, &error));
    if (good && !run->failure)
        good = up_bring_up (run->client, run->plan, run->options, &error);
    note_lost (run, good);
    if (!good && run->client) { /* it has undone everything, and goes */
        lab_client_wait_closed (run->client);
        run_detach (run);
    }
    return phase_done (run, good, error);
}

static gboolean
wait_ready (Run *run)
{
    GError *error = NULL;
    g_autoptr (JsonNode) value = NULL;

    begin_phase (run, PHASE_READY);
    value = lab_client_call (run->client, "lab-wait", NULL, 0, &error);
    note_lost (run, value != NULL);
    return phase_done (run, value != NULL, error);
}

static void
command_ended (int status, gpointer user_data)
{
    Run *run = user_data;

    run->command_ended = TRUE;
    run->command_status = status;
}

static void
run_command (Run *run)
{
    GError *error = NULL;
    g_autoptr (JsonNode) lab = NULL;
    g_auto (GStrv) env = NULL;
    g_autofree char *outcome = NULL;

    begin_phase (run, PHASE_COMMAND);
    lab = lab_client_call (run->client, "query-lab", NULL, CALL_TIMEOUT_MS, &error);
    if (lab && !run->failure) {
        env = run_environment (run, json_node_get_object (lab));
        run->command = foreground_start ((const char *const *)run->options->argv,
                                         (const char *const *)env, command_ended, run, &error);
    }
    while (run->command && !run->command_ended)
        g_main_context_iteration (NULL, TRUE);
    g_clear_pointer (&run->command, foreground_free);
    if (!run->command_ended && !run->failure) {
        roost_error_reclass (&error, ROOST_ERROR_FAILED);
        run->failure = g_steal_pointer (&error);
    }
    g_clear_error (&error);
    outcome = run_is_good (run) ? NULL : run_describe (run);
    end_phase (run, outcome);
}

/* Its disks and logs are nobody's once they have been put among the artifacts. */
static gboolean
forget_lab (const Run *run, GError **error)
{
    return !run->options->unique || tree_remove (run->plan->state_dir, error);
}

/* A supervisor that has gone, or whose connection was given up, is found again. */
static gboolean
attach_again (Run *run, GError **error)
{
    if (is_attached (run))
        return TRUE;
    run_detach (run);
    return run_attach (run, lab_client_open (run->plan->lab, error));
}

static gboolean
go_down (Run *run, GError **error)
{
    Options options = *run->options;

    run_detach (run);
    options.force |= !options.grace;
    return down_is_down (run->plan->lab) ||
           down_take (run->plan->lab, &options, JOB_TRIES, DOWN_TIMEOUT_MS, error);
}

static void
take_down (Run *run)
{
    GError *error = NULL;
    gboolean good;

    if (attach_again (run, NULL))
        run_collect_live (run, run_is_good (run) && !run->options->artifacts_always
                                   ? NULL
                                   : run->options->artifacts);
    if (run->options->keep) {
        fprintf (stderr, "note: lab %s stays up (roost down %s)\n", run->plan->lab, run->plan->lab);
        return;
    }
    begin_phase (run, PHASE_DOWN);
    good = go_down (run, &error);
    end_phase (run, good ? NULL : error->message);
    if (run->failure)
        g_clear_error (&error);
    else
        run->failure = error;
}

static gboolean
go_through (Run *run)
{
    if (!make_plan (run))
        return FALSE;
    if (!bring_up (run) && !run->client && !(run->lost && !down_is_down (run->plan->lab)))
        return FALSE; /* and nothing is left */
    if (!run->failure && wait_ready (run))
        run_command (run);
    take_down (run);
    return run_is_good (run);
}

/* What people and CI systems want to know; what cannot be written is a failure. */
static void
tell (Run *run)
{
    g_autoptr (GError) error = NULL;
    Options *options = run->options;
    gboolean wanted = options->artifacts && (options->artifacts_always || !run_is_good (run));

    options->status = run->failure
                          ? verb_find ("run")->error_base + roost_error_status (run->failure)
                          : run->command_status;
    if ((run->plan && wanted && !run_write_artifacts (run, options->artifacts, &error)) ||
        (options->junit && !run_write_junit (run, options->junit, &error)) ||
        (run->plan && !options->keep && !forget_lab (run, &error)))
        fprintf (stderr, "roost: %s\n", error->message);
    else if (run->plan && wanted)
        fprintf (stderr, "note: what was left of it is in %s (index.txt)\n", options->artifacts);
    if (error && run_is_good (run))
        run->failure = g_steal_pointer (&error);
}

static void
run_clear (Run *run)
{
    run_detach (run);
    plan_free (run->plan);
    g_ptr_array_unref (run->machines);
    g_ptr_array_unref (run->pictures);
    g_clear_pointer (&run->last_lab, json_node_unref);
    for (guint phase = 0; phase < N_PHASES; phase++)
        g_free (run->spans[phase].problem);
}

static void
make_absolute (char **path)
{
    g_autofree char *folder = g_get_current_dir (), *old = *path;

    *path = old ? file_absolute (folder, old) : NULL;
}

gboolean
verb_run (Options *options, GError **error)
{
    guint timeout_ms = 0, grace_ms = 0;
    Run run = { .options = options, .started = g_get_real_time () };

    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error) ||
        !machines_duration ("grace", options->grace, &grace_ms, error))
        return FALSE;
    make_absolute (&options->artifacts);
    run.machines = g_ptr_array_new_with_free_func (machine_free);
    run.pictures = g_ptr_array_new_with_free_func (g_free);
    run_watch_begin (&run, timeout_ms);
    go_through (&run);
    tell (&run);
    run_watch_end (&run);
    run_clear (&run);
    if (!run.failure)
        return TRUE; /* the status is the command's */
    g_propagate_error (error, run.failure);
    return FALSE;
}
