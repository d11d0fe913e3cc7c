/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The step that gives a switch a way out through QEMU's NAT (`uplink: user`): an
 * emulator without a machine, whose NAT is a port of the switch: through a tap, or
 * through a socket when the switch is an internal one.
 */
#pragma once

#include "plan/planner.h"

#define UPLINK_USER "user"

/**
 * uplink_is_user:
 *
 * Returns: whether @sw wants this
 */
gboolean uplink_is_user (const Switch *sw);

/**
 * uplink_tap_owner: (and uplink_tap_id)
 *
 * Returns: (transfer full): what the tap of it is called where those of NICs are
 * called `machine/nic`, and the id of the tap's step; no machine can be called so
 */
char *uplink_tap_owner (const Switch *sw);
char *uplink_tap_id (const Switch *sw);

/* Returns: whether @tap is that of a way out */
gboolean uplink_has_tap (const TapStep *tap);

/**
 * uplink_port: (and uplink_remote_port)
 *
 * Returns: (transfer full): the socket that is the NAT's end of its cable to an
 * internal switch, and the switch's end
 */
char *uplink_port (Planner *planner, const Switch *sw);
char *uplink_remote_port (Planner *planner, const Switch *sw);

/**
 * uplink_step_add:
 * @tap: (nullable): name of the tap; %NULL for an internal switch
 * @switch_id: the step that makes the switch with all its ports
 */
void uplink_step_add (Planner *planner, Plan *plan, const Switch *sw, const char *tap,
                      const char *switch_id);
