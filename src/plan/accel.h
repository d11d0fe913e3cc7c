/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accelerators of a machine and what follows from them for its CPU. */
#pragma once

#include "plan/facts.h"
#include "profile/model.h"

/**
 * accel_choose:
 *
 * Returns: (transfer none): the accelerators to try, in this order: what the
 * profile says, else the best that the host has
 */
const char *const *accel_choose (const Machine *machine, const HostFacts *facts);

/**
 * accel_note:
 *
 * Returns: (transfer full) (nullable): why @machine runs slower than it could,
 * for a person; %NULL when it does not or when that was asked for
 */
char *accel_note (const Machine *machine, const HostFacts *facts);

/**
 * accel_cpu:
 *
 * Returns: (transfer full): the CPU model with its features, as `-cpu` takes it
 */
char *accel_cpu (const Machine *machine, const HostFacts *facts);

/**
 * accel_nested_refused:
 *
 * Returns: whether @machine asks for nested virtualization that the host's
 * kernel does not give
 */
gboolean accel_nested_refused (const Machine *machine, const HostFacts *facts);
