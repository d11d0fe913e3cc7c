/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost adopt: labs whose supervisor is gone get another one, which takes the
 * machines over.  With --stay this process is that supervisor, as a service.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "cli/common/client.h"
#include "cli/supervise.h"
#include "cli/verb.h"
#include "host/process/notify.h"
#include "lab/registry.h"

#include <stdio.h>

static void
on_end (const ProcessExit *exit, gpointer user_data)
{
    g_main_loop_quit (user_data);
}

/* Returns when the process has ended. */
static void
await_end (ProcessId supervisor)
{
    GMainLoop *loop = g_main_loop_new (NULL, FALSE);
    ProcessWatch *watch = process_watch_new (supervisor, on_end, loop);

    g_main_loop_run (loop);
    process_watch_free (watch);
    g_main_loop_unref (loop);
}

/* While somebody else minds the lab his end is waited for. */
static gboolean
stay (const char *lab, GError **error)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autoptr (State) state = NULL;

    while ((state = state_load (run_dir, error)) != NULL && registry_is_supervised (state)) {
        notify_manager ("READY=1");
        await_end ((ProcessId){ state->supervisor_pid, state->supervisor_start_time });
        g_clear_pointer (&state, state_free);
    }
    if (state)
        return supervisor_run (lab, -1, error);
    if (g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_clear_error (error); /* it is down: there is nothing to mind */
        notify_manager ("READY=1");
        return TRUE;
    }
    return FALSE;
}

static gboolean
adopt (const State *state, const Options *options, GError **error)
{
    gboolean supervised = registry_is_supervised (state);
    g_autoptr (LabClient) client = supervised ? NULL : lab_client_open (state->plan->lab, error);

    if (!supervised && !client)
        return FALSE;
    if (options->json)
        printf ("{\"lab\":\"%s\",\"adopted\":%s}\n", state->plan->lab,
                supervised ? "false" : "true");
    else
        printf ("lab %s %s\n", state->plan->lab,
                supervised ? "has its supervisor" : "was taken over");
    return TRUE;
}

static gboolean
adopt_all (const Options *options, GError **error)
{
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) states = registry_list (root);

    for (guint i = 0; i < states->len; i++)
        if (!adopt (g_ptr_array_index (states, i), options, error))
            return FALSE;
    return TRUE;
}

gboolean
verb_adopt (Options *options, GError **error)
{
    g_autofree char *name = NULL;
    g_autofree char *run_dir = NULL;
    g_autoptr (State) state = NULL;

    if (options->argc == 0 && !options->lab && !options->stay)
        return adopt_all (options, error);
    name = lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    if (!name)
        return FALSE;
    if (options->stay)
        return stay (name, error);
    run_dir = dirs_lab_run (name);
    state = state_load (run_dir, error);
    if (state)
        return adopt (state, options, error);
    if (g_error_matches (*error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_clear_error (error);
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "lab %s is not up", name);
    }
    return FALSE;
}
