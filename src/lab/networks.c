/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the picture of the host's networks that `roost net` shows; see networks.h. */
#include "lab/networks.h"

#include "host/process/command.h"
#include "host/network/netlink.h"
#include "host/network/ovs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_MS (15 * 1000)

/* --- ports --- */

static void
add_port (JsonObject *sw, Netlink *netlink, const char *owner, const char *device, gint64 vlan,
          const char *trunk)
{
    JsonArray *ports = json_object_get_array_member (sw, "ports");
    g_autoptr (Link) link = netlink_find (netlink, device, NULL);
    JsonObject *port = json_object_new ();

    json_object_set_string_member (port, "name", owner);
    json_object_set_string_member (port, "device", device);
    if (vlan)
        json_object_set_int_member (port, "vlan", vlan);
    if (trunk)
        json_object_set_string_member (port, "trunk", trunk);
    if (link) {
        json_object_set_int_member (port, "rx_frames", (gint64)link->rx_frames);
        json_object_set_int_member (port, "tx_frames", (gint64)link->tx_frames);
        json_object_set_int_member (port, "drops", (gint64)(link->rx_drops + link->tx_drops));
        json_object_set_boolean_member (port, "up", link->up && link->running);
    }
    json_array_add_object_element (ports, port);
}

static JsonObject *
add_switch (JsonArray *switches, const char *name, const char *type, const char *bridge)
{
    JsonObject *sw = json_object_new ();

    json_object_set_string_member (sw, "name", name);
    json_object_set_string_member (sw, "type", type);
    json_object_set_string_member (sw, "bridge", bridge);
    json_object_set_array_member (sw, "ports", json_array_new ());
    json_object_set_array_member (sw, "macs", json_array_new ());
    json_array_add_object_element (switches, sw);
    return sw;
}

static gboolean
is_made (const Plan *plan, const char *device)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_TAP && strcmp (step->tap->name, device) == 0)
            return TRUE;
    }
    return FALSE;
}

/* the taps that the profile names, which were there already */
static void
add_given (JsonObject *sw, Netlink *netlink, const Plan *plan, const char *switch_name)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        for (guint j = 0; step->kind == STEP_MACHINE && j < step->machine->nics->len; j++) {
            const NicRecord *nic = g_ptr_array_index (step->machine->nics, j);
            g_autofree char *owner = g_strdup_printf ("%s/%s", step->machine->name, nic->name);

            if (nic->tap && g_strcmp0 (nic->switch_name, switch_name) == 0 &&
                !is_made (plan, nic->tap))
                add_port (sw, netlink, owner, nic->tap, 0, NULL);
        }
    }
}

/* the ports that are not machines' */
static void
add_outside (JsonObject *sw, Netlink *netlink, const NetworkStep *network)
{
    for (guint i = 0; i < network->tunnels->len; i++) {
        const TunnelRecord *tunnel = g_ptr_array_index (network->tunnels, i);

        add_port (sw, netlink, tunnel->name, tunnel->device, 0, NULL);
    }
    if (network->uplink)
        add_port (sw, netlink, network->uplink, network->uplink, 0, NULL);
    add_port (sw, netlink, "host", network->bridge, network->vlan, NULL);
}

static void
add_mac (JsonObject *sw, const char *mac, const char *device, gint64 vlan)
{
    JsonArray *ports = json_object_get_array_member (sw, "ports");

    for (guint i = 0; i < json_array_get_length (ports); i++) {
        JsonObject *port = json_array_get_object_element (ports, i), *entry;

        if (strcmp (json_object_get_string_member (port, "device"), device) != 0)
            continue;
        entry = json_object_new ();
        json_object_set_string_member (entry, "mac", mac);
        json_object_set_string_member (entry, "port", json_object_get_string_member (port, "name"));
        if (vlan)
            json_object_set_int_member (entry, "vlan", vlan);
        json_array_add_object_element (json_object_get_array_member (sw, "macs"), entry);
        return;
    }
}

/* --- the kernel's --- */

static void
add_learned (JsonObject *sw, Netlink *netlink)
{
    g_autoptr (GPtrArray) links = netlink_list (netlink, NULL);
    g_autoptr (GPtrArray) entries = netlink_list_fdb (netlink, NULL);

    for (guint i = 0; links && entries && i < entries->len; i++) {
        const FdbEntry *entry = g_ptr_array_index (entries, i);

        for (guint j = 0; j < links->len; j++) {
            const Link *link = g_ptr_array_index (links, j);

            if (link->index == entry->port)
                add_mac (sw, entry->mac, link->name, entry->vlan);
        }
    }
}

static void
describe_bridge (JsonArray *switches, const Plan *plan, const NetworkStep *network)
{
    JsonObject *sw = add_switch (switches, network->name, "bridge", network->bridge);
    g_autoptr (GError) error = NULL;
    g_autoptr (Netlink) netlink = netlink_open (network->net, &error);

    if (!netlink) {
        json_object_set_string_member (sw, "problem", error->message);
        return;
    }
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_TAP && g_strcmp0 (step->tap->switch_name, network->name) == 0)
            add_port (sw, netlink, step->tap->owner, step->tap->name, step->tap->vlan,
                      step->tap->trunk);
    }
    add_given (sw, netlink, plan, network->name);
    add_outside (sw, netlink, network);
    add_learned (sw, netlink);
}

/* macvtap has no step of its own: its switch begins with the first of its taps */
static void
describe_macvtap (JsonArray *switches, GHashTable *seen, const TapStep *tap)
{
    JsonObject *sw = g_hash_table_lookup (seen, tap->switch_name);
    g_autoptr (Netlink) netlink = netlink_open (tap->net, NULL);

    if (!sw) {
        sw = add_switch (switches, tap->switch_name, "macvtap", tap->parent);
        g_hash_table_insert (seen, tap->switch_name, sw);
    }
    if (netlink)
        add_port (sw, netlink, tap->owner, tap->name, 0, NULL);
}

/* --- Open vSwitch's --- */

typedef struct {
    JsonArray *switches;
    guint waiting;
} Query;

/* one bridge */
typedef struct {
    GTask *task;
    const OvsStep *step;
    const NetworkStep *bridge;
    JsonObject *sw;
    char *interfaces; /* names and numbers of ports, as told */
} Ask;

static void
query_free (gpointer data)
{
    Query *query = data;

    json_array_unref (query->switches);
    g_free (query);
}

static void
one_done (GTask *task)
{
    Query *query = g_task_get_task_data (task);

    if (--query->waiting == 0)
        g_task_return_pointer (task, json_array_ref (query->switches),
                               (GDestroyNotify)json_array_unref);
}

static void
ask_done (Ask *ask)
{
    one_done (ask->task);
    g_object_unref (ask->task);
    g_free (ask->interfaces);
    g_free (ask);
}

/* ` port  VLAN  MAC                Age` and a line for each */
static void
read_table (Ask *ask, const char *table)
{
    g_auto (GStrv) lines = g_strsplit (table, "\n", -1);

    for (gsize i = 0; lines[0] && lines[i]; i++) {
        char port[16], mac[24];
        int vlan;
        g_autofree char *device = NULL;

        if (sscanf (lines[i], " %15s %d %23s", port, &vlan, mac) != 3)
            continue;
        device = strcmp (port, "LOCAL") == 0
                     ? g_strdup (ask->bridge->bridge)
                     : ovs_find_port (ask->interfaces, atoi (port), ask->bridge);
        if (device)
            add_mac (ask->sw, mac, device, vlan);
    }
}

static void
learned (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    g_autofree char *output = command_run_finish (result, NULL);

    if (output)
        read_table (ask, output);
    ask_done (ask);
}

static void
interfaces_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) argv = ovs_learned_argv (ask->step, ask->bridge);

    ask->interfaces = command_run_finish (result, &error);
    if (ask->interfaces) {
        command_run_async ((const char *const *)argv, COMMAND_MS, NULL, learned, ask);
        return;
    }
    json_object_set_string_member (ask->sw, "problem", error->message);
    ask_done (ask);
}

static void
describe_ovs (GTask *task, const Plan *plan, JsonArray *switches, const OvsStep *step,
              const NetworkStep *bridge)
{
    JsonObject *sw = add_switch (switches, bridge->name, "ovs", bridge->bridge);
    g_autoptr (Netlink) netlink = netlink_open (step->net, NULL);
    g_auto (GStrv) argv = ovs_ports_argv (step);
    Ask *ask = g_new0 (Ask, 1);

    for (guint i = 0; netlink && i < bridge->ports->len; i++) {
        const PortRecord *port = g_ptr_array_index (bridge->ports, i);

        add_port (sw, netlink, port->owner, port->device, port->vlan, port->trunk);
    }
    if (netlink) {
        add_given (sw, netlink, plan, bridge->name);
        add_outside (sw, netlink, bridge);
    }
    *ask = (Ask){ g_object_ref (task), step, bridge, sw, NULL };
    ((Query *)g_task_get_task_data (task))->waiting++;
    command_run_async ((const char *const *)argv, COMMAND_MS, NULL, interfaces_known, ask);
}

void
networks_query_async (const Plan *plan, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    Query *query = g_new0 (Query, 1);

    query->switches = json_array_new ();
    query->waiting = 1;
    g_task_set_task_data (task, query, query_free);
    for (guint i = 0; plan && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_NETWORK)
            describe_bridge (query->switches, plan, step->network);
        else if (step->kind == STEP_TAP && step->tap->parent)
            describe_macvtap (query->switches, seen, step->tap);
        for (guint j = 0; step->kind == STEP_OVS && j < step->ovs->bridges->len; j++)
            describe_ovs (task, plan, query->switches, step->ovs,
                          g_ptr_array_index (step->ovs->bridges, j));
    }
    one_done (task);
}

JsonArray *
networks_query_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
