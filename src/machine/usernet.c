/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of `info usernet`; see usernet.h. */
#include "machine/usernet.h"

#include <stdio.h>
#include <string.h>

static void
row_free (gpointer data)
{
    UsernetRow *row = data;

    g_free (row->netdev);
    g_free (row->proto);
    g_free (row->state);
    g_free (row->source);
    g_free (row->dest);
    g_free (row);
}

/* `Hub -1 (net-nat):` or `net-nat:` */
static char *
parse_header (const char *line)
{
    const char *open = strrchr (line, '('), *close = strrchr (line, ')');

    if (open && close && close > open)
        return g_strndup (open + 1, close - open - 1);
    return g_strndup (line, strcspn (line, ":"));
}

GPtrArray *
usernet_parse (const char *text)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autofree char *netdev = g_strdup ("");

    for (gsize i = 0; lines[i]; i++) {
        char proto[8], state[24], source[24], dest[24];
        guint source_port, dest_port;
        const char *line = g_strchomp (lines[i]);

        if (*line && *line != ' ') {
            g_free (netdev);
            netdev = parse_header (line);
        } else if (sscanf (line, " %7[A-Z][%23[A-Z_0-9]] %*d %23s%*[ ]%u %23s%*[ ]%u", proto, state,
                           source, &source_port, dest, &dest_port) == 6) {
            UsernetRow *row = g_new0 (UsernetRow, 1);

            *row = (UsernetRow){ .netdev = g_strdup (netdev),
                                 .proto = g_ascii_strdown (proto, -1),
                                 .state = g_strdup (state),
                                 .source = g_strdup (source),
                                 .source_port = source_port,
                                 .dest = g_strdup (dest),
                                 .dest_port = dest_port };
            g_ptr_array_add (rows, row);
        }
    }
    return rows;
}

static gboolean
is_listener_of (const UsernetRow *row, const ForwardRecord *forward)
{
    return g_str_equal (row->state, "HOST_FORWARD") && g_str_equal (row->proto, forward->proto) &&
           g_str_equal (row->netdev, forward->netdev) && row->dest_port == forward->guest_port &&
           (!forward->guest_address || g_str_equal (row->dest, forward->guest_address)) &&
           g_str_equal (row->source, *forward->host_address ? forward->host_address : "*");
}

static gboolean
is_bound (GPtrArray *forwards, guint port, const char *proto)
{
    for (guint i = 0; i < forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (forwards, i);

        if (forward->bound_port == port && g_str_equal (forward->proto, proto))
            return TRUE;
    }
    return FALSE;
}

void
usernet_find_ports (GPtrArray *rows, GPtrArray *forwards)
{
    for (guint i = 0; i < forwards->len; i++) {
        ForwardRecord *forward = g_ptr_array_index (forwards, i);

        forward->bound_port = forward->host_port;
    }
    for (guint i = 0; i < forwards->len; i++) {
        ForwardRecord *forward = g_ptr_array_index (forwards, i);

        for (guint j = 0; j < rows->len && forward->bound_port == 0; j++) {
            const UsernetRow *row = g_ptr_array_index (rows, j);

            if (is_listener_of (row, forward) && !is_bound (forwards, row->source_port, row->proto))
                forward->bound_port = row->source_port;
        }
    }
}

gboolean
usernet_is_connected (GPtrArray *rows, const ForwardRecord *forward)
{
    for (guint i = 0; i < rows->len; i++) {
        const UsernetRow *row = g_ptr_array_index (rows, i);

        if (g_str_equal (row->state, "ESTABLISHED") && g_str_equal (row->proto, forward->proto) &&
            g_str_equal (row->netdev, forward->netdev) && row->source_port == forward->bound_port &&
            row->dest_port == forward->guest_port)
            return TRUE;
    }
    return FALSE;
}
