/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost import: a profile from what other tools describe a machine by. */
#include "import/import.h"

#include "base/file.h"
#include "cli/common/output.h"
#include "cli/verb.h"

#include <stdio.h>
#include <string.h>

static char *
read_input (const char *file, GError **error)
{
    GString *text;
    char buffer[4096];
    size_t n;

    if (strcmp (file, "-") != 0)
        return file_read (file, IMPORT_MAX_BYTES, NULL, error);
    text = g_string_new (NULL);
    while (text->len <= IMPORT_MAX_BYTES && (n = fread (buffer, 1, sizeof buffer, stdin)) > 0)
        g_string_append_len (text, buffer, n);
    return g_string_free (text, FALSE);
}

static void
print_as_json (const Import *import)
{
    g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();
    JsonArray *notes = json_array_new ();

    for (guint i = 0; i < import->notes->len; i++)
        json_array_add_string_element (notes, g_ptr_array_index (import->notes, i));
    json_object_set_string_member (object, "profile", import->profile);
    json_object_set_array_member (object, "notes", notes);
    json_node_take_object (node, object);
    print_json (node);
}

gboolean
verb_import (Options *options, GError **error)
{
    const char *file = options->argv[0];
    g_autofree char *text = read_input (file, error), *here = g_get_current_dir ();
    const char *source = strcmp (file, "-") == 0 ? "standard input" : file;
    g_auto (Import) import = { 0 };

    if (!text || !import_text (text, source, here, &import, error))
        return FALSE;
    if (options->json) {
        print_as_json (&import);
        return TRUE;
    }
    for (guint i = 0; i < import.notes->len; i++)
        fprintf (stderr, "note: %s\n", (char *)g_ptr_array_index (import.notes, i));
    fputs (import.profile, stdout);
    return TRUE;
}
