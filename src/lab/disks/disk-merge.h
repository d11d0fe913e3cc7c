/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers of a disk in use become one. */
#pragma once

#include "lab/lab.h"

typedef struct {
    const char *layer; /* the oldest layer that may change; NULL = see below */
    gboolean force;    /* commit: also into the image of the user's below all layers */
    gint64 speed;      /* bytes a second, at most; 0 = as fast as it goes */
    gboolean seams;    /* commit: only layers that were begun for a checkpoint */
    gboolean inside;   /* it is a part of what the lab is doing, which nothing else may join */
} MergeOptions;

/**
 * disk_commit_async:
 *
 * Layers of roost's own are written into those below them and go, as far as
 * nothing but the disk needs them; the machine writes to what is left.  With
 * @force all of it is written into the image of the user's as well, and the
 * disk keeps one layer over it.  When it fails or is given up the disk shows
 * what it showed.
 */
void disk_commit_async (LiveLab *lab, LiveMachine *machine, const char *disk,
                        const MergeOptions *options, GAsyncReadyCallback callback,
                        gpointer user_data);

/**
 * disk_stream_async:
 *
 * What is below the newest layer comes into it, so that it stands on
 * @options->layer, or on nothing.  The layers in between go where nothing
 * else needs them.
 */
void disk_stream_async (LiveLab *lab, LiveMachine *machine, const char *disk,
                        const MergeOptions *options, GAsyncReadyCallback callback,
                        gpointer user_data);

/* Returns: of both of them, how many layers are left; 0 on error */
guint disk_merge_finish (GAsyncResult *result, GError **error);

/**
 * disk_merge_take_over:
 * @job: what the book has as being done, which another supervisor has begun
 *
 * It is ended, with nobody waiting for it.
 */
void disk_merge_take_over (LiveLab *lab, LiveMachine *machine, const char *disk, const char *job);
