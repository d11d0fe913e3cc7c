/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disk images that roost makes: new ones, overlays, reflinks and copies, each
 * under a temporary name that becomes its own when it is whole.
 */
#pragma once

#include "plan/step.h"

#include <gio/gio.h>

typedef struct {
    gboolean created; /* FALSE: it was there already and is used as it is */
    char *note;       /* what a person should know, as that nocow had no effect; NULL */
} ImageResult;

/* @percent: of what takes long, as a copy; from 0 to 100 */
typedef void (*ImageProgressFunc) (guint percent, gpointer user_data);

/**
 * image_make_async:
 * @step: (transfer none): outlives the call
 * @progress: (nullable)
 *
 * Makes the image of @step under a temporary name and renames it, so that a
 * half-made image is never seen under its name.  One that exists is left alone.
 *
 * A reflink that the file system refuses becomes a full copy, and the note
 * says so.  A copy needs room and says at once when there is not enough.  None
 * is made smaller than what it comes from.
 */
void image_make_async (const ImageStep *step, ImageProgressFunc progress, gpointer progress_data,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * image_make_finish:
 *
 * Returns: %FALSE when the image could not be made; nothing is left of it then
 */
gboolean image_make_finish (GAsyncResult *result, ImageResult *ret, GError **error);

/**
 * image_discard_part:
 *
 * Deletes what somebody who was killed while he made the image of @step has
 * left under its temporary name.
 */
void image_discard_part (const ImageStep *step);

/**
 * image_grow_async:
 * @size: what the image is to have, in bytes
 *
 * Grows an image that nobody uses.  One that has the size is left alone, and
 * one that is larger is refused: what is beyond the end would be lost.
 */
void image_grow_async (const char *path, const char *format, gint64 size, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
/* @ret_grown: (out) (optional): whether it was smaller */
gboolean image_grow_finish (GAsyncResult *result, gboolean *ret_grown, GError **error);

/**
 * image_resize_async:
 *
 * qemu-img resize, without a question; ends in command_run_finish().
 */
void image_resize_async (const char *path, const char *format, gint64 size,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);

/* Returns: (transfer full): why an image of @has bytes does not become @wanted */
GError *image_refuse_to_shrink (const char *path, gint64 has, gint64 wanted);

/**
 * image_remove:
 *
 * Deletes the image of @step.
 *
 * Returns: %FALSE when it is there and cannot be deleted
 */
gboolean image_remove (const ImageStep *step, GError **error);

/**
 * image_parse_percent:
 * @text: some output of qemu-img -p, as `    (12.34/100%)`
 *
 * Returns: the last percentage in it; -1 when there is none
 */
int image_parse_percent (const char *text);
