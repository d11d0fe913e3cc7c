/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a bridge of the host is made and unmade; see bridge.h. */
#include "host/network/bridge-private.h"

#include "base/error.h"

#include <string.h>

Link *
bridge_find (Netlink *netlink, const char *what, const char *name, GError **error)
{
    GError *local = NULL;
    Link *link = netlink_find (netlink, name, &local);

    if (local)
        g_propagate_error (error, local);
    else if (!link)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "there is no %s %s: name one of those that `ip link` shows", what, name);
    return link;
}

/* --- making --- */

static gboolean
make_new (Netlink *netlink, const NetworkStep *step, GError **error)
{
    gboolean stp = g_strcmp0 (step->stp, "stp") == 0;
    LinkChange change = { .alias = step->mark, .mtu = (guint)step->mtu };
    g_autoptr (Link) link = NULL;

    if (!netlink_add_bridge (netlink, step->bridge, step->mac, stp, step->filter, error))
        return FALSE;
    link = bridge_find (netlink, "bridge", step->bridge, error);
    return link && netlink_change (netlink, link->index, &change, error) &&
           (!step->filter || bridge_check_kernel (link, error)) &&
           (!step->vlan ||
            netlink_set_vlans (netlink, link->index, TRUE, (guint)step->vlan, NULL, error));
}

gboolean
bridge_join (Netlink *netlink, const char *name, int bridge, guint mtu, GError **error)
{
    LinkChange change = { .master = bridge, .up = TRUE, .mtu = mtu };
    g_autoptr (Link) link = bridge_find (netlink, "interface", name, error);

    if (link && link->master == bridge && link->up && (mtu == 0 || link->mtu == mtu))
        return TRUE; /* asks for no privilege */
    return link && netlink_change (netlink, link->index, &change, error);
}

/* What leads out carries all VLANs, as it does with Open vSwitch. */
static gboolean
plug_outside (Netlink *netlink, const NetworkStep *step, const char *name, const Link *bridge,
              guint mtu, GError **error)
{
    g_autoptr (Link) link = bridge_find (netlink, "interface", name, error);
    /* of a port that is there already somebody else has said what it carries */
    gboolean ours = link && step->filter && link->master != bridge->index;

    return link && bridge_join (netlink, name, bridge->index, mtu, error) &&
           (!ours || netlink_set_vlans (netlink, link->index, FALSE, bridge->default_vlan,
                                        &vlan_set_all, error));
}

static gboolean
make_tunnel (Netlink *netlink, const NetworkStep *step, const TunnelRecord *tunnel,
             const Link *bridge, GError **error)
{
    LinkChange change = { .alias = step->mark, .no_ipv6 = TRUE };
    g_autoptr (Link) link = NULL;

    if (!netlink_add_vxlan (netlink, tunnel->device, tunnel->mac, (guint)tunnel->key,
                            tunnel->remote, tunnel->local, (guint)tunnel->port, error))
        return FALSE;
    link = bridge_find (netlink, "tunnel", tunnel->device, error);
    return link && netlink_change (netlink, link->index, &change, error) &&
           plug_outside (netlink, step, tunnel->device, bridge, (guint)step->mtu, error);
}

gboolean
bridge_make (Netlink *netlink, const NetworkStep *step, GError **error)
{
    g_autoptr (Link) bridge = NULL;

    if (!step->existing && !make_new (netlink, step, error))
        return FALSE;
    bridge = bridge_find (netlink, "bridge", step->bridge, error);
    if (bridge && g_strcmp0 (bridge->kind, "bridge") != 0) {
        g_set_error (
            error, ROOST_ERROR, ROOST_ERROR_HOST,
            "%s is no bridge of the kernel's: name one, or say another type:", step->bridge);
        return FALSE;
    }
    if (!bridge || (step->uplink && !plug_outside (netlink, step, step->uplink, bridge, 0, error)))
        return FALSE;
    for (guint i = 0; i < step->tunnels->len; i++)
        if (!make_tunnel (netlink, step, g_ptr_array_index (step->tunnels, i), bridge, error))
            return FALSE;
    return TRUE;
}

gboolean
bridge_settle_uplink (Netlink *netlink, const Link *uplink, guint mtu, GError **error)
{
    LinkChange change = { .up = TRUE, .mtu = mtu > uplink->mtu ? mtu : 0 };

    if (uplink->up && change.mtu == 0)
        return TRUE;
    if (netlink_change (netlink, uplink->index, &change, error))
        return TRUE;
    if (change.mtu)
        g_prefix_error (error, "uplink %s for frames of %u bytes: ", uplink->name, mtu);
    return FALSE;
}

gboolean
bridge_add_addresses (Netlink *netlink, const NetworkStep *step, const Link *bridge, GError **error)
{
    for (gsize i = 0; step->addresses && step->addresses[i]; i++) {
        gboolean there;

        if (!netlink_has_address (netlink, bridge->index, step->addresses[i], &there, error) ||
            (!there && !netlink_add_address (netlink, bridge->index, step->addresses[i], error)))
            return FALSE;
    }
    return TRUE;
}

gboolean
bridge_settle (Netlink *netlink, const NetworkStep *step, GError **error)
{
    LinkChange up = { .up = TRUE, .mtu = (guint)step->mtu };
    g_autoptr (Link) bridge = bridge_find (netlink, "bridge", step->bridge, error);
    g_autoptr (Link) uplink =
        bridge && step->uplink ? bridge_find (netlink, "interface", step->uplink, error) : NULL;

    if (!bridge || (step->uplink && !uplink))
        return FALSE;
    if (uplink && !bridge_settle_uplink (netlink, uplink, (guint)step->mtu, error))
        return FALSE;
    if (!bridge_add_addresses (netlink, step, bridge, error))
        return FALSE;
    if (bridge->up && (up.mtu == 0 || up.mtu == bridge->mtu))
        return TRUE;
    return netlink_change (netlink, bridge->index, &up, error);
}

gboolean
bridge_is_prepared (Netlink *netlink, const char *name, const char *id)
{
    g_autofree char *mark = g_strconcat (BRIDGE_PREPARED, id, NULL);
    g_autoptr (Link) link = netlink_find (netlink, name, NULL);

    return link && g_strcmp0 (link->alias, mark) == 0;
}

/* --- unmaking --- */

gboolean
bridge_remove_link (Netlink *netlink, const char *name, const char *mark, const char *mac,
                    GError **error)
{
    GError *local = NULL;
    g_autoptr (Link) link = netlink_find (netlink, name, &local);

    if (local) {
        g_propagate_error (error, local);
        return FALSE;
    }
    return !link || !link_is_ours (link, mark, mac) || netlink_delete (netlink, link->index, error);
}

/* Our own hand on it only: an uplink that somebody has plugged elsewhere since, or
 * pulled out, is his. */
static gboolean
restore_uplink (Netlink *netlink, const NetworkStep *step, const char *const *before,
                const Link *bridge, GError **error)
{
    gboolean was_down = bridge_said (before, "uplink", step->uplink, "down");
    g_autoptr (Link) uplink = NULL;
    g_autofree char *mtu = NULL;
    LinkChange change = { 0 };
    GError *local = NULL;

    if (!was_down && !bridge_said (before, "uplink", step->uplink, "up"))
        return TRUE;
    uplink = netlink_find (netlink, step->uplink, &local);
    if (local) {
        g_propagate_error (error, local);
        return FALSE;
    }
    if (!uplink)
        return TRUE;
    change.release =
        bridge && uplink->master == bridge->index && g_strcmp0 (bridge->kind, "bridge") == 0;
    change.down = was_down && (uplink->master == 0 || change.release) && uplink->up;
    mtu = g_strdup_printf ("%u", uplink->mtu);
    if (bridge_said (before, "raised", step->uplink, mtu))
        change.mtu = bridge_uplink_mtu (before, step->uplink);
    return (!change.release && !change.down && !change.mtu) ||
           netlink_change (netlink, uplink->index, &change, error);
}

static gboolean
restore_existing (Netlink *netlink, const NetworkStep *step, const char *const *before,
                  const Link *bridge, GError **error)
{
    LinkChange down = { .down = TRUE };
    g_autofree char *given = g_strdup_printf ("given %s ", step->bridge);

    for (gsize i = 0; before[i]; i++)
        if (g_str_has_prefix (before[i], given) &&
            !netlink_remove_address (netlink, bridge->index, before[i] + strlen (given), error))
            return FALSE;
    for (gsize i = 0; step->addresses && step->addresses[i]; i++)
        if (!bridge_said (before, "address", step->bridge, step->addresses[i]) &&
            !netlink_remove_address (netlink, bridge->index, step->addresses[i], error))
            return FALSE;
    return !bridge_said (before, "bridge", step->bridge, "down") ||
           netlink_change (netlink, bridge->index, &down, error);
}

gboolean
bridge_restore (Netlink *netlink, const NetworkStep *step, const char *const *before,
                GError **error)
{
    GError *local = NULL;
    g_autoptr (Link) bridge = before ? netlink_find (netlink, step->bridge, &local) : NULL;

    if (local) {
        g_propagate_error (error, local);
        return FALSE;
    }
    if (!before)
        return TRUE;
    return (!step->uplink || restore_uplink (netlink, step, before, bridge, error)) &&
           (!bridge || !step->existing || restore_existing (netlink, step, before, bridge, error));
}

gboolean
bridge_remove (Netlink *netlink, const NetworkStep *step, GError **error)
{
    for (guint i = 0; i < step->tunnels->len; i++) {
        const TunnelRecord *tunnel = g_ptr_array_index (step->tunnels, i);

        if (!bridge_remove_link (netlink, tunnel->device, step->mark, tunnel->mac, error))
            return FALSE;
    }
    return step->existing ||
           bridge_remove_link (netlink, step->bridge, step->mark, step->mac, error);
}
