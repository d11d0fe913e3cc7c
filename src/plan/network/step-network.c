/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the field tables of the steps that make networks of the host, and how these
 * steps are told to people.
 */
#include "plan/step.h"

#define F(name, word, type, ...)                                                                   \
    {                                                                                              \
        word, type, G_STRUCT_OFFSET (T, name), __VA_ARGS__                                         \
    }

/* clang-format off */
#define T TunnelRecord
static const Field tunnel_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (device, "device", FIELD_STRING),
    F (mac, "mac", FIELD_STRING),
    F (type, "type", FIELD_STRING),
    F (remote, "remote", FIELD_STRING),
    F (local, "local", FIELD_STRING),
    F (key, "key", FIELD_INT),
    F (port, "port", FIELD_INT),
    { NULL },
};
#undef T
const Record tunnel_record = { "tunnel", sizeof (TunnelRecord), tunnel_fields };

#define T PortRecord
static const Field port_fields[] = {
    F (owner, "owner", FIELD_STRING),
    F (device, "device", FIELD_STRING),
    F (vlan, "vlan", FIELD_INT),
    F (trunk, "trunk", FIELD_STRING),
    { NULL },
};
#undef T
const Record port_record = { "port", sizeof (PortRecord), port_fields };

#define T NetworkStep
static const Field network_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (net, "net", FIELD_STRING),
    F (mark, "mark", FIELD_STRING),
    F (bridge, "bridge", FIELD_STRING),
    F (mac, "mac", FIELD_STRING),
    F (existing, "existing", FIELD_BOOL),
    F (addresses, "addresses", FIELD_STRINGS),
    F (uplink, "uplink", FIELD_STRING),
    F (mtu, "mtu", FIELD_INT),
    F (vlan, "vlan", FIELD_INT),
    F (stp, "stp", FIELD_STRING),
    F (filter, "filter", FIELD_BOOL),
    F (datapath, "datapath", FIELD_STRING),
    F (flows, "flows", FIELD_STRING),
    F (tunnels, "tunnels", FIELD_RECORDS, .record = &tunnel_record),
    F (ports, "ports", FIELD_RECORDS, .record = &port_record),
    { NULL },
};
#undef T
const Record network_record = { "network", sizeof (NetworkStep), network_fields };

#define T TapStep
static const Field tap_fields[] = {
    F (owner, "owner", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (switch_name, "switch", FIELD_STRING),
    F (net, "net", FIELD_STRING),
    F (mark, "mark", FIELD_STRING),
    F (name, "name", FIELD_STRING),
    F (bridge, "bridge", FIELD_STRING),
    F (parent, "parent", FIELD_STRING),
    F (mode, "mode", FIELD_STRING),
    F (mac, "mac", FIELD_STRING),
    F (mtu, "mtu", FIELD_INT),
    F (vlan, "vlan", FIELD_INT),
    F (trunk, "trunk", FIELD_STRING),
    F (multi_queue, "multi_queue", FIELD_BOOL),
    F (user, "user", FIELD_STRING),
    { NULL },
};
#undef T
const Record tap_record = { "tap", sizeof (TapStep), tap_fields };

#define T OvsStep
static const Field ovs_fields[] = {
    F (net, "net", FIELD_STRING),
    F (mark, "mark", FIELD_STRING),
    F (bridges, "bridges", FIELD_RECORDS, .record = &network_record),
    { NULL },
};
#undef T
const Record ovs_record = { "ovs", sizeof (OvsStep), ovs_fields };

/* clang-format on */

static void
append_common (GString *text, const NetworkStep *step)
{
    if (step->existing)
        g_string_append (text, ", there already");
    for (gsize i = 0; step->addresses && step->addresses[i]; i++)
        g_string_append_printf (text, ", %s", step->addresses[i]);
    if (step->uplink)
        g_string_append_printf (text, ", uplink %s", step->uplink);
    for (guint i = 0; i < step->tunnels->len; i++) {
        const TunnelRecord *tunnel = g_ptr_array_index (step->tunnels, i);

        g_string_append_printf (text, ", %s to %s", tunnel->type, tunnel->remote);
    }
}

char *
network_step_describe (const NetworkStep *step)
{
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "network %s: bridge %s", step->name, step->bridge);
    append_common (text, step);
    return g_string_free (text, FALSE);
}

char *
tap_step_describe (const TapStep *step)
{
    if (step->parent)
        return g_strdup_printf ("tap %s: macvtap %s on %s, %s", step->owner, step->name,
                                step->parent, step->mode);
    return g_strdup_printf ("tap %s: %s%s%s", step->owner, step->name,
                            step->bridge ? " on bridge " : "", step->bridge ? step->bridge : "");
}

char *
ovs_step_describe (const OvsStep *step)
{
    GString *text = g_string_new ("networks of Open vSwitch:");

    for (guint i = 0; i < step->bridges->len; i++) {
        const NetworkStep *bridge = g_ptr_array_index (step->bridges, i);

        g_string_append_printf (text, "%s %s is bridge %s, %u port%s", i ? ";" : "", bridge->name,
                                bridge->bridge, bridge->ports->len,
                                bridge->ports->len == 1 ? "" : "s");
        append_common (text, bridge);
    }
    return g_string_free (text, FALSE);
}
