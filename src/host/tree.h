/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole folders: copied for those who look at them later, and removed. */
#pragma once

#include <glib.h>

/**
 * tree_copy:
 * @skip: (array zero-terminated=1): names directly below @from that stay out
 * @files: (element-type utf8): gets the path below @to of each file that was copied
 *
 * Copies the regular files below @from. Of a file that is very long only its
 * end is taken; symbolic links, sockets and what cannot be read are left out.
 */
gboolean tree_copy (const char *from, const char *to, const char *const *skip, GPtrArray *files,
                    GError **error);

/**
 * tree_remove:
 *
 * Removes @path and what is below it, without following a symbolic link. It is
 * no error when it is not there.
 */
gboolean tree_remove (const char *path, GError **error);

/**
 * tree_size:
 *
 * Returns: the bytes of the disk that @path and what is below it take
 */
guint64 tree_size (const char *path);
