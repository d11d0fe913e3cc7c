/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New layers over the disks of a machine while it has them open. */
#pragma once

#include "lab/disk-book.h"
#include "lab/machine.h"

/**
 * disk_snapshot_async:
 * @folder: of the lab's disks; outlives the call
 * @disk: (nullable): the name of one disk; %NULL = all that the machine writes to
 *
 * Puts an empty layer over each disk: from then on the machine writes to that,
 * and what is below stays as it is.  The layer is made and written down before
 * the emulator hears of it, so that whoever comes after a death in between
 * finds the machine's data whole.  Disks of the user's own are refused.
 */
void disk_snapshot_async (LiveMachine *machine, const char *folder, const char *disk,
                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * disk_snapshot_finish:
 *
 * The plan's record of the machine has changed, also when it failed in the middle.
 */
gboolean disk_snapshot_finish (GAsyncResult *result, GError **error);
