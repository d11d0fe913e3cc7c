/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QmpClient: the client side of one QMP connection. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define QMP_TYPE_CLIENT (qmp_client_get_type ())
G_DECLARE_FINAL_TYPE (QmpClient, qmp_client, QMP, CLIENT, GObject)

typedef enum {
    QMP_CLIENT_IDLE,        /* not connected yet, or closed and free to connect again */
    QMP_CLIENT_CONNECTING,  /* waiting for connect() */
    QMP_CLIENT_GREETING,    /* waiting for the greeting */
    QMP_CLIENT_NEGOTIATING, /* waiting for the reply to qmp_capabilities */
    QMP_CLIENT_READY,       /* commands may be sent */
} QmpClientState;

typedef enum {
    QMP_CLIENT_DEFAULT = 0,
    QMP_CLIENT_WANT_OOB = 1 << 0,    /* negotiate out-of-band commands where they are offered */
    QMP_CLIENT_NO_GREETING = 1 << 1, /* the peer is a guest agent: no greeting, no negotiation */
} QmpClientFlags;

/* An event; the slices point into @message, which the event keeps. */
typedef struct {
    GBytes *message;  /* the whole object, as received */
    const char *name; /* interned */
    gint64 seconds;   /* -1 = not known */
    gint64 microseconds;
    const char *data; /* the data member as JSON; NULL when the event has none */
    gsize data_length;
} QmpEvent;

/**
 * qmp_event_get_data:
 *
 * Returns: (transfer full) (nullable): the data member; %NULL when the event has none
 * that is an object
 */
JsonNode *qmp_event_get_data (const QmpEvent *event);

/* A reply of the peer: exactly one of @value and @error is set; both point into
 * @message. */
typedef struct {
    GBytes *message;
    const char *value; /* the return member as JSON */
    gsize value_length;
    const char *error; /* the error member as JSON */
    gsize error_length;
} QmpReply;

typedef struct {
    gboolean oob;     /* send as exec-oob */
    guint timeout_ms; /* from now until the reply; 0 = none */
    const int *fds;   /* (transfer none): sent with the first byte; the command is a barrier */
    guint n_fds;
    guint origin; /* on whose behalf: told to the traffic function; 0 = the owner's own */
} QmpCallOptions;

/* What passes between a client and its peer, for those who record it. */
typedef enum { QMP_TRAFFIC_COMMAND, QMP_TRAFFIC_REPLY, QMP_TRAFFIC_EVENT } QmpTrafficKind;

typedef struct {
    QmpTrafficKind kind;
    guint origin;        /* of the call; 0 for events */
    guint64 id;          /* as the peer sees it; 0 for events */
    const char *command; /* of the call; NULL for events */
    const char *text; /* arguments (NULL when there are none); return or error; the whole event */
    gsize length;
    guint n_fds;
    gboolean oob;
    gboolean is_error;
} QmpTraffic;

/* Replies that belong to no call; they are dropped. */
typedef struct {
    guint64 unknown_replies; /* nobody here asked: of an earlier client of the same monitor, or
                              * errors that name no command */
    guint64 late_replies;    /* the call had ended at its deadline, or was cancelled */
} QmpClientCounters;

/* Callbacks.  Every _async function ends with exactly one call of its callback, from the thread
 * default main context of the one who called, never from within the _async function itself.  They
 * may close, free, call and connect as they like.  A pending operation holds the client.
 *
 * What a call can end with, besides a reply:
 *   QMP_ERROR_NO_REPLY       its deadline passed; the reply, when it comes, is dropped
 *   QMP_ERROR_CLOSED         not connected, or the peer closed or reset the connection
 *   QMP_ERROR_PROTOCOL       the peer sent what is no QMP; the connection has ended
 *   QMP_ERROR_TOO_LARGE      the command, or what waits for the peer, passed a limit (the
 *                            connection stays), or the peer did (it has ended)
 *   G_IO_ERROR_CANCELLED     by the cancellable
 *   G_IO_ERROR_INVALID_ARGUMENT, G_IO_ERROR_NOT_SUPPORTED  nothing was sent
 *   the reason given to qmp_client_close(), or G_IO_ERROR_CLOSED without one
 * A `quit` that was sent ends well when the peer then leaves without a reply.
 *
 * At most eight in-band calls are with the peer at a time, the others wait in their order; a call
 * whose deadline passed counts until its reply comes, as the peer is busy with it.  Out-of-band
 * calls do not wait.  Ids are never used twice, also not after connecting again: QEMU hands the
 * reply of a command to whoever is connected when it is done. */

/**
 * qmp_client_new:
 *
 * Returns: (transfer full): a client that is not connected
 */
QmpClient *qmp_client_new (QmpClientFlags flags);

/**
 * qmp_client_connect_path_async:
 * @path: of a Unix socket
 * @timeout_ms: for all of it, up to the reply to qmp_capabilities; 0 = 30 seconds.  There is
 *   always a deadline, because a monitor that serves another client accepts and stays silent
 *
 * Connects and negotiates.  While there is no socket yet, nobody listens, or the queue of the
 * listener is full, it is tried again with growing pauses.  A peer that closes before it is ready
 * has failed and is not tried again.
 */
void qmp_client_connect_path_async (QmpClient *self, const char *path, guint timeout_ms,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
/**
 * qmp_client_connect_address_async:
 *
 * The same for any stream address; tried again only while the queue of the listener is full.
 */
void qmp_client_connect_address_async (QmpClient *self, GSocketAddress *address, guint timeout_ms,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
/**
 * qmp_client_connect_fd_async:
 * @fd: (transfer full): a connected stream socket; closed also on error
 */
void qmp_client_connect_fd_async (QmpClient *self, int fd, guint timeout_ms,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
/**
 * qmp_client_connect_finish:
 *
 * Returns: whether the client is ready.  Otherwise @error is %QMP_ERROR_NO_REPLY when the deadline
 * passed, with a message that tells what was waited for; %QMP_ERROR_CLOSED when the peer left;
 * the peer's own error when it refused; %G_IO_ERROR_PENDING when the client was not idle
 */
gboolean qmp_client_connect_finish (QmpClient *self, GAsyncResult *result, GError **error);

/**
 * qmp_client_execute_async:
 * @arguments: (nullable) (transfer none): an object.  An integer has to be in a node of integer
 *   type, as QEMU refuses `1.0` where it wants an integer
 * @timeout_ms: from now until the reply; 0 = none
 *
 * The plain call: JSON in, JSON out.
 */
void qmp_client_execute_async (QmpClient *self, const char *command, JsonNode *arguments,
                               guint timeout_ms, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/**
 * qmp_client_execute_finish:
 *
 * Returns: (transfer full): the return member; %NULL for an error reply too, which is a GError of
 * %QMP_ERROR that keeps class and description.  json-glib has no unsigned 64-bit numbers: where
 * they matter, use qmp_client_call_async()
 */
JsonNode *qmp_client_execute_finish (QmpClient *self, GAsyncResult *result, GError **error);

/**
 * qmp_client_call_async:
 * @arguments: (nullable): one JSON object without space around it, @arguments_length bytes; sent
 *   as it is, after a check that it is valid
 * @options: (nullable) (transfer none): its descriptors are duplicated
 *
 * The call in bytes, for those who pass messages on.  A call with descriptors is a barrier: it is
 * sent when nothing is with the peer, and no in-band call is sent until its reply.
 */
void qmp_client_call_async (QmpClient *self, const char *command, const char *arguments,
                            gsize arguments_length, const QmpCallOptions *options,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
/**
 * qmp_client_call_finish:
 *
 * Returns: (transfer full) (nullable): the reply, also when it is an error; %NULL with @error when
 * there was none
 */
QmpReply *qmp_client_call_finish (QmpClient *self, GAsyncResult *result, GError **error);
void qmp_reply_free (QmpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpReply, qmp_reply_free)

/* How a submitted call ended: exactly one of @reply and @error is set; both belong to the caller.
 */
typedef void (*QmpReplyFunc) (const QmpReply *reply, const GError *error, gpointer user_data);

/**
 * qmp_client_submit:
 * @func: called once, unless %FALSE is returned
 *
 * The call of qmp_client_call_async() for those who pass messages on: @func is called while the
 * reply is read, so replies and events are told in exactly the order in which the peer sent them.
 * It comes from the main loop, or from within qmp_client_close().  The call does not hold the
 * client; when that is freed first, the call ends with %QMP_ERROR_CLOSED.
 *
 * Returns: whether the call was taken
 */
gboolean qmp_client_submit (QmpClient *self, const char *command, const char *arguments,
                            gsize arguments_length, const QmpCallOptions *options,
                            QmpReplyFunc func, gpointer user_data, GError **error);

typedef void (*QmpTrafficFunc) (QmpClient *self, const QmpTraffic *traffic, gpointer user_data);

/**
 * qmp_client_set_traffic_func:
 * @func: (nullable): is told of each command when it is sent, and of each reply to one and each
 *   event when it has come and before anybody else is; it makes no calls
 */
void qmp_client_set_traffic_func (QmpClient *self, QmpTrafficFunc func, gpointer user_data);

/**
 * qmp_client_close:
 * @reason: (nullable) (transfer none): why
 *
 * Ends the connection, if there is one; a connect in progress and every pending call end with
 * @reason, or %G_IO_ERROR_CLOSED.
 */
void qmp_client_close (QmpClient *self, const GError *reason);

/**
 * qmp_client_drain:
 *
 * Takes in what the peer has sent so far without waiting for more; for one who has learnt that the
 * peer is dead, and wants its last words first.  Handlers and callbacks run within.
 */
void qmp_client_drain (QmpClient *self);

/* Returns: how far the connection is; after "closed" it is idle, and may be begun again */
QmpClientState qmp_client_get_state (QmpClient *self);
/* Returns: whether out-of-band calls may be made on this connection */
gboolean qmp_client_has_oob (QmpClient *self);
/* Returns: (transfer none) (nullable): the greeting as received, NULL before it; kept until the
 * next connect */
GBytes *qmp_client_get_greeting (QmpClient *self);
/* Returns: how many calls wait for a reply, those included that were not sent yet */
guint qmp_client_get_n_pending (QmpClient *self);
void qmp_client_get_counters (QmpClient *self, QmpClientCounters *counters);

/* Signals
 *   "event" (detailed by event name): void (*) (QmpClient *, QmpEvent *, gpointer)
 *             The event is valid during the handler; keep a reference of its message to keep its
 *             slices.  Events come in the order of the stream, so mostly before the reply to the
 *             command that caused them, and also while connecting.
 *   "closed": void (*) (QmpClient *, const GError *reason, gpointer)
 *             Once per connection that had become ready, after every pending call has ended; also
 *             from within qmp_client_close(), and then the callbacks of those calls come when the
 *             main loop runs again.  Of a connection that had not become ready, the callback of
 *             the connect tells.
 */

G_END_DECLS
