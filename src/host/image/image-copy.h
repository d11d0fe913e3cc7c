/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content of one image as another one, by qemu-img. */
#pragma once

#include "host/process/command.h"
#include "plan/step.h"

/**
 * image_copy_async:
 * @step: (transfer none): what is copied, and the format of the copy; outlives the call
 * @to: (transfer none): a file that is not there; outlives the call
 * @size: what a machine sees of the source, in bytes; only looked at when that is
 *   another user's (image_find_owner())
 *
 * What another user owns is read as that user, who is lent the file for so long.  On
 * failure the file may be there.
 */
void image_copy_async (const ImageStep *step, const char *to, gint64 size, CommandOutputFunc output,
                       gpointer output_data, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
gboolean image_copy_finish (GAsyncResult *result, GError **error);
