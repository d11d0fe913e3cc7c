/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that speak through the route socket share. */
#pragma once

#include "host/network/netlink.h"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

struct Netlink {
    struct nl_sock *socket;
    int code; /* errno of the exchange; 0 = it went well */
};

typedef void (*NetlinkFunc) (struct nlmsghdr *message, gpointer user_data);

/**
 * netlink_message:
 * @header: what comes first in messages of @type
 *
 * Returns: (transfer full): a request that wants an acknowledgement
 */
struct nl_msg *netlink_message (int type, int flags, gconstpointer header, gsize size);

/**
 * netlink_send:
 * @message: (transfer full)
 * @each: (nullable): called with every answer
 *
 * Returns: %FALSE with the kernel's errno in @netlink->code
 */
gboolean netlink_send (Netlink *netlink, struct nl_msg *message, NetlinkFunc each,
                       gpointer user_data);

/* Tells that @doing to @what failed as @netlink->code says; returns FALSE. */
gboolean netlink_fail (Netlink *netlink, const char *doing, const char *what, GError **error);
