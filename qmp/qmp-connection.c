/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the life of a client's connection, from connect() to its end, and gives each message of the
 * peer to the one it is for.  Bytes are qmp-transport.c, the handshake is qmp-handshake.c, calls
 * qmp-calls.c.
 *
 *   IDLE ─► CONNECTING ─► GREETING ─► NEGOTIATING ─► READY
 *    ▲          │             │            │           │
 *    └──────────┴─────────────┴────────────┴───────────┘ qmp_connection_end()
 */
#include "qmp/qmp-client-private.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-scan.h"
#include "qmp/qmp-source.h"

/* A monitor that serves somebody else accepts and then says nothing, so there is always a
 * deadline. */
#define DEFAULT_CONNECT_TIMEOUT_MS 30000
/* Names of events are interned, which is for ever; QEMU has 52. */
#define MAX_NEW_EVENT_NAMES 1024
#define MAX_EVENT_NAME 128

static void
set_state (QmpClient *self, QmpClientState state)
{
    self->state = state;
}

/* The handshake is over, well or not: what it needed goes. */
static GTask *
stop_connecting (QmpClient *self)
{
    qmp_source_clear (&self->deadline);
    qmp_source_clear (&self->impatience);
    qmp_source_clear (&self->cancellation);
    g_clear_pointer (&self->dial, qmp_dial_free);
    return g_steal_pointer (&self->connect_task);
}

/* The one way out of every state but IDLE.  Callbacks run within. */
void
qmp_connection_end (QmpClient *self, const GError *reason, gboolean peer_left)
{
    g_autoptr (QmpTransport) transport = g_steal_pointer (&self->transport);
    g_autoptr (GTask) task = stop_connecting (self);
    g_autoptr (GError) kept = g_error_copy (reason); /* the owner of @reason may go */
    gboolean was_ready = self->state == QMP_CLIENT_READY;

    g_object_ref (self);
    if (transport)
        qmp_transport_shut (transport);
    set_state (self, QMP_CLIENT_IDLE);
    self->has_oob = FALSE;
    qmp_calls_end (self->calls, kept, peer_left);
    if (task)
        g_task_return_error (task, g_error_copy (kept));
    if (was_ready)
        qmp_client_emit (self, QMP_SIGNAL_CLOSED, 0, kept);
    g_object_unref (self);
}

void
qmp_connection_fail (QmpClient *self, GError *error)
{
    g_prefix_error (&error, "connecting to %s: ", self->peer);
    qmp_connection_end (self, error, FALSE);
    g_error_free (error);
}

void
qmp_connection_become_ready (QmpClient *self)
{
    g_autoptr (GTask) task = stop_connecting (self);

    set_state (self, QMP_CLIENT_READY);
    qmp_calls_open (self->calls, self->transport, self->has_oob);
    g_task_return_boolean (task, TRUE);
}

static void
handle_reply (QmpClient *self, GBytes *bytes, const QmpMessage *message)
{
    switch (self->state) {
    case QMP_CLIENT_NEGOTIATING:
        qmp_handshake_answered (self, message);
        return;
    case QMP_CLIENT_READY:
        break;
    case QMP_CLIENT_GREETING: /* of the client before us */
    case QMP_CLIENT_CONNECTING:
    case QMP_CLIENT_IDLE:
        self->counters.unknown_replies++;
        return;
    }
    switch (qmp_calls_reply (self->calls, bytes, message)) {
    case QMP_REPLY_WANTED:
        break;
    case QMP_REPLY_LATE:
        self->counters.late_replies++;
        break;
    case QMP_REPLY_UNKNOWN:
        self->counters.unknown_replies++;
        break;
    }
}

static void
refuse (QmpClient *self, const char *problem)
{
    g_autoptr (GError) error = g_error_new_literal (QMP_ERROR, QMP_ERROR_PROTOCOL, problem);

    qmp_connection_end (self, error, FALSE);
}

/* Returns: the quark of the event's name, 0 when it is none that we take */
static GQuark
event_quark (QmpClient *self, const char *name)
{
    GQuark quark;

    if (!name || !*name || strlen (name) > MAX_EVENT_NAME)
        return 0;
    quark = g_quark_try_string (name);
    if (quark)
        return quark;
    if (self->n_new_event_names == MAX_NEW_EVENT_NAMES)
        return 0;
    self->n_new_event_names++;
    return g_quark_from_string (name);
}

static void
handle_event (QmpClient *self, GBytes *bytes, const QmpMessage *message)
{
    g_autofree char *name = qmp_slice_to_string (message->body, message->body_length);
    GQuark quark = event_quark (self, name);
    QmpEvent event = {
        .message = bytes,
        .seconds = message->seconds,
        .microseconds = message->microseconds,
        .data = message->data,
        .data_length = message->data_length,
    };

    if (!quark) {
        refuse (self, "the peer sent an event without a usable name");
        return;
    }
    event.name = g_quark_to_string (quark);
    if (self->traffic) {
        QmpTraffic traffic = { .kind = QMP_TRAFFIC_EVENT };

        traffic.text = g_bytes_get_data (bytes, &traffic.length);
        self->traffic (self, &traffic, self->traffic_data);
    }
    qmp_client_emit (self, QMP_SIGNAL_EVENT, quark, &event);
}

static void
handle_message (GBytes *bytes, gpointer user_data)
{
    g_autoptr (QmpClient) self = g_object_ref (user_data); /* a callback may drop the last one */
    g_autoptr (GError) error = NULL;
    QmpMessage message;
    gsize length;
    const char *text = g_bytes_get_data (bytes, &length);

    if (!qmp_message_read (text, length, &message, &error)) {
        qmp_connection_end (self, error, FALSE);
        return;
    }
    switch (message.kind) {
    case QMP_MESSAGE_GREETING:
        if (self->state == QMP_CLIENT_GREETING || self->state == QMP_CLIENT_NEGOTIATING)
            qmp_handshake_greeted (self, bytes, &message);
        else
            refuse (self, "the peer greeted a second time");
        return;
    case QMP_MESSAGE_RETURN:
    case QMP_MESSAGE_ERROR:
        handle_reply (self, bytes, &message);
        return;
    case QMP_MESSAGE_EVENT:
        handle_event (self, bytes, &message);
        return;
    }
}

static const char *
state_when_ended (QmpClientState state)
{
    switch (state) {
    case QMP_CLIENT_GREETING:
        return "before its greeting: ";
    case QMP_CLIENT_NEGOTIATING:
        return "after its greeting: ";
    case QMP_CLIENT_IDLE:
    case QMP_CLIENT_CONNECTING:
    case QMP_CLIENT_READY:
        break;
    }
    return "";
}

static void
handle_ended (const GError *reason, gpointer user_data)
{
    QmpClient *self = user_data;
    gboolean peer_left = g_error_matches (reason, QMP_ERROR, QMP_ERROR_CLOSED);
    GError *error;

    if (self->state == QMP_CLIENT_READY) {
        qmp_connection_end (self, reason, peer_left);
        return;
    }
    error = g_error_copy (reason);
    g_prefix_error_literal (&error, state_when_ended (self->state));
    qmp_connection_fail (self, error);
}

static const QmpTransportHandlers transport_handlers = { handle_message, handle_ended };

/* @socket: (transfer full) */
void
qmp_connection_begin (QmpClient *self, GSocket *socket)
{
    gboolean agent = (self->flags & QMP_CLIENT_NO_GREETING) != 0;

    g_clear_pointer (&self->dial, qmp_dial_free);
    self->transport = qmp_transport_new (socket, self->context, agent, &transport_handlers, self);
    set_state (self, QMP_CLIENT_GREETING);
    if (agent)
        qmp_connection_become_ready (self);
}

static void
on_dialled (GSocket *socket, const GError *error, gpointer user_data)
{
    QmpClient *self = user_data;

    if (socket)
        qmp_connection_begin (self, socket);
    else
        qmp_connection_fail (self, g_error_copy (error));
}

/* Says which of the things that can hold up a connect it was. */
static GError *
explain_deadline (QmpClient *self)
{
    const GError *last = self->dial ? qmp_dial_get_last_error (self->dial) : NULL;
    const char *why = "";

    switch (self->state) {
    case QMP_CLIENT_CONNECTING:
        if (!last)
            why = "it does not accept the connection";
        else if (g_error_matches (last, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            why = "its queue is full: the monitor is in use by another client, and others wait";
        else if (g_error_matches (last, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            why = "there is no such socket";
        else
            why = last->message;
        break;
    case QMP_CLIENT_GREETING:
        why = "connected, but no greeting came: the monitor is in use by another client, or its "
              "process is stopped";
        break;
    case QMP_CLIENT_NEGOTIATING:
        why = "it greeted, but does not answer: its main loop is busy or stopped";
        break;
    case QMP_CLIENT_IDLE:
    case QMP_CLIENT_READY:
        break;
    }
    return g_error_new (QMP_ERROR, QMP_ERROR_NO_REPLY, "%s (gave up after %u ms)", why,
                        self->connect_timeout_ms);
}

static gboolean
on_connect_deadline (gpointer user_data)
{
    QmpClient *self = user_data;

    qmp_connection_fail (self, explain_deadline (self));
    return G_SOURCE_REMOVE;
}

static gboolean
on_connect_cancelled (GCancellable *cancellable, gpointer user_data)
{
    qmp_connection_fail (user_data,
                         g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
    return G_SOURCE_REMOVE;
}

void
qmp_connection_prepare (QmpClient *self, GTask *task, const char *peer, guint timeout_ms)
{
    GCancellable *cancellable = g_task_get_cancellable (task);

    set_state (self, QMP_CLIENT_CONNECTING);
    g_clear_pointer (&self->greeting, g_bytes_unref);
    g_clear_pointer (&self->context, g_main_context_unref);
    self->context = g_main_context_ref (g_task_get_context (task));
    g_free (self->peer);
    self->peer = g_strdup (peer);
    self->connect_task = task;
    self->connect_timeout_ms = timeout_ms ? timeout_ms : DEFAULT_CONNECT_TIMEOUT_MS;
    self->deadline = g_timeout_source_new (self->connect_timeout_ms);
    g_source_set_callback (self->deadline, on_connect_deadline, self, NULL);
    g_source_attach (self->deadline, self->context);
    if (cancellable) {
        self->cancellation = g_cancellable_source_new (cancellable);
        g_source_set_callback (self->cancellation, G_SOURCE_FUNC (on_connect_cancelled), self,
                               NULL);
        g_source_attach (self->cancellation, self->context);
    }
}

void
qmp_connection_dial (QmpClient *self, GSocketAddress *address, QmpDialRetry retry)
{
    self->dial = qmp_dial_new (address, retry, self->context, on_dialled, self);
}

void
qmp_connection_drop (QmpClient *self)
{
    g_assert (!self->connect_task); /* it would hold the client */
    set_state (self, QMP_CLIENT_IDLE);
    g_clear_pointer (&self->transport, qmp_transport_close);
}
