/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the folders of emulators with names; see emulator-store.h. */
#include "host/emulator/emulator-store.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "base/text.h"
#include "host/tree.h"

#include <string.h>

#define FILE_NAME "emulator.json"
#define FILE_MAX (256 * 1024)

static const Field fields[] = {
    { "name", FIELD_STRING, offsetof (BuiltEmulator, name) },
    { "path", FIELD_STRING, offsetof (BuiltEmulator, path) },
    { "source", FIELD_STRING, offsetof (BuiltEmulator, source) },
    { "target", FIELD_STRING, offsetof (BuiltEmulator, target) },
    { "patches", FIELD_STRINGS, offsetof (BuiltEmulator, patches) },
    { "built", FIELD_STRING, offsetof (BuiltEmulator, built) },
    { NULL },
};
const Record built_emulator_record = { "emulator", sizeof (BuiltEmulator), fields };

char *
emulator_store_folder (const char *name)
{
    g_autofree char *root = dirs_emulators ();

    return g_build_filename (root, name, NULL);
}

BuiltEmulator *
emulator_store_find (const char *name)
{
    g_autofree char *folder = NULL, *path = NULL, *text = NULL;
    g_autoptr (JsonNode) node = NULL;
    BuiltEmulator *emulator;

    if (!name_is_valid (name))
        return NULL;
    folder = emulator_store_folder (name);
    path = g_build_filename (folder, FILE_NAME, NULL);
    text = file_read_own (path, FILE_MAX, NULL);
    node = text ? json_from_text (text, NULL) : NULL;
    emulator = node ? record_from_json (&built_emulator_record, node, NULL) : NULL;
    if (emulator && emulator->name && emulator->path)
        return emulator;
    record_free (&built_emulator_record, emulator);
    return NULL;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(BuiltEmulator *const *)a)->name, (*(BuiltEmulator *const *)b)->name);
}

GPtrArray *
emulator_store_list (void)
{
    GPtrArray *list = record_array_new (&built_emulator_record);
    g_autofree char *root = dirs_emulators ();
    g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        BuiltEmulator *emulator = emulator_store_find (name);

        if (emulator)
            g_ptr_array_add (list, emulator);
    }
    g_ptr_array_sort (list, by_name);
    return list;
}

gboolean
emulator_store_add (const BuiltEmulator *emulator, GError **error)
{
    g_autofree char *folder = emulator_store_folder (emulator->name);
    g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
    g_autoptr (JsonNode) node = record_to_json (&built_emulator_record, emulator);
    g_autofree char *text = json_to_pretty_text (node);

    return file_write_whole (path, text, strlen (text), 0600, error);
}

gboolean
emulator_store_remove (const char *name, GError **error)
{
    g_autofree char *folder = name_is_valid (name) ? emulator_store_folder (name) : NULL;

    if (!folder || !g_file_test (folder, G_FILE_TEST_IS_DIR)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "there is no emulator %s (roost emulator list)", name);
        return FALSE;
    }
    return tree_remove (folder, error);
}
