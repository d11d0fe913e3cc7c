/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the keys of switches and of their tunnels mean together: which of
 * them a type of switch knows, and names that may be there once only. */
#include "profile/check/check.h"

#include "base/quantity.h"
#include "base/text.h"

#include <gio/gio.h>
#include <string.h>

#define VXLAN_KEY_MAX 16777215

/* sets of types */
#define T(type) (1u << (type))
#define HOST_BRIDGES (T (SWITCH_BRIDGE) | T (SWITCH_OVS))

/* Keys that are for some types of switches only. */
static const struct {
    const char *key;
    guint types;
    const char *whose;
    const char *remedy;
} owned_keys[] = {
    { "subnet", T (SWITCH_USER), "user switches", " or add type: user" },
    { "restrict", T (SWITCH_USER), "user switches", " or add type: user" },
    { "ageing", T (SWITCH_INTERNAL), "internal switches", "" },
    { "bridge", HOST_BRIDGES, "bridge and ovs switches", " or add type: bridge" },
    { "existing", HOST_BRIDGES, "bridge and ovs switches", " or add type: bridge" },
    { "address", HOST_BRIDGES, "bridge and ovs switches", " or add type: bridge" },
    { "vlan", HOST_BRIDGES, "bridge and ovs switches", " or say it of the nics" },
    { "stp", HOST_BRIDGES, "bridge and ovs switches", "" },
    { "tunnels", HOST_BRIDGES, "bridge and ovs switches", " or add type: ovs" },
    { "uplink", HOST_BRIDGES | T (SWITCH_MACVTAP) | T (SWITCH_INTERNAL),
      "internal, bridge, ovs and macvtap switches", "" },
    { "mtu", HOST_BRIDGES | T (SWITCH_MACVTAP), "bridge, ovs and macvtap switches",
      " or add type: bridge" },
    { "mode", T (SWITCH_MACVTAP), "macvtap switches", " or add type: macvtap" },
    { "datapath", T (SWITCH_OVS), "ovs switches", " or add type: ovs" },
    { "flows", T (SWITCH_OVS), "ovs switches", " or add type: ovs" },
};

/* What a bridge that is there already has as it has it. */
static const char *const not_existing[] = { "mtu", "stp", "datapath", "flows", "vlan", NULL };

/* with `uplink: user` a switch of any type has a NAT */
static gboolean
belongs_to_nat (const char *key)
{
    return strcmp (key, "subnet") == 0 || strcmp (key, "vlan") == 0;
}

static void
check_owned_keys (Check *check, const CheckAt *at, const Switch *sw)
{
    for (gsize i = 0; i < G_N_ELEMENTS (owned_keys); i++)
        if (!(owned_keys[i].types & T (sw->type)) && check_said (check, at, owned_keys[i].key) &&
            !(check_uplink_is_user (sw) && belongs_to_nat (owned_keys[i].key)))
            check_fail (check, at, owned_keys[i].key, "is for %s, and this one is %s; remove it%s",
                        owned_keys[i].whose, switch_type_names[sw->type], owned_keys[i].remedy);
}

/* Two switches cannot be one bridge, nor have one uplink. */
static void
claim (Check *check, const CheckAt *at, const char *key, const char *name, Switch *sw)
{
    const Switch *first = name ? g_hash_table_lookup (check->bridges, name) : NULL;
    CheckAt first_at;
    g_autofree char *where = NULL;

    if (name && !first)
        g_hash_table_insert (check->bridges, (gpointer)name, sw);
    if (!first)
        return;
    first_at = check_at_switch (first);
    where = complain_where (check_place (check, at, key), check_place (check, &first_at, key));
    check_fail (check, at, key, "%s is already used by switch %s on %s; take another interface",
                name, first->name, where);
}

static gboolean
address_is_valid (const char *text)
{
    g_auto (GStrv) parts = g_strsplit (text, "/", 2);
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (parts[0]);
    gint64 length;

    return address && parts[1] &&
           quantity_parse_int (parts[1], 1, g_inet_address_get_native_size (address) * 8, &length);
}

static void
check_addresses (Check *check, const CheckAt *at, const Switch *sw)
{
    for (gsize i = 0; sw->addresses && sw->addresses[i]; i++) {
        g_autofree char *quoted = text_quote (sw->addresses[i]);

        if (!address_is_valid (sw->addresses[i]))
            check_fail (check, at, "address",
                        "%s is no address with the length of its network (try 192.168.101.1/24)",
                        quoted);
        for (gsize j = 0; j < i; j++)
            if (strcmp (sw->addresses[i], sw->addresses[j]) == 0)
                check_fail (check, at, "address", "%s is there twice; remove one", quoted);
    }
}

static void
check_tunnel (Check *check, const Switch *sw, const Tunnel *tunnel)
{
    CheckAt at = {
        .list = "tunnels", .name = tunnel->name, .data = tunnel, .place = tunnel->place, .sw = sw
    };

    if (tunnel->type == TUNNEL_GRE && sw->type == SWITCH_BRIDGE)
        check_fail (check, &at, "type",
                    "gre is for ovs switches, and this one is bridge; use vxlan or add type: ovs");
    if (tunnel->type == TUNNEL_GRE && check_said (check, &at, "port"))
        check_fail (check, &at, "port", "gre has no ports; remove it");
    if (tunnel->type == TUNNEL_VXLAN && !check_is_bad (check, &at, "key") &&
        (tunnel->key < 1 || tunnel->key > VXLAN_KEY_MAX))
        check_fail (check, &at, "key", "vxlan needs a number from 1 to %d; add one, as key: 42",
                    VXLAN_KEY_MAX);
}

static void
check_existing (Check *check, const CheckAt *at, const Switch *sw)
{
    if (!sw->existing)
        return;
    if (!sw->bridge && !check_is_bad (check, at, "bridge"))
        check_fail (check, at, "existing", "which bridge is not said; add bridge: NAME");
    for (gsize i = 0; not_existing[i]; i++)
        if (check_said (check, at, not_existing[i]))
            check_fail (check, at, not_existing[i],
                        "belongs to the bridge, which is there already; remove it or existing");
}

void
check_switch (Check *check, Switch *sw)
{
    CheckAt at = check_at_switch (sw);

    if (check_is_bad (check, &at, "type"))
        return;
    if (strcmp (sw->name, "user") == 0 && sw->type != SWITCH_USER)
        check_fail (check, &at, "type",
                    "the switch user stands for QEMU's NAT; add type: user or take another name");
    check_owned_keys (check, &at, sw);
    if (sw->type == SWITCH_INTERNAL && sw->uplink && !check_uplink_is_user (sw))
        check_fail (check, &at, "uplink",
                    "an internal switch is not on the host, and has no interfaces of it; use "
                    "uplink: user, or add type: bridge");
    if (!(T (sw->type) & (HOST_BRIDGES | T (SWITCH_MACVTAP))))
        return;
    check_existing (check, &at, sw);
    check_addresses (check, &at, sw);
    claim (check, &at, "bridge", sw->bridge, sw);
    if (!check_uplink_is_user (sw))
        claim (check, &at, "uplink", sw->uplink, sw);
    check_private_switch (check, &at, sw);
    if (sw->type == SWITCH_MACVTAP && !sw->uplink && !check_is_bad (check, &at, "uplink"))
        check_fail (check, &at, "uplink",
                    "macvtap stands on an interface of the host; add one, as uplink: eth1");
    if (sw->type == SWITCH_BRIDGE && sw->stp == STP_RSTP)
        check_fail (check, &at, "stp", "the kernel's bridges have no rstp; use stp or type: ovs");
    for (guint i = 0; i < sw->tunnels->len; i++)
        check_tunnel (check, sw, g_ptr_array_index (sw->tunnels, i));
}
