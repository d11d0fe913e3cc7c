/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the queueing discipline netem of a link; see netem.h. */
#include "host/network/netem.h"

#include "base/error.h"
#include "host/network/netlink-private.h"

#include <errno.h>
#include <linux/pkt_sched.h>

/* frames that wait at the most: enough for a second of a fast link */
#define LIMIT 100000

static struct nl_msg *
message_new (int type, int flags, const Link *link)
{
    struct tcmsg header = { .tcm_family = AF_UNSPEC,
                            .tcm_ifindex = link->index,
                            .tcm_handle = type == RTM_NEWQDISC ? 0x10000 : 0,
                            .tcm_parent = TC_H_ROOT };

    return netlink_message (type, flags, &header, sizeof header);
}

static void
put_options (struct nl_msg *message, const Netem *netem)
{
    struct tc_netem_qopt options = {
        .limit = LIMIT, .loss = (guint32)((guint64)netem->loss_ppm * G_MAXUINT32 / 1000000)
    };
    struct tc_netem_rate rate = { .rate = (guint32)MIN (netem->rate / 8, G_MAXUINT32) };
    gint64 delay_ns = (gint64)netem->delay_ms * 1000000;
    guint64 rate64 = netem->rate / 8;
    /* not a plain nest: the struct comes first, the attributes behind it */
    struct nlattr *nest = nla_nest_start (message, TCA_OPTIONS);

    nlmsg_append (message, &options, sizeof options, NLMSG_ALIGNTO);
    nla_put (message, TCA_NETEM_LATENCY64, sizeof delay_ns, &delay_ns);
    if (rate64 > G_MAXUINT32)
        nla_put (message, TCA_NETEM_RATE64, sizeof rate64, &rate64);
    if (rate64 > 0)
        nla_put (message, TCA_NETEM_RATE, sizeof rate, &rate);
    nla_nest_end (message, nest);
}

gboolean
netem_set (Netlink *netlink, const Link *link, const Netem *netem, GError **error)
{
    gboolean clear = netem->delay_ms == 0 && netem->loss_ppm == 0 && netem->rate == 0;
    struct nl_msg *message = clear ? message_new (RTM_DELQDISC, 0, link)
                                   : message_new (RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, link);

    if (!clear) {
        nla_put_string (message, TCA_KIND, "netem");
        put_options (message, netem);
    }
    if (netlink_send (netlink, message, NULL, NULL) ||
        (clear && (netlink->code == ENOENT || netlink->code == EINVAL)))
        return TRUE;
    if (netlink->code == ENOENT) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "interface %s: the kernel has no netem: load it (modprobe sch_netem)",
                     link->name);
        return FALSE;
    }
    return netlink_fail (netlink, "making worse interface", link->name, error);
}
