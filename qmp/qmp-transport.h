/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connected socket of a client: whole messages in, bytes and descriptors out. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

typedef struct QmpTransport QmpTransport;

typedef struct {
    /* one object, not validated; may close the transport */
    void (*message) (GBytes *message, gpointer user_data);
    /* the connection is over; called once, and not by qmp_transport_close() */
    void (*ended) (const GError *reason, gpointer user_data);
} QmpTransportHandlers;

/* @socket: (transfer full): connected.  Handlers are called from @context only.
 * @resync: the peer is a guest agent, see %QMP_STREAM_RESYNC */
QmpTransport *qmp_transport_new (GSocket *socket, GMainContext *context, gboolean resync,
                                 const QmpTransportHandlers *handlers, gpointer user_data);
/* Closes the socket; no handler is called any more.  May be called from a handler. */
void qmp_transport_shut (QmpTransport *self);
/* The same, and lets go of @self (nullable). */
void qmp_transport_close (QmpTransport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpTransport, qmp_transport_close)

/* Reads what the peer has sent so far, to its end if it is there, without waiting. */
void qmp_transport_drain (QmpTransport *self);

/* Sends @message, @fds (nullable) with its first byte.  What goes wrong is told through ended(),
 * after what the peer had still sent.  Returns: the place of the message's end in the output */
guint64 qmp_transport_send (QmpTransport *self, GBytes *message, GUnixFDList *fds);
/* Returns: whether the output up to @place is in the kernel's hands */
gboolean qmp_transport_has_written (const QmpTransport *self, guint64 place);
/* Returns: how many bytes wait to be written */
gsize qmp_transport_get_queued (const QmpTransport *self);
gboolean qmp_transport_passes_fds (const QmpTransport *self);

G_END_DECLS
