/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another file for a disk of a machine that is planned already: a snapshot has put
 * a layer over it, or a checkpoint is to be gone on from.
 */
#pragma once

#include "plan/step.h"

#include <json-glib/json-glib.h>

/**
 * plan_find_disk:
 *
 * Returns: (transfer none) (nullable): the record of disk @name
 */
DiskRecord *plan_find_disk (const MachineStep *machine, const char *name);

/**
 * plan_set_disk_head:
 *
 * From now on @machine is started with @path, in @format, as the file of @disk:
 * in its record and on its command line.
 */
void plan_set_disk_head (MachineStep *machine, DiskRecord *disk, const char *path,
                         const char *format);

/**
 * plan_disk_node:
 * @node: the name of the block node
 *
 * Returns: (transfer full): the arguments of blockdev-add for a layer over the
 * disk as its command line has it now, which is opened without what is below
 */
JsonNode *plan_disk_node (const MachineStep *machine, const DiskRecord *disk, const char *node);
