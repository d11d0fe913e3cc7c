/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what is made of the host's networks, in what order, under which
 * names and with which marks: bridges, and what is said to Open vSwitch.  Taps are in
 * tap-steps.c.
 */
#include "plan/network/network-private.h"

#include "plan/network/netns-step.h"
#include "plan/qemu/uplink-step.h"

#include <string.h>

/* Nobody can call a machine so: addresses of bridges never meet those of NICs. */
#define NO_MACHINE ".switch"

gboolean
network_steps_vnet_hdr (const Switch *sw)
{
    return sw->type != SWITCH_OVS || (!sw->existing && sw->datapath == DATAPATH_SYSTEM);
}

char *
network_steps_mark (const Planner *planner, const char *id)
{
    return g_strdup_printf ("roost %s %s", planner->paths.run, id);
}

const char *
network_steps_first (const Planner *planner)
{
    return planner->net ? NETNS_STEP_ID : "directory:run";
}

Step *
network_steps_new (Plan *plan, StepKind kind, char *id)
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
    network->mark = network_steps_mark (planner, id);
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
    const char *const needs[] = { network_steps_first (planner), NULL };
    Step *step = network_steps_new (plan, STEP_NETWORK, g_strdup_printf ("network:%s", sw->name));

    step->needs = g_strdupv ((GStrv)needs);
    step->network = make_network (planner, sw, step->id, vlans);
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

    g_strv_builder_add (needs, network_steps_first (planner));
    for (guint i = 0; i < planner->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (planner->lab->switches, i);
        NetworkStep *network = g_hash_table_lookup (networks, sw);

        if (sw->type != SWITCH_OVS || !g_hash_table_contains (used, sw))
            continue;
        if (!step) {
            step = network_steps_new (plan, STEP_OVS, g_strdup (OVS_ID));
            ovs = step->ovs = record_new (&ovs_record);
            ovs->net = g_strdup (planner->net);
            ovs->mark = network_steps_mark (planner, OVS_ID);
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

/* --- all of it --- */

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
    tap_steps_add (planner, plan, networks);
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
