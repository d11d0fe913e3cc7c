/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how bridges and uplinks are found, and the words for that, by which they are made
 * so again; see bridge.h.
 */
#include "host/network/bridge-private.h"

#include "base/error.h"

#include <string.h>

char *
bridge_describe_taken (const Link *link)
{
    const char *mark = link->alias ? link->alias : "";
    g_autofree char *whose = NULL;

    if (g_str_has_prefix (mark, BRIDGE_PREPARED))
        whose = g_strdup (" (prepared by root for a lab)");
    else if (g_str_has_prefix (mark, "roost "))
        whose = g_strdup_printf (" (of lab %s)", mark + strlen ("roost "));
    return g_strdup_printf ("there is an interface %s already%s", link->name, whose ? whose : "");
}

static void
add_word (GPtrArray *before, const char *what, const char *name, const char *how)
{
    g_ptr_array_add (before, g_strdup_printf ("%s %s %s", what, name, how));
}

gboolean
bridge_said (const char *const *before, const char *what, const char *name, const char *how)
{
    g_autofree char *word = g_strdup_printf ("%s %s %s", what, name, how);

    return before && g_strv_contains (before, word);
}

gboolean
bridge_check_filter (const Link *bridge, GError **error)
{
    /* the kernel would take the VLANs of its ports, and mind none of them */
    if (g_strcmp0 (bridge->kind, "bridge") != 0 || bridge->filters)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                 "bridge %s does not filter VLANs: `ip link set %s type bridge "
                 "vlan_filtering 1` makes it, or leave vlan and trunk out",
                 bridge->name, bridge->name);
    return FALSE;
}

static gboolean
survey_existing (Netlink *netlink, const NetworkStep *step, GPtrArray *before, GError **error)
{
    g_autoptr (Link) link = bridge_find (netlink, "bridge", step->bridge, error);

    if (!link)
        return FALSE;
    if (step->filter && !bridge_check_filter (link, error))
        return FALSE;
    add_word (before, "bridge", step->bridge, link->up ? "up" : "down");
    for (gsize i = 0; step->addresses && step->addresses[i]; i++) {
        gboolean there;

        if (!netlink_has_address (netlink, link->index, step->addresses[i], &there, error))
            return FALSE;
        if (there)
            add_word (before, "address", step->bridge, step->addresses[i]);
    }
    return TRUE;
}

static gboolean
survey_new (Netlink *netlink, const NetworkStep *step, GError **error)
{
    GError *local = NULL;
    g_autoptr (Link) link = netlink_find (netlink, step->bridge, &local);
    g_autofree char *taken = link ? bridge_describe_taken (link) : NULL;

    if (local) {
        g_propagate_error (error, local);
        return FALSE;
    }
    if (!link || link_is_ours (link, step->mark, step->mac))
        return TRUE;
    g_set_error (
        error, ROOST_ERROR, ROOST_ERROR_HOST,
        "%s: say existing: true to use it as it is, or give it another name with bridge:", taken);
    return FALSE;
}

static void
foresee_uplink (const NetworkStep *step, GPtrArray *before)
{
    g_autofree char *mtu = g_strdup_printf ("%d", (int)step->mtu);

    if (step->uplink && step->mtu)
        add_word (before, "raised", step->uplink, mtu);
}

static gboolean
survey_uplink (Netlink *netlink, const NetworkStep *step, GPtrArray *before, GError **error)
{
    g_autoptr (Link) uplink = bridge_find (netlink, "interface", step->uplink, error);
    g_autoptr (Link) bridge = NULL;
    g_autofree char *mtu = NULL;
    GError *local = NULL;

    if (!uplink)
        return FALSE;
    bridge = netlink_find (netlink, step->bridge, &local);
    if (local) {
        g_propagate_error (error, local);
        return FALSE;
    }
    if (uplink->master && (!bridge || uplink->master != bridge->index)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "%s is a part of another interface already, number %d: `ip link set %s "
                     "nomaster` frees it",
                     step->uplink, uplink->master, step->uplink);
        return FALSE;
    }
    add_word (before, "uplink", step->uplink,
              uplink->master ? "plugged"
              : uplink->up   ? "up"
                             : "down");
    mtu = g_strdup_printf ("%u", uplink->mtu);
    add_word (before, "mtu", step->uplink, mtu);
    foresee_uplink (step, before);
    return TRUE;
}

gboolean
bridge_survey (Netlink *netlink, const NetworkStep *step, GPtrArray *before, GError **error)
{
    return (step->existing ? survey_existing (netlink, step, before, error)
                           : survey_new (netlink, step, error)) &&
           (!step->uplink || survey_uplink (netlink, step, before, error));
}

gboolean
bridge_foresee (Netlink *netlink, const NetworkStep *was, const NetworkStep *is, GPtrArray *before,
                GError **error)
{
    g_autoptr (Link) link =
        is->existing ? bridge_find (netlink, "bridge", is->bridge, error) : NULL;

    foresee_uplink (is, before);
    if (!is->existing)
        return TRUE;
    for (gsize i = 0; link && is->addresses && is->addresses[i]; i++) {
        const char *address = is->addresses[i];
        gboolean there;

        if (was->addresses && g_strv_contains ((const char *const *)was->addresses, address))
            continue;
        if (!netlink_has_address (netlink, link->index, address, &there, error))
            return FALSE;
        add_word (before, there ? "address" : "given", is->bridge, address);
    }
    return link != NULL;
}

guint
bridge_uplink_mtu (const char *const *before, const char *uplink)
{
    g_autofree char *start = g_strdup_printf ("mtu %s ", uplink);

    for (gsize i = 0; before && before[i]; i++)
        if (g_str_has_prefix (before[i], start))
            return (guint)g_ascii_strtoull (before[i] + strlen (start), NULL, 10);
    return 0;
}
