/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ports of an internal switch that runs and gets others. */
#pragma once

#include "plan/step.h"

/**
 * switch_keep_ports:
 * @was: as it runs
 * @is: as it is wanted; gets the ports of machines that keep their links
 * @held: names of those machines
 *
 * Ports that were there stay in their order, new ones follow, so that equal
 * switches have equal words.
 */
void switch_keep_ports (const SwitchStep *was, SwitchStep *is, GHashTable *held);
