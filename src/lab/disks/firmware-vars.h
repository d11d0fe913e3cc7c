/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store of variables of a machine's UEFI firmware. */
#pragma once

#include "machine/machine.h"

/**
 * firmware_vars_reset:
 * @plan: of the machine's lab
 *
 * Makes the store of a machine that is off as it was before its first start.
 */
gboolean firmware_vars_reset (const Plan *plan, LiveMachine *machine, GError **error);
