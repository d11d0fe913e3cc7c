/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the step of a hook does: which of its programs runs, and what that is
 * told. */
#include "lab/effects/effect.h"

#include "base/record.h"
#include "host/process/hook.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

typedef struct {
    const HookStep *hook;
    const char *name;
    gboolean undoing;
} Call;

static void
ran (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    const Call *call = g_task_get_task_data (task);
    GError *error = NULL;

    if (hook_run_finish (result, &error)) {
        g_task_return_pointer (task, NULL, NULL);
        return;
    }
    g_prefix_error (&error, "%s: %s: %s: ", call->hook->place, call->hook->owner, call->name);
    if (call->undoing) { /* it was run: the next time would do no better */
        g_task_return_pointer (task, g_strdup (error->message), g_free);
        g_error_free (error);
    } else {
        g_task_return_error (task, error);
    }
}

static GStrv
make_environment (const HookStep *hook, const char *name)
{
    g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
    const char *path = g_getenv ("PATH");
    g_autofree char *own_path = g_strconcat ("PATH=", path ? path : DEFAULT_PATH, NULL);
    g_autofree char *home = g_strconcat ("HOME=", g_get_home_dir (), NULL);
    g_autofree char *which = g_strconcat ("ROOST_HOOK=", name, NULL);

    g_strv_builder_add_many (words, own_path, home, which, NULL);
    if (hook->environment)
        g_strv_builder_addv (words, (const char **)hook->environment);
    return g_strv_builder_end (words);
}

/* before_up and before_down read the plan, the others how the lab is. */
static void
run (GTask *task, EffectsContext *context, const Step *step, const char *name, GStrv argv,
     GCancellable *cancellable)
{
    const HookStep *hook = step->hook;
    g_autoptr (JsonNode) told = NULL;
    g_autofree char *input = NULL;
    g_autofree char *label = g_strdup_printf ("%s: %s", hook->owner, name);
    g_auto (GStrv) environment = NULL;
    Call *call;

    if (!argv) {
        g_task_return_pointer (task, NULL, NULL);
        return;
    }
    told = context->tell_hook (g_str_has_prefix (name, "before"), context->hook_data);
    input = json_to_text (told);
    environment = make_environment (hook, name);
    call = g_new (Call, 1);
    *call = (Call){ hook, name, cancellable == NULL };
    g_task_set_task_data (task, call, g_free);
    hook_run_async (&(HookSpec){ .argv = (const char *const *)argv,
                                 .environment = (const char *const *)environment,
                                 .folder = hook->folder,
                                 .input = input,
                                 .log = hook->log,
                                 .label = label,
                                 .timeout_ms = (guint)hook->timeout_ms },
                    cancellable, ran, g_object_ref (task));
}

void
hook_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    run (task, context, step, step->hook->up_name, step->hook->up, context->cancellable);
}

/* What has been done is undone whatever has been cancelled. */
void
hook_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    run (task, context, step, step->hook->down_name, step->hook->down, NULL);
}
