/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QEMU says of its user-mode networks: the text of `info usernet`, read. */
#pragma once

#include "plan/step.h"

#include <glib.h>

typedef struct {
    char *netdev;
    char *proto;  /* tcp, udp */
    char *state;  /* HOST_FORWARD, ESTABLISHED, SYN_SENT … */
    char *source; /* address; `*` for all */
    guint source_port;
    char *dest;
    guint dest_port;
} UsernetRow;

/**
 * usernet_parse:
 *
 * Returns: (transfer full) (element-type UsernetRow): the rows that could be read
 */
GPtrArray *usernet_parse (const char *text);

/**
 * usernet_find_ports:
 *
 * Fills in the bound_port of each record of @forwards: the same as its
 * host_port, or for 0 the one that QEMU chose.
 */
void usernet_find_ports (GPtrArray *rows, GPtrArray *forwards);

/**
 * usernet_is_connected:
 *
 * Returns: whether the guest itself has accepted a connection over @forward.
 * The listener accepts before the guest is asked, so connecting proves nothing.
 */
gboolean usernet_is_connected (GPtrArray *rows, const ForwardRecord *forward);
