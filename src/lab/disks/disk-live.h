/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New layers for the disks of a machine that runs, and the newest ones at its start. */
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
