/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Install, then boot: `boot: { once: … }`.  A machine whose disks are new starts
 * with the devices of `once` ahead; from the guest's first reset on, or when it has
 * switched itself off, the usual order holds.  A guest whose power button was pressed
 * has not come to an end of its own: it begins with `once` again.
 *
 * The firmware is given the boot order when the machine is reset, so before the
 * processors run the order is set to that of `once`, the machine is reset, and the
 * order is set back: the emulator itself goes over to the usual one at the guest's
 * reboot, also when no supervisor lives then.  QEMU's own `-boot once=` is of no
 * use, as it is ignored beside bootindex.
 *
 * That it has been done is a file beside the disks, which a new disk removes.
 */
#pragma once

#include "machine/machine.h"

/**
 * once_is_due:
 *
 * Returns: whether the next start of the machine begins with `once`
 */
gboolean once_is_due (const MachineStep *record);

/**
 * once_begin_async:
 * @machine: one that answers and whose processors have not run yet
 *
 * Gives the firmware the order of `once`, and the emulator the usual one.
 */
void once_begin_async (LiveMachine *machine, GAsyncReadyCallback callback, gpointer user_data);
gboolean once_begin_finish (GAsyncResult *result, GError **error);

/* The guest has reset the machine: it has begun with `once`. */
void once_done (LiveMachine *machine);

/* The guest has switched the machine off: the same, unless it was asked to. */
void once_off (LiveMachine *machine);

/* Either, from the emulator's own record of the last start. */
void once_catch_up (LiveMachine *machine);

/* It is due, or over, as it was when the machine was saved. */
void once_set (const MachineStep *record, gboolean due);

/* A disk of the machine is new, or its user wants it: the next start begins with
 * `once`.  @disks: the folder of the disks */
void once_forget (const char *disks, const char *machine);
