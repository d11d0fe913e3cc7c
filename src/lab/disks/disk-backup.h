/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a disk while its machine writes to it. */
#pragma once

#include "lab/lab.h"

/**
 * disk_backup_async:
 * @file: absolute; must not be there
 * @speed: bytes a second, at most; 0 = as fast as it goes
 *
 * Copies @disk as it is at this instant into a new qcow2 @file, which has its name
 * when it is whole.  Several disks of a machine may be copied at once, one disk
 * once at a time; disk_job_cancel() gives it up.
 */
void disk_backup_async (LiveLab *lab, LiveMachine *machine, const char *disk, const char *file,
                        gint64 speed, GAsyncReadyCallback callback, gpointer user_data);
gboolean disk_backup_finish (GAsyncResult *result, GError **error);

/**
 * disk_backup_give_up:
 * @disk: whose copy another supervisor has begun, and nobody waits for
 *
 * The copy ends, and its file goes.
 */
void disk_backup_give_up (LiveMachine *machine, const char *disk);
