/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost gc: takes down what dead labs have left, and nothing else.  Dead is a lab
 * without a supervisor of which no machine runs, or that was going down.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "cli/common/client.h"
#include "cli/verb.h"
#include "host/process/marked.h"
#include "lab/registry.h"
#include "lab/remains.h"
#include "base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const Options *options;
    GPtrArray *processes; /* MarkedProcess: those of all labs, `LAB:STEP` */
    guint found;
    gboolean failed;
} Collection;

static void
tell (Collection *collection, const char *lab, const char *what)
{
    const char *doing = collection->options->dry_run ? "would remove" : "removed";

    collection->found++;
    if (collection->options->json)
        printf ("{\"lab\":\"%s\",\"removed\":%s,\"what\":\"%s\"}\n", lab,
                collection->options->dry_run ? "false" : "true", what);
    else
        printf ("lab %s: %s %s\n", lab, doing, what);
}

/* whether a process of the lab lives, other than what the switches and the like are */
static gboolean
has_machine (Collection *collection, const char *lab)
{
    g_autofree char *prefix = g_strconcat (lab, ":machine:", NULL);

    for (guint i = 0; i < collection->processes->len; i++)
        if (g_str_has_prefix (((MarkedProcess *)g_ptr_array_index (collection->processes, i))->step,
                              prefix))
            return TRUE;
    return FALSE;
}

static gboolean
take_down (const char *lab, GError **error)
{
    g_autoptr (LabClient) client = lab_client_open (lab, error);
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments;

    if (!client)
        return FALSE;
    arguments = json_object_new ();
    json_object_set_boolean_member (arguments, "force", TRUE);
    value = lab_client_call (client, "lab-down", arguments, 0, error);
    if (value)
        lab_client_wait_closed (client);
    return value != NULL;
}

static void
collect_dead (Collection *collection, const State *state)
{
    const char *lab = state->plan->lab;
    g_autoptr (GError) error = NULL;

    for (guint i = state->executed->len; i-- > 0;) {
        const Executed *executed = g_ptr_array_index (state->executed, i);

        tell (collection, lab, executed->id);
    }
    if (collection->options->dry_run || take_down (lab, &error))
        return;
    fprintf (stderr, "roost: %s\n", error->message);
    collection->failed = TRUE;
}

static void
collect_remains (Collection *collection, const char *lab, const char *run_dir)
{
    g_autoptr (GPtrArray) lines = remains_list (run_dir);

    for (guint i = 0; i < lines->len; i++)
        tell (collection, lab, g_ptr_array_index (lines, i));
    if (!collection->options->dry_run)
        remains_remove (run_dir);
}

static void
collect (Collection *collection, const char *root, const char *lab)
{
    g_autofree char *run_dir = g_build_filename (root, lab, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (State) state = state_load (run_dir, &error);

    if (state && !registry_is_supervised (state) &&
        (state->status == LAB_GOING_DOWN || !has_machine (collection, lab))) {
        collect_dead (collection, state);
    } else if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        collect_remains (collection, lab, run_dir);
    } else if (error) {
        fprintf (stderr, "roost: lab %s: %s: it is left as it is\n", lab, error->message);
        collection->failed = TRUE;
    }
}

/* Processes of labs whose run directory is gone altogether. */
static void
collect_processes (Collection *collection, const char *root)
{
    for (guint i = 0; i < collection->processes->len; i++) {
        const MarkedProcess *marked = g_ptr_array_index (collection->processes, i);
        g_autofree char *lab = g_strndup (marked->step, strcspn (marked->step, ":"));
        g_autofree char *run_dir = g_build_filename (root, lab, NULL);
        g_autofree char *what = NULL;

        if (g_file_test (run_dir, G_FILE_TEST_EXISTS) || !process_is_alive (marked->id))
            continue;
        what = g_strdup_printf ("process %" G_GINT64_FORMAT " (%s)", marked->id.pid,
                                marked->step + strlen (lab) + 1);
        tell (collection, lab, what);
        if (!collection->options->dry_run)
            process_signal (marked->id, SIGKILL);
    }
}

gboolean
verb_gc (Options *options, GError **error)
{
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) processes = marked_list_all (root);
    Collection collection = { .options = options, .processes = processes };
    g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir)))
        if (name_is_valid (name))
            collect (&collection, root, name);
    collect_processes (&collection, root);
    if (collection.found == 0 && !options->json)
        printf ("no dead lab has left anything\n");
    if (collection.failed)
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                             "not everything could be removed");
    return !collection.failed;
}
