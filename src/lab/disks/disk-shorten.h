/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk gets a layer with each checkpoint; when the checkpoint is gone, or did not
 * come about, the layer and the one below it become one again.  Layers that somebody
 * asked for (`roost image snapshot`) stay.
 */
#pragma once

#include "lab/disks/disk-book.h"
#include "lab/lab.h"

typedef struct {
    LiveLab *lab;        /* of the disk, when it is up; NULL = nobody runs it */
    const char *folder;  /* of the lab's disks */
    const char *machine; /* the name, as that of the disk */
    const char *disk;
    const char *layer; /* the oldest that may change; NULL = as needed */
    gboolean inside;   /* it is a part of what the lab is doing */
} Shortening;

/**
 * disk_drop_unwritten:
 * @folder: of the lab's disks, in which nothing is being done
 *
 * Whoever made a new layer was killed before the book had it: it has the name of the
 * next layer, and stands on the newest or, not being whole, on nothing.  It goes.
 */
void disk_drop_unwritten (const char *folder, const DiskEntry *entry);

/**
 * disk_shorten_async:
 *
 * By the emulator where the machine runs, else by qemu-img.  When it fails or is cut
 * off the disk shows what it showed, and another time does the rest.
 */
void disk_shorten_async (const Shortening *shortening, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
gboolean disk_shorten_finish (GAsyncResult *result, GError **error);
