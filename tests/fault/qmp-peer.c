/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the peer of the client's tests: a socket, the commands that came, and what to send. */
#include "tests/fault/qmp-peer.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/qmp-scan.h"
#include "tests/unit/wait.h"

void
outcome_clear (Outcome *outcome)
{
    g_clear_pointer (&outcome->reply, qmp_reply_free);
    g_clear_pointer (&outcome->node, json_node_unref);
    g_clear_error (&outcome->error);
    memset (outcome, 0, sizeof *outcome);
}

/* One outcome may serve many operations; it keeps what the last came to. */
static Outcome *
begin_outcome (Outcome *outcome)
{
    guint n_calls = outcome->n_calls + 1;

    outcome_clear (outcome);
    outcome->n_calls = n_calls;
    return outcome;
}

void
outcome_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Outcome *outcome = begin_outcome (user_data);

    outcome->done = qmp_client_connect_finish (QMP_CLIENT (source), result, &outcome->error);
}

void
outcome_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Outcome *outcome = begin_outcome (user_data);

    outcome->reply = qmp_client_call_finish (QMP_CLIENT (source), result, &outcome->error);
    outcome->done = outcome->reply != NULL;
}

void
outcome_executed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Outcome *outcome = begin_outcome (user_data);

    outcome->node = qmp_client_execute_finish (QMP_CLIENT (source), result, &outcome->error);
    outcome->done = outcome->node != NULL;
}

static void
count_fds (Peer *self, struct msghdr *header)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR (header); part; part = CMSG_NXTHDR (header, part)) {
        guint n = (part->cmsg_len - CMSG_LEN (0)) / sizeof (int);

        for (guint i = 0; i < n; i++) {
            int fd;

            memcpy (&fd, CMSG_DATA (part) + i * sizeof fd, sizeof fd);
            close (fd);
            self->n_fds++;
            self->fd_place = self->n_bytes;
        }
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
    Peer *self = user_data;
    char bytes[65536];
    union {
        char space[CMSG_SPACE (32 * sizeof (int))];
        struct cmsghdr align;
    } control;
    struct iovec vector = { bytes, sizeof bytes };
    struct msghdr header = { .msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control };
    ssize_t n = recvmsg (fd, &header, MSG_DONTWAIT);
    GBytes *message;

    if (n <= 0)
        return n < 0 && errno == EAGAIN ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
    count_fds (self, &header);
    self->n_bytes += n;
    qmp_stream_push (self->stream, bytes, n);
    while (qmp_stream_next (self->stream, &message, NULL) && message) {
        gsize length = g_bytes_get_size (message);

        g_ptr_array_add (self->commands, g_strndup (g_bytes_get_data (message, NULL), length));
        g_bytes_unref (message);
    }
    return G_SOURCE_CONTINUE;
}

void
peer_set_reading (Peer *self, gboolean reading)
{
    if (self->reader) {
        g_source_destroy (self->reader);
        g_clear_pointer (&self->reader, g_source_unref);
    }
    if (!reading)
        return;
    self->reader = g_unix_fd_source_new (self->fd, G_IO_IN);
    g_source_set_callback (self->reader, G_SOURCE_FUNC (on_readable), self, NULL);
    g_source_attach (self->reader, NULL);
}

Peer *
peer_new_for_fd (int fd)
{
    Peer *self = g_new0 (Peer, 1);

    self->fd = fd;
    g_unix_set_fd_nonblocking (fd, TRUE, NULL);
    self->stream = qmp_stream_new (0, QMP_STREAM_DEFAULT);
    self->commands = g_ptr_array_new_with_free_func (g_free);
    peer_set_reading (self, TRUE);
    return self;
}

Peer *
peer_new (int *client_fd)
{
    int fds[2];

    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    *client_fd = fds[1];
    return peer_new_for_fd (fds[0]);
}

void
peer_hang_up (Peer *self)
{
    peer_set_reading (self, FALSE);
    if (self->fd >= 0)
        close (self->fd);
    self->fd = -1;
}

void
peer_reset (Peer *self)
{
    int n = 0;

    peer_set_reading (self, FALSE);
    ck_wait (ioctl (self->fd, FIONREAD, &n) == 0 && n > 0);
    peer_hang_up (self);
}

void
peer_free (Peer *self)
{
    peer_hang_up (self);
    qmp_stream_free (self->stream);
    g_ptr_array_unref (self->commands);
    g_free (self);
}

void
peer_send (Peer *self, const char *text, gssize length)
{
    gsize left = length < 0 ? strlen (text) : (gsize)length;

    while (left > 0) {
        ssize_t n = send (self->fd, text, left, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n < 0 && errno != EAGAIN)
            return; /* the client has left, which may be what the test wants */
        if (n < 0) {
            g_main_context_iteration (NULL, TRUE);
            continue;
        }
        text += n;
        left -= n;
    }
}

void
peer_dribble (Peer *self, const char *text)
{
    for (; *text; text++) {
        peer_send (self, text, 1);
        wait_settle ();
    }
}

char *
peer_take (Peer *self)
{
    ck_wait (self->commands->len > 0);
    return g_ptr_array_steal_index (self->commands, 0);
}

guint64
peer_expect (Peer *self, const char *command)
{
    g_autofree char *text = peer_take (self), *name = NULL;
    const QmpMember *execute, *id;
    gint64 number;
    QmpObject object;

    ck_assert (qmp_scan_object (text, strlen (text), QMP_SCAN_STRICT, &object, NULL));
    execute = qmp_object_find (&object, "execute");
    if (!execute)
        execute = qmp_object_find (&object, "exec-oob");
    id = qmp_object_find (&object, "id");
    ck_assert (execute && id);
    ck_assert_ptr_eq (id, &object.members[object.n_members - 1]);
    name = qmp_slice_to_string (execute->value, execute->value_length);
    ck_assert_str_eq (name, command);
    ck_assert (qmp_slice_to_int64 (id->value, id->value_length, &number));
    return (guint64)number;
}

void
peer_return (Peer *self, guint64 id)
{
    g_autofree char *text =
        g_strdup_printf ("{\"return\": {}, \"id\": %" G_GUINT64_FORMAT "}\r\n", id);

    peer_send (self, text, -1);
}

void
peer_handshake (Peer *self)
{
    peer_send (self, PEER_GREETING, -1);
    peer_return (self, peer_expect (self, "qmp_capabilities"));
}

QmpClient *
peer_connect (QmpClientFlags flags, Peer **peer)
{
    QmpClient *client = qmp_client_new (flags);
    Outcome outcome = { 0 };
    int fd;

    *peer = peer_new (&fd);
    qmp_client_connect_fd_async (client, fd, 10000, NULL, outcome_connected, &outcome);
    if (!(flags & QMP_CLIENT_NO_GREETING))
        peer_handshake (*peer);
    ck_wait (outcome.n_calls);
    ck_assert (outcome.done);
    return client;
}

void
peer_call (QmpClient *client, const char *command, Outcome *outcome)
{
    qmp_client_call_async (client, command, NULL, 0, NULL, NULL, outcome_called, outcome);
}
