/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bridges of the host, and what a bridge of any kind has besides its machines: an
 * uplink, addresses, tunnels.
 *
 * What was found before is kept as words, one text each: `uplink eth1 down`, `bridge
 * br0 down`, `address br0 192.0.2.1/24`, `mtu eth1 1500`; `raised eth1 9000` and
 * `given br0 192.0.2.2/24` are what we make of them.  They are written down before anything is
 * changed, and undoing goes by them alone.
 */
#pragma once

#include "host/network/netlink.h"
#include "plan/step.h"

/* what interfaces of the kernel's making carry when nothing is said */
#define BRIDGE_MTU 1500

/**
 * bridge_survey:
 * @before: (element-type utf8): owned words; more are added
 *
 * Looks whether the bridge and its uplink are as @step expects, and how they are.
 * Changes nothing.  For Open vSwitch as well.
 */
gboolean bridge_survey (Netlink *netlink, const NetworkStep *step, GPtrArray *before,
                        GError **error);

/**
 * bridge_make:
 *
 * Makes a Linux bridge, or uses one that exists, with uplink and tunnels.
 */
gboolean bridge_make (Netlink *netlink, const NetworkStep *step, GError **error);

/**
 * bridge_settle:
 *
 * Gives the bridge its addresses and turns it and its uplink on.  For Open vSwitch
 * as well.
 */
gboolean bridge_settle (Netlink *netlink, const NetworkStep *step, GError **error);

/**
 * bridge_restore:
 * @before: what bridge_survey() found; %NULL when nothing was changed yet
 *
 * Takes back what was changed about things that are not ours.  For Open vSwitch as
 * well, before its bridge goes.
 */
gboolean bridge_restore (Netlink *netlink, const NetworkStep *step, const char *const *before,
                         GError **error);

/**
 * bridge_remove:
 *
 * Removes what bridge_make() made.
 */
gboolean bridge_remove (Netlink *netlink, const NetworkStep *step, GError **error);

/**
 * bridge_plug:
 *
 * Makes the interface of @step a port of its bridge, with its VLANs, and turns it on.
 */
gboolean bridge_plug (Netlink *netlink, const TapStep *step, GError **error);

/**
 * bridge_move:
 *
 * Makes the interface of @step, which is a port already, one of its bridge and in its
 * VLANs.
 */
gboolean bridge_move (Netlink *netlink, const TapStep *step, GError **error);

/**
 * bridge_adjust:
 * @was: how the bridge is
 * @is: how it is to be: another mtu, other addresses, VLANs that count, the host in
 *   another VLAN
 * @before: what bridge_survey() found, with what bridge_foresee() added for @is
 *
 * Changes a Linux bridge below machines that use it.  Ports of which nothing is said
 * keep the VLAN they had.  When it fails the other way round is the way back.
 */
gboolean bridge_adjust (Netlink *netlink, const NetworkStep *was, const NetworkStep *is,
                        const char *const *before, GError **error);

/**
 * bridge_foresee:
 *
 * Adds to @before what has to be known to take back what becoming @is does to an uplink,
 * or to a bridge that was there.
 */
gboolean bridge_foresee (Netlink *netlink, const NetworkStep *was, const NetworkStep *is,
                         GPtrArray *before, GError **error);

/* The mark of what root has prepared for the step @id of somebody else's lab. */
#define BRIDGE_PREPARED "roost prepared "

/**
 * bridge_is_prepared:
 *
 * Returns: whether interface @name is there for step @id: it is used as it is, and
 * stays
 */
gboolean bridge_is_prepared (Netlink *netlink, const char *name, const char *id);

/**
 * bridge_describe_taken:
 *
 * Returns: (transfer full): that @link is there already, and whose it is as far as
 * its mark tells
 */
char *bridge_describe_taken (const Link *link);

/**
 * bridge_remove_link:
 * @mac: (nullable): the address with which it was made
 *
 * Removes the interface @name when it carries @mark; leaves any other alone.
 */
gboolean bridge_remove_link (Netlink *netlink, const char *name, const char *mark, const char *mac,
                             GError **error);
