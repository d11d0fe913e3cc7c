/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost down: every machine stops, every step is undone. */
#include "base/dirs.h"
#include "base/error.h"
#include "cli/client.h"
#include "cli/machines.h"
#include "cli/output.h"
#include "lab/images.h"
#include "lab/state.h"

#include <stdio.h>
#include <unistd.h>

/* Asked before anything goes down: what is deleted does not come back. */
static gboolean
confirm (const Options *options, const char *lab, GError **error)
{
    g_autoptr (GPtrArray) images = options->delete_disks ? images_list (lab) : NULL;
    char answer[16] = "";

    if (!options->delete_disks || options->yes || images->len == 0)
        return TRUE;
    if (isatty (STDIN_FILENO)) {
        fprintf (stderr, "delete %u disk%s of lab %s? [y/N] ", images->len,
                 images->len == 1 ? "" : "s", lab);
        if (fgets (answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
            return TRUE;
    }
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "lab %s: its disks are deleted only when you say yes, or --yes; nothing was done",
                 lab);
    return FALSE;
}

static gboolean
take_down (const Options *options, const char *name, GError **error)
{
    g_autoptr (LabClient) client = lab_client_open (name, error);
    g_autoptr (Progress) progress = NULL;
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments;

    if (!client)
        return FALSE;
    progress = progress_new ("going down");
    arguments = json_object_new ();
    machines_fill_stop (arguments, options);
    value = lab_client_call (client, "lab-down", arguments, 0, error);
    if (!value)
        return FALSE;
    lab_client_wait_closed (client);
    return TRUE;
}

/* With --delete-disks a lab that is down already is no mistake. */
static gboolean
is_up (const char *name)
{
    g_autofree char *run_dir = dirs_lab_run (name);
    g_autoptr (State) state = state_load (run_dir, NULL);

    return state != NULL;
}

gboolean
verb_down (Options *options, GError **error)
{
    g_autofree char *name =
        lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    guint grace_ms;

    if (!name || !machines_duration ("grace", options->grace, &grace_ms, error) ||
        !confirm (options, name, error))
        return FALSE;
    if ((!options->delete_disks || is_up (name)) && !take_down (options, name, error))
        return FALSE;
    if (options->delete_disks && !images_remove_lab (name, error))
        return FALSE;
    if (options->json)
        printf ("{\"lab\":\"%s\",\"state\":\"down\"}\n", name);
    else
        printf ("lab %s is down\n", name);
    return TRUE;
}
