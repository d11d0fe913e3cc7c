/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of a machine's screen. */
#pragma once

#include "qmp/qmp-client.h"

/**
 * screenshot_take_async:
 * @format: `png` or `ppm`
 *
 * The picture is written into memory that is handed to the emulator, so no file
 * is made whose owner, place or confinement could be wrong.
 */
void screenshot_take_async (QmpClient *qmp, const char *format, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);

/**
 * screenshot_take_finish:
 *
 * Returns: (transfer full): the picture
 */
GBytes *screenshot_take_finish (GAsyncResult *result, GError **error);
