/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A worse network than there is: delay, loss and a limit of the rate on a link. */
#pragma once

#include "host/network/netlink.h"

typedef struct {
    guint delay_ms;
    guint loss_ppm; /* of frames, a millionth each */
    guint64 rate;   /* bits a second; 0 = no limit */
} Netem;

/**
 * netem_set:
 *
 * What the host sends into @link from now on is treated so; all zero ends it.
 */
gboolean netem_set (Netlink *netlink, const Link *link, const Netem *netem, GError **error);
