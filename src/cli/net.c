/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost net: the switches of a lab. */
#include "cli/common/client.h"
#include "cli/common/output.h"
#include "cli/net-macs.h"
#include "cli/net-prepare.h"

#include <stdio.h>
#include <string.h>

#define TIMEOUT_MS (30 * 1000)

static char *
number (JsonObject *object, const char *name)
{
    return g_strdup_printf ("%" G_GINT64_FORMAT,
                            json_object_get_int_member_with_default (object, name, 0));
}

static char *
vlan_of (JsonObject *port)
{
    gint64 vlan = json_object_get_int_member_with_default (port, "vlan", 0);
    const char *trunk = member_string (port, "trunk", "");

    if (*trunk)
        return vlan ? g_strdup_printf ("trunk %s native %d", trunk, (int)vlan)
                    : g_strdup_printf ("trunk %s", trunk);
    return vlan ? g_strdup_printf ("%d", (int)vlan) : NULL;
}

static guint
access_of (JsonObject *port)
{
    return *member_string (port, "trunk", "")
               ? 0
               : (guint)json_object_get_int_member_with_default (port, "vlan", 0);
}

static void
add_switch (Table *table, JsonObject *sw)
{
    const char *name = member_string (sw, "name", "?");
    JsonArray *ports =
        json_object_has_member (sw, "ports") ? json_object_get_array_member (sw, "ports") : NULL;

    if (!ports)
        table_add (table, name, member_string (sw, "problem", "?"), NULL, NULL, NULL, NULL, NULL);
    for (guint i = 0; ports && i < json_array_get_length (ports); i++) {
        JsonObject *port = json_array_get_object_element (ports, i);
        g_autofree char *received = number (port, "rx_frames"), *sent = number (port, "tx_frames");
        g_autofree char *drops = number (port, "drops"), *vlan = vlan_of (port);
        g_autofree char *macs =
            net_macs_text (sw, member_string (port, "name", ""), access_of (port));

        table_add (table, name, member_string (port, "name", "?"), vlan, received, sent, drops,
                   macs);
    }
}

static gboolean
show (Options *options, GError **error)
{
    g_autofree char *name =
        lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    g_autoptr (LabClient) client = name ? lab_client_open (name, error) : NULL;
    g_autoptr (JsonNode) switches =
        client ? lab_client_call (client, "query-switches", NULL, TIMEOUT_MS, error) : NULL;
    Table *table;

    if (!switches)
        return FALSE;
    if (options->json) {
        print_json (switches);
        return TRUE;
    }
    table = table_new ("SWITCH|PORT|VLAN|RECEIVED|SENT|DROPPED|MACS");
    for (guint i = 0; i < json_array_get_length (json_node_get_array (switches)); i++)
        add_switch (table, json_array_get_object_element (json_node_get_array (switches), i));
    table_print (table);
    return TRUE;
}

gboolean
verb_net (Options *options, GError **error)
{
    const char *what = options->argc > 0 ? options->argv[0] : "";

    if (strcmp (what, "up") == 0 && options->argc == 1)
        return net_prepare (options, error);
    if (strcmp (what, "down") == 0)
        return net_unprepare (options, error);
    return show (options, error);
}
