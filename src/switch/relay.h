/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a frame: read from a port, decided on, handed to the ports that it
 * leaves by.
 */
#pragma once

#include "switch/fdb.h"
#include "switch/options.h"
#include "switch/port.h"

#include <glib.h>

typedef struct {
    guint64 flooded;     /* frames sent to more than their own port */
    guint64 filtered;    /* frames whose destination is behind their own port */
    guint64 learned;     /* addresses */
    guint64 moved;       /* addresses that changed their port */
    guint64 fdb_full;    /* frames whose source found no room */
    guint64 runts;       /* refused: shorter than a header */
    guint64 too_long;    /* refused: longer than FRAME_MAX */
    guint64 bad_sources; /* refused: group or zero as the source */
    guint64 no_vlan;     /* refused: port has no part in the VLAN */
    guint64 nested;      /* not sent untagged: a second tag would come to light */
} RelayCounters;

typedef struct RelayBuffers RelayBuffers;

typedef struct {
    const SwitchOptions *options;
    int epoll;
    guint n_ports;
    Port *ports; /* as many as the options have, in the same order */
    Fdb *fdb;
    RelayCounters counters;
    RelayBuffers *buffers;
    guint n_touched;
    guint16 *touched; /* indices of the ports that have staged frames */
} Relay;

/**
 * relay_new:
 * @options: (transfer none): must outlive the relay
 * @epoll: (transfer none): where the ports are watched
 *
 * Opens every port.  On failure nothing stays behind.
 *
 * Returns: (transfer full): the relay, %NULL on error
 */
Relay *relay_new (const SwitchOptions *options, int epoll, GError **error);
void relay_free (Relay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)

/**
 * relay_receive:
 * @index: the port that has frames
 *
 * Takes one batch, so that no port holds up the others, and sends it on.
 */
void relay_receive (Relay *relay, guint index);

/**
 * relay_drain:
 * @index: the port whose machine has room again
 */
void relay_drain (Relay *relay, guint index);

/**
 * relay_now:
 *
 * Returns: the time that the forwarding database counts in, in ms
 */
gint64 relay_now (void);
