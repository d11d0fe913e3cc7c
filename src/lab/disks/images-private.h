/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of images.h, shared by images.c (the look over all of them, and what is
 * asked of one), images-made.c (what `roost image` has made) and images-remove.c (their
 * end).
 */
#pragma once

#include "lab/disks/images.h"

/* --- images-made.c --- */

/* adds what `roost image` has made, and is there yet */
void images_list_made (GPtrArray *images);

/**
 * images_find_made:
 *
 * Returns: (transfer full) (nullable): the file in which it is written down that @path
 * was made; %NULL when it was not, or is another file now
 */
char *images_find_made (const char *path);

/* --- images.c --- */

/**
 * images_find_disk:
 * @name: LAB/MACHINE/DISK, or anything else
 *
 * Returns: (transfer none) (nullable): the disk of that name, or with the layer @path
 */
OwnImage *images_find_disk (GPtrArray *images, const char *name, const char *path);

/* Returns: %FALSE, and says so */
gboolean images_refuse_needed (const char *path, const char *dependent, GError **error);
