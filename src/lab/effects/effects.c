/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns which functions do and undo each kind of step.  Undoing is idempotent: a
 * step that was begun and never finished is undone as well.
 */
#include "lab/effects/effect.h"

#include "host/network/netns.h"

static const struct {
    EffectFunc run;
    EffectFunc undo;
    EffectFunc adopt;          /* NULL: nothing of it lives */
    EffectPrepareFunc prepare; /* NULL */
} kinds[] = {
    [STEP_DIRECTORY] = { directory_do, directory_undo, NULL, NULL },
    [STEP_IMAGE] = { image_do, image_undo, NULL, image_prepare },
    [STEP_SWITCH] = { switch_do, switch_undo, switch_adopt, NULL },
    [STEP_NETWORK] = { network_do, network_undo, NULL, NULL },
    [STEP_TAP] = { tap_do, tap_undo, NULL, NULL },
    [STEP_OVS] = { ovs_do, ovs_undo, NULL, NULL },
    [STEP_NETNS] = { netns_do, netns_undo, netns_adopt, NULL },
    [STEP_UPLINK] = { uplink_do, uplink_undo, uplink_adopt, NULL },
    [STEP_HOOK] = { hook_do, hook_undo, NULL, NULL },
    [STEP_MACHINE] = { machine_do, machine_undo, machine_adopt, NULL },
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
prepare (EffectsContext *context, const Step *step, Executed *executed)
{
    if (kinds[step->kind].prepare)
        kinds[step->kind].prepare (step, executed);
}

static void
do_async (EffectsContext *context, const Step *step, Executed *executed,
          GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    kinds[step->kind].run (task, context, step, executed);
}

/* What was made in a private network went with it. */
static gboolean
has_gone (const Step *step)
{
    return (step->kind == STEP_NETWORK && netns_is_gone (step->network->net)) ||
           (step->kind == STEP_TAP && netns_is_gone (step->tap->net)) ||
           (step->kind == STEP_OVS && netns_is_gone (step->ovs->net));
}

static void
undo_async (EffectsContext *context, const Step *step, Executed *executed,
            GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    if (has_gone (step)) {
        effect_end (g_steal_pointer (&task), TRUE, NULL);
        return;
    }
    kinds[step->kind].undo (task, context, step, executed);
}

static void
adopt_async (EffectsContext *context, const Step *step, Executed *executed,
             GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    if (kinds[step->kind].adopt)
        kinds[step->kind].adopt (task, context, step, executed);
    else
        g_task_return_pointer (task, NULL, NULL);
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

const Effects real_effects = { prepare, do_async, undo_async, adopt_async, effects_finish };
