/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the exchange with the kernel's route socket and the reading of links. */
#include "host/network/netlink-private.h"

#include "base/error.h"
#include "base/file.h"
#include "host/network/netns.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

/* room for the longest request: every second of all VLANs */
#define SEND_BYTES (24 * 1024)
/* a dump comes in pieces of this size; the kernel fills no larger ones */
#define RECEIVE_BYTES (64 * 1024)

Netlink *
netlink_open (const char *net, GError **error)
{
    g_autoptr (Netlink) netlink = g_new0 (Netlink, 1);
    struct sockaddr_nl address = { .nl_family = AF_NETLINK };
    g_auto (AutoFd) fd = netns_open_rtnetlink (net, error);

    netlink->socket = nl_socket_alloc ();
    if (!netlink->socket)
        g_error ("no memory for a netlink socket");
    if (fd < 0)
        return NULL;
    if (bind (fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        nl_socket_set_fd (netlink->socket, NETLINK_ROUTE, fd) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "opening a socket to the kernel's networks: it is none");
        return NULL;
    }
    g_steal_fd (&fd);
    nl_socket_set_msg_buf_size (netlink->socket, RECEIVE_BYTES);
    return g_steal_pointer (&netlink);
}

void
netlink_close (Netlink *netlink)
{
    if (!netlink)
        return;
    nl_socket_free (netlink->socket);
    g_free (netlink);
}

struct nl_msg *
netlink_message (int type, int flags, gconstpointer header, gsize size)
{
    struct nl_msg *message = nlmsg_alloc_size (SEND_BYTES);

    if (!message ||
        !nlmsg_put (message, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, NLM_F_REQUEST | flags) ||
        nlmsg_append (message, (gpointer)header, size, NLMSG_ALIGNTO) < 0)
        g_error ("no memory for a netlink message");
    return message;
}

typedef struct {
    Netlink *netlink;
    NetlinkFunc each;
    gpointer user_data;
    gboolean ended;
} Exchange;

static int
got_answer (struct nl_msg *message, void *user_data)
{
    Exchange *exchange = user_data;

    if (exchange->each)
        exchange->each (nlmsg_hdr (message), exchange->user_data);
    return NL_OK;
}

static int
got_end (struct nl_msg *message, void *user_data)
{
    ((Exchange *)user_data)->ended = TRUE;
    return NL_STOP;
}

static int
got_error (struct sockaddr_nl *from, struct nlmsgerr *answer, void *user_data)
{
    Exchange *exchange = user_data;

    exchange->netlink->code = -answer->error;
    exchange->ended = TRUE;
    return NL_STOP;
}

gboolean
netlink_send (Netlink *netlink, struct nl_msg *message, NetlinkFunc each, gpointer user_data)
{
    Exchange exchange = { netlink, each, user_data, FALSE };
    gboolean dump = (nlmsg_hdr (message)->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
    struct nl_cb *callbacks = nl_cb_alloc (NL_CB_DEFAULT);
    int status;

    netlink->code = 0;
    if (!dump)
        nlmsg_hdr (message)->nlmsg_flags |= NLM_F_ACK;
    nl_cb_set (callbacks, NL_CB_VALID, NL_CB_CUSTOM, got_answer, &exchange);
    nl_cb_set (callbacks, NL_CB_ACK, NL_CB_CUSTOM, got_end, &exchange);
    nl_cb_set (callbacks, NL_CB_FINISH, NL_CB_CUSTOM, got_end, &exchange);
    nl_cb_err (callbacks, NL_CB_CUSTOM, got_error, &exchange);
    status = nl_send_auto (netlink->socket, message);
    while (status >= 0 && !exchange.ended)
        status = nl_recvmsgs (netlink->socket, callbacks);
    if (status < 0 && netlink->code == 0)
        netlink->code = errno ? errno : EIO;
    nlmsg_free (message);
    nl_cb_put (callbacks);
    return netlink->code == 0;
}

gboolean
netlink_fail (Netlink *netlink, const char *doing, const char *what, GError **error)
{
    const char *remedy = "";

    if (netlink->code == EPERM || netlink->code == EACCES)
        remedy = ": run roost as root, or let root prepare it (roost net up --owner USER)";
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s %s: %s%s", doing, what,
                 g_strerror (netlink->code), remedy);
    return FALSE;
}

void
link_free (Link *link)
{
    if (!link)
        return;
    g_free (link->alias);
    g_free (link->kind);
    g_free (link->mac);
    g_free (link);
}

gboolean
link_is_ours (const Link *link, const char *mark, const char *mac)
{
    if (link->alias)
        return strcmp (link->alias, mark) == 0;
    return mac && link->mac && strcmp (link->mac, mac) == 0;
}

static void
free_link (gpointer data)
{
    link_free (data);
}

static void
read_bridge (Link *link, struct nlattr *data)
{
    struct nlattr *attributes[IFLA_BR_MAX + 1];

    if (nla_parse_nested (attributes, IFLA_BR_MAX, data, NULL) < 0)
        return;
    link->filters =
        attributes[IFLA_BR_VLAN_FILTERING] && nla_get_u8 (attributes[IFLA_BR_VLAN_FILTERING]) != 0;
    if (attributes[IFLA_BR_VLAN_DEFAULT_PVID])
        link->default_vlan = nla_get_u16 (attributes[IFLA_BR_VLAN_DEFAULT_PVID]);
}

static void
read_info (Link *link, struct nlattr *info)
{
    struct nlattr *attributes[IFLA_INFO_MAX + 1];

    if (nla_parse_nested (attributes, IFLA_INFO_MAX, info, NULL) < 0 || !attributes[IFLA_INFO_KIND])
        return;
    link->kind = g_strdup (nla_get_string (attributes[IFLA_INFO_KIND]));
    if (strcmp (link->kind, "bridge") == 0 && attributes[IFLA_INFO_DATA])
        read_bridge (link, attributes[IFLA_INFO_DATA]);
}

static void
read_counters (Link *link, struct nlattr *attribute)
{
    struct rtnl_link_stats64 counters = { 0 };

    nla_memcpy (&counters, attribute, sizeof counters);
    link->rx_frames = counters.rx_packets;
    link->tx_frames = counters.tx_packets;
    link->rx_drops = counters.rx_dropped;
    link->tx_drops = counters.tx_dropped;
}

static char *
read_mac (struct nlattr *attribute)
{
    Mac mac;

    if (!attribute || nla_len (attribute) != sizeof mac.bytes)
        return NULL;
    memcpy (mac.bytes, nla_data (attribute), sizeof mac.bytes);
    return mac_format (&mac);
}

static void
read_link (struct nlmsghdr *message, gpointer user_data)
{
    struct ifinfomsg *header = nlmsg_data (message);
    struct nlattr *attributes[IFLA_MAX + 1];
    Link *link;

    if (message->nlmsg_type != RTM_NEWLINK ||
        nlmsg_parse (message, sizeof *header, attributes, IFLA_MAX, NULL) < 0 ||
        !attributes[IFLA_IFNAME])
        return;
    link = g_new0 (Link, 1);
    link->index = header->ifi_index;
    link->up = (header->ifi_flags & IFF_UP) != 0;
    link->running = (header->ifi_flags & IFF_RUNNING) != 0;
    nla_strlcpy (link->name, attributes[IFLA_IFNAME], sizeof link->name);
    link->master = attributes[IFLA_MASTER] ? (int)nla_get_u32 (attributes[IFLA_MASTER]) : 0;
    link->lower = attributes[IFLA_LINK] ? (int)nla_get_u32 (attributes[IFLA_LINK]) : 0;
    link->mtu = attributes[IFLA_MTU] ? nla_get_u32 (attributes[IFLA_MTU]) : 0;
    link->mac = read_mac (attributes[IFLA_ADDRESS]);
    if (attributes[IFLA_IFALIAS])
        link->alias = g_strdup (nla_get_string (attributes[IFLA_IFALIAS]));
    if (attributes[IFLA_LINKINFO])
        read_info (link, attributes[IFLA_LINKINFO]);
    if (attributes[IFLA_STATS64])
        read_counters (link, attributes[IFLA_STATS64]);
    g_ptr_array_add (user_data, link);
}

Link *
netlink_find (Netlink *netlink, const char *name, GError **error)
{
    struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
    struct nl_msg *message = netlink_message (RTM_GETLINK, 0, &header, sizeof header);
    g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (free_link);

    nla_put_string (message, IFLA_IFNAME, name);
    if (!netlink_send (netlink, message, read_link, links)) {
        if (netlink->code != ENODEV)
            netlink_fail (netlink, "looking for interface", name, error);
        return NULL;
    }
    return links->len > 0 ? g_ptr_array_steal_index (links, 0) : NULL;
}

GPtrArray *
netlink_list (Netlink *netlink, GError **error)
{
    struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
    struct nl_msg *message = netlink_message (RTM_GETLINK, NLM_F_DUMP, &header, sizeof header);
    g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (free_link);

    if (!netlink_send (netlink, message, read_link, links)) {
        netlink_fail (netlink, "listing", "interfaces", error);
        return NULL;
    }
    return g_steal_pointer (&links);
}
