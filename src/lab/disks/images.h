/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose an image is and who uses it: the disks of all labs of this user, up or
 * not, and the images that `roost image` has made.  Everything else is the
 * user's own, and is never deleted.
 */
#pragma once

#include "lab/disks/disk-book.h"

typedef struct {
    char *lab;        /* NULL for an image that `roost image` has made */
    char *folder;     /* of the lab's disks; NULL */
    DiskEntry *entry; /* NULL for an image that `roost image` has made */
    char *path;       /* of the newest layer */
    char *format;     /* NULL = not known */
} OwnImage;

/**
 * images_list:
 * @lab: (nullable): a lab; %NULL = all labs, and what `roost image` has made
 *
 * Returns: (transfer full) (element-type OwnImage): roost's own images
 */
GPtrArray *images_list (const char *lab);

/**
 * images_register:
 *
 * Writes down that `roost image` has made @path.
 */
gboolean images_register (const char *path, GError **error);

/**
 * images_user:
 *
 * Returns: (transfer full) (nullable): who has @path open, as `machine web of
 * lab demo`; %NULL when nobody has
 */
char *images_user (const char *path);

/**
 * images_dependent:
 * @except: (nullable): an image that does not count
 *
 * Returns: (transfer full) (nullable): an image of roost's own that stands on
 * @path, as `disk web/boot of lab demo`; %NULL when there is none
 */
char *images_dependent (const char *path, const char *except);

/* Returns: as images_dependent(), but for layers of the same disk */
char *images_stranger_on (const char *path);

/* Whether @path is an image of roost's own, or one of the layers of a disk. */
gboolean images_is_own (const char *path);

/**
 * images_check_sound:
 * @ret_format: (out) (transfer full) (nullable): what it was made as; %NULL when @path
 *   is no disk of a lab
 *
 * Whether a disk of a lab is what roost has made, by what its headers say: see
 * disk_chain_check().  Other images only have to have their content in themselves.
 */
gboolean images_check_sound (const char *path, char **ret_format, GError **error);

/**
 * images_check_free: (and images_check_unneeded)
 *
 * Returns: %FALSE when @path is open somewhere, or something stands on it: the
 * error names who
 */
gboolean images_check_free (const char *path, GError **error);
gboolean images_check_unneeded (const char *path, GError **error);

/**
 * images_set_base: (and images_look_again)
 * @base: (nullable): the image that the disk stands on from now on
 *
 * Brings the book up to date, when @path is a layer of a lab's disk: it stands
 * on another image, or the same has been changed on purpose.
 */
gboolean images_set_base (const char *path, const char *base, GError **error);
gboolean images_look_again (const char *path, GError **error);

/**
 * images_remove:
 * @name: a file, or LAB/MACHINE/DISK
 *
 * Deletes an image of roost's own, a disk with all its layers.  What is in
 * use, has something standing on it, or is the user's is refused.
 */
gboolean images_remove (const char *name, GError **error);

/**
 * images_remove_lab:
 *
 * Deletes all disks of @lab, which must be down.
 */
gboolean images_remove_lab (const char *lab, GError **error);
