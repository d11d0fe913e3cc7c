/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the socket I/O of a client.  Reading is what ends a connection: when a write fails, what
 * the peer had sent before is still delivered, because the reply to `quit` is often in it.
 * A reset is an end like any other.  It does not know QMP. */
#include "qmp/qmp-transport.h"

#include <gio/gunixfdmessage.h>
#include <glib-unix.h>
#include <poll.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-source.h"
#include "qmp/qmp-stream.h"

/* One turn of the main loop reads at most READS_PER_TURN * READ_SIZE bytes, so that a peer that
 * never stops talking does not keep the loop to itself. */
#define READ_SIZE 32768
#define READS_PER_TURN 4

typedef struct {
    GBytes *bytes;
    gsize written;
    GUnixFDList *fds; /* nullable; gone when the first byte is out */
} Output;

struct QmpTransport {
    guint refs;
    gboolean receiving;
    GSocket *socket; /* NULL when closed */
    GMainContext *context;
    GSource *reader;
    GSource *writer;  /* only while the kernel takes no more */
    GSource *drainer; /* only after a write failed */
    QmpStream *stream;
    GQueue outputs; /* owned Output * */
    guint64 accepted;
    guint64 written;
    GError *write_error;
    const QmpTransportHandlers *handlers;
    gpointer user_data;
};

static void
output_free (Output *output)
{
    g_bytes_unref (output->bytes);
    g_clear_object (&output->fds);
    g_free (output);
}

static void
unref (QmpTransport *self)
{
    if (--self->refs > 0)
        return;
    g_main_context_unref (self->context);
    qmp_stream_free (self->stream);
    g_clear_error (&self->write_error);
    g_free (self);
}

void
qmp_transport_shut (QmpTransport *self)
{
    self->handlers = NULL;
    qmp_source_clear (&self->reader);
    qmp_source_clear (&self->writer);
    qmp_source_clear (&self->drainer);
    g_queue_clear_full (&self->outputs, (GDestroyNotify)output_free);
    if (self->socket)
        g_socket_close (self->socket, NULL);
    g_clear_object (&self->socket);
}

void
qmp_transport_close (QmpTransport *self)
{
    if (!self)
        return;
    qmp_transport_shut (self);
    unref (self);
}

static void
end (QmpTransport *self, const GError *reason)
{
    const QmpTransportHandlers *handlers = self->handlers;

    qmp_transport_shut (self);
    if (handlers)
        handlers->ended (reason, self->user_data);
}

static void
end_at_eof (QmpTransport *self, const char *what)
{
    g_autoptr (GError) reason = NULL;
    gsize unfinished = qmp_stream_get_unfinished (self->stream);

    if (unfinished)
        reason =
            g_error_new (QMP_ERROR, QMP_ERROR_CLOSED,
                         "%s in the middle of a message, after %" G_GSIZE_FORMAT " bytes of it",
                         what, unfinished);
    else
        reason = g_error_new_literal (QMP_ERROR, QMP_ERROR_CLOSED, what);
    end (self, reason);
}

static void
end_at_error (QmpTransport *self, const char *doing, const GError *error)
{
    g_autoptr (GError) reason =
        g_error_new (QMP_ERROR, QMP_ERROR_CLOSED, "%s: %s", doing, error->message);

    end (self, reason);
}

/* Hands out what is complete; a handler may close us. */
static void
deliver (QmpTransport *self)
{
    while (self->handlers) {
        g_autoptr (GBytes) message = NULL;
        g_autoptr (GError) error = NULL;

        if (!qmp_stream_next (self->stream, &message, &error))
            end (self, error);
        else if (!message)
            return;
        else
            self->handlers->message (message, self->user_data);
    }
}

/* Returns: whether there may be more to read at once */
static gboolean
receive (QmpTransport *self)
{
    g_autoptr (GError) error = NULL;
    char buffer[READ_SIZE];
    gssize n = g_socket_receive (self->socket, buffer, sizeof buffer, NULL, &error);

    if (n > 0) {
        qmp_stream_push (self->stream, buffer, n);
        deliver (self);
        return self->handlers && (n == sizeof buffer || self->write_error);
    }
    if (n == 0)
        end_at_eof (self, "the peer closed the connection");
    else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        end_at_eof (self, "the peer reset the connection");
    else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        end_at_error (self, "reading from the peer", error);
    else if (self->write_error)
        end_at_error (self, "writing to the peer", self->write_error);
    return FALSE;
}

static void
receive_turn (QmpTransport *self)
{
    if (self->receiving) /* a callback runs a main loop of its own */
        return;
    self->receiving = TRUE;
    self->refs++;
    for (guint i = 0; i < READS_PER_TURN && receive (self); i++)
        ;
    self->receiving = FALSE;
    unref (self);
}

void
qmp_transport_drain (QmpTransport *self)
{
    struct pollfd poll_fd = { .events = POLLIN };

    if (self->receiving)
        return;
    self->receiving = TRUE;
    self->refs++;
    while (self->handlers && self->socket) {
        poll_fd.fd = g_socket_get_fd (self->socket);
        if (poll (&poll_fd, 1, 0) <= 0)
            break;
        receive (self);
    }
    self->receiving = FALSE;
    unref (self);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
    receive_turn (user_data);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_drain (gpointer user_data)
{
    receive_turn (user_data);
    return G_SOURCE_CONTINUE; /* until the end has been read, which destroys this source */
}

/* Returns: bytes written, -1 on error */
static gssize
write_output (QmpTransport *self, Output *output, GError **error)
{
    gsize size;
    const char *data = g_bytes_get_data (output->bytes, &size);
    GOutputVector vector = { data + output->written, size - output->written };
    GSocketControlMessage *attached;
    gssize n;

    if (!output->fds)
        return g_socket_send (self->socket, vector.buffer, vector.size, NULL, error);
    attached = g_unix_fd_message_new_with_fd_list (output->fds);
    n = g_socket_send_message (self->socket, NULL, &vector, 1, &attached, 1, G_SOCKET_MSG_NONE,
                               NULL, error);
    g_object_unref (attached);
    if (n > 0) /* the descriptors went with the first byte: never again with a later one */
        g_clear_object (&output->fds);
    return n;
}

static void
stop_writing (QmpTransport *self, GError *error)
{
    qmp_source_clear (&self->writer);
    g_queue_clear_full (&self->outputs, (GDestroyNotify)output_free);
    self->write_error = error;
    self->drainer = g_idle_source_new ();
    g_source_set_priority (self->drainer, G_PRIORITY_DEFAULT);
    g_source_set_callback (self->drainer, on_drain, self, NULL);
    g_source_attach (self->drainer, self->context);
}

/* Returns: whether the kernel would take more */
static gboolean
write_some (QmpTransport *self)
{
    Output *output = g_queue_peek_head (&self->outputs);
    g_autoptr (GError) error = NULL;
    gssize n = write_output (self, output, &error);

    if (n < 0) {
        if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            stop_writing (self, g_steal_pointer (&error));
        return FALSE;
    }
    output->written += n;
    self->written += n;
    if (output->written == g_bytes_get_size (output->bytes))
        output_free (g_queue_pop_head (&self->outputs));
    return TRUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
    QmpTransport *self = user_data;

    while (!g_queue_is_empty (&self->outputs) && write_some (self))
        ;
    if (g_queue_is_empty (&self->outputs))
        qmp_source_clear (&self->writer);
    return G_SOURCE_CONTINUE;
}

QmpTransport *
qmp_transport_new (GSocket *socket, GMainContext *context, gboolean resync,
                   const QmpTransportHandlers *handlers, gpointer user_data)
{
    QmpTransport *self = g_new0 (QmpTransport, 1);

    self->refs = 1;
    self->socket = socket;
    self->context = g_main_context_ref (context);
    self->stream = qmp_stream_new (0, resync ? QMP_STREAM_RESYNC : QMP_STREAM_DEFAULT);
    self->handlers = handlers;
    self->user_data = user_data;
    g_queue_init (&self->outputs);
    g_socket_set_blocking (socket, FALSE);
    self->reader = g_unix_fd_source_new (g_socket_get_fd (socket), G_IO_IN);
    g_source_set_callback (self->reader, G_SOURCE_FUNC (on_readable), self, NULL);
    /* otherwise GLib takes it out of the poll during each dispatch, which costs a turn more */
    g_source_set_can_recurse (self->reader, TRUE);
    g_source_attach (self->reader, context);
    return self;
}

guint64
qmp_transport_send (QmpTransport *self, GBytes *message, GUnixFDList *fds)
{
    Output *output;

    self->accepted += g_bytes_get_size (message);
    if (!self->socket || self->write_error) /* the end is on its way to the owner */
        return self->accepted;
    output = g_new0 (Output, 1);
    output->bytes = g_bytes_ref (message);
    output->fds = fds ? g_object_ref (fds) : NULL;
    g_queue_push_tail (&self->outputs, output);
    if (self->writer)
        return self->accepted;
    while (!g_queue_is_empty (&self->outputs) && write_some (self))
        ;
    if (!g_queue_is_empty (&self->outputs)) {
        self->writer = g_unix_fd_source_new (g_socket_get_fd (self->socket), G_IO_OUT);
        g_source_set_callback (self->writer, G_SOURCE_FUNC (on_writable), self, NULL);
        g_source_attach (self->writer, self->context);
    }
    return self->accepted;
}

gboolean
qmp_transport_has_written (const QmpTransport *self, guint64 place)
{
    return self->written >= place;
}

gsize
qmp_transport_get_queued (const QmpTransport *self)
{
    return (gsize)(self->write_error ? 0 : self->accepted - self->written);
}

gboolean
qmp_transport_passes_fds (const QmpTransport *self)
{
    return self->socket && g_socket_get_family (self->socket) == G_SOCKET_FAMILY_UNIX;
}
