/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what is made of the host's networks, in what order, under which
 * names and with which marks.
 */
#include "plan/network-steps.h"

#include "plan/netns-step.h"
#include "plan/qemu/uplink-step.h"

#include <string.h>

#define OVS_ID "ovs:lab"

/* Nobody can call a machine so: addresses of bridges never meet those of NICs. */
#define NO_MACHINE ".switch"

gboolean
network_steps_vnet_hdr (const Switch *sw)
{
    return sw->type != SWITCH_OVS || (!sw->existing && sw->datapath == DATAPATH_SYSTEM);
}

/* By which a step knows again what it has made, in a lab of this name in this place. */
static char *
make_mark (const Planner *planner, const char *id)
{
    return g_strdup_printf ("roost %s %s", planner->paths.run, id);
}

static const char *
first_need (const Planner *planner)
{
    return planner->net ? NETNS_STEP_ID : "directory:run";
}

static Step *
add_step (Plan *plan, StepKind kind, char *id)
{
    Step *step = record_new (&step_record);

    step->kind = kind;
    step->id = id;
    g_ptr_array_add (plan->steps, step);
    return step;
}

static char *
derive_mac (Planner *planner, const char *sw, const char *tunnel)
{
    g_autofree char *name = tunnel ? g_strdup_printf ("%s/%s", sw, tunnel) : g_strdup (sw);
    Mac mac = mac_pool_derive (planner->macs, NO_MACHINE, name);

    return mac_format (&mac);
}

/* --- what is used --- */

/* switch → whether VLANs are in use on it; only those that have a NIC */
static GHashTable *
find_used (Planner *planner)
{
    GHashTable *used = g_hash_table_new (NULL, NULL);

    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);

        for (guint j = 0; j < machine->nics->len; j++) {
            const Nic *nic = g_ptr_array_index (machine->nics, j);
            const Switch *sw = planner_switch (planner, nic);
            gboolean vlans = nic->vlan != VLAN_UNSET || !vlan_set_is_empty (&nic->trunk);

            if (!sw)
                continue;
            vlans = vlans || sw->vlan != VLAN_UNSET ||
                    GPOINTER_TO_INT (g_hash_table_lookup (used, sw)) > 1;
            g_hash_table_insert (used, (gpointer)sw, GINT_TO_POINTER (vlans ? 2 : 1));
        }
    }
    return used;
}

/* All given names are taken before the first one is made. */
static void
claim_names (Planner *planner)
{
    for (guint i = 0; i < planner->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (planner->lab->switches, i);

        if (sw->bridge)
            ifnames_claim (planner->ifnames, sw->bridge);
        if (sw->uplink && !uplink_is_user (sw))
            ifnames_claim (planner->ifnames, sw->uplink);
    }
    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);

        for (guint j = 0; j < machine->nics->len; j++) {
            const Nic *nic = g_ptr_array_index (machine->nics, j);

            if (nic->tap)
                ifnames_claim (planner->ifnames, nic->tap);
        }
    }
}

/* --- bridges --- */

static void
add_tunnel (Planner *planner, const Switch *sw, const Tunnel *tunnel, NetworkStep *network)
{
    TunnelRecord *record = record_new (&tunnel_record);

    record->name = g_strdup (tunnel->name);
    record->place = place_format (tunnel->place);
    record->device = ifnames_make (planner->ifnames, "tunnel", sw->name, tunnel->name);
    record->mac = derive_mac (planner, sw->name, tunnel->name);
    record->type = g_strdup (tunnel_type_names[tunnel->type]);
    record->remote = g_strdup (tunnel->remote);
    record->local = g_strdup (tunnel->local);
    record->key = tunnel->key;
    record->port = tunnel->port;
    g_ptr_array_add (network->tunnels, record);
}

static NetworkStep *
make_network (Planner *planner, const Switch *sw, const char *id, gboolean vlans)
{
    static const char *const nothing[] = { NULL };
    NetworkStep *network = record_new (&network_record);

    network->name = g_strdup (sw->name);
    network->place = place_format (sw->place);
    network->net = g_strdup (planner->net);
    network->mark = make_mark (planner, id);
    network->bridge = sw->bridge
                          ? g_strdup (sw->bridge)
                          : ifnames_make (planner->ifnames, "bridge", planner->lab->name, sw->name);
    network->mac = sw->existing ? NULL : derive_mac (planner, sw->name, NULL);
    network->existing = sw->existing;
    network->addresses = g_strdupv (sw->addresses ? sw->addresses : (GStrv)nothing);
    network->uplink = uplink_is_user (sw) ? NULL : g_strdup (sw->uplink);
    network->mtu = sw->mtu;
    network->vlan = sw->vlan;
    network->stp = g_strdup (stp_names[sw->stp]);
    network->filter = vlans;
    for (guint i = 0; i < sw->tunnels->len; i++)
        add_tunnel (planner, sw, g_ptr_array_index (sw->tunnels, i), network);
    return network;
}

static void
add_bridge (Planner *planner, Plan *plan, const Switch *sw, gboolean vlans)
{
    const char *const needs[] = { first_need (planner), NULL };
    Step *step = add_step (plan, STEP_NETWORK, g_strdup_printf ("network:%s", sw->name));

    step->needs = g_strdupv ((GStrv)needs);
    step->network = make_network (planner, sw, step->id, vlans);
}

/* --- taps --- */

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
    const char *const needs[] = { first_need (planner), bridge_id, NULL };
    Step *step;

    if (nic->tap) {
        g_hash_table_insert (planner->taps, (gpointer)nic, g_strdup (nic->tap));
        return;
    }
    step = add_step (plan, STEP_TAP, g_strdup_printf ("tap:%s/%s", machine->name, nic->name));
    step->needs = g_strdupv ((GStrv)needs);
    step->tap = record_new (&tap_record);
    step->tap->owner = g_strdup_printf ("%s/%s", machine->name, nic->name);
    step->tap->net = g_strdup (planner->net);
    step->tap->mark = make_mark (planner, step->id);
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
    const char *const needs[] = { first_need (planner), bridge_id, NULL };
    Step *step = add_step (plan, STEP_TAP, uplink_tap_id (sw));
    TapStep *tap = step->tap = record_new (&tap_record);

    step->needs = g_strdupv ((GStrv)needs);
    tap->owner = uplink_tap_owner (sw);
    tap->place = place_format (sw->place);
    tap->switch_name = g_strdup (sw->name);
    tap->net = g_strdup (planner->net);
    tap->mark = make_mark (planner, step->id);
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

static void
add_uplinks (Planner *planner, Plan *plan)
{
    for (guint i = 0; i < planner->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (planner->lab->switches, i);
        const char *tap = g_hash_table_lookup (planner->uplinks, sw);

        if (tap)
            uplink_step_add (planner, plan, sw, tap,
                             sw->type == SWITCH_OVS ? OVS_ID : "directory:run");
    }
}

/* --- Open vSwitch --- */

/* One step for all bridges, so that one transaction makes them; after the taps, which
 * it takes for ports. */
static void
add_ovs (Planner *planner, Plan *plan, GHashTable *used, GHashTable *networks)
{
    g_autoptr (GStrvBuilder) needs = g_strv_builder_new ();
    Step *step = NULL;
    OvsStep *ovs = NULL;

    g_strv_builder_add (needs, first_need (planner));
    for (guint i = 0; i < planner->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (planner->lab->switches, i);
        NetworkStep *network = g_hash_table_lookup (networks, sw);

        if (sw->type != SWITCH_OVS || !g_hash_table_contains (used, sw))
            continue;
        if (!step) {
            step = add_step (plan, STEP_OVS, g_strdup (OVS_ID));
            ovs = step->ovs = record_new (&ovs_record);
            ovs->net = g_strdup (planner->net);
            ovs->mark = make_mark (planner, OVS_ID);
        }
        for (guint j = 0; j < network->ports->len; j++) {
            const PortRecord *port = g_ptr_array_index (network->ports, j);
            g_autofree char *id = g_strconcat ("tap:", port->owner, NULL);

            g_strv_builder_add (needs, id);
        }
        g_ptr_array_add (ovs->bridges, network);
    }
    if (step)
        step->needs = g_strv_builder_end (needs);
}

void
network_steps_add (Planner *planner, Plan *plan)
{
    g_autoptr (GHashTable) used = find_used (planner);
    /* const Switch* → NetworkStep*, of which a step becomes the owner */
    g_autoptr (GHashTable) networks = g_hash_table_new (NULL, NULL);

    planner->net = netns_step_socket (planner);
    claim_names (planner);
    for (guint i = 0; i < planner->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (planner->lab->switches, i);
        gboolean vlans = GPOINTER_TO_INT (g_hash_table_lookup (used, sw)) > 1;

        if (!g_hash_table_contains (used, sw))
            continue;
        if (sw->type == SWITCH_BRIDGE) {
            add_bridge (planner, plan, sw, vlans);
            g_hash_table_insert (
                networks, (gpointer)sw,
                ((Step *)g_ptr_array_index (plan->steps, plan->steps->len - 1))->network);
        } else if (sw->type == SWITCH_OVS) {
            NetworkStep *network = make_network (planner, sw, OVS_ID, vlans);

            network->datapath = sw->existing ? NULL : g_strdup (datapath_names[sw->datapath]);
            network->flows = g_strdup (sw->flows);
            g_hash_table_insert (networks, (gpointer)sw, network);
        }
    }
    add_taps (planner, plan, networks);
    add_uplink_taps (planner, plan, networks);
    add_ovs (planner, plan, used, networks);
    add_uplinks (planner, plan);
}

/* machines have few needs, and two of their NICs may have the same */
static void
need (GPtrArray *needs, char *id)
{
    for (guint i = 0; i < needs->len; i++) {
        if (strcmp (g_ptr_array_index (needs, i), id) == 0) {
            g_free (id);
            return;
        }
    }
    g_ptr_array_add (needs, id);
}

void
network_steps_need (const Planner *planner, const Machine *machine, const Nic *nic,
                    GPtrArray *needs)
{
    const Switch *sw = planner_switch (planner, nic);

    if (!sw || sw->type == SWITCH_USER || sw->type == SWITCH_INTERNAL)
        return;
    if (!nic->tap)
        need (needs, g_strdup_printf ("tap:%s/%s", machine->name, nic->name));
    else if (sw->type == SWITCH_BRIDGE)
        need (needs, g_strdup_printf ("network:%s", sw->name));
    if (sw->type == SWITCH_OVS)
        need (needs, g_strdup (OVS_ID));
}
