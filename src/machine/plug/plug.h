/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NICs and disks of a machine that runs: coming, going, and the look at what is
 * there.  Parts are named as in plan/qemu/part.h.
 */
#pragma once

#include "machine/machine.h"

/**
 * plug_in_async:
 *
 * The machine gets the part that its record has already.  When that fails nothing
 * of it is left in the machine.
 */
void plug_in_async (LiveMachine *machine, const char *part, GAsyncReadyCallback callback,
                    gpointer user_data);
gboolean plug_in_finish (GAsyncResult *result, GError **error);

/**
 * plug_out_async:
 *
 * The guest is asked to let go of the part, and when it has the rest is removed; the
 * record still has it then.  A guest that does not answer within %PLUG_OUT_MS keeps it, and that
 * is the error.
 */
void plug_out_async (LiveMachine *machine, const char *part, GAsyncReadyCallback callback,
                     gpointer user_data);
gboolean plug_out_finish (GAsyncResult *result, GError **error);
#define PLUG_OUT_MS (20 * 1000)

/**
 * plug_rest_async:
 *
 * The device of the part has gone: what else it had in the machine is removed.
 */
void plug_rest_async (LiveMachine *machine, const char *part, GAsyncReadyCallback callback,
                      gpointer user_data);
gboolean plug_rest_finish (GAsyncResult *result, GError **error);

/**
 * plug_settle_async:
 *
 * What the record has and the machine has not goes from the record: a supervisor
 * died while it came or went, or the guest let go of it when nobody waited any
 * more.  Never fails: what cannot be asked for stays as it is.
 */
void plug_settle_async (LiveMachine *machine, GAsyncReadyCallback callback, gpointer user_data);
void plug_settle_finish (GAsyncResult *result);

/**
 * plug_device_deleted:
 * @device: id of a device that has gone
 *
 * Settles, when it was one of roost's and nobody waits for it.
 */
void plug_device_deleted (LiveMachine *machine, const char *device);
