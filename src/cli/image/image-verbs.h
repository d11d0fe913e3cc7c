/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of roost image, one function each. */
#pragma once

#include "cli/verb.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/**
 * image_format:
 *
 * Looks whether the image may be touched, see images_check_sound().
 *
 * Returns: (transfer full): the format of @path: that of a lab's disk is known, that of
 * another image is what qemu-img finds
 */
char *image_format (const char *path, GError **error);

/* A tool that takes long: its progress is shown, and Ctrl-C ends it. */
typedef struct {
    GCancellable *cancellable;
    struct Progress *progress;
    const char *what;
    guint sigint;
} LongJob;

/* Shows how far @what is, until long_job_end(), and lets Ctrl-C fire its cancellable.
 * long_job_percent() is a callback, whose data is the job. */
void long_job_begin (LongJob *job, const char *what);
void long_job_end (LongJob *job);
void long_job_percent (guint percent, gpointer job);
/* runs qemu-img, which changes the image @path, to its end; its progress is shown */
gboolean long_job_run (LongJob *job, const char *path, const char *const *argv, GError **error);

/* cli/image/image-make.c */
gboolean image_create (Options *options, GError **error);
gboolean image_clone (Options *options, GError **error);
gboolean image_convert (Options *options, GError **error);
/* cli/image/image-change.c */
gboolean image_commit (Options *options, GError **error);
gboolean image_rebase (Options *options, GError **error);
gboolean image_resize (Options *options, GError **error);
gboolean image_check (Options *options, GError **error);
gboolean image_rm (Options *options, GError **error);
/* cli/media.c */
gboolean image_snapshot (Options *options, GError **error);
/* cli/image/image-job.c */
gboolean image_backup (Options *options, GError **error);
gboolean image_commit_disk (Options *options, GError **error);
gboolean image_stream (Options *options, GError **error);
gboolean image_cancel (Options *options, GError **error);
