/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words of ovs-vsctl and ovs-ofctl; see ovs.h. */
#include "host/network/ovs.h"

#include "base/error.h"
#include "base/ether.h"
#include "base/file.h"
#include "base/record.h"
#include "host/network/netns.h"

#include <stdarg.h>
#include <string.h>

/* ovs-vsctl waits until ovs-vswitchd has done what it was told; longer means that
 * it does not run */
#define WAIT_S "20"

static void G_GNUC_PRINTF (2, 3) add (GPtrArray *argv, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    g_ptr_array_add (argv, g_strdup_vprintf (format, args));
    va_end (args);
}

static void
add_words (GPtrArray *argv, const char *words)
{
    g_auto (GStrv) parts = g_strsplit (words, " ", -1);

    for (gsize i = 0; parts[i]; i++)
        add (argv, "%s", parts[i]);
}

static GPtrArray *
begin (const OvsStep *step)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *db = netns_ovs_db (step->net);

    add (argv, "ovs-vsctl");
    add (argv, "--timeout=" WAIT_S);
    if (db)
        add (argv, "--db=%s", db);
    return argv;
}

static GStrv
end (GPtrArray *argv)
{
    g_ptr_array_add (argv, NULL);
    return (GStrv)g_ptr_array_free (argv, FALSE);
}

/* The database's own notation: bare words cannot have spaces or colons in them. */
static char *
quote (const char *text)
{
    g_autofree char *escaped = g_strescape (text, NULL);

    return g_strdup_printf ("\"%s\"", escaped);
}

static void
add_mark (GPtrArray *argv, const OvsStep *step, const char *table, const char *name)
{
    g_autofree char *mark = quote (step->mark);

    add_words (argv, "-- set");
    add (argv, "%s", table);
    add (argv, "%s", name);
    add (argv, "external_ids:roost=%s", mark);
}

/* ranges are not known to the database */
static char *
spell_out (const char *trunk)
{
    GString *text = g_string_new (NULL);
    VlanSet set = { 0 };

    if (!vlan_set_parse (trunk, &set))
        g_warning ("the plan's trunk %s is no list of VLANs", trunk);
    for (guint vlan = 1; vlan <= VLAN_MAX; vlan++)
        if (vlan_set_has (&set, vlan))
            g_string_append_printf (text, "%s%u", text->len ? "," : "", vlan);
    return g_string_free (text, FALSE);
}

static void
add_port (GPtrArray *argv, const OvsStep *step, const char *bridge, const PortRecord *port)
{
    g_autofree char *trunks = port->trunk ? spell_out (port->trunk) : NULL;

    add_words (argv, "-- add-port");
    add (argv, "%s", bridge);
    add (argv, "%s", port->device);
    if (trunks) {
        add (argv, "vlan_mode=%s", port->vlan ? "native-untagged" : "trunk");
        add (argv, "trunks=%s", trunks);
    }
    if (port->vlan)
        add (argv, "tag=%d", (int)port->vlan);
    add_mark (argv, step, "Port", port->device);
}

static void
add_tunnel (GPtrArray *argv, const OvsStep *step, const char *bridge, const TunnelRecord *tunnel)
{
    const PortRecord port = { .device = tunnel->device };
    g_autofree char *remote = quote (tunnel->remote);
    g_autofree char *local = tunnel->local ? quote (tunnel->local) : NULL;

    add_port (argv, step, bridge, &port);
    add_words (argv, "-- set Interface");
    add (argv, "%s", tunnel->device);
    add (argv, "type=%s", tunnel->type);
    add (argv, "options:remote_ip=%s", remote);
    if (local)
        add (argv, "options:local_ip=%s", local);
    if (tunnel->key >= 0)
        add (argv, "options:key=%d", (int)tunnel->key);
    if (g_strcmp0 (tunnel->type, "vxlan") == 0)
        add (argv, "options:dst_port=%d", (int)tunnel->port);
}

static void
add_new_bridge (GPtrArray *argv, const OvsStep *step, const NetworkStep *bridge)
{
    g_autofree char *mac = quote (bridge->mac);

    add_words (argv, "-- add-br");
    add (argv, "%s", bridge->bridge);
    add_mark (argv, step, "Bridge", bridge->bridge);
    add (argv, "datapath_type=%s", bridge->datapath);
    add (argv, "other_config:hwaddr=%s", mac);
    add (argv, "stp_enable=%s", g_strcmp0 (bridge->stp, "stp") == 0 ? "true" : "false");
    add (argv, "rstp_enable=%s", g_strcmp0 (bridge->stp, "rstp") == 0 ? "true" : "false");
    if (bridge->flows) /* nothing passes before the rules are there */
        add (argv, "fail_mode=secure");
    if (bridge->vlan) {
        add_words (argv, "-- set Port");
        add (argv, "%s", bridge->bridge);
        add (argv, "tag=%d", (int)bridge->vlan);
    }
    if (bridge->mtu) {
        add_words (argv, "-- set Interface");
        add (argv, "%s", bridge->bridge);
        add (argv, "mtu_request=%d", (int)bridge->mtu);
    }
}

GStrv
ovs_make_argv (const OvsStep *step)
{
    GPtrArray *argv = begin (step);

    for (guint i = 0; i < step->bridges->len; i++) {
        const NetworkStep *bridge = g_ptr_array_index (step->bridges, i);

        if (!bridge->existing)
            add_new_bridge (argv, step, bridge);
        for (guint j = 0; j < bridge->ports->len; j++)
            add_port (argv, step, bridge->bridge, g_ptr_array_index (bridge->ports, j));
        if (bridge->uplink) {
            const PortRecord port = { .device = bridge->uplink };

            add_port (argv, step, bridge->bridge, &port);
        }
        for (guint j = 0; j < bridge->tunnels->len; j++)
            add_tunnel (argv, step, bridge->bridge, g_ptr_array_index (bridge->tunnels, j));
    }
    return end (argv);
}

GStrv
ovs_errors_argv (const OvsStep *step)
{
    GPtrArray *argv = begin (step);

    add_words (argv, "--format=json --columns=name,error list Interface");
    for (guint i = 0; i < step->bridges->len; i++) {
        const NetworkStep *bridge = g_ptr_array_index (step->bridges, i);

        add (argv, "%s", bridge->bridge);
        for (guint j = 0; j < bridge->ports->len; j++)
            add (argv, "%s", ((const PortRecord *)g_ptr_array_index (bridge->ports, j))->device);
        for (guint j = 0; j < bridge->tunnels->len; j++)
            add (argv, "%s",
                 ((const TunnelRecord *)g_ptr_array_index (bridge->tunnels, j))->device);
        if (bridge->uplink)
            add (argv, "%s", bridge->uplink);
    }
    return end (argv);
}

GStrv
ovs_flows_argv (const OvsStep *step, const NetworkStep *bridge)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *dir = step->net ? g_path_get_dirname (step->net) : NULL;

    add_words (argv, "ovs-ofctl replace-flows");
    if (dir)
        add (argv, "unix:%s/" NETNS_OVS_DIR "/%s.mgmt", dir, bridge->bridge);
    else
        add (argv, "%s", bridge->bridge);
    add (argv, "%s", bridge->flows);
    return end (argv);
}

GStrv
ovs_find_argv (const OvsStep *step, const char *table)
{
    GPtrArray *argv = begin (step);
    g_autofree char *mark = quote (step->mark);

    add_words (argv, "--format=json --columns=name find");
    add (argv, "%s", table);
    add (argv, "external_ids:roost=%s", mark);
    return end (argv);
}

GStrv
ovs_ports_argv (const OvsStep *step)
{
    GPtrArray *argv = begin (step);

    add_words (argv, "--format=json --columns=name,ofport list Interface");
    return end (argv);
}

GStrv
ovs_learned_argv (const OvsStep *step, const NetworkStep *bridge)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *dir = step->net ? g_path_get_dirname (step->net) : NULL;
    g_autofree char *pid_path =
        dir ? g_build_filename (dir, NETNS_OVS_DIR, "ovs-vswitchd.pid", NULL) : NULL;
    g_autofree char *pid = pid_path ? file_read_small (pid_path) : NULL;

    add (argv, "ovs-appctl");
    if (pid)
        add (argv, "--target=%s/" NETNS_OVS_DIR "/ovs-vswitchd.%s.ctl", dir, pid);
    add (argv, "fdb/show");
    add (argv, "%s", bridge->bridge);
    return end (argv);
}

/* --- answers --- */

/* The rows of a table as ovs-vsctl prints it; NULL when it is none. */
static JsonArray *
rows_of (JsonNode *node)
{
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonNode *data = object ? json_object_get_member (object, "data") : NULL;

    return data && JSON_NODE_HOLDS_ARRAY (data) ? json_node_get_array (data) : NULL;
}

/* A cell that is a text; NULL for an empty set and the like. */
static const char *
cell (JsonArray *rows, guint row, guint column)
{
    JsonNode *node = json_array_get_element (rows, row);
    JsonArray *cells = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    JsonNode *value = cells && column < json_array_get_length (cells)
                          ? json_array_get_element (cells, column)
                          : NULL;

    return value && JSON_NODE_HOLDS_VALUE (value) &&
                   json_node_get_value_type (value) == G_TYPE_STRING
               ? json_node_get_string (value)
               : NULL;
}

gboolean
ovs_check_errors (const char *answer, GError **error)
{
    g_autoptr (JsonNode) node = json_from_text (answer, NULL);
    JsonArray *rows = rows_of (node);

    if (!rows) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "ovs-vsctl does not tell what became of the interfaces");
        return FALSE;
    }
    for (guint i = 0; i < json_array_get_length (rows); i++) {
        const char *name = cell (rows, i, 0), *problem = cell (rows, i, 1);

        if (!problem || !*problem)
            continue;
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "Open vSwitch could not use interface %s: %s", name ? name : "?", problem);
        return FALSE;
    }
    return TRUE;
}

static gboolean
is_port (const NetworkStep *bridge, const char *name)
{
    for (guint i = 0; i < bridge->ports->len; i++)
        if (g_str_equal (((PortRecord *)g_ptr_array_index (bridge->ports, i))->device, name))
            return TRUE;
    for (guint i = 0; i < bridge->tunnels->len; i++)
        if (g_str_equal (((TunnelRecord *)g_ptr_array_index (bridge->tunnels, i))->device, name))
            return TRUE;
    return g_strcmp0 (bridge->uplink, name) == 0;
}

char *
ovs_find_port (const char *interfaces, int number, const NetworkStep *bridge)
{
    g_autoptr (JsonNode) node = json_from_text (interfaces, NULL);
    JsonArray *rows = rows_of (node);

    for (guint i = 0; rows && i < json_array_get_length (rows); i++) {
        const char *name = cell (rows, i, 0);
        JsonArray *cells = name ? json_array_get_array_element (rows, i) : NULL;
        JsonNode *value = cells ? json_array_get_element (cells, 1) : NULL;

        if (value && JSON_NODE_HOLDS_VALUE (value) && json_node_get_int (value) == number &&
            is_port (bridge, name))
            return g_strdup (name);
    }
    return NULL;
}

static void
add_removals (GPtrArray *argv, const char *answer, const char *command)
{
    g_autoptr (JsonNode) node = json_from_text (answer, NULL);
    JsonArray *rows = rows_of (node);

    for (guint i = 0; rows && i < json_array_get_length (rows); i++) {
        const char *name = cell (rows, i, 0);

        if (!name)
            continue;
        add_words (argv, "-- --if-exists");
        add (argv, "%s", command);
        add (argv, "%s", name);
    }
}

GStrv
ovs_remove_argv (const OvsStep *step, const char *bridges, const char *ports)
{
    GPtrArray *argv = begin (step);
    guint length = argv->len;

    add_removals (argv, ports, "del-port");
    add_removals (argv, bridges, "del-br");
    if (argv->len > length)
        return end (argv);
    g_ptr_array_unref (argv);
    return NULL;
}
