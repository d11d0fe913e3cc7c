/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an emulator has what a machine asks of it. */
#pragma once

#include "plan/planner.h"

typedef enum {
    OFFER_MACHINE,
    OFFER_CPU,
    OFFER_ACCEL,
    OFFER_NIC,
    OFFER_CONTROLLER,
    OFFER_VIDEO,
    OFFER_DEVICE,
} Offer;

/**
 * emulator_check:
 * @emulator: (nullable): what it offers; nothing is checked where that is not
 *   known
 * @value: what is asked of it, in the emulator's own words
 * @key: (transfer full): the key that asks
 *
 * Complains when @emulator has no @value, with what it has.
 */
void emulator_check (Planner *planner, const EmulatorFacts *emulator, Offer offer,
                     const char *value, Place place, char *key);

/**
 * emulator_find:
 *
 * Returns: (transfer none) (nullable): the emulator of @machine; %NULL after a
 * complaint when the host has it not
 */
const EmulatorFacts *emulator_find (Planner *planner, const Machine *machine);
