/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captures of the frames that pass a NIC, by the emulator itself (filter-dump):
 * whatever the NIC is plugged into, and without any privilege.
 */
#pragma once

#include "machine/machine.h"

/**
 * capture_start_async:
 * @nic: name of a NIC of @machine, which must run
 * @file: absolute path of a file that the emulator may write, in pcap format
 */
void capture_start_async (LiveMachine *machine, const char *nic, const char *file,
                          GAsyncReadyCallback callback, gpointer user_data);

/**
 * capture_start_finish:
 *
 * Returns: (transfer full): the id by which the capture is stopped
 */
char *capture_start_finish (GAsyncResult *result, GError **error);

/**
 * capture_stop_async:
 * @id: from capture_start_finish()
 *
 * When it is done the emulator has closed the file.  A machine that has ended
 * meanwhile is no error: its captures ended with it.
 */
void capture_stop_async (LiveMachine *machine, const char *id, GAsyncReadyCallback callback,
                         gpointer user_data);
gboolean capture_stop_finish (GAsyncResult *result, GError **error);

/**
 * capture_sweep:
 *
 * Ends the captures of a supervisor that is gone: whoever wanted them has gone
 * with it, and they would fill the disk for ever.
 */
void capture_sweep (LiveMachine *machine);
