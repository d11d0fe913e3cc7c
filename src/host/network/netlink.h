/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links, addresses and bridge ports, through the kernel's route socket.  Each call
 * is one exchange with the kernel, which answers before it returns.
 */
#pragma once

#include "base/ether.h"

#include <glib.h>

typedef struct Netlink Netlink;

/**
 * netlink_open:
 * @net: (nullable): in which network; see host/network/netns.h
 */
Netlink *netlink_open (const char *net, GError **error);
void netlink_close (Netlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Netlink, netlink_close)

typedef struct {
    int index;
    int master; /* index of the bridge, or whatever it is a part of; 0 = none */
    int lower;  /* index of the link under it; 0 = none */
    guint mtu;
    gboolean up;        /* as somebody wanted it, cable or not */
    gboolean running;   /* there is a cable */
    gboolean filters;   /* a bridge: VLANs count */
    guint default_vlan; /* such a bridge: that of ports of which nothing is said; 0 = none */
    char name[IFNAME_MAX + 1];
    char *alias;                                      /* NULL = none */
    char *kind;                                       /* bridge, tun, vxlan …; NULL = a device */
    char *mac;                                        /* NULL = none */
    guint64 rx_frames, tx_frames, rx_drops, tx_drops; /* as the host sees them */
} Link;

void link_free (Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Link, link_free)

/**
 * link_is_ours:
 * @mac: (nullable): the address with which the link was made
 *
 * Returns: whether @link carries @mark, or was made and not marked yet
 */
gboolean link_is_ours (const Link *link, const char *mark, const char *mac);

/**
 * netlink_find:
 *
 * Returns: (transfer full) (nullable): the link @name; %NULL without an error when
 * there is none
 */
Link *netlink_find (Netlink *netlink, const char *name, GError **error);

/**
 * netlink_list:
 *
 * Returns: (transfer full) (element-type Link): all links
 */
GPtrArray *netlink_list (Netlink *netlink, GError **error);

/* What is to be different about a link; zero leaves a thing as it is. */
typedef struct {
    gboolean up, down;
    gboolean release;  /* no master any more */
    int master;        /* index */
    guint mtu;         /* 0 */
    const char *alias; /* "" = none; NULL */
    gboolean no_ipv6;  /* no IPv6 address by itself when it comes up */
} LinkChange;

/* Changes what @change sets of the link with that index, and removes such a link; it is an
 * error when there is none. */
gboolean netlink_change (Netlink *netlink, int index, const LinkChange *change, GError **error);
gboolean netlink_delete (Netlink *netlink, int index, GError **error);

/**
 * netlink_add_bridge: (and netlink_add_macvtap, netlink_add_vxlan, netlink_add_gretap)
 * @mac: the address, by which a link that was not marked yet is known again
 *
 * Makes a link, which is down.
 */
gboolean netlink_add_bridge (Netlink *netlink, const char *name, const char *mac, gboolean stp,
                             gboolean filter, GError **error);
gboolean netlink_add_macvtap (Netlink *netlink, const char *name, const char *mac, int lower,
                              const char *mode, GError **error);
gboolean netlink_add_vxlan (Netlink *netlink, const char *name, const char *mac, guint key,
                            const char *remote, const char *local, guint port, GError **error);
gboolean netlink_add_gretap (Netlink *netlink, const char *name, const char *mac,
                             const char *remote, GError **error);

/**
 * netlink_set_filter:
 *
 * Says whether a bridge minds VLANs.  Some kernels without that say yes and do nothing.
 */
#define NETLINK_NO_FILTER                                                                          \
    "the bridges of this kernel mind no VLANs (it was built without "                              \
    "CONFIG_BRIDGE_VLAN_FILTERING): say type: ovs, with datapath: netdev where its module is "     \
    "missing, or leave vlan and trunk out"
gboolean netlink_set_filter (Netlink *netlink, int index, gboolean filter, GError **error);

/**
 * netlink_add_address:
 * @address: with the length of its network; one that is there already is no error
 */
gboolean netlink_add_address (Netlink *netlink, int index, const char *address, GError **error);
gboolean netlink_has_address (Netlink *netlink, int index, const char *address, gboolean *ret,
                              GError **error);
/* an address that is not there is no error */
gboolean netlink_remove_address (Netlink *netlink, int index, const char *address, GError **error);

/**
 * netlink_set_vlans:
 * @self: of the bridge itself rather than of a port
 * @untagged: the VLAN of frames without a tag; 0 = they are dropped
 * @trunk: (nullable): those that are carried with their tags
 *
 * Says what a port of a bridge that filters carries, in place of the kernel's default.
 */
gboolean netlink_set_vlans (Netlink *netlink, int index, gboolean self, guint untagged,
                            const VlanSet *trunk, GError **error);

/* A MAC address that a bridge has learned. */
typedef struct {
    int port; /* index of the link */
    guint vlan;
    char *mac;
} FdbEntry;

/**
 * netlink_list_fdb:
 *
 * Returns: (transfer full) (element-type FdbEntry): what all bridges have learned
 */
GPtrArray *netlink_list_fdb (Netlink *netlink, GError **error);
