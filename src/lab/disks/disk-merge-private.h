/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a commit or a stream, shared by disk-merge-begin.c (who begins it),
 * disk-merge.c (what is done, in which order) and disk-merge-choice.c (which layers it is
 * done with).
 */
#pragma once

#include "lab/disks/disk-book.h"
#include "lab/disks/disk-job.h"
#include "lab/disks/disk-merge.h"

typedef struct {
    DiskJob *job;
    QmpClient *qmp;
    char *folder;
    char *layer;
    gboolean force;
    gboolean seams;
    gint64 speed;
    gboolean stream;
    gboolean took_over;

    DiskEntry *entry; /* as it is in this round */
    char *root;       /* the node that the device sees */
    char *head;       /* the file that it writes to */
    int base, top;    /* of a commit; base -1 = the image of the user's */
    gboolean stopped; /* the machine, by us */
    guint rounds;
    GError *failure;
} Merge;

/* disk-merge.c: does it, round by round; ends @task, whose data is the Merge */
void merge_run (GTask *task);
/* disk-merge.c: the same from where the emulator's job is now */
void merge_join (GTask *task);

/* Returns: whether there is something to do in this round */
gboolean merge_choose (Merge *merge, GError **error);

/* Returns: (transfer full): why there is nothing to do in the first round */
GError *merge_explain (const Merge *merge);

/**
 * merge_describe_job:
 * @nodes: the answer to query-named-block-nodes
 *
 * Returns: (transfer full) (nullable): the arguments of the emulator's job
 */
JsonNode *merge_describe_job (const Merge *merge, JsonNode *nodes, GError **error);
