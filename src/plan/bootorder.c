/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the numbering of bootable devices. */
#include "plan/bootorder.h"

/* the given indices, and the largest of them */
static int
copy_given (BootOrder *order, const Machine *machine)
{
    int largest = BOOTINDEX_UNSET;

    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);

        order->disks[i] = disk->bootindex;
        largest = MAX (largest, disk->bootindex);
    }
    for (guint i = 0; i < machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (machine->nics, i);

        order->nics[i] = nic->bootindex;
        largest = MAX (largest, nic->bootindex);
    }
    return largest;
}

static void
number_disks (BootOrder *order, const Machine *machine, DiskMedia media, int *next)
{
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);

        if (disk->media == media && order->disks[i] == BOOTINDEX_UNSET)
            order->disks[i] = (*next)++;
    }
}

void
boot_order_init (BootOrder *order, const Machine *machine)
{
    int largest, next;

    order->disks = g_new (int, machine->disks->len);
    order->nics = g_new (int, machine->nics->len);
    largest = copy_given (order, machine);
    if (largest == BOOTINDEX_UNSET && !machine->boot.once)
        return;
    next = largest + 1;
    number_disks (order, machine, MEDIA_DISK, &next);
    number_disks (order, machine, MEDIA_CDROM, &next);
    for (guint i = 0; i < machine->nics->len; i++)
        if (order->nics[i] == BOOTINDEX_UNSET)
            order->nics[i] = next++;
}

void
boot_order_clear (BootOrder *order)
{
    g_free (order->disks);
    g_free (order->nics);
    *order = (BootOrder){ 0 };
}
