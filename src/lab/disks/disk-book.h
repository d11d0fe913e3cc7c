/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The book of a lab's own disks: which files roost has made for which disk of
 * which machine, which of them is the newest layer (the head, which the machine
 * writes to), and what the image below them looked like when they were made.
 *
 * It is one small file for each disk, beside the disks, so that a disk is
 * written down without the others and outlives the lab's run.  A file that is
 * not in it is the user's, and so is one that took the place of ours.
 */
#pragma once

#include "plan/facts.h"
#include "plan/step.h"

typedef struct {
    char *name; /* in the folder of the disks */
    char *format;
    gint64 inode;  /* by which it is known to be the file that was made */
    gboolean seam; /* begun for a checkpoint: without that it and the one below are one */
} DiskFile;

/* What an image of the user's looked like. */
typedef struct {
    char *path;
    gint64 size; /* of the file, in bytes */
    gint64 seconds;
    gint64 nanoseconds; /* of its last change, with the above */
} BaseIdentity;

typedef struct {
    gint64 version;
    char *machine;
    char *disk;
    char *source;       /* the image that the profile named; NULL = none */
    GPtrArray *files;   /* DiskFile, oldest layer first, never empty; the last is the head */
    BaseIdentity *base; /* below the oldest; NULL = it stands on its own */
    char *copy_of;      /* LAB/CHECKPOINT: the next copy takes its place; NULL = it is none */
    char *job;          /* what is being done to its layers: DISK_JOB_*; NULL = nothing */
} DiskEntry;

#define DISK_JOB_COMMIT "commit"
#define DISK_JOB_STREAM "stream"
/* a commit into the image of the user's */
#define DISK_JOB_IMAGE "image"
/* a commit, while the machine stands for the moment in which its layer changes */
#define DISK_JOB_PIVOT "pivot"

extern const Record disk_entry_record;

void disk_file_free (gpointer file);

void disk_entry_free (DiskEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiskEntry, disk_entry_free)

/**
 * disk_entry_new:
 * @base: (nullable): the image of the user's that the first layer stands on
 *
 * Returns: (transfer full): an entry without files
 */
DiskEntry *disk_entry_new (const char *machine, const char *disk, const char *source,
                           const char *base);

/**
 * disk_entry_is_sound:
 *
 * Returns: whether an entry that was read has all that one of ours has, and names no
 *   file outside its folder
 */
gboolean disk_entry_is_sound (const DiskEntry *entry);

/**
 * disk_book_read:
 * @folder: of the lab's disks
 *
 * Returns: (transfer full) (nullable): what the book has of that disk; %NULL
 * without @error when it has nothing
 */
DiskEntry *disk_book_read (const char *folder, const char *machine, const char *disk,
                           GError **error);
gboolean disk_book_write (const char *folder, const DiskEntry *entry, GError **error);

/**
 * disk_book_list:
 *
 * Returns: (transfer full) (element-type DiskEntry): all that can be read, by name
 */
GPtrArray *disk_book_list (const char *folder);

/**
 * disk_book_delete:
 *
 * Deletes the files of @entry and then the entry.  A file that is not the one
 * that was made is left where it is.
 *
 * Returns: %FALSE when one of ours cannot be deleted; the entry stays then
 */
gboolean disk_book_delete (const char *folder, const DiskEntry *entry, GError **error);

/**
 * disk_book_give:
 * @user: (nullable): %NULL = us
 *
 * The files of @entry belong to @user from now on; one that is not the one that
 * was made does not.
 */
gboolean disk_book_give (const char *folder, const DiskEntry *entry, const RunAs *user,
                         GError **error);

/* Returns: (transfer none): the newest layer */
const DiskFile *disk_entry_head (const DiskEntry *entry);
/* Returns: (transfer full): the path of @file */
char *disk_file_path (const char *folder, const DiskFile *file);
/* Whether the file of that name is the one that was made. */
gboolean disk_file_is_ours (const char *folder, const DiskFile *file);

/**
 * disk_entry_push:
 * @name: a file in @folder that is there
 *
 * Makes it the head.
 */
void disk_entry_push (DiskEntry *entry, const char *folder, const char *name, const char *format);
/* The same, for a layer that is begun only because of a checkpoint. */
void disk_entry_push_seam (DiskEntry *entry, const char *folder, const char *name);

/**
 * disk_entry_next_name:
 *
 * Returns: (transfer full): a name for another layer, as `web.boot.1.qcow2`,
 * that no file has
 */
char *disk_entry_next_name (const DiskEntry *entry, const char *folder);

/**
 * disk_entry_base_problem:
 *
 * Returns: (transfer full) (nullable): how the image below has changed since
 * the layers over it were made, or that it is gone; %NULL when all is well
 */
char *disk_entry_base_problem (const DiskEntry *entry);

/* Looks at the image below again and believes it. */
void disk_entry_accept_base (DiskEntry *entry);
/* @base: (nullable): what the oldest layer stands on from now on */
void disk_entry_set_base (DiskEntry *entry, const char *base);

/**
 * disk_book_tell_facts:
 * @state_dir: of the lab
 *
 * Adds the head of every disk that the lab has to @facts.
 */
void disk_book_tell_facts (const char *state_dir, HostFacts *facts);
