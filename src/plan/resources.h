/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lab takes of a host, for people and schedulers. */
#pragma once

#include "plan/step.h"

typedef struct {
    char *name; /* of a machine */
    gint64 cpus;
    gint64 memory; /* bytes: the machine's and the emulator's own */
    gint64 disk;   /* bytes that the disks that roost makes can grow to */
} ResourcesRow;

typedef struct {
    char *lab;
    gint64 cpus;
    gint64 memory;
    gint64 disk;
    gint64 open_disks;   /* disks whose size is that of an image, which was not looked at */
    GPtrArray *machines; /* ResourcesRow */
} Resources;

extern const Record resources_record;

/**
 * resources_of:
 *
 * Returns: (transfer full): what @plan takes when every machine runs
 */
Resources *resources_of (const Plan *plan);
void resources_free (Resources *resources);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Resources, resources_free)

/**
 * resources_to_sbatch:
 *
 * Returns: (transfer full): the directives for Slurm, a line each
 */
char *resources_to_sbatch (const Resources *resources);
