/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of a profile and the order of the stages: text to tree
 * (yaml), files under it (include), tree to lab (build).  A stage that finds
 * mistakes lets the next go on, so that one run tells all of them. */
#include "profile/profile.h"

#include "base/file.h"
#include "profile/build.h"
#include "profile/complain.h"
#include "profile/tree/include.h"
#include "profile/tree/yaml.h"

#include <errno.h>

/* how complaints name what came from standard input */
#define STDIN_NAME "stdin"

static Lab *
load (const char *text, gsize length, const char *file, const char *path,
      const ProfileOptions *options, DiagList *diags)
{
    g_autoptr (Complaints) complaints = complaints_new (diags);
    g_autofree char *cwd = g_get_current_dir ();
    g_autofree char *whole_path = g_canonicalize_filename (file, cwd);
    g_autofree char *folder = g_path_get_dirname (whole_path);
    g_autoptr (Node) root = NULL, tree = NULL;
    g_autoptr (Lab) lab = NULL;

    root = yaml_parse (text, length, g_intern_string (file), g_intern_string (folder), complaints);
    if (root) {
        tree = include_load (root, path ? path : whole_path, options ? options->search_path : NULL,
                             complaints);
        lab = build_lab (tree, options ? options->set : NULL, complaints);
        lab->file = g_strdup (path ? path : whole_path);
    }
    diag_list_sort (diags);
    return diag_list_n_errors (diags) == 0 ? g_steal_pointer (&lab) : NULL;
}

/* Reads standard input to its end, or one byte past what a profile may have. */
static char *
read_stdin (gsize *ret_length, GError **error)
{
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    guint8 chunk[16 * 1024];
    ssize_t n = 1;

    while (n != 0 && bytes->len <= YAML_MAX_BYTES) {
        n = read (STDIN_FILENO, chunk, sizeof chunk);
        if (n < 0 && errno != EINTR) {
            g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                         "reading the profile from standard input: %s", g_strerror (errno));
            return NULL;
        }
        if (n > 0)
            g_byte_array_append (bytes, chunk, n);
    }
    *ret_length = bytes->len;
    g_byte_array_append (bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

Lab *
profile_load (const char *path, const ProfileOptions *options, DiagList *diags)
{
    gboolean from_stdin = g_str_equal (path, "-");
    const char *file = from_stdin ? STDIN_NAME : path;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL, *whole_path = g_canonicalize_filename (path, NULL);
    gsize length = 0;

    text = from_stdin ? read_stdin (&length, &error)
                      : file_read (path, YAML_MAX_BYTES, &length, &error);
    if (!text) {
        diag_error (diags, (Place){ g_intern_string (file), 0, 0 }, NULL, "%s", error->message);
        return NULL;
    }
    return load (text, length, file, from_stdin ? "-" : whole_path, options, diags);
}

Lab *
profile_load_text (const char *text, gsize length, const char *file, const ProfileOptions *options,
                   DiagList *diags)
{
    return load (text, length, file, NULL, options, diags);
}
