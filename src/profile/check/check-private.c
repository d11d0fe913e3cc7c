/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a switch may be in a lab with a network of its own, and what `uplink:
 * user` means: an interface of the host is not there, a NAT is. */
#include "profile/check/check.h"

gboolean
check_uplink_is_user (const Switch *sw)
{
    return g_strcmp0 (sw->uplink, "user") == 0;
}

/* In this network there is no kernel's datapath that a user may make. */
static void
choose_datapath (Check *check, const CheckAt *at, Switch *sw)
{
    if (!check_said (check, at, "datapath"))
        sw->datapath = DATAPATH_NETDEV;
    else if (sw->datapath != DATAPATH_NETDEV)
        check_fail (check, at, "datapath",
                    "a private lab has an Open vSwitch of its own in user space; use netdev");
}

void
check_private_switch (Check *check, const CheckAt *at, Switch *sw)
{
    if (sw->type == SWITCH_MACVTAP && check_uplink_is_user (sw))
        check_fail (
            check, at, "uplink",
            "macvtap stands on an interface of the host; user is for internal, bridge and ovs");
    if (check->lab->isolation != ISOLATION_PRIVATE)
        return;
    if (sw->type == SWITCH_MACVTAP)
        check_fail (check, at, "type",
                    "macvtap stands on an interface of the host, which a private lab does not see; "
                    "use bridge with uplink: user");
    else if (sw->uplink && !check_uplink_is_user (sw))
        check_fail (check, at, "uplink",
                    "a private lab does not see the interfaces of the host; use uplink: user, or "
                    "leave isolation out");
    if (sw->existing)
        check_fail (check, at, "existing",
                    "in the network of a private lab nothing exists before; remove it");
    if (sw->tunnels->len > 0)
        check_fail (check, at, "tunnels",
                    "no other host is reached from the network of a private lab; remove them, or "
                    "leave isolation out");
    if (sw->type == SWITCH_OVS)
        choose_datapath (check, at, sw);
}

void
check_private_nic (Check *check, const CheckAt *at, const Nic *nic)
{
    if (check->lab->isolation == ISOLATION_PRIVATE && nic->tap)
        check_fail (check, at, "tap",
                    "a private lab does not see the taps of the host; remove it, roost makes one");
}
