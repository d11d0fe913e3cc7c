/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes with a few small files on them, for machines to read. */
#pragma once

#include "plan/step.h"

#include <gio/gio.h>

/**
 * seed_digest:
 *
 * Reads the files that @step names.
 *
 * Returns: (transfer full): a text that changes with the content of the volume;
 * %NULL when one cannot be read
 */
char *seed_digest (const ImageStep *step, GError **error);

/**
 * seed_make_async:
 * @step: (transfer none): outlives the call; `raw` is made as ISO 9660, and for
 *   the label KICKSTART on a disk that is no cdrom as FAT
 *
 * Makes the volume under a temporary name and renames it over one that is there.
 */
void seed_make_async (const ImageStep *step, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);
gboolean seed_make_finish (GAsyncResult *result, GError **error);

/**
 * seed_discard_part:
 *
 * Removes what is left of a volume that was being made by somebody who was killed.
 */
void seed_discard_part (const ImageStep *step);
