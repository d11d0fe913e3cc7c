/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taps and macvtaps: interfaces whose frames go to whoever has the descriptor. */
#pragma once

#include "host/network/netlink.h"
#include "plan/step.h"

/**
 * tap_make:
 * @net: (nullable): in which network; see host/network/netns.h
 *
 * Makes the interface of @step, marked, down, and there until it is removed.  A
 * tap that is not marked yet goes with this process.
 */
gboolean tap_make (const char *net, Netlink *netlink, const TapStep *step, GError **error);

/**
 * tap_adjust:
 *
 * Gives the interface of @step, which may be in use, the mtu that it says.
 */
gboolean tap_adjust (Netlink *netlink, const TapStep *step, GError **error);

/**
 * tap_open:
 * @fd: which one, and how its frames look
 *
 * Returns: a descriptor of an interface that is there already; -1 on error
 */
int tap_open (const FdRecord *fd, GError **error);
