/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which firmware tries the devices of one machine. */
#pragma once

#include "profile/model.h"

typedef struct {
    int *disks; /* as machine->disks; BOOTINDEX_UNSET = none */
    int *nics;  /* as machine->nics */
} BootOrder;

/**
 * boot_order_init:
 *
 * Where the profile gives one device an index, every device gets one: SeaBIOS
 * tries those without after all others in an order of its own.  The given ones
 * are kept, hard disks follow, then cdroms, then NICs, each in file order.
 */
void boot_order_init (BootOrder *order, const Machine *machine);
void boot_order_clear (BootOrder *order);
