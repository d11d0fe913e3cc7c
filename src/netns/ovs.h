/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An Open vSwitch of a private lab's own, with its datapath in user space: it
 * lives inside the namespaces, as children of roost-net that end with it.
 */
#pragma once

#include <glib.h>

typedef struct Ovs Ovs;

typedef struct {
    void (*ready) (gpointer user_data);
    /* a part of it ended, or did not begin: @why (transfer none) */
    void (*failed) (const char *why, gpointer user_data);
} OvsHandlers;

/**
 * ovs_new:
 * @dir: where its database, sockets and locks go; is made
 *
 * Returns: (transfer full): it is beginning; %NULL on error
 */
Ovs *ovs_new (const char *dir, const OvsHandlers *handlers, gpointer user_data, GError **error);

/**
 * ovs_reap:
 *
 * Call it when a child has ended (SIGCHLD).
 */
void ovs_reap (Ovs *ovs);

/* Its processes end with ours. */
void ovs_free (Ovs *ovs);
