/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the taking over of a lab whose supervisor is gone, at whatever moment:
 *   1. processes that were started and not written down any more are found;
 *   2. what lives is minded again, and what must live and does not is started;
 *   3. the work that was under way is ended, with nobody waiting for it:
 *        coming up    steps that were begun are undone and done again, then the
 *                     rest: the lab comes up, or is undone as a failed `up` is;
 *        up           steps that were begun are undone, the rest stays;
 *        changing     the same: the next `up` makes of it what is wanted;
 *        going down   goes down.
 * Whoever asked to take it over has his answer after 2; what is asked of the lab
 * from then on waits while steps are undone, and joins what comes up or goes down.
 */
#include "lab/disks/disk-adopt.h"
#include "lab/lab-private.h"

#include "host/process/marked.h"

#include <signal.h>
#include <string.h>

/* The step knows of no living process of its own: this is it.  One of a step
 * that nobody knows of, whose list was written before it began, is nobody's. */
static void
assign (LiveLab *lab, const MarkedProcess *marked)
{
    Executed *executed = state_find (lab->state, marked->step);

    if (!executed) {
        process_signal (marked->id, SIGKILL);
    } else if (!process_is_alive (executed_process (executed))) {
        executed->pid = marked->id.pid;
        executed->start_time = marked->id.start_time;
        g_clear_pointer (&executed->held, g_strfreev); /* that was another process */
        executed->off = FALSE;
    }
}

static void
find_processes (LiveLab *lab)
{
    g_autoptr (GPtrArray) found = marked_list (lab->state->plan->run_dir);

    for (guint i = 0; i < found->len; i++)
        assign (lab, g_ptr_array_index (found, i));
}

static void
begun_undone (LiveLab *lab, GError *error)
{
    if (lab->abandoned) {
        lab->failure = error;
        lab_roll_back (lab);
        return;
    }
    if (error)
        g_warning ("%s", error->message);
    g_clear_error (&error);
    lab->context.rollback = FALSE;
    if (lab->status == LAB_COMING_UP) {
        lab_walk_forwards (lab);
        return;
    }
    lab_save_soon (lab);
    lab_begin_next (lab);
}

static void
go_on (LiveLab *lab, LabState was)
{
    switch (was) {
    case LAB_COMING_UP:
    case LAB_UP:
    case LAB_CHANGING:
    case LAB_DOWN: /* never written */
        lab_undo_begun (lab, begun_undone);
        break;
    case LAB_GOING_DOWN:
        lab->context.rollback = lab->state->rollback;
        lab->context.stop =
            (StopOptions){ .force = lab->state->force, .grace_ms = (guint)lab->state->grace_ms };
        lab_walk_backwards (lab);
        break;
    }
}

static void
adopted_all (LiveLab *lab)
{
    LabState was = lab->state->status;
    g_autoptr (GTask) task = g_steal_pointer (&lab->task);
    g_autoptr (GError) error = NULL;
    gboolean saving;

    saving = checkpoint_resume_frozen (lab);
    lab_end_task (lab, was == LAB_DOWN || was == LAB_CHANGING ? LAB_UP : was, NULL);
    if (was == LAB_COMING_UP && !lab_find_from (lab, &error))
        g_warning ("%s: machines are started anew", error->message);
    if (was != LAB_GOING_DOWN)
        disk_jobs_adopt (lab);
    if (saving)
        checkpoint_undo_layers (lab);
    go_on (lab, was);
    lab_save_soon (lab);
    g_task_return_boolean (task, TRUE); /* whoever waits for it finds the lab at work */
}

static void
adopted_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autoptr (GError) error = NULL;
    g_autofree char *note = NULL;

    if (!lab->effects->finish (result, &note, &error))
        g_warning ("%s", error->message);
    if (--lab->adopting == 0)
        adopted_all (lab);
}

void
live_lab_adopt_async (LiveLab *lab, State *state, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    GPtrArray *steps;

    g_task_set_source_tag (task, live_lab_adopt_async);
    if (!lab_begin_task (lab, task, LAB_DOWN)) {
        state_free (state);
        return;
    }
    lab_take_state (lab, state);
    lab->claimed = TRUE;
    lab->context.paused = state->paused;
    find_processes (lab);
    steps = state->plan->steps;
    lab->adopting = 1; /* ours, so that an adoption that ends at once does not end all */
    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index (steps, i);
        Executed *executed = state_find (state, step->id);

        if (!executed)
            continue;
        lab->adopting++;
        lab->effects->adopt_async (&lab->context, step, executed, adopted_one, lab);
    }
    if (--lab->adopting == 0)
        adopted_all (lab);
}

gboolean
live_lab_adopt_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
