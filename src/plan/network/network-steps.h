/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps that make networks of the host. */
#pragma once

#include "plan/planner.h"

/**
 * network_steps_add:
 *
 * Adds to @plan the bridges that are used, the taps of the NICs and what is to be
 * said to Open vSwitch, and remembers the names of the taps in @planner.
 */
void network_steps_add (Planner *planner, Plan *plan);

/**
 * network_steps_need:
 * @needs: (element-type utf8): owned ids; those that @nic needs are added
 */
void network_steps_need (const Planner *planner, const Machine *machine, const Nic *nic,
                         GPtrArray *needs);

/**
 * network_steps_vnet_hdr:
 *
 * Returns: whether what @sw is made of understands frames whose checksums and
 * segments are left to it.  The datapath of ovs-vswitchd does not: pings pass and
 * TCP does not.
 */
gboolean network_steps_vnet_hdr (const Switch *sw);
