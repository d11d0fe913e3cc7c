/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost down: every machine stops, every step is undone. */
#include "base/dirs.h"
#include "base/error.h"
#include "cli/common/client.h"
#include "cli/down.h"
#include "cli/common/machines.h"
#include "cli/common/output.h"
#include "cli/ssh.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/images.h"
#include "lab/remains.h"
#include "lab/state.h"

#include <stdio.h>
#include <unistd.h>

#define PAUSE_MS 300 /* before the next try */

/* What went wrong on the way and kept nobody from going on. */
static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    g_autoptr (JsonNode) data =
        g_str_equal (event->name, "STEP_UNDONE") ? qmp_event_get_data (event) : NULL;
    JsonObject *object = data ? json_node_get_object (data) : NULL;

    if (object && json_object_has_member (object, "note"))
        fprintf (stderr, "note: %s\n", json_object_get_string_member (object, "note"));
}

/* @ret_lost: (out): there was no answer, as the supervisor has ended */
static gboolean
take_down (const char *lab, const Options *options, guint timeout_ms, gboolean *ret_lost,
           GError **error)
{
    g_autoptr (LabClient) client = lab_client_open (lab, error);
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments;

    *ret_lost = client == NULL;
    if (!client)
        return FALSE;
    g_signal_connect (client->qmp, "event", G_CALLBACK (on_event), NULL);
    arguments = json_object_new ();
    machines_fill_stop (arguments, options);
    value = lab_client_call (client, "lab-down", arguments, timeout_ms, error);
    *ret_lost = !value && qmp_client_get_state (client->qmp) != QMP_CLIENT_READY;
    if (value)
        lab_client_wait_closed (client);
    return value != NULL;
}

static gboolean
on_paused (gpointer over)
{
    *(gboolean *)over = TRUE;
    return G_SOURCE_REMOVE;
}

static void
pause_a_moment (void)
{
    gboolean over = FALSE;

    g_timeout_add (PAUSE_MS, on_paused, &over);
    while (!over)
        g_main_context_iteration (NULL, TRUE);
}

/* A supervisor that is lost meanwhile has a successor, who goes on; one that was
 * lost on the last step needs none. */
gboolean
down_take (const char *lab, const Options *options, guint tries, guint timeout_ms, GError **error)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autoptr (Progress) progress = progress_new ("going down");
    gboolean was_up = state_exists (run_dir), lost = TRUE, down = FALSE;

    for (guint i = 0; i < tries && lost && !down; i++) {
        if (i > 0)
            pause_a_moment ();
        g_clear_error (error);
        down = take_down (lab, options, timeout_ms, &lost, error) ||
               (lost && was_up && !state_exists (run_dir));
    }
    if (down)
        g_clear_error (error);
    if (lost)
        remains_remove (run_dir);
    return down;
}

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

/* Asked before anything goes down, as well. */
static gboolean
check_checkpoints (const Options *options, const char *lab, GError **error)
{
    g_autofree char *state_dir = dirs_lab_state (lab);
    g_autoptr (GPtrArray) list = checkpoint_list (state_dir);

    for (guint i = 0; options->delete_disks && i < list->len; i++)
        if (!checkpoint_check_unused (g_ptr_array_index (list, i), error))
            return FALSE;
    return TRUE;
}

/* They are nothing without the disks. */
static gboolean
remove_checkpoints (const char *lab, GError **error)
{
    g_autofree char *state_dir = dirs_lab_state (lab);
    g_autoptr (GPtrArray) list = checkpoint_list (state_dir);

    for (guint i = 0; i < list->len; i++)
        if (!checkpoint_remove (state_dir, ((Checkpoint *)g_ptr_array_index (list, i))->name,
                                error))
            return FALSE;
    checkpoint_sweep (state_dir);
    return TRUE;
}

static gboolean
delete_disks (const char *lab, GError **error)
{
    g_autofree char *known_hosts = ssh_known_hosts (lab);

    if (!remove_checkpoints (lab, error) || !images_remove_lab (lab, error))
        return FALSE;
    unlink (known_hosts); /* the keys were on the disks */
    return TRUE;
}

gboolean
down_is_down (const char *lab)
{
    g_autofree char *run_dir = dirs_lab_run (lab);

    return !state_exists (run_dir);
}

gboolean
verb_down (Options *options, GError **error)
{
    g_autofree char *name =
        lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    g_autofree char *run_dir = name ? dirs_lab_run (name) : NULL;
    guint grace_ms;

    if (!name || !machines_duration ("grace", options->grace, &grace_ms, error) ||
        !check_checkpoints (options, name, error) || !confirm (options, name, error))
        return FALSE;
    if (!state_exists (run_dir))
        remains_remove (run_dir); /* of a supervisor that could not remove them, or was killed */
    /* with --delete-disks a lab that is down already is no mistake */
    if ((!options->delete_disks || state_exists (run_dir)) &&
        !down_take (name, options, DOWN_TRIES, 0, error))
        return FALSE;
    if (options->delete_disks && !delete_disks (name, error))
        return FALSE;
    if (options->json)
        printf ("{\"lab\":\"%s\",\"state\":\"down\"}\n", name);
    else
        printf ("lab %s is down\n", name);
    return TRUE;
}
