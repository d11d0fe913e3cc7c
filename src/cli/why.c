/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost log --why: how the last starts of a machine ended, asked of its lab or,
 * when that is down, read from what it has left.
 */
#include "cli/why.h"

#include "base/dirs.h"
#include "base/error.h"
#include "cli/common/client.h"
#include "cli/common/output.h"
#include "lab/registry.h"
#include "machine/story.h"

#include <stdio.h>

static JsonNode *
ask (const char *lab, const char *machine, GError **error)
{
    g_autoptr (LabClient) client = lab_client_open (lab, error);
    JsonObject *arguments;

    if (!client)
        return NULL;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "machine", machine);
    return lab_client_call (client, "query-story", arguments, 0, error);
}

static JsonNode *
get_stories (const char *lab, const char *machine, GError **error)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autofree char *state_dir = NULL, *logs = NULL;

    if (state_exists (run_dir))
        return ask (lab, machine, error);
    state_dir = registry_state_dir (lab);
    logs = g_build_filename (state_dir, "logs", NULL);
    return story_load (logs, machine);
}

gboolean
log_why (Options *options, GError **error)
{
    const char *machine;
    g_autofree char *lab = NULL, *text = NULL;
    g_autoptr (JsonNode) stories = NULL;

    if (options->argc == 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "say which machine (see: roost log --help)");
        return FALSE;
    }
    lab = lab_client_split_machine (options, options->argv[0], &machine, error);
    stories = lab ? get_stories (lab, machine, error) : NULL;
    if (!stories)
        return FALSE;
    if (!options->json && json_array_get_length (json_node_get_array (stories)) == 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "machine %s of lab %s: it has not been started since its logs began", machine,
                     lab);
        return FALSE;
    }
    if (options->json) {
        print_json (stories);
        return TRUE;
    }
    text = story_tell (stories);
    fputs (text, stdout);
    return TRUE;
}
