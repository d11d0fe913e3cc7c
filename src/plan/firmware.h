/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware of a machine: which of those that the host has, and the store of
 * variables that is the machine's own.
 */
#pragma once

#include "plan/planner.h"

/* The disk under which the store of variables is in the book; no disk of a
 * profile can be called so. */
#define FIRMWARE_VARS_DISK "uefi.vars"

/**
 * firmware_is_uefi:
 *
 * Returns: whether @machine has a firmware with a store of variables
 */
gboolean firmware_is_uefi (const Machine *machine);

/**
 * firmware_choose:
 * @ret_made: (out caller-allocates): set when the profile names the files itself
 *
 * Returns: (transfer none) (nullable): the firmware of @machine; %NULL when the
 * host has none that fits, which was complained about
 */
const FirmwareFacts *firmware_choose (Planner *planner, const Machine *machine,
                                      FirmwareFacts *ret_made);

/* Returns: (transfer full): where the store of variables of @machine is */
char *firmware_vars_path (const Planner *planner, const Machine *machine,
                          const FirmwareFacts *firmware);
