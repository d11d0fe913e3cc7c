/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What qmp-client.c (the object), qmp-connection.c (its connection) and qmp-handshake.c share. */
#pragma once

#include "qmp/qmp-calls.h"
#include "qmp/qmp-client.h"
#include "qmp/qmp-dial.h"
#include "qmp/qmp-transport.h"

G_BEGIN_DECLS

struct _QmpClient {
    GObject parent_instance;

    QmpClientFlags flags;
    QmpClientState state;
    GMainContext *context; /* of the connection */
    char *peer;            /* for sentences */
    GTask *connect_task;
    guint connect_timeout_ms;
    GSource *deadline;   /* of the connect */
    GSource *impatience; /* until the negotiation is asked for once more … */
    guint impatience_ms; /* … which is this long */
    GSource *cancellation;
    QmpDial *dial;
    QmpTransport *transport;
    QmpCalls *calls;
    GBytes *greeting;
    gboolean wants_oob; /* wanted and offered */
    gboolean has_oob;
    guint64 first_negotiation_id; /* of this connection */
    guint64 negotiation_id;       /* the last */
    guint n_new_event_names;
    QmpClientCounters counters;
    QmpTrafficFunc traffic;
    gpointer traffic_data;
};

enum { QMP_SIGNAL_EVENT, QMP_SIGNAL_CLOSED, QMP_N_SIGNALS };

/* qmp-client.c */
void qmp_client_emit (QmpClient *self, guint signal, GQuark detail, gconstpointer argument);

/* qmp-connection.c.  A connect begins with qmp_connection_prepare(), which takes @task. */
void qmp_connection_prepare (QmpClient *self, GTask *task, const char *peer, guint timeout_ms);
/* @retry as of qmp_dial_new() */
void qmp_connection_dial (QmpClient *self, GSocketAddress *address, QmpDialRetry retry);
/* @socket: (transfer full): connected */
void qmp_connection_begin (QmpClient *self, GSocket *socket);
/* Callbacks run within. */
void qmp_connection_end (QmpClient *self, const GError *reason, gboolean peer_left);
/* Without a word, for dispose */
void qmp_connection_drop (QmpClient *self);
/* @error: (transfer full): why it did not come about */
void qmp_connection_fail (QmpClient *self, GError *error);
void qmp_connection_become_ready (QmpClient *self);

/* qmp-handshake.c */
void qmp_handshake_greeted (QmpClient *self, GBytes *bytes, const QmpMessage *greeting);
void qmp_handshake_answered (QmpClient *self, const QmpMessage *message);

G_END_DECLS
