/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The step that makes the network of a private lab. */
#pragma once

#include "plan/planner.h"

#define NETNS_STEP_ID "netns:lab"

/* where Open vSwitch of a private lab keeps its files, in the run directory */
#define NETNS_OVS_DIR "ovs"

/**
 * netns_step_add:
 *
 * Adds it to @plan when the lab is private.
 */
void netns_step_add (Planner *planner, Plan *plan);

/**
 * netns_step_socket:
 *
 * Returns: (transfer full) (nullable): what steps of this lab have to say as @net
 * (host/network/netns.h); they need %NETNS_STEP_ID then.  %NULL: the host's own network
 */
char *netns_step_socket (Planner *planner);
