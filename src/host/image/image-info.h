/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a disk image says of itself. */
#pragma once

#include "plan/run-as.h"

#include <gio/gio.h>

/**
 * image_read_backing:
 *
 * Returns: (transfer full) (nullable): the file that a qcow2 image stands on,
 * as its header says
 */
char *image_read_backing (const char *path);

/**
 * image_find_backing:
 * @ret_backing: (out) (transfer full): as image_read_backing(); %NULL = it stands on
 *   nothing
 *
 * Returns: %FALSE when @path is no qcow2 image that can be read
 */
gboolean image_find_backing (const char *path, char **ret_backing);

/**
 * image_has_data_file:
 *
 * Returns: whether @path is a qcow2 image whose content is in another file, which it
 * names: roost makes none
 */
gboolean image_has_data_file (const char *path);

/**
 * image_find_owner:
 *
 * Whoever can write to an image can make it name any file, as what it stands on or as
 * its content.  What root has a tool do with it is done as its owner, who gets no
 * further than he does without.
 *
 * Returns: (transfer full) (nullable): the owner of @path; %NULL when we are not root,
 * or it is ours
 */
RunAs *image_find_owner (const char *path);

/**
 * image_read_size:
 *
 * Returns: the size in bytes that a machine sees, read from the file itself
 * where that is simple (qcow2, raw, devices); -1 where qemu-img must be asked
 */
gint64 image_read_size (const char *path, const char *format);

/**
 * image_read_used:
 *
 * Returns: the bytes that @path takes on its file system; of a device all of
 * them; -1 when it cannot be looked at
 */
gint64 image_read_used (const char *path);

/**
 * image_size_async:
 *
 * image_read_size(), and qemu-img where that does not know.
 */
void image_size_async (const char *path, const char *format, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
/* Returns: the size, -1 on error */
gint64 image_size_finish (GAsyncResult *result, GError **error);
