/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `up` is for a lab: it comes up when it is down, becomes what is wanted
 * when it is up, and waits for its turn while another `up` is under way.
 */
#include "lab/lab-private.h"

#include "base/error.h"

#include <string.h>

#define LAB_CANCELLED "cancelled: everything was undone"

typedef struct {
    Plan *plan;
    UpOptions options;
} Request;

static void
request_free (gpointer data)
{
    Request *request = data;

    plan_free (request->plan);
    g_free (request);
}

/* Only what is brought up from another lab's checkpoint begins without disks. */
static gboolean
is_new_copy (const LiveLab *lab)
{
    return lab->from && strcmp (lab->from->lab, lab->state->plan->lab) != 0;
}

static void
claimed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LiveLab *lab = user_data;
    GError *error = NULL;

    if (lab_claim_finish (result, &error) &&
        !g_cancellable_set_error_if_cancelled (lab->context.cancellable, &error) &&
        (!is_new_copy (lab) || checkpoint_clear_copy (lab->state->plan, &error))) {
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
    lab->from = checkpoint_find (lab->state->from, lab->state->plan->lab, error);
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

static void
begin (LiveLab *lab, GTask *task, gpointer data)
{
    Request *request = data;

    if (!lab_begin_task (lab, task, lab->status == LAB_UP ? LAB_UP : LAB_DOWN))
        return;
    if (lab->status == LAB_UP)
        reconcile_begin (lab, g_steal_pointer (&request->plan), &request->options);
    else
        come_up (lab, g_steal_pointer (&request->plan), &request->options);
}

void
live_lab_up_async (LiveLab *lab, Plan *plan, const UpOptions *options, GAsyncReadyCallback callback,
                   gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Request *request = g_new (Request, 1);
    gboolean wait = lab->walk || lab->status == LAB_COMING_UP || lab->status == LAB_CHANGING ||
                    lab->saving || lab_is_adopting (lab);

    g_task_set_source_tag (task, live_lab_up_async);
    *request = (Request){ plan, *options };
    lab_take_turn (lab, task, wait, begin, request, request_free);
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
    if (lab->saving)
        return checkpoint_save_cancel (lab);
    if (lab->reconcile)
        return reconcile_cancel (lab);
    if (lab->status != LAB_COMING_UP)
        return FALSE;
    if (lab->walk)
        walk_fail (lab->walk, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, LAB_CANCELLED));
    lab_hurry (lab);
    return TRUE;
}
