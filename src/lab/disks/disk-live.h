/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks of a machine that runs: new layers and other media. */
#pragma once

#include "lab/lab.h"

/**
 * disk_snapshot_async:
 * @seam: it is for a checkpoint: the layers may become one again without it
 *
 * Puts a new layer over a disk of roost's own, which the machine writes to from
 * then on; what was there stays as it is.  The book and the plan follow before
 * the machine does, so that whoever opens the disk next opens the right layer.
 */
void disk_snapshot_async (LiveLab *lab, LiveMachine *machine, const char *disk, gboolean seam,
                          GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): the file of the new layer */
char *disk_snapshot_finish (GAsyncResult *result, GError **error);

/**
 * disk_sync_heads:
 *
 * Makes the command line of a machine that is about to start open the newest
 * layer of each of its disks, as the book has it.
 */
void disk_sync_heads (MachineStep *step);

/**
 * disk_change_media_async:
 * @file: (nullable): absolute; %NULL = the drive is to be empty
 *
 * Changes what is in a CD drive, until the machine's process ends.
 */
void disk_change_media_async (LiveMachine *machine, const char *disk, const char *file,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean disk_change_media_finish (GAsyncResult *result, GError **error);
