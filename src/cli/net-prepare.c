/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making of networks beforehand: the part of a plan that needs privilege is
 * carried out in this process, marked as prepared, and remembered in a run directory
 * of its own until `net down`.  No supervisor stays: nothing of it runs.
 */
#include "cli/net-prepare.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/common/load.h"
#include "host/network/bridge.h"
#include "lab/lab.h"

#include <pwd.h>
#include <stdio.h>

/* below the run root; no lab's name begins with a dot */
#define PREPARED_DIR ".net"

static char *
prepared_dir (const char *lab)
{
    g_autofree char *root = dirs_run_root ();

    return g_build_filename (root, PREPARED_DIR, lab, NULL);
}

static void
set_text (char **text, const char *value)
{
    g_free (*text);
    *text = g_strdup (value);
}

/* Marks @step as prepared; FALSE when it is not one that is. */
static gboolean
mark_step (Step *step, const char *run_dir, const char *user)
{
    g_autofree char *mark = g_strconcat (BRIDGE_PREPARED, step->id, NULL);

    switch (step->kind) {
    case STEP_DIRECTORY:
        if (!g_str_equal (step->id, "directory:run"))
            return FALSE;
        set_text (&step->directory->path, run_dir);
        return TRUE;
    case STEP_NETWORK:
        set_text (&step->network->mark, mark);
        return TRUE;
    case STEP_TAP:
        set_text (&step->tap->mark, mark);
        set_text (&step->tap->user, user);
        return TRUE;
    case STEP_OVS:
        set_text (&step->ovs->mark, mark);
        for (guint i = 0; i < step->ovs->bridges->len; i++)
            set_text (&((NetworkStep *)g_ptr_array_index (step->ovs->bridges, i))->mark, mark);
        return TRUE;
    case STEP_IMAGE:
    case STEP_SWITCH:
    case STEP_NETNS:
    case STEP_UPLINK:
    case STEP_MACHINE:
    case STEP_HOOK:
        return FALSE;
    }
    g_assert_not_reached ();
}

static gboolean
has_macvtap (const Plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_TAP && step->tap->parent)
            return TRUE;
    }
    return FALSE;
}

/* What of the plan is done beforehand. */
static Plan *
prepared_plan (const Options *options, GError **error)
{
    g_autoptr (Plan) plan = NULL;
    g_autofree char *run_dir = NULL, *user = NULL;
    struct passwd *entry = options->owner ? getpwnam (options->owner) : NULL;

    if (!entry) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "net up: --owner: %s%s",
                     options->owner ? "there is no user " : "say who is to use it",
                     options->owner ? options->owner : "");
        return NULL;
    }
    plan = load_plan (options, error);
    if (!plan)
        return NULL;
    if (has_macvtap (plan)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "net up: the device of a macvtap is root's alone: use a bridge");
        return NULL;
    }
    user = g_strdup_printf ("%u", (guint)entry->pw_uid);
    run_dir = prepared_dir (plan->lab);
    set_text (&plan->run_dir, run_dir);
    for (guint i = plan->steps->len; i-- > 0;)
        if (!mark_step (g_ptr_array_index (plan->steps, i), run_dir, user))
            g_ptr_array_remove_index (plan->steps, i);
    if (plan->steps->len > 1)
        return g_steal_pointer (&plan);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_PROFILE,
                 "net up: lab %s has no network of the host's to be prepared", plan->lab);
    return NULL;
}

typedef struct {
    gboolean ended;
    GError *error;
} Wait;

static void
came_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Wait *wait = user_data;
    g_autoptr (JsonNode) changes = NULL;

    live_lab_up_finish (NULL, result, &changes, &wait->error);
    wait->ended = TRUE;
}

static void
adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Wait *wait = user_data;

    live_lab_adopt_finish (NULL, result, &wait->error);
    wait->ended = TRUE;
}

static void
went_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Wait *wait = user_data;

    live_lab_down_finish (NULL, result, &wait->error);
    wait->ended = TRUE;
}

static gboolean
wait_for_end (Wait *wait, GError **error)
{
    while (!wait->ended)
        g_main_context_iteration (NULL, TRUE);
    wait->ended = FALSE;
    if (wait->error)
        g_propagate_error (error, g_steal_pointer (&wait->error));
    return error == NULL || *error == NULL;
}

gboolean
net_prepare (Options *options, GError **error)
{
    static const LabHandlers handlers = { 0 };
    static const UpOptions at_once = { .force = TRUE };
    g_autoptr (Plan) plan = prepared_plan (options, error);
    g_autoptr (State) state = NULL;
    g_autofree char *name = plan ? g_strdup (plan->lab) : NULL, *folder = NULL;
    LiveLab *lab;
    Wait wait = { 0 };
    gboolean success;

    if (!plan)
        return FALSE;
    state = state_load (plan->run_dir, NULL);
    if (state) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "net up: the networks of lab %s are prepared already: roost net down %s first",
                     name, name);
        return FALSE;
    }
    folder = g_path_get_dirname (plan->run_dir); /* which is locked while names are claimed */
    if (!file_make_private_dir (folder, error))
        return FALSE;
    lab = live_lab_new ("roost", &real_effects, &handlers, NULL);
    live_lab_up_async (lab, g_steal_pointer (&plan), &at_once, came_up, &wait);
    success = wait_for_end (&wait, error);
    live_lab_free (lab);
    if (success)
        printf ("the networks of lab %s are prepared for %s\n", name, options->owner);
    return success;
}

static char *
find_name (const Options *options, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr (Lab) lab = NULL;

    if (options->argc > 1)
        return g_strdup (options->argv[1]);
    path = load_find_profile (options, error);
    lab = path ? load_lab (path, options, error) : NULL;
    return lab ? g_strdup (lab->name) : NULL;
}

gboolean
net_unprepare (Options *options, GError **error)
{
    static const LabHandlers handlers = { 0 };
    static const StopOptions stop = { 0 };
    g_autofree char *name = find_name (options, error);
    g_autofree char *run_dir = name ? prepared_dir (name) : NULL;
    State *state = run_dir ? state_load (run_dir, error) : NULL;
    LiveLab *lab;
    Wait wait = { 0 };
    gboolean success;

    if (!state) {
        if (g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            g_clear_error (error);
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                         "net down: no networks of a lab %s are prepared", name);
        }
        return FALSE;
    }
    lab = live_lab_new ("roost", &real_effects, &handlers, NULL);
    live_lab_adopt_async (lab, state, adopted, &wait);
    success = wait_for_end (&wait, error);
    if (success) {
        live_lab_down_async (lab, &stop, went_down, &wait);
        success = wait_for_end (&wait, error);
    }
    live_lab_free (lab);
    return success;
}
