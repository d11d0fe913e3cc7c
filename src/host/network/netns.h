/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In which network an effect happens: the host's own, or that of a private lab,
 * which the lab's process `roost-net` holds.  The supervisor itself never enters
 * the latter: sockets and descriptors that belong to it are opened inside by
 * roost-net and lent over its socket.  What they do afterwards happens inside,
 * whoever uses them.
 *
 * Everywhere @net is the path of that socket, as the plan has it, and %NULL the
 * host's own network.
 *
 * The answer takes microseconds, as roost-net does nothing else; a deadline
 * guards against one that was stopped.
 *
 * Programs need not run inside: Open vSwitch of a private lab listens at
 * netns_ovs_db().
 */
#pragma once

#include "plan/network/netns-step.h"

#include <glib.h>

/* What roost-net is asked for: one letter a connection.  It answers NETNS_LENT
 * with the descriptor, or NETNS_REFUSED and a sentence, up to the end. */
#define NETNS_WANT_RTNETLINK 'n'
#define NETNS_WANT_TUN 't'
#define NETNS_LENT '+'
#define NETNS_REFUSED '-'
#define NETNS_SENTENCE_MAX 1024

/**
 * netns_open_rtnetlink:
 * @net: (nullable): see above
 *
 * Returns: an unbound, close-on-exec NETLINK_ROUTE socket of that network (for
 * nl_socket_set_fd()), -1 on error
 */
int netns_open_rtnetlink (const char *net, GError **error);

/**
 * netns_is_gone:
 *
 * Returns: whether the process that held it has ended.  What was made inside is
 * gone then, or goes with the last machine that is plugged into it.
 */
gboolean netns_is_gone (const char *net);

/**
 * netns_open_tun:
 * @net: (nullable): see above
 *
 * Returns: /dev/net/tun, opened so that TUNSETIFF acts in that network; -1 on
 * error, which says how to mend it
 */
int netns_open_tun (const char *net, GError **error);

/**
 * netns_ovs_db:
 * @net: (nullable): see above
 *
 * Returns: (transfer full) (nullable): what to say behind `ovs-vsctl --db=`;
 * %NULL when it need not be said, as for the host's own
 */
char *netns_ovs_db (const char *net);
