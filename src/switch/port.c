/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the sockets of a port and the way out through them.  What a frame is,
 * and who gets it, is decided elsewhere (forward.c, relay.c). */
#include "switch/port.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>

static gboolean
reconnect (Port *port)
{
    struct sockaddr_un address;

    port->connected = socket_address (port->options->remote, &address, NULL) &&
                      connect (port->remote, (struct sockaddr *)&address, sizeof address) == 0;
    return port->connected;
}

gboolean
port_open (Port *port, const PortOptions *options, GError **error)
{
    *port = (Port){ .options = options, .local = BOUND_SOCKET_INIT, .remote = -1 };
    if (!bound_socket_open (&port->local, SOCK_DGRAM, options->local, error)) {
        g_prefix_error (error, "port %s: ", options->name);
        return FALSE;
    }
    port->remote = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (port->remote < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "port %s: making a socket: %s",
                     options->name, g_strerror (errno));
        port_close (port);
        return FALSE;
    }
    for (guint i = 0; i < PORT_BATCH; i++)
        port->messages[i].msg_hdr.msg_iov = port->pieces[i];
    reconnect (port); /* a machine that is not there yet is no failure */
    return TRUE;
}

void
port_close (Port *port)
{
    bound_socket_close (&port->local);
    auto_fd_close (port->remote);
    port->remote = -1;
    frame_queue_clear (&port->queue);
}

static gsize
pieces_length (const struct iovec *pieces, guint n_pieces)
{
    gsize length = 0;

    for (guint i = 0; i < n_pieces; i++)
        length += pieces[i].iov_len;
    return length;
}

static void
enqueue (Port *port, const struct iovec *pieces, guint n_pieces)
{
    if (!frame_queue_push (&port->queue, pieces, n_pieces))
        port->counters.drops++;
}

typedef enum {
    SEND_DONE, /* all of them */
    SEND_FULL, /* the other end has no room now */
    SEND_GONE, /* nobody is at the other end */
} SendResult;

static gboolean
is_gone (int code)
{
    return code == ECONNREFUSED || code == ENOTCONN || code == ECONNRESET || code == ENOENT ||
           code == EPIPE || code == EDESTADDRREQ || code == EPROTOTYPE;
}

/* Sends messages from @first on.  @ret_next is the first that was not disposed
 * of: one that nobody will ever take (too long) is dropped on the way. */
static SendResult
send_messages (Port *port, guint first, guint n, guint *ret_next)
{
    gboolean may_reconnect = TRUE;

    *ret_next = first;
    while (*ret_next < n) {
        int sent = port->connected ? sendmmsg (port->remote, port->messages + *ret_next,
                                               n - *ret_next, MSG_DONTWAIT | MSG_NOSIGNAL)
                                   : (errno = ENOTCONN, -1);

        if (sent >= 0) {
            for (int i = 0; i < sent; i++)
                port->counters.tx_bytes += port->messages[*ret_next + i].msg_len;
            port->counters.tx_frames += sent;
            *ret_next += sent;
        } else if (errno == EAGAIN) {
            return SEND_FULL;
        } else if (is_gone (errno)) {
            if (!may_reconnect || !reconnect (port)) {
                port->connected = FALSE;
                return SEND_GONE;
            }
            may_reconnect = FALSE;
        } else if (errno != EINTR) {
            port->counters.drops++;
            (*ret_next)++;
        }
    }
    return SEND_DONE;
}

void
port_stage (Port *port, const struct iovec *pieces, guint n_pieces)
{
    struct msghdr *message = &port->messages[port->n_staged].msg_hdr;

    g_assert (port->n_staged < PORT_BATCH && n_pieces <= PORT_PIECES);
    if (pieces_length (pieces, n_pieces) > FRAME_MAX) {
        port->counters.drops++;
        return;
    }
    memcpy (message->msg_iov, pieces, n_pieces * sizeof *pieces);
    message->msg_iovlen = n_pieces;
    port->n_staged++;
}

void
port_flush (Port *port)
{
    guint n = port->n_staged;
    guint next = 0;

    port->n_staged = 0;
    /* What waits goes first, when its time comes: order is kept. */
    if (port->queue.n_frames == 0) {
        SendResult result = send_messages (port, 0, n, &next);

        if (result == SEND_GONE) {
            port->counters.drops += n - next;
            return;
        }
    }
    for (; next < n; next++)
        enqueue (port, port->pieces[next], port->messages[next].msg_hdr.msg_iovlen);
}

void
port_drain (Port *port)
{
    struct iovec parts[PORT_BATCH][2];
    guint n = frame_queue_peek (&port->queue, parts, PORT_BATCH);
    guint next;

    for (guint i = 0; i < n; i++) {
        memcpy (port->pieces[i], parts[i], sizeof parts[i]);
        port->messages[i].msg_hdr.msg_iovlen = 2;
    }
    if (send_messages (port, 0, n, &next) == SEND_GONE) {
        port->counters.drops += port->queue.n_frames - next;
        frame_queue_pop (&port->queue, port->queue.n_frames);
        return;
    }
    frame_queue_pop (&port->queue, next);
}

gboolean
port_probe (Port *port)
{
    return reconnect (port);
}
