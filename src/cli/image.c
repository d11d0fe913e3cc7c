/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost image: disk images, made as roost makes them for labs. */
#include "base/dirs.h"
#include "base/error.h"
#include "base/quantity.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/wait.h"
#include "host/command.h"
#include "host/image.h"
#include "lab/registry.h"

#include <stdio.h>
#include <sys/stat.h>

#define TIMEOUT_MS (60 * 1000)

static JsonNode *
info (const char *path, GError **error)
{
    const char *argv[] = { "qemu-img", "info", "-U", "--output=json", path, NULL };
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *output = NULL;
    Wait wait = { NULL };

    command_run_async (argv, TIMEOUT_MS, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    output = command_run_finish (result, error);
    return output ? json_from_string (output, error) : NULL;
}

static gboolean
run_info (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autoptr (JsonNode) node = info (path, error);
    JsonObject *object;
    g_autofree char *size = NULL, *used = NULL;

    if (!node)
        return FALSE;
    if (options->json) {
        print_json (node);
        return TRUE;
    }
    object = json_node_get_object (node);
    size =
        quantity_format_size (json_object_get_int_member_with_default (object, "virtual-size", 0));
    used =
        quantity_format_size (json_object_get_int_member_with_default (object, "actual-size", 0));
    printf ("%s: %s, %s, %s on disk%s%s\n", path, member_string (object, "format", "?"), size, used,
            member_string (object, "backing-filename", NULL) ? ", on " : "",
            member_string (object, "backing-filename", ""));
    return TRUE;
}

static gboolean
read_size (Options *options, gint64 *ret_size, GError **error)
{
    guint64 bytes = 0;

    if (options->argc < 3 && options->backing)
        return TRUE;
    if (options->argc < 3 || !quantity_parse_size (options->argv[2], &bytes) || bytes == 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not a size (try 16G)",
                     options->argc < 3 ? "nothing" : options->argv[2]);
        return FALSE;
    }
    *ret_size = bytes;
    return TRUE;
}

static gboolean
run_create (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *backing =
        options->backing ? g_canonicalize_filename (options->backing, NULL) : NULL;
    g_autoptr (JsonNode) backing_info = backing ? info (backing, error) : NULL;
    g_autoptr (GAsyncResult) result = NULL;
    ImageStep step = { .owner = (char *)"image", .path = path, .nocow = options->nocow };
    ImageResult made = { 0 };
    Wait wait = { NULL };

    step.format = options->format ? options->format : (char *)"qcow2";
    step.backing = backing;
    if (backing && !backing_info)
        return FALSE;
    if (backing)
        step.backing_format =
            (char *)member_string (json_node_get_object (backing_info), "format", "raw");
    if (!read_size (options, &step.size, error))
        return FALSE;
    image_make_async (&step, NULL, NULL, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    if (!image_make_finish (result, &made, error))
        return FALSE;
    if (!made.created) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s exists and is left as it is",
                     path);
        return FALSE;
    }
    if (made.note)
        fprintf (stderr, "note: %s\n", made.note);
    g_free (made.note);
    return TRUE;
}

/* The disks that roost made for a lab, up or not. */
static gboolean
run_list (Options *options, GError **error)
{
    g_autofree char *lab =
        lab_client_find (options, options->argc > 1 ? options->argv[1] : NULL, error);
    g_autofree char *state = lab ? registry_state_dir (lab) : NULL;
    g_autofree char *folder = state ? g_build_filename (state, "disks", NULL) : NULL;
    g_autoptr (GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;
    Table *table;
    const char *name;

    if (!lab)
        return FALSE;
    table = options->json ? NULL : table_new ("IMAGE|FORMAT|SIZE|BACKING");
    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL), *size = NULL;
        g_autoptr (JsonNode) node = info (path, NULL);
        JsonObject *object = node ? json_node_get_object (node) : NULL;

        if (object && table) {
            size = quantity_format_size (
                json_object_get_int_member_with_default (object, "virtual-size", 0));
            table_add (table, path, member_string (object, "format", "?"), size,
                       member_string (object, "backing-filename", NULL));
        } else if (object) {
            print_json (node);
        }
    }
    if (table)
        table_print (table);
    return TRUE;
}

gboolean
verb_image (Options *options, GError **error)
{
    const char *what = options->argv[0];

    if (g_str_equal (what, "list") && options->argc <= 2)
        return run_list (options, error);
    if (g_str_equal (what, "info") && options->argc == 2)
        return run_info (options, error);
    if (g_str_equal (what, "create") && options->argc >= 2)
        return run_create (options, error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "image takes list [LAB], info FILE or create FILE SIZE (see: roost image --help)");
    return FALSE;
}
