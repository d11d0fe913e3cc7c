/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the taps and macvtaps of NICs, the taps of ways out through QEMU's NAT, and how
 * they are plugged in.
 */
#include "plan/network/network-private.h"

#include "plan/qemu/uplink-step.h"

/* --- of NICs --- */

static void
fill_tap (Planner *planner, const Machine *machine, const Nic *nic, const NetworkStep *network,
          TapStep *tap)
{
    const Switch *sw = planner_switch (planner, nic);
    gboolean linux_bridge = sw->type == SWITCH_BRIDGE;
    g_autofree char *trunk = linux_bridge ? vlan_set_format (&nic->trunk) : NULL;

    tap->place = place_format (nic->place);
    tap->switch_name = g_strdup (sw->name);
    tap->mtu = sw->mtu;
    tap->multi_queue = nic->queues > 1;
    if (linux_bridge) {
        tap->bridge = g_strdup (network->bridge);
        tap->vlan = nic->vlan;
        tap->trunk = *trunk ? g_steal_pointer (&trunk) : NULL;
    }
    if (sw->type == SWITCH_MACVTAP) {
        tap->parent = g_strdup (sw->uplink);
        tap->mode = g_strdup (macvtap_mode_names[sw->mode]);
        tap->mac = planner_mac (planner, machine, nic);
    }
}

static void
add_port (const Machine *machine, const Nic *nic, const char *device, NetworkStep *network)
{
    PortRecord *port = record_new (&port_record);
    g_autofree char *trunk = vlan_set_format (&nic->trunk);

    port->owner = g_strdup_printf ("%s/%s", machine->name, nic->name);
    port->device = g_strdup (device);
    port->vlan = nic->vlan;
    port->trunk = *trunk ? g_steal_pointer (&trunk) : NULL;
    g_ptr_array_add (network->ports, port);
}

static void
add_tap (Planner *planner, Plan *plan, GHashTable *networks, const Machine *machine, const Nic *nic)
{
    const Switch *sw = planner_switch (planner, nic);
    NetworkStep *network = g_hash_table_lookup (networks, sw);
    g_autofree char *bridge_id =
        sw->type == SWITCH_BRIDGE ? g_strconcat ("network:", sw->name, NULL) : NULL;
    const char *const needs[] = { network_steps_first (planner), bridge_id, NULL };
    Step *step;

    if (nic->tap) {
        g_hash_table_insert (planner->taps, (gpointer)nic, g_strdup (nic->tap));
        return;
    }
    step =
        network_steps_new (plan, STEP_TAP, g_strdup_printf ("tap:%s/%s", machine->name, nic->name));
    step->needs = g_strdupv ((GStrv)needs);
    step->tap = record_new (&tap_record);
    step->tap->owner = g_strdup_printf ("%s/%s", machine->name, nic->name);
    step->tap->net = g_strdup (planner->net);
    step->tap->mark = network_steps_mark (planner, step->id);
    step->tap->name = ifnames_make (planner->ifnames, "tap", machine->name, nic->name);
    fill_tap (planner, machine, nic, network, step->tap);
    if (sw->type == SWITCH_OVS)
        add_port (machine, nic, step->tap->name, network);
    g_hash_table_insert (planner->taps, (gpointer)nic, g_strdup (step->tap->name));
}

static void
add_taps (Planner *planner, Plan *plan, GHashTable *networks)
{
    g_autoptr (GHashTable) passthru = g_hash_table_new (NULL, NULL);

    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);

        for (guint j = 0; j < machine->nics->len; j++) {
            const Nic *nic = g_ptr_array_index (machine->nics, j);
            const Switch *sw = planner_switch (planner, nic);

            if (!sw || sw->type == SWITCH_USER || sw->type == SWITCH_INTERNAL)
                continue;
            add_tap (planner, plan, networks, machine, nic);
            if (sw->type == SWITCH_MACVTAP && sw->mode == MACVTAP_PASSTHRU &&
                !g_hash_table_add (passthru, (gpointer)sw))
                planner_complain (planner, DIAG_ERROR, nic->place,
                                  planner_key (machine, "nics.%s.switch", nic->name),
                                  "passthru gives all of %s to one NIC, and %s has one already: "
                                  "use mode: bridge",
                                  sw->uplink, sw->name);
        }
    }
}

/* --- ways out through QEMU's NAT --- */

static void
add_uplink_tap (Planner *planner, Plan *plan, const Switch *sw, NetworkStep *network)
{
    g_autofree char *bridge_id =
        sw->type == SWITCH_BRIDGE ? g_strconcat ("network:", sw->name, NULL) : NULL;
    const char *const needs[] = { network_steps_first (planner), bridge_id, NULL };
    Step *step = network_steps_new (plan, STEP_TAP, uplink_tap_id (sw));
    TapStep *tap = step->tap = record_new (&tap_record);

    step->needs = g_strdupv ((GStrv)needs);
    tap->owner = uplink_tap_owner (sw);
    tap->place = place_format (sw->place);
    tap->switch_name = g_strdup (sw->name);
    tap->net = g_strdup (planner->net);
    tap->mark = network_steps_mark (planner, step->id);
    tap->name = ifnames_make (planner->ifnames, "uplink", sw->name, UPLINK_USER);
    tap->mtu = sw->mtu;
    tap->vlan = sw->vlan;
    if (sw->type == SWITCH_BRIDGE) {
        tap->bridge = g_strdup (network->bridge);
    } else {
        PortRecord *port = record_new (&port_record);

        port->owner = uplink_tap_owner (sw);
        port->device = g_strdup (tap->name);
        port->vlan = sw->vlan;
        g_ptr_array_add (network->ports, port);
    }
    g_hash_table_insert (planner->uplinks, (gpointer)sw, g_strdup (tap->name));
}

static void
add_uplink_taps (Planner *planner, Plan *plan, GHashTable *networks)
{
    for (guint i = 0; i < planner->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (planner->lab->switches, i);
        NetworkStep *network = g_hash_table_lookup (networks, sw);

        if (network && uplink_is_user (sw))
            add_uplink_tap (planner, plan, sw, network);
    }
}

void
tap_steps_add (Planner *planner, Plan *plan, GHashTable *networks)
{
    add_taps (planner, plan, networks);
    add_uplink_taps (planner, plan, networks);
}
