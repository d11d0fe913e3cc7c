/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of part.h: qemu-part.c has options and records, qemu-part-change.c how they
 * come and go, qemu-part-place.c the places of devices.
 */
#pragma once

#include "base/optread.h"
#include "plan/qemu/optstr.h"
#include "plan/qemu/part.h"

/* Returns: where in the records of @step the part is; -1 when it is not */
int part_nic_index (const MachineStep *step, const char *part);
int part_disk_index (const MachineStep *step, const char *part);

/* Returns: (transfer full) (nullable): the items of the option at @at when it is the part's */
GPtrArray *part_read_option (const MachineStep *step, gsize at, const char *part);

/* Returns: (transfer full) (nullable): the options of the device that the guest sees */
GPtrArray *part_read_device (const MachineStep *step, const char *part);

/* @items: of a -device */
gboolean part_is_port (GPtrArray *items);
gboolean part_is_pci (GPtrArray *items);
/* Returns: whether @bus is a place that is not the controller of disks */
gboolean part_is_slot (const char *bus);

/* Adds where on the PCI bus of @step the part is to be, which is free. */
void part_add_place (const MachineStep *step, const char *part, OptString *opt);
/* Adds the number of @items, unless a disk of @step has it: then one that is free. */
void part_add_scsi_id (const MachineStep *step, GPtrArray *items, OptString *opt);
