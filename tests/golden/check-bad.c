/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads every profile of golden/bad from its folder and compares what is said
 * about it with the .diag beside it, letter by letter.  A line `# --set X` in
 * a profile is an option.  TEST_REGENERATE=1 writes the .diag files. */
/* Requirements: R4, nic-*-user and guest-esxi-*. */
#include "base/file.h"
#include "profile/profile.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define SET_MARK "# --set "
#define MAX_BYTES (4 * 1024 * 1024)

static GStrv
read_options (const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autoptr (GPtrArray) set = g_ptr_array_new ();

    for (gsize i = 0; lines[i]; i++)
        if (g_str_has_prefix (lines[i], SET_MARK))
            g_ptr_array_add (set, g_strdup (lines[i] + strlen (SET_MARK)));
    g_ptr_array_add (set, NULL);
    return (GStrv)g_ptr_array_free (g_steal_pointer (&set), FALSE);
}

/* What is said about @name; an error and a lab together are a mistake of ours. */
static char *
complaints_of (const char *name)
{
    static const char *const search_path[] = { "parts/shipped", NULL };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Lab) lab = NULL;
    g_autofree char *text = file_read (name, MAX_BYTES, NULL, NULL);
    g_auto (GStrv) set = text ? read_options (text) : NULL;
    ProfileOptions options = { (const char *const *)set, search_path };

    lab = profile_load (name, &options, diags);
    if ((lab != NULL) != (diag_list_n_errors (diags) == 0))
        return g_strdup ("a lab is returned exactly when there is no error: violated\n");
    return diag_list_format (diags);
}

static gboolean
check (const char *name)
{
    g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".yaml"));
    g_autofree char *golden = g_strconcat (stem, ".diag", NULL);
    g_autofree char *said = complaints_of (name), *expected = NULL;

    if (g_getenv ("TEST_REGENERATE"))
        return g_file_set_contents (golden, said, -1, NULL);
    expected = file_read (golden, MAX_BYTES, NULL, NULL);
    if (*said && g_strcmp0 (said, expected) == 0)
        return TRUE;
    printf ("# expected:\n# %s# said:\n# %s", expected ? expected : "(no .diag)\n", said);
    return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
add_folder (GPtrArray *names, const char *folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

    for (const char *name = dir ? g_dir_read_name (dir) : NULL; name; name = g_dir_read_name (dir))
        if (g_str_has_suffix (name, ".yaml"))
            g_ptr_array_add (names, g_build_filename (folder, name, NULL));
}

int
main (void)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    const char *srcdir = g_getenv ("ROOST_SRCDIR");
    g_autofree char *top = g_canonicalize_filename (srcdir ? srcdir : ".", NULL);
    g_autofree char *golden = g_build_filename (top, "tests", "golden", NULL);
    g_autofree char *bad = g_build_filename (golden, "bad", NULL);

    add_folder (names, bad);
    g_ptr_array_sort (names, compare_names);
    g_ptr_array_add (names, g_build_filename (golden, "many.yaml", NULL));
    printf ("1..%u\n", names->len);
    for (guint i = 0; i < names->len; i++) {
        const char *path = g_ptr_array_index (names, i);
        g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
        gboolean ok = g_chdir (folder) == 0 && check (name);

        printf ("%s %u - %s\n", ok ? "ok" : "not ok", i + 1, name);
    }
    return 0;
}
