/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the data path between the ports.  A batch of frames is read into the
 * same buffers each time and leaves from there: a frame is copied only when it
 * has to wait, and nothing is allocated for it.
 */
#include "switch/relay.h"

#include "base/error.h"
#include "switch/watch.h"

#include <errno.h>
#include <time.h>

struct RelayBuffers {
    struct mmsghdr messages[PORT_BATCH];
    struct iovec pieces[PORT_BATCH];
    Forward forwards[PORT_BATCH];
    guint8 frames[PORT_BATCH][FRAME_MAX]; /* touched as far as frames are long */
};

gint64
relay_now (void)
{
    struct timespec now;

    clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
    return (gint64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static gboolean
open_port (Relay *relay, GError **error)
{
    guint index = relay->n_ports;
    Port *port = &relay->ports[index];

    if (!port_open (port, &g_array_index (relay->options->ports, PortOptions, index), error))
        return FALSE;
    relay->n_ports++;
    if (watch_add (relay->epoll, port->local.fd, EPOLLIN, WATCH_PORT_IN, index))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "port %s: watching its socket: %s",
                 port->options->name, g_strerror (errno));
    return FALSE;
}

Relay *
relay_new (const SwitchOptions *options, int epoll, GError **error)
{
    g_autoptr (Relay) relay = g_new0 (Relay, 1);
    guint64 seed = (guint64)g_random_int () << 32 | g_random_int ();

    relay->options = options;
    relay->epoll = epoll;
    relay->fdb = fdb_new (options->ageing, seed);
    relay->ports = g_new0 (Port, options->ports->len);
    relay->touched = g_new (guint16, options->ports->len);
    relay->buffers = g_new0 (RelayBuffers, 1);
    for (guint i = 0; i < PORT_BATCH; i++) {
        relay->buffers->pieces[i] = (struct iovec){ relay->buffers->frames[i], FRAME_MAX };
        relay->buffers->messages[i].msg_hdr.msg_iov = &relay->buffers->pieces[i];
        relay->buffers->messages[i].msg_hdr.msg_iovlen = 1;
    }
    while (relay->n_ports < options->ports->len)
        if (!open_port (relay, error))
            return NULL;
    return g_steal_pointer (&relay);
}

void
relay_free (Relay *relay)
{
    if (!relay)
        return;
    for (guint i = 0; i < relay->n_ports; i++)
        port_close (&relay->ports[i]);
    fdb_free (relay->fdb);
    g_free (relay->ports);
    g_free (relay->touched);
    g_free (relay->buffers);
    g_free (relay);
}

/* Cuts the frame of slot @i into the pieces that leave in @form. */
static guint
cut_frame (const Relay *relay, guint i, gsize length, ForwardForm form,
           struct iovec ret[PORT_PIECES])
{
    const gsize addresses = 12;
    guint8 *frame = relay->buffers->frames[i];
    gsize skip = form == FORM_PUSH ? 0 : VLAN_TAG_LENGTH;
    guint n = 0;

    if (form == FORM_AS_IS) {
        ret[0] = (struct iovec){ frame, length };
        return 1;
    }
    ret[n++] = (struct iovec){ frame, addresses };
    if (form != FORM_POP)
        ret[n++] = (struct iovec){ relay->buffers->forwards[i].tag, VLAN_TAG_LENGTH };
    ret[n++] = (struct iovec){ frame + addresses + skip, length - addresses - skip };
    return n;
}

static gboolean
send_to (Relay *relay, guint i, gsize length, guint egress)
{
    Port *port = &relay->ports[egress];
    ForwardForm form = forward_form (&relay->buffers->forwards[i], &port->options->vlans);
    struct iovec pieces[PORT_PIECES];

    if (form == FORM_NONE)
        return FALSE;
    if (form == FORM_NESTED) {
        relay->counters.nested++;
        return FALSE;
    }
    if (port->n_staged == 0)
        relay->touched[relay->n_touched++] = egress;
    port_stage (port, pieces, cut_frame (relay, i, length, form, pieces));
    return TRUE;
}

static void
count_refusal (Relay *relay, ForwardVerdict verdict)
{
    switch (verdict) {
    case FORWARD_OK:
        break;
    case FORWARD_RUNT:
        relay->counters.runts++;
        break;
    case FORWARD_BAD_SOURCE:
        relay->counters.bad_sources++;
        break;
    case FORWARD_NO_VLAN:
        relay->counters.no_vlan++;
        break;
    }
}

static void
count_learning (Relay *relay, FdbResult result)
{
    switch (result) {
    case FDB_KNOWN:
        break;
    case FDB_LEARNED:
        relay->counters.learned++;
        break;
    case FDB_MOVED:
        relay->counters.moved++;
        break;
    case FDB_FULL:
        relay->counters.fdb_full++;
        break;
    }
}

static void
relay_frame (Relay *relay, guint ingress, guint i, gint64 now)
{
    Port *port = &relay->ports[ingress];
    gsize length = relay->buffers->messages[i].msg_len;
    Forward *forward = &relay->buffers->forwards[i];

    if (relay->buffers->messages[i].msg_hdr.msg_flags & MSG_TRUNC) {
        relay->counters.too_long++;
        port->counters.rx_errors++;
        return;
    }
    forward_decide (&port->options->vlans, ingress, relay->buffers->frames[i], length, relay->fdb,
                    now, forward);
    if (forward->verdict != FORWARD_OK) {
        count_refusal (relay, forward->verdict);
        port->counters.rx_errors++;
        return;
    }
    port->counters.rx_frames++;
    port->counters.rx_bytes += length;
    count_learning (relay, forward->learned);
    if (forward->port == (int)ingress) {
        relay->counters.filtered++;
    } else if (forward->port >= 0) {
        send_to (relay, i, length, forward->port);
    } else {
        relay->counters.flooded++;
        for (guint egress = 0; egress < relay->n_ports; egress++)
            if (egress != ingress)
                send_to (relay, i, length, egress);
    }
}

/* Watches a port for room exactly as long as frames wait for it. */
static void
arm (Relay *relay, guint index)
{
    Port *port = &relay->ports[index];
    gboolean wanted = port_wants_room (port);

    if (wanted == port->armed)
        return;
    if (!wanted) {
        watch_remove (relay->epoll, port->remote);
        port->armed = FALSE;
    } else {
        /* refused for lack of memory: tried again at the next frame */
        port->armed = watch_add (relay->epoll, port->remote, EPOLLOUT, WATCH_PORT_OUT, index);
    }
}

void
relay_receive (Relay *relay, guint index)
{
    RelayBuffers *buffers = relay->buffers;
    int n =
        recvmmsg (relay->ports[index].local.fd, buffers->messages, PORT_BATCH, MSG_DONTWAIT, NULL);
    gint64 now = relay_now ();

    for (int i = 0; i < n; i++)
        relay_frame (relay, index, i, now);
    for (guint i = 0; i < relay->n_touched; i++) {
        port_flush (&relay->ports[relay->touched[i]]);
        arm (relay, relay->touched[i]);
    }
    relay->n_touched = 0;
}

void
relay_drain (Relay *relay, guint index)
{
    port_drain (&relay->ports[index]);
    arm (relay, index);
}
