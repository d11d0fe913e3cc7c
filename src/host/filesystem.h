/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the file system below a file can do for disk images: files without
 * copy-on-write, files that share their blocks, and how much room there is.
 */
#pragma once

#include <glib.h>

/**
 * filesystem_is_nocow:
 *
 * Returns: whether copy-on-write is turned off for @path
 */
gboolean filesystem_is_nocow (const char *path);

/**
 * filesystem_nocow_note:
 * @path: a file that was made with nocow
 *
 * Returns: (transfer full) (nullable): what a person should know when the file
 * system has copy-on-write and yet the attribute is not there
 */
char *filesystem_nocow_note (const char *path);

/**
 * filesystem_prepare_reflink:
 * @source: the file whose blocks are to be shared
 * @target: a file that is not there yet
 * @ret_why: (out) (transfer full): why blocks cannot be shared, as a clause;
 *   %NULL when they can
 *
 * Makes @target, empty and nocow exactly when @source is: Linux shares blocks
 * between such files only, and a plain copy would lose the attribute.  Then
 * tries to share one piece, so that nobody finds a silent copy afterwards.
 * Where that fails @target is gone again.
 *
 * Returns: %FALSE when @source cannot be read or @target cannot be made
 */
gboolean filesystem_prepare_reflink (const char *source, const char *target, char **ret_why,
                                     GError **error);

/**
 * filesystem_nearest:
 *
 * Returns: (transfer full): @path, or the nearest folder above it that exists
 */
char *filesystem_nearest (const char *path);

/**
 * filesystem_free:
 * @path: a file or folder; it need not exist, its parents are looked at then
 *
 * Returns: the bytes that this user can still write there; -1 when not known
 */
gint64 filesystem_free (const char *path);
