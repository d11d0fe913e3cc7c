/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new layer over a disk that nobody has open, for a checkpoint: what is below is not
 * written to again.  Of a disk in use it is disk-live.h.
 */
#pragma once

#include "lab/disks/disk-book.h"

#include <gio/gio.h>

/**
 * disk_layer_async:
 * @folder: of the lab's disks
 * @entry: (transfer none): what the layer is to stand on; must outlive the call
 * @user: (nullable) (transfer none): to whom the file will belong; must outlive the call
 *
 * Makes the file, which is nobody's until disk_layer_push(): whoever wants it no more
 * deletes it.
 */
void disk_layer_async (const char *folder, const DiskEntry *entry, const RunAs *user,
                       GAsyncReadyCallback callback, gpointer user_data);

/* Returns: (transfer full): the path of the layer; %NULL on error, and there is none */
char *disk_layer_finish (GAsyncResult *result, GError **error);

/**
 * disk_layer_push:
 * @entry: as that of disk_layer_async(), or what the book has of the same disk
 * @path: the layer
 *
 * The layer is the newest from now on, in @entry and in the book.
 *
 * Returns: %FALSE when the book cannot be written; the file is gone then
 */
gboolean disk_layer_push (const char *folder, DiskEntry *entry, const char *path, GError **error);
