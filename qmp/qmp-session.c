/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the life of one client's connection and when it reads and writes.  What becomes of the
 * input is in qmp-session-input, what the client gets in qmp-session-output.
 *
 * OPEN -> CLOSING   qmp_session_close(), or the client sends no more and all is answered
 * OPEN, CLOSING -> ENDED   all is written; the client is gone; an error; a ceiling
 * ENDED -> CLOSED   closed() is called from the main loop, or qmp_session_free()
 */
#include "qmp/qmp-session.h"

#include <string.h>

#include "qmp/qmp-session-private.h"
#include "qmp/qmp-writer.h"

/* Limits on what the peer controls; those that owners may want to know are in the header */
#define LINGER_US (2 * G_USEC_PER_SEC) /* for a client to take the rest when closing */
#define DRAIN_MAX (1u << 20) /* unread bytes taken before closing, so that it is no reset */

typedef struct {
    GSource source;
    QmpSession *session;
} SessionSource;

/* --- life ---------------------------------------------------------------------------------- */

static void
session_unref (QmpSession *self)
{
    if (--self->ref_count > 0)
        return;
    g_clear_error (&self->reason);
    g_clear_object (&self->credentials);
    g_clear_object (&self->connection);
    g_hash_table_unref (self->pending);
    g_free (self);
}

/* The kernel answers unread input with a reset, which takes the last replies away from some
 * clients: what is there is read first. */
static void
hang_up (QmpSession *self)
{
    char scratch[4096];

    g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
    for (gsize n = 0; n < DRAIN_MAX; n += sizeof scratch)
        if (g_socket_receive (self->socket, scratch, sizeof scratch, NULL, NULL) <= 0)
            break;
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
}

/* @reason: (transfer full) (nullable) */
void
qmp_session_end (QmpSession *self, GError *reason)
{
    if (self->state >= QMP_SESSION_ENDED) {
        g_clear_error (&reason);
        return;
    }
    self->state = QMP_SESSION_ENDED;
    self->reason = reason;
    qmp_session_detach_requests (self);
    self->stats.bytes_in += self->intake.n_bytes;
    qmp_intake_clear (&self->intake);
    self->stats.fds_closed += self->intake.n_closed;
    self->intake = (QmpIntake){ 0 };
    qmp_outbox_clear (&self->outbox);
    g_source_remove_unix_fd (self->source, g_steal_pointer (&self->tag));
    hang_up (self);
}

static gboolean
is_gone (const GError *error)
{
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED); /* and a reset */
}

void
qmp_session_end_failed (QmpSession *self, GError *error, const char *doing)
{
    if (is_gone (error))
        g_clear_error (&error);
    else
        g_prefix_error (&error, "QMP client: %s: ", doing);
    qmp_session_end (self, error);
}

/* --- the main loop -------------------------------------------------------------------------- */

/* All that was asked for is answered, and nothing more will come. */
static gboolean
is_finished (QmpSession *self)
{
    return self->input_ended && !qmp_intake_has_bytes (&self->intake) &&
           g_hash_table_size (self->pending) == 0 && self->turns.length == 0;
}

static void
start_closing (QmpSession *self)
{
    if (self->state != QMP_SESSION_OPEN)
        return;
    self->state = QMP_SESSION_CLOSING;
    self->linger = g_get_monotonic_time () + LINGER_US;
}

gboolean
qmp_session_is_paused (QmpSession *self)
{
    return g_hash_table_size (self->pending) > QMP_SESSION_PENDING_MAX ||
           self->turns.length > QMP_SESSION_PENDING_MAX ||
           self->pending_size > QMP_SESSION_QUEUE_MAX ||
           self->outbox.length > QMP_SESSION_QUEUE_MAX / 2;
}

static void
wait_for (QmpSession *self, GIOCondition wanted)
{
    if (wanted != self->wanted)
        g_source_modify_unix_fd (self->source, self->tag, wanted);
    self->wanted = wanted;
}

static void
wait_until (QmpSession *self, gint64 when)
{
    if (when != self->when)
        g_source_set_ready_time (self->source, when);
    self->when = when;
}

/* Says what the session waits for; the last call of everything that changes it. */
void
qmp_session_update (QmpSession *self)
{
    GIOCondition wanted = G_IO_HUP | G_IO_ERR;
    gint64 when = -1;

    if (self->corked || self->state == QMP_SESSION_CLOSED)
        return;
    qmp_session_flush (self);
    if (self->state == QMP_SESSION_OPEN && is_finished (self))
        start_closing (self);
    if (self->state == QMP_SESSION_CLOSING && self->outbox.length == 0)
        qmp_session_end (self, NULL);
    if (self->state == QMP_SESSION_ENDED) {
        wait_until (self, 0);
        return;
    }
    if (self->outbox.length > 0)
        wanted |= G_IO_OUT;
    if (self->state == QMP_SESSION_CLOSING)
        when = self->linger;
    else if (!qmp_session_is_paused (self) && qmp_intake_has_bytes (&self->intake))
        when = 0;
    else if (!qmp_session_is_paused (self) && !self->input_ended)
        wanted |= G_IO_IN;
    wait_for (self, wanted);
    wait_until (self, when);
}

/* Says so in the next turn of the main loop, unless something else does before. */
void
qmp_session_update_soon (QmpSession *self)
{
    if (!self->corked && self->state != QMP_SESSION_CLOSED)
        wait_until (self, 0);
}

static void
tell_closed (QmpSession *self)
{
    self->state = QMP_SESSION_CLOSED;
    g_source_destroy (self->source);
    if (self->handlers.closed)
        self->handlers.closed (self, self->reason, self->user_data);
}

static void
run (QmpSession *self)
{
    GIOCondition happened = g_source_query_unix_fd (self->source, self->tag);

    if (self->state == QMP_SESSION_OPEN && !qmp_session_is_paused (self)) {
        self->corked++;
        qmp_session_read (self);
        self->corked--;
    } else if (happened & (G_IO_HUP | G_IO_ERR)) {
        qmp_session_end (self, NULL);
    }
    if (self->state == QMP_SESSION_OPEN && self->input_ended && (happened & (G_IO_HUP | G_IO_ERR)))
        qmp_session_end (self, NULL);
    if (self->state == QMP_SESSION_CLOSING && self->linger <= g_get_monotonic_time ())
        qmp_session_end (self, g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                            "QMP client: closed with %" G_GSIZE_FORMAT
                                            " bytes unsent, because it does not read",
                                            self->outbox.length));
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
    QmpSession *self = ((SessionSource *)source)->session;

    if (self->dispatching) /* a handler runs a main loop of its own */
        return G_SOURCE_CONTINUE;
    self->dispatching = TRUE;
    self->ref_count++;
    if (self->state == QMP_SESSION_ENDED) {
        tell_closed (self);
    } else {
        run (self);
        qmp_session_update (self);
    }
    self->dispatching = FALSE;
    session_unref (self);
    return G_SOURCE_CONTINUE;
}

/* --- public ---------------------------------------------------------------------------------- */

QmpSession *
qmp_session_new (GSocketConnection *connection, const char *greeting, gboolean offer_oob,
                 const QmpSessionHandlers *handlers, gpointer user_data)
{
    static GSourceFuncs funcs = { .dispatch = dispatch };
    QmpSession *self;

    g_return_val_if_fail (G_IS_SOCKET_CONNECTION (connection), NULL);
    g_return_val_if_fail (greeting && handlers && handlers->request, NULL);
    self = g_new0 (QmpSession, 1);
    self->ref_count = 1;
    self->handlers = *handlers;
    self->user_data = user_data;
    self->offer_oob = offer_oob;
    self->connection = g_object_ref (connection);
    self->socket = g_socket_connection_get_socket (connection);
    g_socket_set_blocking (self->socket, FALSE);
    self->credentials = g_socket_get_credentials (self->socket, NULL);
    self->pending = g_hash_table_new (NULL, NULL);
    qmp_intake_init (&self->intake, self->socket);
    self->wanted = G_IO_IN;
    self->when = -1;
    self->source = g_source_new (&funcs, sizeof (SessionSource));
    ((SessionSource *)self->source)->session = self;
    g_source_set_static_name (self->source, "QmpSession");
    self->tag = g_source_add_unix_fd (self->source, g_socket_get_fd (self->socket), G_IO_IN);
    /* GLib would take the socket out of the poll during each dispatch and put it back, and each of
     * the two wakes the loop up for a turn more */
    g_source_set_can_recurse (self->source, TRUE);
    g_source_attach (self->source, g_main_context_get_thread_default ());
    qmp_session_push (self, qmp_writer_line (greeting, strlen (greeting)));
    qmp_session_update (self);
    return self;
}

void
qmp_session_refuse (GSocketConnection *connection, const char *error_class, const char *format, ...)
{
    g_autofree char *text = NULL;
    GString *line;
    va_list values;

    g_return_if_fail (G_IS_SOCKET_CONNECTION (connection));
    va_start (values, format);
    text = g_strdup_vprintf (format, values);
    va_end (values);
    line = qmp_writer_error (error_class, text, NULL);
    g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);
    g_socket_send (g_socket_connection_get_socket (connection), line->str, line->len, NULL, NULL);
    g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
    g_string_free (line, TRUE);
}

void
qmp_session_free (QmpSession *self)
{
    if (!self)
        return;
    qmp_session_end (self, NULL);
    self->state = QMP_SESSION_CLOSED;
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
    session_unref (self);
}

void
qmp_session_close (QmpSession *self)
{
    start_closing (self);
    qmp_session_update (self);
}

void
qmp_session_fail (QmpSession *self, const char *error_class, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list values;

    if (self->state != QMP_SESSION_OPEN)
        return;
    va_start (values, format);
    text = g_strdup_vprintf (format, values);
    va_end (values);
    qmp_session_push (self, qmp_writer_error (error_class, text, NULL));
    qmp_session_close (self);
}

gboolean
qmp_session_is_ready (QmpSession *self)
{
    return self->ready;
}

gboolean
qmp_session_has_oob (QmpSession *self)
{
    return self->oob;
}

GCredentials *
qmp_session_get_credentials (QmpSession *self)
{
    return self->credentials;
}

void
qmp_session_get_stats (QmpSession *self, QmpSessionStats *stats)
{
    *stats = self->stats;
    stats->bytes_in += self->intake.n_bytes;
    stats->fds_closed += self->intake.n_closed;
    stats->queued = self->outbox.length;
    stats->pending = g_hash_table_size (self->pending);
}
