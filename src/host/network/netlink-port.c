/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns addresses, the VLANs of bridge ports and what bridges have learned. */
#include "host/network/netlink-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

static struct nl_msg *
address_message (int type, int flags, int index, const char *text)
{
    g_auto (GStrv) parts = g_strsplit (text, "/", 2);
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (parts[0]);
    gboolean v6 = address && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
    gsize size = address ? g_inet_address_get_native_size (address) : 0;
    struct ifaddrmsg header = { .ifa_family = v6 ? AF_INET6 : AF_INET,
                                .ifa_prefixlen =
                                    (guint8)(parts[1] ? atoi (parts[1]) : (int)size * 8),
                                .ifa_flags = v6 ? IFA_F_NODAD : 0,
                                .ifa_index = (guint32)index };
    struct nl_msg *message = netlink_message (type, flags, &header, sizeof header);

    if (address) {
        nla_put (message, IFA_LOCAL, (int)size, g_inet_address_to_bytes (address));
        nla_put (message, IFA_ADDRESS, (int)size, g_inet_address_to_bytes (address));
    }
    if (address && !v6 && header.ifa_prefixlen < 31) {
        guint32 host = g_htonl (0xffffffffu >> header.ifa_prefixlen), all;

        memcpy (&all, g_inet_address_to_bytes (address), sizeof all);
        nla_put_u32 (message, IFA_BROADCAST, all | host);
    }
    return message;
}

gboolean
netlink_add_address (Netlink *netlink, int index, const char *address, GError **error)
{
    return netlink_send (netlink,
                         address_message (RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, address),
                         NULL, NULL) ||
           netlink->code == EEXIST || netlink_fail (netlink, "adding address", address, error);
}

typedef struct {
    int index;
    GInetAddress *address;
    gboolean found;
} AddressSearch;

static void
read_address (struct nlmsghdr *message, gpointer user_data)
{
    AddressSearch *search = user_data;
    struct ifaddrmsg *header = nlmsg_data (message);
    struct nlattr *attributes[IFA_MAX + 1], *own;
    gsize size = g_inet_address_get_native_size (search->address);

    if (message->nlmsg_type != RTM_NEWADDR || (int)header->ifa_index != search->index ||
        nlmsg_parse (message, sizeof *header, attributes, IFA_MAX, NULL) < 0)
        return;
    own = attributes[IFA_LOCAL] ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
    if (own && (gsize)nla_len (own) == size &&
        memcmp (nla_data (own), g_inet_address_to_bytes (search->address), size) == 0)
        search->found = TRUE;
}

gboolean
netlink_has_address (Netlink *netlink, int index, const char *address, gboolean *ret,
                     GError **error)
{
    struct ifaddrmsg header = { .ifa_family = AF_UNSPEC };
    g_auto (GStrv) parts = g_strsplit (address, "/", 2);
    g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (parts[0]);
    AddressSearch search = { index, parsed, FALSE };

    if (!parsed ||
        !netlink_send (netlink, netlink_message (RTM_GETADDR, NLM_F_DUMP, &header, sizeof header),
                       read_address, &search))
        return netlink_fail (netlink, "looking for address", address, error);
    *ret = search.found;
    return TRUE;
}

gboolean
netlink_remove_address (Netlink *netlink, int index, const char *address, GError **error)
{
    return netlink_send (netlink, address_message (RTM_DELADDR, 0, index, address), NULL, NULL) ||
           netlink->code == EADDRNOTAVAIL || netlink->code == ENODEV ||
           netlink_fail (netlink, "removing address", address, error);
}

static void
put_vlan (struct nl_msg *message, guint vlan, guint flags)
{
    struct bridge_vlan_info info = { .flags = (guint16)flags, .vid = (guint16)vlan };

    nla_put (message, IFLA_BRIDGE_VLAN_INFO, sizeof info, &info);
}

/* Sends one request about VLANs, whose list @fill writes. */
static gboolean
send_vlans (Netlink *netlink, int type, int index, gboolean self, guint untagged,
            const VlanSet *trunk)
{
    struct ifinfomsg header = { .ifi_family = AF_BRIDGE, .ifi_index = index };
    struct nl_msg *message = netlink_message (type, 0, &header, sizeof header);
    struct nlattr *list = nla_nest_start (message, IFLA_AF_SPEC);

    nla_put_u16 (message, IFLA_BRIDGE_FLAGS, self ? BRIDGE_FLAGS_SELF : BRIDGE_FLAGS_MASTER);
    for (guint vlan = 1; trunk && vlan <= VLAN_MAX; vlan++) {
        guint last = vlan;

        if (!vlan_set_has (trunk, vlan) || vlan == untagged)
            continue;
        while (last < VLAN_MAX && vlan_set_has (trunk, last + 1) && last + 1 != untagged)
            last++;
        put_vlan (message, vlan, last > vlan ? BRIDGE_VLAN_INFO_RANGE_BEGIN : 0);
        if (last > vlan)
            put_vlan (message, last, BRIDGE_VLAN_INFO_RANGE_END);
        vlan = last;
    }
    if (untagged)
        put_vlan (message, untagged, BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED);
    nla_nest_end (message, list);
    return netlink_send (netlink, message, NULL, NULL);
}

gboolean
netlink_set_vlans (Netlink *netlink, int index, gboolean self, guint untagged, const VlanSet *trunk,
                   GError **error)
{
    /* what a bridge gives to a port by itself is 1, or whatever somebody told it */
    if (!send_vlans (netlink, RTM_DELLINK, index, self, 0, &vlan_set_all) &&
        netlink->code != ENOENT)
        return netlink_fail (netlink, "taking the VLANs of", "a bridge's port", error);
    return send_vlans (netlink, RTM_SETLINK, index, self, untagged, trunk) ||
           netlink_fail (netlink, "setting the VLANs of", "a bridge's port", error);
}

static void
free_entry (gpointer data)
{
    FdbEntry *entry = data;

    g_free (entry->mac);
    g_free (entry);
}

static void
read_entry (struct nlmsghdr *message, gpointer user_data)
{
    struct ndmsg *header = nlmsg_data (message);
    struct nlattr *attributes[NDA_MAX + 1];
    FdbEntry *entry;
    Mac mac;

    if (message->nlmsg_type != RTM_NEWNEIGH ||
        nlmsg_parse (message, sizeof *header, attributes, NDA_MAX, NULL) < 0 ||
        !attributes[NDA_LLADDR] || nla_len (attributes[NDA_LLADDR]) != sizeof mac.bytes ||
        !attributes[NDA_MASTER] || (header->ndm_state & NUD_PERMANENT))
        return;
    memcpy (mac.bytes, nla_data (attributes[NDA_LLADDR]), sizeof mac.bytes);
    entry = g_new0 (FdbEntry, 1);
    entry->port = header->ndm_ifindex;
    entry->vlan = attributes[NDA_VLAN] ? nla_get_u16 (attributes[NDA_VLAN]) : 0;
    entry->mac = mac_format (&mac);
    g_ptr_array_add (user_data, entry);
}

GPtrArray *
netlink_list_fdb (Netlink *netlink, GError **error)
{
    struct ifinfomsg header = { .ifi_family = AF_BRIDGE };
    struct nl_msg *message = netlink_message (RTM_GETNEIGH, NLM_F_DUMP, &header, sizeof header);
    g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (free_entry);

    if (!netlink_send (netlink, message, read_entry, entries)) {
        netlink_fail (netlink, "listing", "what bridges have learned", error);
        return NULL;
    }
    return g_steal_pointer (&entries);
}
