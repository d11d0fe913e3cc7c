/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `up` is for a lab: it comes up when it is down, becomes what is wanted
 * when it is up, and waits for its turn while another `up` is under way.
 */
#include "lab/lab-private.h"

#include "base/error.h"
#include "lab/reconcile.h"

#define LAB_CANCELLED "cancelled: everything was undone"

typedef struct {
    GTask *task;
    Plan *plan;
    UpOptions options;
} Waiting;

void
lab_waiting_free (gpointer data)
{
    Waiting *waiting = data;

    g_clear_object (&waiting->task);
    plan_free (waiting->plan);
    g_free (waiting);
}

static void
claimed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LiveLab *lab = user_data;
    GError *error = NULL;

    if (lab_claim_finish (result, &error) &&
        !g_cancellable_set_error_if_cancelled (lab->context.cancellable, &error)) {
        lab_walk_forwards (lab);
        return;
    }
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_clear_error (&error);
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, LAB_CANCELLED);
    }
    lab_end_task (lab, LAB_DOWN, error);
}

void
live_lab_go_from (LiveLab *lab, const char *checkpoint)
{
    g_free (lab->go_from);
    lab->go_from = g_strdup (checkpoint);
}

gboolean
lab_find_from (LiveLab *lab, GError **error)
{
    if (!lab->state->from)
        return TRUE;
    lab->from = checkpoint_read (lab->state->plan->state_dir, lab->state->from, error);
    lab->context.from = lab->from;
    return lab->from != NULL;
}

/* Takes @plan. */
static void
come_up (LiveLab *lab, Plan *plan, const UpOptions *options)
{
    GError *error = NULL;

    lab_take_state (lab, state_new (plan));
    lab->context.paused = lab->state->paused = options->paused;
    lab->state->from = g_steal_pointer (&lab->go_from);
    lab_set_status (lab, LAB_COMING_UP);
    if (!lab_find_from (lab, &error)) {
        lab_end_task (lab, LAB_DOWN, error);
        return;
    }
    lab_claim_async (lab, plan, NULL, options->force, NULL, claimed, lab);
}

/* Takes @plan. */
static void
begin (LiveLab *lab, GTask *task, Plan *plan, const UpOptions *options)
{
    if (!lab_begin_task (lab, task, lab->status == LAB_UP ? LAB_UP : LAB_DOWN))
        plan_free (plan);
    else if (lab->status == LAB_UP)
        reconcile_begin (lab, plan, options);
    else
        come_up (lab, plan, options);
}

static gboolean
begin_next (gpointer user_data)
{
    LiveLab *lab = user_data;
    Waiting *waiting = g_queue_pop_head (lab->ups);

    lab->next_source = 0;
    begin (lab, waiting->task, g_steal_pointer (&waiting->plan), &waiting->options);
    lab_waiting_free (waiting);
    lab_begin_next_up (lab);
    return G_SOURCE_REMOVE;
}

void
lab_begin_next_up (LiveLab *lab)
{
    if (!lab->task && !lab->walk && !lab->next_source && !g_queue_is_empty (lab->ups))
        lab->next_source = g_idle_add (begin_next, lab);
}

void
live_lab_up_async (LiveLab *lab, Plan *plan, const UpOptions *options, GAsyncReadyCallback callback,
                   gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Waiting *waiting;

    g_task_set_source_tag (task, live_lab_up_async);
    if (!lab->walk && lab->status != LAB_COMING_UP && lab->status != LAB_CHANGING) {
        begin (lab, task, plan, options);
        return;
    }
    waiting = g_new (Waiting, 1);
    *waiting = (Waiting){ g_steal_pointer (&task), plan, *options };
    g_queue_push_tail (lab->ups, waiting);
}

gboolean
live_lab_up_finish (LiveLab *lab, GAsyncResult *result, JsonNode **ret_changes, GError **error)
{
    JsonNode *changes = g_task_get_task_data (G_TASK (result));

    if (!g_task_propagate_boolean (G_TASK (result), error))
        return FALSE;
    *ret_changes = changes ? json_node_ref (changes) : NULL;
    return TRUE;
}

gboolean
live_lab_cancel (LiveLab *lab)
{
    if (lab->reconcile)
        return reconcile_cancel (lab);
    if (lab->status != LAB_COMING_UP)
        return FALSE;
    if (lab->walk)
        walk_fail (lab->walk, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, LAB_CANCELLED));
    lab_hurry (lab);
    return TRUE;
}
