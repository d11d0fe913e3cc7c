/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the ports in the command lines of internal switches; see switch-ports.h. */
#include "plan/network/switch-ports.h"

#include <string.h>

/* where the port of that name begins in @argv; NULL = any port */
static gssize
find_port (GStrv argv, const char *name)
{
    for (gsize i = 0; argv[i] && argv[i + 1]; i++)
        if (g_str_equal (argv[i], "--port") && (!name || g_str_equal (argv[i + 1], name)))
            return i;
    return -1;
}

static void
copy_port (GStrvBuilder *to, GStrv argv, gsize at)
{
    g_strv_builder_add (to, argv[at]);
    for (gsize i = at + 1; argv[i] && !g_str_equal (argv[i], "--port"); i++)
        g_strv_builder_add (to, argv[i]);
}

static gboolean
is_held_port (GHashTable *held, const char *port)
{
    g_autofree char *machine = g_strndup (port, strcspn (port, "/"));

    return g_hash_table_contains (held, machine);
}

void
switch_keep_ports (const SwitchStep *was, SwitchStep *is, GHashTable *held)
{
    g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
    gssize first = find_port (is->argv, NULL);

    for (gssize i = 0; is->argv[i] && (first < 0 || i < first); i++)
        g_strv_builder_add (argv, is->argv[i]);
    for (gsize i = 0; was->argv[i] && was->argv[i + 1]; i++) {
        const char *name = g_str_equal (was->argv[i], "--port") ? was->argv[i + 1] : NULL;
        gssize at = name ? find_port (is->argv, name) : -1;

        if (at >= 0)
            copy_port (argv, is->argv, at);
        else if (name && is_held_port (held, name))
            copy_port (argv, was->argv, i);
    }
    for (gsize i = 0; is->argv[i] && is->argv[i + 1]; i++)
        if (g_str_equal (is->argv[i], "--port") && find_port (was->argv, is->argv[i + 1]) < 0)
            copy_port (argv, is->argv, i);
    g_strfreev (is->argv);
    is->argv = g_strv_builder_end (argv);
}
