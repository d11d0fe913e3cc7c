/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory and devices of a machine, to a file and from one. */
#pragma once

#include "machine/machine.h"

/**
 * machine_memory_save_async:
 * @path: a file that is not there
 *
 * Writes what a machine whose processors stand has, and returns when all of it
 * is in the file.  The machine can go on afterwards.
 */
void machine_memory_save_async (LiveMachine *machine, const char *path,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean machine_memory_save_finish (GAsyncResult *result, GError **error);

/**
 * machine_memory_load_async:
 * @qmp: of an emulator that was started with `-incoming defer`
 */
void machine_memory_load_async (QmpClient *qmp, const char *path, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean machine_memory_load_finish (GAsyncResult *result, GError **error);
