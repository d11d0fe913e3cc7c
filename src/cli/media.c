/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost media, and roost image snapshot: disks of machines that run. */
#include "base/error.h"
#include "cli/common/client.h"
#include "cli/image/image-verbs.h"
#include "cli/common/output.h"

#include <stdio.h>

#define TIMEOUT_MS (5 * 60 * 1000)

static JsonNode *
call (Options *options, const char *command, const char *word, const char *disk, const char *file,
      GError **error)
{
    const char *machine;
    g_autofree char *lab = lab_client_split_machine (options, word, &machine, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
    g_autofree char *path = file ? g_canonicalize_filename (file, NULL) : NULL;
    JsonObject *arguments;

    if (!client)
        return NULL;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "machine", machine);
    json_object_set_string_member (arguments, "disk", disk);
    if (path)
        json_object_set_string_member (arguments, "file", path);
    return lab_client_call (client, command, arguments, TIMEOUT_MS, error);
}

gboolean
verb_media (Options *options, GError **error)
{
    gboolean insert = g_str_equal (options->argv[0], "insert") && options->argc == 4;
    g_autoptr (JsonNode) value = NULL;

    if (!insert && (!g_str_equal (options->argv[0], "eject") || options->argc != 3)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "media takes eject MACHINE DISK or insert MACHINE DISK FILE (see: roost media "
                     "--help)");
        return FALSE;
    }
    value = call (options, "media-change", options->argv[1], options->argv[2],
                  insert ? options->argv[3] : NULL, error);
    return value != NULL;
}

gboolean
image_snapshot (Options *options, GError **error)
{
    g_autoptr (JsonNode) value =
        call (options, "disk-snapshot", options->argv[1], options->argv[2], NULL, error);

    if (!value)
        return FALSE;
    if (options->json)
        print_json (value);
    else
        puts (member_string (json_node_get_object (value), "file", ""));
    return TRUE;
}
