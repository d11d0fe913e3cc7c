/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which functions do and undo each kind of step.  Undoing is idempotent: a
 * step that was begun and never finished is undone as well.
 */
#include "lab/effect.h"

static const struct {
    EffectFunc run;
    EffectFunc undo;
} kinds[] = {
    [STEP_DIRECTORY] = { directory_do, directory_undo },
    [STEP_IMAGE] = { image_do, image_undo },
    [STEP_SWITCH] = { switch_do, switch_undo },
    [STEP_NETWORK] = { network_do, network_undo },
    [STEP_TAP] = { tap_do, tap_undo },
    [STEP_OVS] = { ovs_do, ovs_undo },
    [STEP_NETNS] = { netns_do, netns_undo },
    [STEP_MACHINE] = { machine_do, machine_undo },
};

void
effect_end (GTask *task, gboolean success, GError *error)
{
    if (success)
        g_task_return_pointer (task, NULL, NULL);
    else
        g_task_return_error (task, error);
    g_object_unref (task);
}

static void
do_async (EffectsContext *context, const Step *step, Executed *executed,
          GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    kinds[step->kind].run (task, context, step, executed);
}

static void
undo_async (EffectsContext *context, const Step *step, Executed *executed,
            GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    kinds[step->kind].undo (task, context, step, executed);
}

static gboolean
effects_finish (GAsyncResult *result, char **ret_note, GError **error)
{
    GError *local = NULL;
    char *note = g_task_propagate_pointer (G_TASK (result), &local);

    if (local) {
        g_propagate_error (error, local);
        return FALSE;
    }
    *ret_note = note;
    return TRUE;
}

const Effects real_effects = { do_async, undo_async, effects_finish };
