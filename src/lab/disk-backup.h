/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a disk while its machine writes to it. */
#pragma once

#include "lab/machine.h"

typedef void (*DiskBackupFunc) (guint percent, gpointer user_data);

/**
 * disk_backup_async:
 * @file: absolute; must not be there
 * @progress: (nullable): is told about once a second how far it is
 *
 * Copies @disk as it is at this instant into a new qcow2 @file, which has its name
 * when it is whole.  Several disks of a machine may be copied at once, one disk
 * once at a time.
 */
void disk_backup_async (LiveMachine *machine, const char *disk, const char *file,
                        DiskBackupFunc progress, gpointer progress_data,
                        GAsyncReadyCallback callback, gpointer user_data);
gboolean disk_backup_finish (GAsyncResult *result, GError **error);

/**
 * disk_backup_cancel:
 *
 * Gives the copying of @disk up, if there is one: it fails, and its file goes.
 */
void disk_backup_cancel (LiveMachine *machine, const char *disk);
