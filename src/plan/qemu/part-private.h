/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of part.h: qemu-part.c has options and records, qemu-part-place.c the
 * places of devices.
 */
#pragma once

#include "base/optread.h"
#include "plan/qemu/optstr.h"
#include "plan/qemu/part.h"

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
