/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the disks of one machine are plugged in: which controllers there are,
 * and which disk has which place on which of them.
 */
#pragma once

#include "profile/model.h"

typedef struct {
    DiskBus bus;
    char *model;       /* NULL = on board, or the disk is its own controller */
    char *id;          /* of the device; buses are named after it */
    guint n_devices;   /* disks on it */
    Place place;       /* of the first disk on it */
    const Disk *first; /* the same disk */
} Controller;

typedef struct {
    const Controller *controller;
    guint slot; /* from 0 */
} Drive;

typedef struct {
    GPtrArray *controllers; /* Controller, in the order of first use */
    Drive *drives;          /* as machine->disks */
    const Disk *homeless;   /* the first disk that found no place; NULL */
} DriveLayout;

/* How a machine type's own IDE ports are reached. */
typedef enum {
    IDE_NONE,  /* none that we know of */
    IDE_PIIX3, /* ide.0 and ide.1, units 0 and 1 */
    IDE_ICH9,  /* ide.0 to ide.5, one unit each */
} OnBoardIde;

/**
 * drive_layout_ide:
 * @type: a machine type, as profiles or the emulator name it
 */
OnBoardIde drive_layout_ide (const char *type);

/**
 * drive_layout_init:
 *
 * Fills controllers in the order of the file and starts another when one is
 * full.
 */
void drive_layout_init (DriveLayout *layout, const Machine *machine);
void drive_layout_clear (DriveLayout *layout);

/**
 * controller_usb_ports:
 *
 * Returns: the ports that @controller must be given; 0 = those it has anyway
 */
guint controller_usb_ports (const Controller *controller);
