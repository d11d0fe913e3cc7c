/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the moment in which a lab looks at what others claim and claims its own:
 * under the lock between labs, so that of two that want the same thing one sees
 * the plan file of the other.  Labs come up side by side otherwise.
 */
#include "lab/lab-private.h"

#include "base/file.h"
#include "host/lock.h"
#include "lab/preflight.h"

typedef struct {
    LiveLab *lab;
    Preflight preflight;
    void (*accept) (LiveLab *lab);
} Claiming;

static gboolean
check_and_write (Claiming *claiming, GError **error)
{
    LiveLab *lab = claiming->lab;

    if (!preflight_check (&claiming->preflight, error) ||
        !file_keep_private_dir (lab->state->plan->run_dir, error))
        return FALSE;
    lab->claimed = TRUE;
    if (claiming->accept)
        claiming->accept (lab);
    return state_save (lab->state, error);
}

static void
locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (HostLock) lock = host_lock_take_finish (result, &error);

    if (lock && check_and_write (g_task_get_task_data (task), &error))
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

void
lab_claim_async (LiveLab *lab, const Plan *plan, const Plan *running, gboolean force,
                 void (*accept) (LiveLab *lab), GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new (NULL, NULL, callback, user_data);
    g_autofree char *run_root = g_path_get_dirname (plan->run_dir);
    Claiming *claiming = g_new (Claiming, 1);

    *claiming = (Claiming){ lab, { plan, running, force }, accept };
    g_task_set_task_data (task, claiming, g_free);
    host_lock_take_async (run_root, lab->context.cancellable, locked, task);
}

gboolean
lab_claim_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
