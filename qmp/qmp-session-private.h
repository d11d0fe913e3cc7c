/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of a session share: qmp-session (life and main loop), qmp-session-input (what the
 * client sends), qmp-session-output (what it gets). */
#pragma once

#include "qmp/qmp-intake.h"
#include "qmp/qmp-outbox.h"
#include "qmp/qmp-session.h"

G_BEGIN_DECLS

typedef enum {
    QMP_SESSION_OPEN,
    QMP_SESSION_CLOSING,
    QMP_SESSION_ENDED,
    QMP_SESSION_CLOSED,
} QmpSessionState;

/* What keeps the order of the answers given here: one for each in-band command that the owner has
 * not answered, and one for each answer that waits behind such a command. */
typedef struct {
    GString *line; /* the answer; NULL for a command of the owner's */
} QmpTurn;

typedef struct {
    QmpRequest request;  /* first: the owner sees only this */
    QmpSession *session; /* NULL once the session has ended or the request is answered */
    gsize size;          /* of the arguments */
    GList *turn;         /* in session->turns; NULL out of band */
} QmpPending;

struct QmpSession {
    int ref_count; /* the owner's, and one while the session is on the stack */
    QmpSessionState state;
    QmpSessionHandlers handlers;
    gpointer user_data;
    GSocketConnection *connection;
    GSocket *socket;
    GCredentials *credentials;
    GSource *source;
    gpointer tag;
    GIOCondition wanted; /* what the source has been told: telling it wakes the main loop up, */
    gint64 when;         /* so it is told only what is new */
    gint64 linger;       /* monotonic time at which CLOSING gives up */
    GError *reason;
    QmpIntake intake;
    QmpOutbox outbox;
    GQueue turns;        /* QmpTurn */
    GHashTable *pending; /* QmpPending that are unanswered, not owned */
    gsize pending_size;  /* of their arguments */
    QmpSessionStats stats;
    guint corked; /* inside the main loop's call: what is written goes out at its end */
    gboolean offer_oob, oob, ready;
    gboolean dispatching;
    gboolean input_ended;
};

/* Ends the connection at once. @reason: (transfer full) (nullable): NULL when the client left */
G_GNUC_INTERNAL void qmp_session_end (QmpSession *self, GError *reason);
/* The same for an error of the socket, which may only mean that the client left. */
G_GNUC_INTERNAL void qmp_session_end_failed (QmpSession *self, GError *error, const char *doing);
/* Says what the session waits for; the last call of everything that changes it. */
G_GNUC_INTERNAL void qmp_session_update (QmpSession *self);
void qmp_session_update_soon (QmpSession *self);
G_GNUC_INTERNAL gboolean qmp_session_is_paused (QmpSession *self);

/* Reads and answers, or hands over, what the client has sent. */
G_GNUC_INTERNAL void qmp_session_read (QmpSession *self);

/* Writes as much as the socket takes now. */
G_GNUC_INTERNAL void qmp_session_flush (QmpSession *self);
/* @line: (transfer full) */
G_GNUC_INTERNAL void qmp_session_push (QmpSession *self, GString *line);
/* An answer given here. @line: (transfer full). @oob: it does not wait for its turn */
G_GNUC_INTERNAL void qmp_session_answer (QmpSession *self, GString *line, gboolean oob);
/* Hands a request, which is emptied, to the owner. */
G_GNUC_INTERNAL void qmp_session_hand_over (QmpSession *self, QmpRequest *request);
/* Requests outlive their session: they forget it. */
G_GNUC_INTERNAL void qmp_session_detach_requests (QmpSession *self);

G_END_DECLS
