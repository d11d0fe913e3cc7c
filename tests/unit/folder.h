/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files in a folder of the test's own. */
#pragma once

#include <check.h>
#include <glib/gstdio.h>

/* @path: below @dir; the folders on the way are made */
static inline void
folder_write (const char *dir, const char *path, const char *text)
{
    g_autofree char *full = g_build_filename (dir, path, NULL);
    g_autofree char *parent = g_path_get_dirname (full);

    ck_assert_int_eq (g_mkdir_with_parents (parent, 0700), 0);
    ck_assert (g_file_set_contents (full, text, -1, NULL));
}

/* with all that is in it; links are not followed */
static inline void
folder_remove (const char *path)
{
    g_autoptr (GDir) dir =
        g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *below = g_build_filename (path, name, NULL);

        folder_remove (below);
    }
    g_remove (path);
}
