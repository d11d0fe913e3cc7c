/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules of host ports in the command line; see hostfwd.h. */
#include "plan/qemu/hostfwd.h"

#include <string.h>

#define KEY "hostfwd="

char *
hostfwd_rule (const ForwardRecord *forward)
{
    return g_strdup_printf ("%s:%s:%" G_GINT64_FORMAT "-%s:%" G_GINT64_FORMAT, forward->proto,
                            forward->host_address, forward->host_port,
                            forward->guest_address ? forward->guest_address : "",
                            forward->guest_port);
}

static const char *
find_id (GStrv items)
{
    for (gsize i = 0; items[i]; i++)
        if (g_str_has_prefix (items[i], "id="))
            return items[i] + strlen ("id=");
    return "";
}

static char *
rewrite (const char *value, const MachineStep *step)
{
    g_auto (GStrv) items = g_strsplit (value, ",", -1);
    GString *text = g_string_new (NULL);

    for (gsize i = 0; items[i]; i++)
        if (!g_str_has_prefix (items[i], KEY))
            g_string_append_printf (text, "%s%s", i ? "," : "", items[i]);
    for (guint i = 0; i < step->forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (step->forwards, i);
        g_autofree char *rule = hostfwd_rule (forward);

        if (!forward->added && g_strcmp0 (forward->netdev, find_id (items)) == 0)
            g_string_append_printf (text, "," KEY "%s", rule);
    }
    return g_string_free (text, FALSE);
}

void
hostfwd_rewrite (MachineStep *step)
{
    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++) {
        char *rewritten;

        if (!g_str_equal (step->argv[i], "-netdev") ||
            !g_str_has_prefix (step->argv[i + 1], "user,"))
            continue;
        rewritten = rewrite (step->argv[i + 1], step);
        g_free (step->argv[i + 1]);
        step->argv[i + 1] = rewritten;
    }
}
