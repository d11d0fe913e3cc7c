/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The step that starts one machine. */
#pragma once

#include "plan/planner.h"

/**
 * machine_step_new:
 *
 * Returns: (transfer full): the record of @machine, command line and all
 */
MachineStep *machine_step_new (Planner *planner, const Machine *machine);

/**
 * machine_step_disk_path:
 *
 * Returns: (transfer full) (nullable): the file that the emulator opens for
 * @disk; %NULL for a drive without a medium
 */
char *machine_step_disk_path (const Planner *planner, const Machine *machine, const Disk *disk);

/**
 * machine_step_disk_is_ours:
 *
 * Returns: whether roost makes the file of @disk
 */
gboolean machine_step_disk_is_ours (const Disk *disk);
