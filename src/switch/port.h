/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One port: its two sockets, the frames that wait for its machine, its counters.
 *
 * The machine sends to the path `local`, which the switch binds; the switch
 * sends to the path `remote`, which the machine binds.  Sending has a socket of
 * its own, connected to `remote`, because only a connected datagram socket can
 * be polled for room at the other end.  Both ends go by path, so that either
 * may be restarted alone.
 */
#pragma once

#include "switch/options.h"
#include "switch/queue.h"
#include "switch/socket.h"

#include <glib.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Frames that are received, and so sent, with one call.  The kernel lets no
 * more than 11 datagrams wait on a socket (net.unix.max_dgram_qlen = 10). */
#define PORT_BATCH 16

/* Pieces of a frame on its way out: addresses, tag, rest. */
#define PORT_PIECES 3

/* The longest frame that QEMU's datagram netdev takes. */
#define FRAME_MAX (4096 + 65536)

typedef struct {
    guint64 rx_frames;
    guint64 rx_bytes;
    guint64 rx_errors; /* arrived and refused */
    guint64 tx_frames;
    guint64 tx_bytes;
    guint64 drops; /* for this machine, and not delivered: slow, absent, too long */
} PortCounters;

typedef struct {
    const PortOptions *options;
    BoundSocket local;
    int remote;         /* the socket for sending */
    gboolean connected; /* as far as the last frame told */
    gboolean armed;     /* waits for room at the other end */
    guint n_staged;
    PortCounters counters;
    FrameQueue queue;
    struct mmsghdr messages[PORT_BATCH];
    struct iovec pieces[PORT_BATCH][PORT_PIECES];
} Port;

/**
 * port_open:
 * @port: zeroed memory
 * @options: (transfer none): must outlive the port
 *
 * On failure nothing stays behind.
 */
gboolean port_open (Port *port, const PortOptions *options, GError **error);
void port_close (Port *port);

/**
 * port_stage:
 * @pieces: one frame in at most %PORT_PIECES pieces, valid until port_flush()
 *
 * Takes note of a frame for the next port_flush(); at most %PORT_BATCH of them
 * fit between two.
 */
void port_stage (Port *port, const struct iovec *pieces, guint n_pieces);

/**
 * port_flush:
 *
 * Sends what is staged, behind what waits.  What finds no room waits, and what
 * finds no room there, or no machine, is dropped.  Never blocks.
 */
void port_flush (Port *port);

/**
 * port_drain:
 *
 * Sends a batch of what waits; call it when `remote` is writable.
 */
void port_drain (Port *port);

/**
 * port_wants_room:
 *
 * Returns: whether frames wait, so that `remote` must be watched for room
 */
static inline gboolean
port_wants_room (const Port *port)
{
    return port->queue.n_frames > 0;
}

/**
 * port_probe:
 *
 * Returns: whether the machine's end is there now
 */
gboolean port_probe (Port *port);
