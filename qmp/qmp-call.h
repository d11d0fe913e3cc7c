/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call: its bytes, the one who waits for it, and how it ends. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "qmp/qmp-client.h"
#include "qmp/qmp-message.h"

G_BEGIN_DECLS

typedef struct QmpCall QmpCall;

/* The call's time is over, or it was cancelled.  @error: (transfer full) */
typedef void (*QmpCallGiveUp) (QmpCall *call, GError *error);

/* Who waits for a call: a task, or a function that is told at once. */
typedef struct {
    GTask *task;
    QmpReplyFunc func; /* NULL when it is a task */
    gpointer data;
} QmpCallEnd;

struct QmpCall {
    gpointer owner;
    guint64 id;
    char *command;
    GBytes *bytes;    /* until it is sent */
    GUnixFDList *fds; /* the same; nullable */
    gboolean barrier; /* carries descriptors */
    gboolean oob;
    guint64 end_place; /* of its bytes in the output */
    QmpCallEnd end;    /* empty when the call has ended */
    guint origin;
    gsize arguments_at, arguments_length; /* in @bytes; 0 when there are none */
    guint timeout_ms;
    QmpCallGiveUp give_up;
    GSource *deadline;
    GSource *cancellation;
};

/* Returns: (nullable): a call that nobody waits for yet; %NULL when it cannot be sent as it is */
QmpCall *qmp_call_new (guint64 id, const char *command, const char *arguments,
                       gsize arguments_length, const QmpCallOptions *options, GError **error);
void qmp_call_free (QmpCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpCall, qmp_call_free)

/* From now on @end (its task is referenced) waits, with its cancellable and the deadline. */
void qmp_call_watch (QmpCall *self, const QmpCallEnd *end, gpointer owner, QmpCallGiveUp give_up);
gboolean qmp_call_has_ended (const QmpCall *self);

/* The one place where a call ends, with @reply or @error (transfer full).  Its callback may run
 * within, and free the client: touch nothing of it afterwards unless you hold it. */
void qmp_call_complete (QmpCall *self, QmpReply *reply, GError *error);

/* Returns: (transfer full): what the call was answered; holds @bytes, into which @message points */
QmpReply *qmp_reply_new (GBytes *bytes, const QmpMessage *message);
/* Returns: what a `quit` would have returned, had the peer stayed to say it */
QmpReply *qmp_call_make_reply (const QmpCall *self);

G_END_DECLS
