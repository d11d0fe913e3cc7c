/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the text forms of MAC addresses and VLAN sets. */
#include "base/ether.h"

#include "base/quantity.h"

#include <string.h>

gboolean
mac_parse (const char *text, Mac *ret)
{
    Mac mac;

    if (!text || strlen (text) != 17)
        return FALSE;
    for (int i = 0; i < 6; i++) {
        const char *pair = text + 3 * i;

        if (!g_ascii_isxdigit (pair[0]) || !g_ascii_isxdigit (pair[1]))
            return FALSE;
        if (i < 5 && (pair[2] != text[2] || (pair[2] != ':' && pair[2] != '-')))
            return FALSE;
        mac.bytes[i] = g_ascii_xdigit_value (pair[0]) << 4 | g_ascii_xdigit_value (pair[1]);
    }
    *ret = mac;
    return TRUE;
}

char *
mac_format (const Mac *mac)
{
    const guint8 *b = mac->bytes;

    return g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

static gboolean
add_range (const char *text, VlanSet *set)
{
    g_auto (GStrv) ends = g_strsplit (text, "-", 2);
    gint64 first, last;

    if (!ends[0] || !quantity_parse_int (g_strstrip (ends[0]), 1, VLAN_MAX, &first))
        return FALSE;
    last = first;
    if (ends[1] && !quantity_parse_int (g_strstrip (ends[1]), first, VLAN_MAX, &last))
        return FALSE;
    for (gint64 vlan = first; vlan <= last; vlan++)
        vlan_set_add (set, vlan);
    return TRUE;
}

gboolean
vlan_set_parse (const char *text, VlanSet *ret)
{
    g_auto (GStrv) parts = g_strsplit (text, ",", -1);
    VlanSet set = { 0 };

    for (gsize i = 0; parts[i]; i++)
        if (!add_range (parts[i], &set))
            return FALSE;
    *ret = set;
    return TRUE;
}

char *
vlan_set_format (const VlanSet *set)
{
    GString *text = g_string_new (NULL);

    for (guint vlan = 1; vlan <= VLAN_MAX; vlan++) {
        guint last = vlan;

        if (!vlan_set_has (set, vlan))
            continue;
        while (vlan_set_has (set, last + 1))
            last++;
        g_string_append_printf (text, "%s%u", text->len ? "," : "", vlan);
        if (last > vlan)
            g_string_append_printf (text, "-%u", last);
        vlan = last;
    }
    return g_string_free (text, FALSE);
}

const VlanSet vlan_set_all = { .bits = { ~1u, [1 ... 126] = ~0u, 0x7fffffff } };

gboolean
vlan_set_is_empty (const VlanSet *set)
{
    static const VlanSet empty;

    return memcmp (set, &empty, sizeof empty) == 0;
}

gboolean
ifname_is_valid (const char *name)
{
    gsize length = strlen (name);

    if (length == 0 || length > IFNAME_MAX || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
        return FALSE;
    for (const char *at = name; *at; at++)
        if (*at == '/' || *at == ':' || *at == '%' || !g_ascii_isgraph (*at))
            return FALSE;
    return TRUE;
}
