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
} QmpCallOptions;

/* Replies that belong to no call; they are dropped. */
typedef struct {
    guint64 unknown_replies; /* nobody here asked: of an earlier client of the same monitor, or
                              * errors that name no command */
    guint64 late_replies;    /* the call had ended at its deadline, or was cancelled */
} QmpClientCounters;

QmpClient *qmp_client_new (QmpClientFlags flags);

void qmp_client_connect_path_async (QmpClient *self, const char *path, guint timeout_ms,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
void qmp_client_connect_address_async (QmpClient *self, GSocketAddress *address, guint timeout_ms,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
/* @fd: (transfer full): a connected stream socket; closed also on error */
void qmp_client_connect_fd_async (QmpClient *self, int fd, guint timeout_ms,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean qmp_client_connect_finish (QmpClient *self, GAsyncResult *result, GError **error);

/* The plain call: JSON in, JSON out, an error reply is a GError of QMP_ERROR with class
 * and description.  @arguments: (nullable) (transfer none): an object.
 * Returns: (transfer full): the return member. */
void qmp_client_execute_async (QmpClient *self, const char *command, JsonNode *arguments,
                               guint timeout_ms, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
JsonNode *qmp_client_execute_finish (QmpClient *self, GAsyncResult *result, GError **error);

/* The call in bytes, for those who pass messages on: @arguments is a JSON object or NULL and
 * is sent as it is; an error reply is a QmpReply too, a GError means that there was none. */
void qmp_client_call_async (QmpClient *self, const char *command, const char *arguments,
                            gsize arguments_length, const QmpCallOptions *options,
                            GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
QmpReply *qmp_client_call_finish (QmpClient *self, GAsyncResult *result, GError **error);
void qmp_reply_free (QmpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpReply, qmp_reply_free)

/* Ends the connection; every pending call ends with @reason (or G_IO_ERROR_CLOSED). */
void qmp_client_close (QmpClient *self, const GError *reason);

QmpClientState qmp_client_get_state (QmpClient *self);
gboolean qmp_client_has_oob (QmpClient *self);
/* Returns: (transfer none) (nullable): the greeting as received, NULL before it */
GBytes *qmp_client_get_greeting (QmpClient *self);
/* Returns: how many calls wait for a reply */
guint qmp_client_get_n_pending (QmpClient *self);

void qmp_client_get_counters (QmpClient *self, QmpClientCounters *counters);

/* Signals
 *   "event" (detailed by event name): void (*) (QmpClient *, QmpEvent *, gpointer)
 *   "closed": void (*) (QmpClient *, GError *reason, gpointer); once per connection that had
 *             begun, after every pending call has ended
 */

G_END_DECLS
