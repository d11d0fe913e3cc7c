/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a shared socket: shared.c (the socket, its upstream, events),
 * shared-client.c (one client) and shared-router.c (whose command is next).
 */
#pragma once

#include "control/shared/fd-names.h"
#include "control/listener.h"
#include "control/shared/shared.h"
#include "control/shared/transcript.h"
#include "qmp/qmp-session.h"

struct SharedSocket {
    Listener *listener;
    Listener *observers;    /* NULL */
    Transcript *transcript; /* NULL */
    QmpClient *upstream;    /* NULL while the machine does not run */
    guint generation;       /* counts upstreams: calls of an earlier one are not ours any more */
    char *greeting;
    GPtrArray *clients; /* SharedClient, one reference each */
    guint last_number;
    GQueue turns; /* SharedClient (not owned) that have a command to send, in the order of turns */
    GQueue calls; /* SharedCall (not owned) that wait for a reply, of clients that left as well */
    guint n_sent; /* of those, in-band and with the upstream of now */
};

/* Outlives its session while replies for it are on the way. */
typedef struct {
    SharedSocket *shared; /* NULL when the socket is gone */
    QmpSession *session;  /* NULL when the client is gone */
    guint number;         /* from 1, never used twice */
    gboolean observer;
    GQueue waiting; /* owned QmpRequest: in-band, not sent yet */
    guint n_sent;   /* in-band commands that are with QEMU */
    GList turn;     /* in the socket's turns, when @has_turn */
    gboolean has_turn;
    FdNames *names;
} SharedClient;

/* A command that is with QEMU.  It outlives its client and the socket. */
typedef struct {
    SharedSocket *shared; /* NULL when the socket is gone */
    SharedClient *client; /* a reference */
    QmpRequest *request;  /* NULL when it was answered otherwise */
    guint generation;
    gboolean oob;
    GList link; /* in the socket's calls */
} SharedCall;

/* --- shared-client.c --- */

void shared_client_add (SharedSocket *shared, GSocketConnection *connection, gboolean observer);
void shared_client_unref (gpointer client);
/* Answers all that is pending with an error, and lets the connection end. */
void shared_client_finish (SharedClient *client, const char *why);
/* Forgets the client, which has gone. */
void shared_client_remove (SharedClient *client);

/* --- shared-router.c --- */

/* @request: (transfer full) */
void shared_router_take (SharedClient *client, QmpRequest *request);
/* The client is gone, or upstream is: nothing of it is sent any more. */
void shared_router_forget (SharedClient *client);
/* Answers all that waits or is with upstream with an error. */
void shared_router_fail (SharedClient *client, const char *why);
/* The socket goes: its calls forget it. */
void shared_router_end (SharedSocket *shared);
