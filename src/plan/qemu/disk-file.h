/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that goes on with another file than the one it was planned with. */
#pragma once

#include "plan/step.h"

/**
 * machine_step_set_disk_file:
 * @disk: name of a disk of @step
 * @path: what the machine is to open from its next start on
 *
 * Changes the disk's record and its `-blockdev` on the command line.
 *
 * Returns: %FALSE when @step has no such disk with a file
 */
gboolean machine_step_set_disk_file (MachineStep *step, const char *disk, const char *path,
                                     const char *format);

/* Returns: (transfer none) (nullable): the record of @disk */
DiskRecord *machine_step_find_disk (const MachineStep *step, const char *disk);
