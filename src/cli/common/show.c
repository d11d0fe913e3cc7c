/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the text form of a running lab; see show.h. */
#include "cli/common/show.h"

#include "cli/common/output.h"

#include <stdio.h>
#include <string.h>

char *
show_forward (JsonObject *forward)
{
    gint64 guest_port = json_object_get_int_member_with_default (forward, "guest_port", 0);
    gint64 port = json_object_get_int_member_with_default (forward, "bound_port", 0);
    const char *address = member_string (forward, "host_address", "");
    const char *proto = member_string (forward, "proto", "tcp");

    if (!*address)
        address = "127.0.0.1";
    if (port == 0)
        port = json_object_get_int_member_with_default (forward, "host_port", 0);
    if (port == 0)
        return g_strdup_printf ("any free port → %d", (int)guest_port);
    if (g_str_equal (proto, "udp"))
        return g_strdup_printf ("udp %s:%d", address, (int)port);
    switch (guest_port) {
    case 22:
        return g_strdup_printf ("ssh -p %d %s", (int)port, address);
    case 80:
        return g_strdup_printf ("http://%s:%d/", address, (int)port);
    case 443:
        return g_strdup_printf ("https://%s:%d/", address, (int)port);
    default:
        return g_strdup_printf ("tcp %s:%d", address, (int)port);
    }
}

static JsonArray *
array_of (JsonObject *object, const char *name)
{
    return json_object_has_member (object, name) ? json_object_get_array_member (object, name)
                                                 : NULL;
}

static void
show_reach (JsonObject *machine)
{
    const char *name = member_string (machine, "name", "?");
    JsonArray *forwards = array_of (machine, "forwards");

    if (!g_str_equal (member_string (machine, "state", ""), "running") &&
        !g_str_equal (member_string (machine, "state", ""), "paused"))
        return;
    for (guint i = 0; forwards && i < json_array_get_length (forwards); i++) {
        JsonObject *forward = json_array_get_object_element (forwards, i);
        g_autofree char *how = show_forward (forward);

        printf ("  %s %s: %s\n", name, member_string (forward, "name", "forward"), how);
    }
    if (member_string (machine, "vnc", NULL))
        printf ("  %s vnc: %s\n", name, member_string (machine, "vnc", NULL));
    if (member_string (machine, "spice", NULL))
        printf ("  %s spice: %s\n", name, member_string (machine, "spice", NULL));
    if (member_string (machine, "screen_address", NULL))
        printf ("  %s screen: %s\n", name, member_string (machine, "screen_address", NULL));
}

/* Returns: (transfer none) (nullable): the device whose @place is the first */
static const char *
first_device (JsonArray *once, const char *place)
{
    const char *device = NULL;
    gint64 smallest = G_MAXINT64;

    for (guint i = 0; once && i < json_array_get_length (once); i++) {
        JsonObject *item = json_array_get_object_element (once, i);
        gint64 index = json_object_get_int_member_with_default (item, place, -1);

        if (index < 0 || index >= smallest)
            continue;
        smallest = index;
        device = member_string (item, "device", NULL);
    }
    /* disk-NAME, nic-NAME */
    return device && strchr (device, '-') ? strchr (device, '-') + 1 : device;
}

static void
show_once (JsonObject *machine)
{
    JsonArray *once = array_of (machine, "once");
    const char *first = first_device (once, "first"), *usual = first_device (once, "usual");

    if (json_object_get_boolean_member_with_default (machine, "once_due", FALSE) && first && usual)
        printf ("  %s: boot.once is due: %s, until the guest reboots or switches itself off; then "
                "%s\n",
                member_string (machine, "name", "?"), first, usual);
}

static char *
list_macs (JsonObject *machine)
{
    GString *text = g_string_new (NULL);
    JsonArray *nics = array_of (machine, "nics");

    for (guint i = 0; nics && i < json_array_get_length (nics); i++) {
        JsonObject *nic = json_array_get_object_element (nics, i);

        g_string_append_printf (text, "%s%s=%s", text->len ? " " : "",
                                member_string (nic, "name", "?"), member_string (nic, "mac", "?"));
    }
    return g_string_free (text, FALSE);
}

void
show_lab (JsonNode *lab)
{
    JsonObject *object = json_node_get_object (lab);
    JsonArray *machines = json_object_get_array_member (object, "machines");
    JsonArray *problems = array_of (object, "problems");
    Table *table = table_new ("MACHINE|STATE|READY|PID|ACCEL|NICS");

    for (guint i = 0; i < json_array_get_length (machines); i++) {
        JsonObject *machine = json_array_get_object_element (machines, i);
        gint64 pid = json_object_get_int_member_with_default (machine, "pid", 0);
        g_autofree char *pid_text = pid ? g_strdup_printf ("%d", (int)pid) : NULL;
        g_autofree char *macs = list_macs (machine);

        table_add (table, member_string (machine, "name", "?"),
                   member_string (machine, "state", "?"), member_string (machine, "ready", "?"),
                   pid_text, member_string (machine, "accel", NULL), macs);
    }
    table_print (table);
    for (guint i = 0; problems && i < json_array_get_length (problems); i++)
        printf ("  %s\n", json_array_get_string_element (problems, i));
    for (guint i = 0; i < json_array_get_length (machines); i++) {
        JsonObject *machine = json_array_get_object_element (machines, i);

        if (member_string (machine, "problem", NULL))
            printf ("  %s: %s\n", member_string (machine, "name", "?"),
                    member_string (machine, "problem", ""));
        show_once (machine);
        show_reach (machine);
    }
}

/* A machine or a step in front of a text that does not name it itself. */
static char *
change_subject (const char *kind, const char *step)
{
    if (g_str_equal (kind, "add") || g_str_equal (kind, "remove") ||
        g_str_equal (kind, "replace") || g_str_equal (kind, "move") || g_str_equal (kind, "adjust"))
        return g_strdup ("");
    return g_strdup_printf ("machine %s: ", strchr (step, ':') ? strchr (step, ':') + 1 : step);
}

char *
show_change (JsonObject *change)
{
    const char *kind = member_string (change, "kind", "");
    g_autofree char *subject = change_subject (kind, member_string (change, "step", ""));
    gboolean held = json_object_get_boolean_member_with_default (change, "held", FALSE);
    gboolean off = json_object_get_boolean_member_with_default (change, "off", FALSE);
    gboolean file = g_str_equal (kind, "remove") &&
                    g_str_has_prefix (member_string (change, "step", ""), "image:");
    char sign = held                                ? '!'
                : g_str_has_suffix (kind, "add")    ? '+'
                : g_str_has_suffix (kind, "remove") ? '-'
                                                    : '~';

    return g_strdup_printf ("%c %s%s%s", sign, subject, member_string (change, "text", ""),
                            held   ? " (needs a restart: roost up --restart)"
                            : off  ? " (from its next start on)"
                            : file ? " (the file stays)"
                                   : "");
}
