/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `down` is for a lab: it joins what goes down already, gives up what is coming
 * up, and waits for the end of what can be neither.
 */
#include "lab/lab-private.h"

/* A lab that another supervisor had begun to bring up or to take down: nobody
 * waits for it until now. */
static gboolean
join (LiveLab *lab, GTask *task)
{
    if (lab->task || (lab->status != LAB_GOING_DOWN && !live_lab_cancel (lab)))
        return FALSE;
    lab->task = g_object_ref (task);
    lab->abandoned = TRUE; /* why it did not come up is no failure of this */
    return TRUE;
}

static void
begin_down (LiveLab *lab, GTask *task, gpointer data)
{
    const StopOptions *options = data;

    if (!lab_begin_task (lab, task, LAB_UP))
        return;
    lab->context.rollback = FALSE;
    lab->context.stop = *options;
    lab_walk_backwards (lab);
}

void
live_lab_down_async (LiveLab *lab, const StopOptions *options, GAsyncReadyCallback callback,
                     gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, live_lab_down_async);
    if (lab->saving)
        checkpoint_save_cancel (lab);
    if (lab->saving || !join (lab, task))
        lab_take_turn (lab, task, lab->saving || lab_is_adopting (lab), begin_down,
                       g_memdup2 (options, sizeof *options), g_free);
}

gboolean
live_lab_down_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
