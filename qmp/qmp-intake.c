/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the way from the socket to the parser, and the descriptors until a command has them.
 *
 * The kernel hands descriptors over with a read that touches the bytes they were sent with, and
 * the same read may begin with bytes that were sent before those.  So a read looks first (peek):
 * when there are descriptors ahead, the bytes are parsed while they are still in the socket, and
 * then read up to the end of each input: what comes with such a read belongs to that input.  Some
 * clients send them with a space before the command, which is the beginning of its input.
 */
#include "qmp/qmp-intake.h"

#include <errno.h>
#include <gio/gunixfdmessage.h>
#include <sys/socket.h>
#include <unistd.h>

/* Limits on what the peer controls */
#define READ_SIZE (16u << 10) /* bytes taken at once */
#define FDS_MAX 16            /* descriptors kept for one input; more are closed */

void
qmp_intake_init (QmpIntake *self, GSocket *socket)
{
    *self = (QmpIntake){ .socket = socket,
                         .parser = qmp_parser_new (),
                         .fds = g_array_new (FALSE, FALSE, sizeof (int)) };
}

static void
close_fds (QmpIntake *self)
{
    for (guint i = 0; i < self->fds->len; i++)
        close (g_array_index (self->fds, int, i));
    self->n_closed += self->fds->len;
    g_array_set_size (self->fds, 0);
}

static void
drop_bytes (QmpIntake *self)
{
    g_clear_pointer (&self->bytes, g_free);
    self->length = self->at = 0;
    self->peeked = FALSE;
}

void
qmp_intake_clear (QmpIntake *self)
{
    if (self->fds)
        close_fds (self);
    g_clear_pointer (&self->fds, g_array_unref);
    g_clear_pointer (&self->parser, qmp_parser_free);
    drop_bytes (self);
}

gboolean
qmp_intake_has_bytes (const QmpIntake *self)
{
    return self->bytes != NULL;
}

static void
keep_fds (QmpIntake *self, GUnixFDMessage *message)
{
    g_autofree int *fds = NULL;
    int n = 0;

    close_fds (self); /* as QEMU does: of several sets the last one counts */
    fds = g_unix_fd_message_steal_fds (message, &n);
    for (int i = 0; i < n; i++) {
        if (self->fds->len < FDS_MAX) {
            g_array_append_val (self->fds, fds[i]);
        } else {
            close (fds[i]);
            self->n_closed++;
        }
    }
}

/* Takes nothing. There is no room for descriptors, so the kernel only tells that there are some. */
static gssize
look (QmpIntake *self, char *bytes, gsize length, gboolean *has_fds, GError **error)
{
    struct iovec vector = { bytes, length };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
    gssize got;

    do
        got = recvmsg (g_socket_get_fd (self->socket), &message, MSG_PEEK | MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
    *has_fds = (message.msg_flags & MSG_CTRUNC) != 0;
    return got;
}

/* Takes bytes and the descriptors that came with them. */
static gssize
receive (QmpIntake *self, char *bytes, gsize length, GError **error)
{
    GInputVector vector = { bytes, length };
    GSocketControlMessage **messages = NULL;
    int n_messages = 0, flags = 0;
    gssize got = g_socket_receive_message (self->socket, NULL, &vector, 1, &messages, &n_messages,
                                           &flags, NULL, error);

    for (int i = 0; i < n_messages; i++) {
        if (G_IS_UNIX_FD_MESSAGE (messages[i]))
            keep_fds (self, G_UNIX_FD_MESSAGE (messages[i]));
        g_object_unref (messages[i]);
    }
    g_free (messages);
    return got;
}

/* Takes @length bytes that have been looked at. */
static gboolean
take_peeked (QmpIntake *self, gsize length, GError **error)
{
    char scratch[1024];

    while (length > 0) {
        gssize got = receive (self, scratch, MIN (length, sizeof scratch), error);

        if (got <= 0)
            return FALSE;
        length -= got;
    }
    return TRUE;
}

static QmpIntakeStatus
classify (QmpIntake *self, gssize got, GError *failed, GError **error)
{
    if (got > 0)
        return QMP_INTAKE_BYTES;
    drop_bytes (self);
    if (got == 0)
        return QMP_INTAKE_END;
    if (g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        g_error_free (failed);
        return QMP_INTAKE_EMPTY;
    }
    g_propagate_error (error, failed);
    return QMP_INTAKE_FAILED;
}

QmpIntakeStatus
qmp_intake_fill (QmpIntake *self, GError **error)
{
    GError *failed = NULL;
    gssize got;

    g_return_val_if_fail (!self->bytes, QMP_INTAKE_BYTES);
    self->bytes = g_malloc (READ_SIZE);
    got = READ_SIZE;
    if (g_socket_get_family (self->socket) == G_SOCKET_FAMILY_UNIX)
        got = look (self, self->bytes, READ_SIZE, &self->peeked, &failed);
    if (got > 0 && !self->peeked)
        got = g_socket_receive (self->socket, self->bytes, got, NULL, &failed);
    self->length = MAX (got, 0);
    self->full = got == READ_SIZE;
    self->n_bytes += self->length;
    return classify (self, got, failed, error);
}

QmpInput *
qmp_intake_next (QmpIntake *self, int **request_fds, guint *n_fds)
{
    QmpInput *input = NULL;
    gsize used;

    *request_fds = NULL;
    *n_fds = 0;
    if (!self->bytes)
        return NULL;
    used = qmp_parser_feed (self->parser, self->bytes + self->at, self->length - self->at, &input);
    if (self->peeked && !take_peeked (self, used, NULL))
        self->length = self->at + used; /* the socket failed: the next read will say how */
    self->at += used;
    if (self->at == self->length)
        drop_bytes (self);
    if (input && !input->error && self->fds->len > 0) {
        *n_fds = self->fds->len;
        *request_fds = g_memdup2 (self->fds->data, self->fds->len * sizeof (int));
        g_array_set_size (self->fds, 0);
    } else if (input) {
        close_fds (self);
    } /* what came with white space between commands belongs to the next one */
    return input;
}
