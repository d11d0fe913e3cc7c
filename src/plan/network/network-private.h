/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the list of networks: network-steps.c has bridges and the order of
 * things, tap-steps.c what is plugged into them.
 */
#pragma once

#include "plan/network/network-steps.h"

#define OVS_ID "ovs:lab"

/* Returns: (transfer none): the new step, in @plan; @id: (transfer full) */
Step *network_steps_new (Plan *plan, StepKind kind, char *id);

/* Returns: (transfer full): by which the step @id knows again what it has made, in a lab of
 * this name in this place */
char *network_steps_mark (const Planner *planner, const char *id);

/* Returns: (transfer none): what every step of a network stands on */
const char *network_steps_first (const Planner *planner);

/**
 * tap_steps_add:
 * @networks: const Switch* → NetworkStep*; those of Open vSwitch get their ports
 *
 * Adds a tap for each NIC and each way out that has one to @plan.
 */
void tap_steps_add (Planner *planner, Plan *plan, GHashTable *networks);
