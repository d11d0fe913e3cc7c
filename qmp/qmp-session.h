/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpSession: the server side of one QMP connection.  It greets, negotiates, answers malformed
 * input as QEMU does, frames both directions and bounds what it queues; what the commands mean is
 * its owner's business. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct QmpSession QmpSession;

/* One well-formed command of a negotiated client.  All bytes are strict, minified JSON. */
typedef struct {
    char *id;        /* the client's own bytes of the id; NULL when it sent none */
    char *command;
    char *arguments; /* an object; NULL when absent */
    gboolean oob;
    int *fds;        /* descriptors that came with it, owned */
    guint n_fds;
} QmpRequest;

typedef struct {
    /* negotiation is done: from now on qmp_session_send_event() reaches the client */
    void (*ready) (QmpSession *session, gpointer user_data);
    /* @request: (transfer full): is answered once, now or later, by one of the functions below */
    void (*request) (QmpSession *session, QmpRequest *request, gpointer user_data);
    /* the client is gone, or was dropped for @reason; called once, then nothing more; the owner
     * frees the session */
    void (*closed) (QmpSession *session, const GError *reason, gpointer user_data);
} QmpSessionHandlers;

/* @connection: (transfer none).  @greeting: one JSON object, sent first. @offer_oob: accept "oob"
 * in the negotiation.  The session starts at once; handlers are called from the main loop. */
QmpSession *qmp_session_new (GSocketConnection *connection, const char *greeting,
                             gboolean offer_oob, const QmpSessionHandlers *handlers,
                             gpointer user_data);
/* Drops the connection without calling closed(). */
void qmp_session_free (QmpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpSession, qmp_session_free)

/* Each answers and frees @request: with a return value, with JSON bytes of a return or error
 * member, or with an error. */
void qmp_session_return (QmpSession *session, QmpRequest *request, JsonNode *value);
void qmp_session_return_bytes (QmpSession *session, QmpRequest *request, const char *value,
                               gsize length);
void qmp_session_error_bytes (QmpSession *session, QmpRequest *request, const char *error,
                              gsize length);
void qmp_session_error (QmpSession *session, QmpRequest *request, const char *error_class,
                        const char *format, ...) G_GNUC_PRINTF (4, 5);
void qmp_request_free (QmpRequest *request);

/* Sends a whole event object, without line end, when the client has negotiated. */
void qmp_session_send_event (QmpSession *session, const char *event, gsize length);

/* Writes what is queued, then closes; closed() is called. */
void qmp_session_close (QmpSession *session);

gboolean qmp_session_is_ready (QmpSession *session);
gboolean qmp_session_has_oob (QmpSession *session);
/* Returns: (transfer none): the peer's credentials as the kernel gave them; NULL where unknown */
GCredentials *qmp_session_get_credentials (QmpSession *session);

G_END_DECLS
