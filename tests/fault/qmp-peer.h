/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A QMP peer that does as a test says, in the test's own main loop. */
#pragma once

#include "qmp/qmp-client.h"
#include "qmp/qmp-stream.h"

#define PEER_GREETING                                                                              \
    "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "             \
    "\"package\": \"test\"}, \"capabilities\": [\"oob\"]}}\r\n"

typedef struct {
    int fd;              /* -1 when closed */
    QmpStream *stream;   /* of what the client sends */
    GPtrArray *commands; /* owned char *, not taken yet */
    GSource *reader;
    guint n_fds;    /* descriptors that came */
    gsize fd_place; /* where in the input the last of them came */
    gsize n_bytes;  /* that came */
} Peer;

/* What an asynchronous operation came to. */
typedef struct {
    guint n_calls; /* of the callback */
    gboolean done; /* well */
    QmpReply *reply;
    JsonNode *node;
    GError *error;
} Outcome;

void outcome_clear (Outcome *outcome);
/* GAsyncReadyCallbacks; user_data is an Outcome */
void outcome_connected (GObject *source, GAsyncResult *result, gpointer outcome);
void outcome_called (GObject *source, GAsyncResult *result, gpointer outcome);
void outcome_executed (GObject *source, GAsyncResult *result, gpointer outcome);

/* A peer on a fresh socket pair. @client_fd: (out): the other end */
Peer *peer_new (int *client_fd);
/* A peer on an accepted socket */
Peer *peer_new_for_fd (int fd);
void peer_free (Peer *self);
void peer_hang_up (Peer *self);
/* Closes with input unread, so that the client gets a reset; it has to have sent something. */
void peer_reset (Peer *self);
/* Stops reading, or reads again. */
void peer_set_reading (Peer *self, gboolean reading);
/* Sends @length bytes (-1: a string), iterating the main loop while the client is slow. */
void peer_send (Peer *self, const char *text, gssize length);
/* Sends one byte at a time and lets the client read each. */
void peer_dribble (Peer *self, const char *text);
/* Waits for the next command. @command: what it must be called. Returns: its id */
guint64 peer_expect (Peer *self, const char *command);
/* The same; gives the command itself. */
char *peer_take (Peer *self);
/* Sends a return of {} with @id */
void peer_return (Peer *self, guint64 id);

/* A client that is connected, with the negotiation done. */
QmpClient *peer_connect (QmpClientFlags flags, Peer **peer);
/* Greets and answers the negotiation. */
void peer_handshake (Peer *self);
/* A call without arguments and deadline */
void peer_call (QmpClient *client, const char *command, Outcome *outcome);
