/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making, changing and removing of links. */
#include "host/network/netlink-private.h"

#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <string.h>

static void
put_mac (struct nl_msg *message, const char *text)
{
    Mac mac;

    if (text && mac_parse (text, &mac))
        nla_put (message, IFLA_ADDRESS, sizeof mac.bytes, mac.bytes);
}

static struct nlattr *
begin (struct nl_msg *message, int type)
{
    struct nlattr *nest = nla_nest_start (message, type);

    g_assert (nest); /* there is room for the longest request */
    return nest;
}

gboolean
netlink_change (Netlink *netlink, int index, const LinkChange *change, GError **error)
{
    struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = index };
    struct nl_msg *message;
    g_autofree char *what = g_strdup_printf ("number %d", index);

    if (change->up || change->down)
        header.ifi_change = IFF_UP;
    if (change->up)
        header.ifi_flags = IFF_UP;
    message = netlink_message (RTM_NEWLINK, 0, &header, sizeof header);
    if (change->master || change->release)
        nla_put_u32 (message, IFLA_MASTER, (guint32)change->master);
    if (change->mtu)
        nla_put_u32 (message, IFLA_MTU, change->mtu);
    if (change->alias)
        nla_put_string (message, IFLA_IFALIAS, change->alias);
    if (change->no_ipv6) {
        struct nlattr *families = begin (message, IFLA_AF_SPEC);
        struct nlattr *ipv6 = begin (message, AF_INET6);

        nla_put_u8 (message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
        nla_nest_end (message, ipv6);
        nla_nest_end (message, families);
    }
    return netlink_send (netlink, message, NULL, NULL) ||
           netlink_fail (netlink, "changing interface", what, error);
}

gboolean
netlink_delete (Netlink *netlink, int index, GError **error)
{
    struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = index };
    struct nl_msg *message = netlink_message (RTM_DELLINK, 0, &header, sizeof header);
    g_autofree char *what = g_strdup_printf ("number %d", index);

    return netlink_send (netlink, message, NULL, NULL) ||
           netlink_fail (netlink, "removing interface", what, error);
}

/* A request for a new link, up to what its kind wants to know. */
typedef struct {
    struct nl_msg *message;
    struct nlattr *info;
    struct nlattr *data;
} NewLink;

static void
begin_link (NewLink *link, const char *name, const char *kind, const char *mac, int lower)
{
    struct ifinfomsg header = { .ifi_family = AF_UNSPEC };

    link->message =
        netlink_message (RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    nla_put_string (link->message, IFLA_IFNAME, name);
    put_mac (link->message, mac);
    if (lower)
        nla_put_u32 (link->message, IFLA_LINK, (guint32)lower);
    link->info = begin (link->message, IFLA_LINKINFO);
    nla_put_string (link->message, IFLA_INFO_KIND, kind);
    link->data = begin (link->message, IFLA_INFO_DATA);
}

static gboolean
end_link (Netlink *netlink, NewLink *link, const char *doing, const char *name, GError **error)
{
    nla_nest_end (link->message, link->data);
    nla_nest_end (link->message, link->info);
    return netlink_send (netlink, link->message, NULL, NULL) ||
           netlink_fail (netlink, doing, name, error);
}

static gboolean
fail_filter (Netlink *netlink, const char *doing, const char *what, GError **error)
{
    if (netlink->code != EOPNOTSUPP)
        return netlink_fail (netlink, doing, what, error);
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_HOST, NETLINK_NO_FILTER);
    return FALSE;
}

gboolean
netlink_add_bridge (Netlink *netlink, const char *name, const char *mac, gboolean stp,
                    gboolean filter, GError **error)
{
    NewLink link;

    begin_link (&link, name, "bridge", mac, 0);
    nla_put_u32 (link.message, IFLA_BR_STP_STATE, stp);
    /* without the protocol nothing is gained by waiting until a port forwards */
    if (!stp)
        nla_put_u32 (link.message, IFLA_BR_FORWARD_DELAY, 0);
    if (filter)
        nla_put_u8 (link.message, IFLA_BR_VLAN_FILTERING, 1);
    return end_link (netlink, &link, "making bridge", name, filter ? NULL : error) ||
           (filter && fail_filter (netlink, "making bridge", name, error));
}

gboolean
netlink_set_filter (Netlink *netlink, int index, gboolean filter, GError **error)
{
    struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = index };
    NewLink link = { .message = netlink_message (RTM_NEWLINK, 0, &header, sizeof header) };
    g_autofree char *what = g_strdup_printf ("number %d", index);

    link.info = begin (link.message, IFLA_LINKINFO);
    nla_put_string (link.message, IFLA_INFO_KIND, "bridge");
    link.data = begin (link.message, IFLA_INFO_DATA);
    nla_put_u8 (link.message, IFLA_BR_VLAN_FILTERING, filter != FALSE);
    return end_link (netlink, &link, "filtering VLANs on bridge", what, NULL) ||
           fail_filter (netlink, "filtering VLANs on bridge", what, error);
}

static guint32
macvtap_mode (const char *mode)
{
    static const struct {
        const char *word;
        guint32 mode;
    } modes[] = {
        { "bridge", MACVLAN_MODE_BRIDGE },
        { "vepa", MACVLAN_MODE_VEPA },
        { "private", MACVLAN_MODE_PRIVATE },
        { "passthru", MACVLAN_MODE_PASSTHRU },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
        if (strcmp (modes[i].word, mode) == 0)
            return modes[i].mode;
    return MACVLAN_MODE_BRIDGE;
}

gboolean
netlink_add_macvtap (Netlink *netlink, const char *name, const char *mac, int lower,
                     const char *mode, GError **error)
{
    NewLink link;

    begin_link (&link, name, "macvtap", mac, lower);
    nla_put_u32 (link.message, IFLA_MACVLAN_MODE, macvtap_mode (mode));
    return end_link (netlink, &link, "making macvtap", name, error);
}

static void
put_address (struct nl_msg *message, int v4, int v6, const char *text)
{
    g_autoptr (GInetAddress) address = text ? g_inet_address_new_from_string (text) : NULL;
    gboolean is_v6 = address && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

    if (address)
        nla_put (message, is_v6 ? v6 : v4, (int)g_inet_address_get_native_size (address),
                 g_inet_address_to_bytes (address));
}

gboolean
netlink_add_vxlan (Netlink *netlink, const char *name, const char *mac, guint key,
                   const char *remote, const char *local, guint port, GError **error)
{
    NewLink link;

    begin_link (&link, name, "vxlan", mac, 0);
    nla_put_u32 (link.message, IFLA_VXLAN_ID, key);
    put_address (link.message, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6, remote);
    put_address (link.message, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6, local);
    nla_put_u16 (link.message, IFLA_VXLAN_PORT, g_htons (port));
    nla_put_u8 (link.message, IFLA_VXLAN_LEARNING, 1);
    return end_link (netlink, &link, "making vxlan", name, error);
}

gboolean
netlink_add_gretap (Netlink *netlink, const char *name, const char *mac, const char *remote,
                    GError **error)
{
    NewLink link;

    begin_link (&link, name, "gretap", mac, 0);
    put_address (link.message, IFLA_GRE_REMOTE, IFLA_GRE_REMOTE, remote);
    return end_link (netlink, &link, "making gretap", name, error);
}
