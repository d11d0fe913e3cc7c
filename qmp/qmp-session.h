/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpSession: the server side of one QMP connection.  It greets, negotiates, answers malformed
 * input as QEMU does, frames both directions and bounds what it queues; what the commands mean is
 * its owner's business. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Limits of one session on what its client controls */
#define QMP_SESSION_QUEUE_MAX (8u << 20) /* bytes that wait for a client that does not read */
#define QMP_SESSION_PENDING_MAX                                                                    \
    8 /* unanswered commands; with one more, reading pauses, as                                    \
       * it does with QUEUE_MAX bytes of their arguments */

typedef struct QmpSession QmpSession;

/* One well-formed command of a negotiated client.  All bytes are strict, minified JSON: names and
 * values as the client wrote them, without white space and with single quotes made double. */
typedef struct {
    char *id;        /* the client's own bytes of the id; NULL when it sent none */
    char *command;   /* letters, digits, '-', '_', '.': other names are answered by the session */
    char *arguments; /* an object; NULL when absent */
    gboolean oob;
    int *fds; /* descriptors that came with it, owned, at most 16; set to NULL to keep them */
    guint n_fds;
} QmpRequest;

/* Handlers may call any function of the session, qmp_session_free() too. */
typedef struct {
    /* (nullable): negotiation is done: from now on qmp_session_send_event() reaches the client */
    void (*ready) (QmpSession *session, gpointer user_data);
    /* @request: (transfer full): is answered once, now or later, by one of the functions below, or
     * given to qmp_request_free() for a command that has no reply.  Up to QMP_SESSION_PENDING_MAX
     * + 1 requests are handed over before the first is answered; the order of the answers is the
     * owner's business. */
    void (*request) (QmpSession *session, QmpRequest *request, gpointer user_data);
    /* (nullable): the connection has ended: @reason is NULL when the client left or
     * qmp_session_close() is done, else why it was dropped.  Called once, from the main loop and
     * never from inside a function of the session; then nothing more; the owner frees the session
     */
    void (*closed) (QmpSession *session, const GError *reason, gpointer user_data);
} QmpSessionHandlers;

/* What a session has seen so far. */
typedef struct {
    guint64 commands; /* well-formed ones, negotiation included */
    guint64 faults;   /* inputs that were answered with an error of the session's own */
    guint64 replies;  /* of the owner */
    guint64 events;
    guint64 bytes_in;
    guint64 bytes_out;
    guint64 fds_closed; /* descriptors that belonged to no command */
    gsize queued;       /* bytes that wait to be written now */
    guint pending;      /* commands that are unanswered now */
} QmpSessionStats;

/**
 * qmp_session_new:
 * @connection: (transfer none): a connected stream socket; kept until the session ends
 * @greeting: one JSON object on one line, sent first
 * @offer_oob: accept "oob" in the negotiation
 * @handlers: is copied
 *
 * The session starts at once, in the thread-default main context.
 */
QmpSession *qmp_session_new (GSocketConnection *connection, const char *greeting,
                             gboolean offer_oob, const QmpSessionHandlers *handlers,
                             gpointer user_data);

/**
 * qmp_session_refuse:
 * @connection: (transfer none): a client that gets no session
 *
 * Tells the client why, in place of a greeting, as far as its socket takes it now, and closes the
 * connection.
 */
void qmp_session_refuse (GSocketConnection *connection, const char *error_class, const char *format,
                         ...) G_GNUC_PRINTF (3, 4);

/**
 * qmp_session_free:
 * @session: (nullable)
 *
 * Drops the connection without calling closed().  Requests that are not answered yet stay valid
 * until qmp_request_free().
 */
void qmp_session_free (QmpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpSession, qmp_session_free)

/* Each answers and frees @request: with a return value, with JSON bytes of a return or error
 * member (on one line), or with an error.  After the connection has ended they only free it. */
void qmp_session_return (QmpSession *session, QmpRequest *request, JsonNode *value);
void qmp_session_return_bytes (QmpSession *session, QmpRequest *request, const char *value,
                               gsize length);
void qmp_session_error_bytes (QmpSession *session, QmpRequest *request, const char *error,
                              gsize length);
void qmp_session_error (QmpSession *session, QmpRequest *request, const char *error_class,
                        const char *format, ...) G_GNUC_PRINTF (4, 5);

/**
 * qmp_request_free:
 * @request: (transfer full) (nullable)
 *
 * Frees a request without a reply and closes its descriptors.
 */
void qmp_request_free (QmpRequest *request);

/**
 * qmp_session_send_event:
 * @event: a whole event object on one line, without line end
 *
 * Does nothing before the client has negotiated.
 */
void qmp_session_send_event (QmpSession *session, const char *event, gsize length);

/**
 * qmp_session_queue_event:
 * @event: as above
 *
 * As qmp_session_send_event(), but written with the next reply or in the next turn of the main
 * loop, whichever comes first: many events of one turn are one write, and wake the client once.
 */
void qmp_session_queue_event (QmpSession *session, const char *event, gsize length);

/**
 * qmp_session_close:
 *
 * Reads no more, writes what is queued, then closes; closed() is called.  A client that does not
 * take the rest within two seconds loses it.
 */
void qmp_session_close (QmpSession *session);

/**
 * qmp_session_fail:
 *
 * Tells the client why, in an error without id, then closes as qmp_session_close() does.
 */
void qmp_session_fail (QmpSession *session, const char *error_class, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Returns: whether capabilities are negotiated, so that commands are taken */
gboolean qmp_session_is_ready (QmpSession *session);
/* Returns: whether the client has asked for out-of-band execution, and got it */
gboolean qmp_session_has_oob (QmpSession *session);
/* Returns: (transfer none): the peer's credentials as the kernel gave them; NULL where unknown */
GCredentials *qmp_session_get_credentials (QmpSession *session);
/* @stats: (out) */
void qmp_session_get_stats (QmpSession *session, QmpSessionStats *stats);

G_END_DECLS
