/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how learned addresses are told; see net-macs.h. */
#include "cli/net-macs.h"

#include "base/ether.h"
#include "cli/common/output.h"

#include <string.h>

typedef struct {
    const char *mac; /* not owned */
    VlanSet vlans;
    gboolean untagged; /* also in no VLAN */
} Learned;

static Learned *
find (GArray *list, const char *mac)
{
    Learned new = { .mac = mac };

    for (guint i = 0; i < list->len; i++)
        if (strcmp (g_array_index (list, Learned, i).mac, mac) == 0)
            return &g_array_index (list, Learned, i);
    g_array_append_val (list, new);
    return &g_array_index (list, Learned, list->len - 1);
}

/* In the order in which the switch tells them. */
static GArray *
collect (JsonArray *macs, const char *port)
{
    GArray *list = g_array_new (FALSE, FALSE, sizeof (Learned));

    for (guint i = 0; macs && i < json_array_get_length (macs); i++) {
        JsonObject *entry = json_array_get_object_element (macs, i);
        gint64 vlan = json_object_get_int_member_with_default (entry, "vlan", 0);
        Learned *learned;

        if (strcmp (member_string (entry, "port", ""), port) != 0)
            continue;
        learned = find (list, member_string (entry, "mac", "?"));
        if (vlan > 0 && vlan <= VLAN_MAX)
            vlan_set_add (&learned->vlans, (guint)vlan);
        else
            learned->untagged = TRUE;
    }
    return list;
}

static void
append_vlans (GString *text, const Learned *learned, guint access)
{
    g_autofree char *vlans = vlan_set_format (&learned->vlans);
    g_autofree char *common = access ? g_strdup_printf ("%u", access) : g_strdup ("");

    if (learned->untagged ? !*vlans && access == 0 : strcmp (vlans, common) == 0)
        return;
    g_string_append_printf (text, "(%s%s%s)", learned->untagged ? "none" : "",
                            learned->untagged && *vlans ? "," : "", vlans);
}

char *
net_macs_text (JsonObject *sw, const char *port, guint access)
{
    g_autoptr (GArray) list = collect (
        json_object_has_member (sw, "macs") ? json_object_get_array_member (sw, "macs") : NULL,
        port);
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < list->len; i++) {
        const Learned *learned = &g_array_index (list, Learned, i);

        g_string_append_printf (text, "%s%s", i ? " " : "", learned->mac);
        append_vlans (text, learned, access);
    }
    return g_string_free (text, FALSE);
}
