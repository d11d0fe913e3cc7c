/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost forward: host ports of a running machine. */
#include "base/diag.h"
#include "base/error.h"
#include "cli/common/client.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "profile/forward.h"

#include <stdio.h>

#define TIMEOUT_MS (60 * 1000)

static gboolean
list (Options *options, GError **error)
{
    g_autofree char *name = lab_client_find (options, NULL, error);
    g_autoptr (LabClient) client = name ? lab_client_open (name, error) : NULL;
    g_autoptr (JsonNode) lab =
        client ? lab_client_call (client, "query-lab", NULL, TIMEOUT_MS, error) : NULL;
    const char *wanted = options->argc > 1 ? options->argv[1] : NULL;
    JsonArray *machines;
    Table *table;

    if (!lab)
        return FALSE;
    machines = json_object_get_array_member (json_node_get_object (lab), "machines");
    table = options->json ? NULL : table_new ("MACHINE|NAME|PROTO|HOST|GUEST|REACH");
    for (guint i = 0; i < json_array_get_length (machines); i++) {
        JsonObject *machine = json_array_get_object_element (machines, i);
        JsonArray *forwards = json_object_get_array_member (machine, "forwards");

        if (wanted && g_strcmp0 (wanted, member_string (machine, "name", "")) != 0)
            continue;
        for (guint j = 0; j < json_array_get_length (forwards); j++) {
            JsonObject *forward = json_array_get_object_element (forwards, j);
            g_autofree char *reach = show_forward (forward);
            g_autofree char *host = g_strdup_printf (
                "%s:%d", member_string (forward, "host_address", "*"),
                (int)json_object_get_int_member_with_default (forward, "bound_port", 0));
            g_autofree char *guest = g_strdup_printf (
                "%s:%d", member_string (forward, "guest_address", ""),
                (int)json_object_get_int_member_with_default (forward, "guest_port", 0));

            if (table)
                table_add (table, member_string (machine, "name", "?"),
                           member_string (forward, "name", NULL),
                           member_string (forward, "proto", "?"), host, guest, reach);
            else
                print_json (json_array_get_element (forwards, j));
        }
    }
    if (table)
        table_print (table);
    return TRUE;
}

static JsonObject *
read_rule (const char *text, GError **error)
{
    g_autofree char *problem = NULL;
    Forward *forward = forward_parse (text, &problem);
    JsonObject *object;

    if (!forward) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s", problem);
        return NULL;
    }
    object = json_object_new ();
    json_object_set_string_member (object, "proto", forward_proto_names[forward->proto]);
    json_object_set_string_member (object, "host_address", forward->host_address);
    json_object_set_int_member (object, "host_port", forward->host_port);
    if (forward->guest_address)
        json_object_set_string_member (object, "guest_address", forward->guest_address);
    json_object_set_int_member (object, "guest_port", forward->guest_port);
    if (forward->name)
        json_object_set_string_member (object, "name", forward->name);
    json_object_set_string_member (object, "place", "roost forward add");
    model_forward_free (forward);
    return object;
}

static gboolean
change (Options *options, gboolean add, GError **error)
{
    const char *machine;
    g_autofree char *lab = lab_client_split_machine (options, options->argv[1], &machine, error);
    g_autoptr (LabClient) client = NULL;
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments, *rule = NULL;

    if (!lab || (add && !(rule = read_rule (options->argv[2], error))))
        return FALSE;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "machine", machine);
    if (add)
        json_object_set_object_member (arguments, "forward", rule);
    else
        json_object_set_string_member (arguments, "forward", options->argv[2]);
    client = lab_client_open (lab, error);
    if (!client) {
        json_object_unref (arguments);
        return FALSE;
    }
    value = lab_client_call (client, add ? "forward-add" : "forward-remove", arguments, TIMEOUT_MS,
                             error);
    if (!value)
        return FALSE;
    if (options->json) {
        print_json (value);
    } else if (add) {
        g_autofree char *reach = show_forward (json_node_get_object (value));

        puts (reach);
    }
    return TRUE;
}

gboolean
verb_forward (Options *options, GError **error)
{
    const char *what = options->argv[0];

    if (g_str_equal (what, "list") && options->argc <= 2)
        return list (options, error);
    if (g_str_equal (what, "add") && options->argc == 3)
        return change (options, TRUE, error);
    if (g_str_equal (what, "remove") && options->argc == 3)
        return change (options, FALSE, error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "forward takes list [MACHINE], add MACHINE RULE or remove MACHINE NAME "
                 "(see: roost forward --help)");
    return FALSE;
}
