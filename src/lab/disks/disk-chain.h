/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of layers of one disk, oldest first, as the book has it: which of them
 * may become one, and what is left of it when some have become one.
 *
 * What a layer shows must stay where a checkpoint ends with it, or something else
 * stands on it.  The layers in between are nobody's but the disk's.
 */
#pragma once

#include "lab/disks/disk-book.h"

/**
 * disk_chain_find_merge:
 * @folder: of the lab's disks
 * @floor: the first layer that may change
 * @seams: only those that were begun for a checkpoint, with what is below them
 * @ret_base: (out): the layer that takes what is in those above it, up to @ret_top
 *
 * Looks for the newest layers that may become one.
 *
 * Returns: %FALSE when there are none
 */
gboolean disk_chain_find_merge (const DiskEntry *entry, const char *folder, guint floor,
                                gboolean seams, guint *ret_base, guint *ret_top);

/**
 * disk_chain_is_free:
 *
 * Returns: whether nothing but the disk itself needs what any of its layers shows
 */
gboolean disk_chain_is_free (const DiskEntry *entry, const char *folder);

/**
 * disk_chain_find:
 * @path: of a layer, or the name of its file
 *
 * Returns: its place in the chain; -1 = none
 */
int disk_chain_find (const DiskEntry *entry, const char *folder, const char *path);

/**
 * disk_chain_check:
 *
 * The emulator's user can write to layers, their headers included, and root would
 * follow these: each has to be what the book says, to stand on nothing but an older
 * one or the image below, and to keep its content in itself.
 *
 * Returns: %FALSE when one is or does something else
 */
gboolean disk_chain_check (const DiskEntry *entry, const char *folder, GError **error);

/**
 * disk_chain_find_owner:
 *
 * Returns: (transfer full) (nullable): as whom root has tools change the layers, see
 *   image_find_owner(): the first that is not us
 */
RunAs *disk_chain_find_owner (const DiskEntry *entry, const char *folder);

/**
 * disk_chain_settle:
 * @head: (nullable): the layer that the machine writes to; %NULL = as the book has it
 *
 * Layers have become one, or were about to: the chain is what their headers say
 * from @head on, in the book and in checkpoints, and files that nothing needs any
 * more go.  When the headers cannot be read, or lead elsewhere, all stays.
 */
gboolean disk_chain_settle (DiskEntry *entry, const char *folder, const char *head, GError **error);
