/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of a client that wait: for their turn or for their reply. */
#pragma once

#include <gio/gio.h>

#include "qmp/qmp-call.h"
#include "qmp/qmp-client.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-transport.h"

G_BEGIN_DECLS

typedef struct QmpCalls QmpCalls;

typedef void (*QmpCallsTraffic) (const QmpTraffic *traffic, gpointer user_data);

/* @traffic: told of every command that is sent and every reply that comes */
QmpCalls *qmp_calls_new (QmpCallsTraffic traffic, gpointer user_data);
/* No task waits any more; functions are told that the client is gone. */
void qmp_calls_free (QmpCalls *self);

/* Returns: an id that no other call of this or, as good as certainly, another client has */
guint64 qmp_calls_next_id (QmpCalls *self);

/* From now on calls go to @transport (transfer none). */
void qmp_calls_open (QmpCalls *self, QmpTransport *transport, gboolean oob);
/* Every call ends with @reason; when it was the peer who left, a `quit` that was sent ends well.
 * The transport is not used again.  Callbacks run within: the caller holds the client. */
void qmp_calls_end (QmpCalls *self, const GError *reason, gboolean peer_left);

/* Begins a call, which @end waits for.  Returns: whether it did */
gboolean qmp_calls_start (QmpCalls *self, const QmpCallEnd *end, const char *command,
                          const char *arguments, gsize arguments_length,
                          const QmpCallOptions *options, GError **error);

/* Takes a return or error message.  The call's callback may run within, and free the client.
 * Returns: what it was */
typedef enum {
    QMP_REPLY_WANTED,  /* it ended a call */
    QMP_REPLY_LATE,    /* its call had ended before */
    QMP_REPLY_UNKNOWN, /* nobody here asked */
} QmpReplyFate;
QmpReplyFate qmp_calls_reply (QmpCalls *self, GBytes *bytes, const QmpMessage *message);

/* Returns: how many calls have not ended, sent or not */
guint qmp_calls_get_n_waiting (const QmpCalls *self);

G_END_DECLS
