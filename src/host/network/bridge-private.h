/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of bridges: bridge-survey.c looks how things are, bridge.c makes and unmakes
 * them, bridge-change.c has what changes while they are in use.
 */
#pragma once

#include "host/network/bridge.h"

/* As netlink_find(), but that there is none is an error; @what it should be. */
Link *bridge_find (Netlink *netlink, const char *what, const char *name, GError **error);

/* Returns: whether the words say that of @name */
gboolean bridge_said (const char *const *before, const char *what, const char *name,
                      const char *how);

/* Returns: the mtu that the words say of @uplink; 0 = they do not */
guint bridge_uplink_mtu (const char *const *before, const char *uplink);

/* That a bridge that is there already minds VLANs; one of another kind does so anyway. */
gboolean bridge_check_filter (const Link *bridge, GError **error);

/* That one which was told to do so minds them: some kernels say yes, and cannot. */
gboolean bridge_check_kernel (const Link *bridge, GError **error);

/* The interface @name is turned on as a port of the bridge with that index; @mtu: 0 = as it is. */
gboolean bridge_join (Netlink *netlink, const char *name, int bridge, guint mtu, GError **error);

/* The bridge has all addresses of @step, of which some may be there. */
gboolean bridge_add_addresses (Netlink *netlink, const NetworkStep *step, const Link *bridge,
                               GError **error);

/* The uplink is on, and carries at least @mtu; 0 = whatever it carries. */
gboolean bridge_settle_uplink (Netlink *netlink, const Link *uplink, guint mtu, GError **error);
