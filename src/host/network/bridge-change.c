/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what changes about bridges and their ports while they are in use: ports come
 * and move, frames become longer or shorter, VLANs begin to count.
 */
#include "host/network/bridge-private.h"

#include "base/error.h"

/* --- ports --- */

gboolean
bridge_plug (Netlink *netlink, const TapStep *step, GError **error)
{
    LinkChange change = { .up = TRUE };
    g_autoptr (Link) tap = bridge_find (netlink, "tap", step->name, error);
    g_autoptr (Link) bridge =
        tap && step->bridge ? bridge_find (netlink, "bridge", step->bridge, error) : NULL;
    VlanSet trunk = { 0 };

    if (!tap || (step->bridge && !bridge))
        return FALSE;
    if (bridge && !bridge_join (netlink, step->name, bridge->index, 0, error))
        return FALSE;
    if (step->trunk && !vlan_set_parse (step->trunk, &trunk))
        g_warning ("the plan's trunk %s is no list of VLANs", step->trunk);
    if ((step->vlan || step->trunk) &&
        !netlink_set_vlans (netlink, tap->index, FALSE, (guint)step->vlan, &trunk, error))
        return FALSE;
    return bridge || netlink_change (netlink, tap->index, &change, error);
}

/* Out of the bridge, so that nothing of its VLANs stays. */
gboolean
bridge_move (Netlink *netlink, const TapStep *step, GError **error)
{
    LinkChange change = { .release = TRUE };
    g_autoptr (Link) tap = bridge_find (netlink, "tap", step->name, error);

    return tap && (tap->master == 0 || netlink_change (netlink, tap->index, &change, error)) &&
           bridge_plug (netlink, step, error);
}

/* --- VLANs --- */

gboolean
bridge_check_kernel (const Link *bridge, GError **error)
{
    if (bridge->filters)
        return TRUE;
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_HOST, NETLINK_NO_FILTER);
    return FALSE;
}

static gboolean
set_filter (Netlink *netlink, const Link *bridge, gboolean filter, GError **error)
{
    g_autoptr (Link) now = NULL;

    if (!netlink_set_filter (netlink, bridge->index, filter, error))
        return FALSE;
    now = filter ? bridge_find (netlink, "bridge", bridge->name, error) : NULL;
    return !filter || (now && bridge_check_kernel (now, error));
}

/* What leads out carries all VLANs while they count, and the common one else. */
static gboolean
follow_outside (Netlink *netlink, const char *name, const Link *bridge, gboolean filter,
                GError **error)
{
    g_autoptr (Link) link = bridge_find (netlink, "interface", name, error);

    return link && netlink_set_vlans (netlink, link->index, FALSE, bridge->default_vlan,
                                      filter ? &vlan_set_all : NULL, error);
}

static gboolean
follow_vlans (Netlink *netlink, const NetworkStep *step, gboolean is_own_uplink, const Link *bridge,
              GError **error)
{
    guint own = step->vlan ? (guint)step->vlan : bridge->default_vlan;

    if (!step->existing && !netlink_set_vlans (netlink, bridge->index, TRUE, own, NULL, error))
        return FALSE;
    if (is_own_uplink && !follow_outside (netlink, step->uplink, bridge, step->filter, error))
        return FALSE;
    for (guint i = 0; i < step->tunnels->len; i++) {
        const TunnelRecord *tunnel = g_ptr_array_index (step->tunnels, i);

        if (!follow_outside (netlink, tunnel->device, bridge, step->filter, error))
            return FALSE;
    }
    return TRUE;
}

/* --- lengths of frames --- */

static gboolean
set_mtu (Netlink *netlink, const char *what, const char *name, guint mtu, GError **error)
{
    LinkChange change = { .mtu = mtu };
    g_autoptr (Link) link = bridge_find (netlink, what, name, error);

    if (!link || link->mtu == mtu)
        return link != NULL;
    if (netlink_change (netlink, link->index, &change, error))
        return TRUE;
    g_prefix_error (error, "%s %s for frames of %u bytes: ", what, name, mtu);
    return FALSE;
}

static gboolean
follow_mtu (Netlink *netlink, const NetworkStep *step, guint uplink_mtu, GError **error)
{
    guint mtu = step->mtu ? (guint)step->mtu : BRIDGE_MTU;

    if (uplink_mtu &&
        !set_mtu (netlink, "uplink", step->uplink, MAX ((guint)step->mtu, uplink_mtu), error))
        return FALSE;
    for (guint i = 0; i < step->tunnels->len; i++) {
        const TunnelRecord *tunnel = g_ptr_array_index (step->tunnels, i);

        if (!set_mtu (netlink, "tunnel", tunnel->device, mtu, error))
            return FALSE;
    }
    return set_mtu (netlink, "bridge", step->bridge, mtu, error);
}

/* --- addresses --- */

static gboolean
follow_addresses (Netlink *netlink, const NetworkStep *was, const NetworkStep *is,
                  const char *const *before, const Link *bridge, GError **error)
{
    for (gsize i = 0; was->addresses && was->addresses[i]; i++) {
        const char *address = was->addresses[i];

        if (!(is->addresses && g_strv_contains ((const char *const *)is->addresses, address)) &&
            !bridge_said (before, "address", is->bridge, address) &&
            !netlink_remove_address (netlink, bridge->index, address, error))
            return FALSE;
    }
    return bridge_add_addresses (netlink, is, bridge, error);
}

gboolean
bridge_adjust (Netlink *netlink, const NetworkStep *was, const NetworkStep *is,
               const char *const *before, GError **error)
{
    g_autoptr (Link) bridge = bridge_find (netlink, "bridge", is->bridge, error);
    /* of a port that was there before somebody else has said what it carries */
    gboolean own_uplink = is->uplink && !bridge_said (before, "uplink", is->uplink, "plugged");
    guint uplink_mtu = own_uplink ? bridge_uplink_mtu (before, is->uplink) : 0;

    if (!bridge)
        return FALSE;
    if (is->existing && is->filter && !bridge_check_filter (bridge, error))
        return FALSE;
    if (!is->existing && is->filter != was->filter &&
        !set_filter (netlink, bridge, is->filter, error))
        return FALSE;
    if ((is->filter != was->filter || is->vlan != was->vlan) &&
        !follow_vlans (netlink, is, own_uplink, bridge, error))
        return FALSE;
    if (is->mtu != was->mtu && !follow_mtu (netlink, is, uplink_mtu, error))
        return FALSE;
    /* last, as the kernel drops those of IPv6 below short frames */
    return follow_addresses (netlink, was, is, before, bridge, error);
}
