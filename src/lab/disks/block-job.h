/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block job of an emulator, from its beginning, or from where another supervisor
 * has left it, to its end.
 */
#pragma once

#include "qmp/qmp-client.h"

typedef struct BlockJob BlockJob;

/* The job may be freed from within each of them. */
typedef struct {
    /* about once a second */
    void (*progress) (guint percent, gpointer user_data);
    /* source and target are the same and kept so; may be NULL */
    void (*ready) (gpointer user_data);
    /* once, and nothing after it; @error: (transfer full) (nullable) */
    void (*ended) (GError *error, gpointer user_data);
} BlockJobHandlers;

/**
 * block_job_new:
 * @id: of the job, which is begun by block_job_begin(), or runs already
 */
BlockJob *block_job_new (QmpClient *qmp, const char *id, const BlockJobHandlers *handlers,
                         gpointer user_data);

/**
 * block_job_free:
 *
 * Lets go of the job, which runs on; no handler is called any more.
 */
void block_job_free (BlockJob *job);

/**
 * block_job_begin:
 * @command: that makes the job
 * @arguments: (transfer full): an object; the job's id is added
 */
void block_job_begin (BlockJob *job, const char *command, JsonNode *arguments);

/**
 * block_job_take_over:
 *
 * Minds a job that was begun by somebody else.  One that is not there any more
 * has ended, without an error that anybody knows of.
 */
void block_job_take_over (BlockJob *job);

/* Of a job that is ready: the target takes the place of the source. */
void block_job_complete (BlockJob *job);

/**
 * block_job_cancel:
 * @force: it fails; else one that is ready ends well, and source and target stay
 *   what they are
 */
void block_job_cancel (BlockJob *job, gboolean force);
