/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is being done to a disk in use and takes its time: one thing at once.
 * Clients are told of it by the event DISK_JOB.
 */
#pragma once

#include "lab/disks/block-job.h"
#include "lab/lab.h"

typedef struct {
    LiveLab *lab;
    char *machine;
    char *disk;
    const char *kind; /* backup, commit or stream */
    BlockJob *job;    /* of the emulator; NULL before and after */
    gboolean cancelled;
} DiskJob;

/**
 * disk_job_new:
 * @kind: a constant
 *
 * Returns: (transfer full): %NULL with @error when something is being done to
 * that disk already
 */
DiskJob *disk_job_new (LiveLab *lab, const char *machine, const char *disk, const char *kind,
                       GError **error);

/**
 * disk_job_free:
 * @error: (nullable): why it failed
 *
 * The disk is free again, and clients are told how it ended.
 */
void disk_job_free (DiskJob *job, const GError *error);

/* Returns: (transfer full): the emulator's name for it */
char *disk_job_id (const DiskJob *job);

/* Tells the lab's clients how far it is. */
void disk_job_tell (const DiskJob *job, guint percent);

/**
 * disk_job_check_cancelled:
 *
 * Returns: %FALSE, with @error, when somebody has given it up
 */
gboolean disk_job_check_cancelled (const DiskJob *job, GError **error);

/**
 * disk_job_cancel:
 *
 * Gives up what is being done to @disk, if anything: it fails, and the disk is as
 * it was.
 */
void disk_job_cancel (LiveLab *lab, const char *machine, const char *disk);

/* The lab goes: the jobs run on, and nobody minds them any more. */
void disk_jobs_let_go (LiveLab *lab);
