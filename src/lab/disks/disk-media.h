/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other media in the drives of a machine that runs. */
#pragma once

#include "lab/lab.h"

/**
 * disk_change_media_async:
 * @file: (nullable): absolute; %NULL = the drive is to be empty
 *
 * Changes what is in a CD drive, until the machine's process ends.
 */
void disk_change_media_async (LiveMachine *machine, const char *disk, const char *file,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean disk_change_media_finish (GAsyncResult *result, GError **error);
