/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what an emulator is built from: the series of patches, and all of it as text,
 * by which a later build knows whether it may go on; see emulator-build.h.
 */
#include "host/emulator/emulator-build-private.h"

#include "base/file.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATCHES_MAX 1000

char *
emulator_inputs_describe (const Building *b, GError **error)
{
    GString *text = g_string_new (NULL);
    GStatBuf info;

    g_string_append_printf (text, "source %s", b->build.source);
    if (g_stat (b->build.source, &info) == 0)
        g_string_append_printf (text, " %lld %lld", (long long)info.st_size,
                                (long long)info.st_mtime);
    g_string_append_printf (text, "\ntarget %s\n", b->build.target);
    for (gsize i = 0; b->build.configure && b->build.configure[i]; i++)
        g_string_append_printf (text, "configure %s\n", b->build.configure[i]);
    for (guint i = 0; i < b->patches->len; i++) {
        const char *path = g_ptr_array_index (b->patches, i);
        gsize length;
        g_autofree char *patch = file_read (path, EMULATOR_PATCH_MAX_BYTES, &length, error);
        g_autofree char *sum = NULL;

        if (!patch) {
            g_string_free (text, TRUE);
            return NULL;
        }
        sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)patch, length);
        g_string_append_printf (text, "patch %s %s\n", path, sum);
    }
    return g_string_free (text, FALSE);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

gboolean
emulator_inputs_list_patches (Building *b, GError **error)
{
    g_autofree char *path =
        b->build.patches ? g_build_filename (b->build.patches, "series", NULL) : NULL;
    g_autofree char *series = path ? file_read (path, EMULATOR_PATCH_MAX_BYTES, NULL, NULL) : NULL;
    g_auto (GStrv) lines = series ? g_strsplit (series, "\n", PATCHES_MAX) : NULL;
    g_autoptr (GDir) dir = NULL;
    const char *name;

    if (!b->build.patches)
        return TRUE;
    for (gsize i = 0; lines && lines[i]; i++) {
        char *line = g_strstrip (lines[i]);

        if (*line && *line != '#')
            g_ptr_array_add (b->patches, g_build_filename (b->build.patches, line, NULL));
    }
    if (lines)
        return TRUE;
    dir = g_dir_open (b->build.patches, 0, error);
    while (dir && (name = g_dir_read_name (dir)) && b->patches->len < PATCHES_MAX)
        if (g_str_has_suffix (name, ".patch") || g_str_has_suffix (name, ".diff"))
            g_ptr_array_add (b->patches, g_build_filename (b->build.patches, name, NULL));
    g_ptr_array_sort (b->patches, by_text);
    return dir != NULL;
}
