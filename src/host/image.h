/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disk images that roost makes, through qemu-img. */
#pragma once

#include "plan/step.h"

#include <gio/gio.h>

typedef struct {
    gboolean created; /* FALSE: it was there already and is used as it is */
    char *note;       /* what a person should know, as that nocow had no effect; NULL */
} ImageResult;

/**
 * image_make_async:
 *
 * Makes the image of @step under a temporary name and renames it, so that a
 * half-made image is never seen under its name.  One that exists is left alone.
 */
void image_make_async (const ImageStep *step, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);

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
 * image_remove:
 *
 * Deletes the image of @step.
 *
 * Returns: %FALSE when it is there and cannot be deleted
 */
gboolean image_remove (const ImageStep *step, GError **error);
