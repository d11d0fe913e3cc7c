/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world of the QmpClient tests: a client, its peer, and what was heard of both. */
#pragma once

#include "tests/fault/qmp-peer.h"

typedef struct {
    QmpClient *client;
    Peer *peer;
    Outcome outcome; /* of a connect that was begun */
    guint n_events;
    guint n_closed;
    guint n_ended_first; /* calls that had ended when "closed" came */
    GError *reason;      /* of "closed" */
    Outcome calls[16];
} ClientWorld;

/* That of the test case that runs. */
extern ClientWorld fix;

/* A client that is connected, with the negotiation done; the fixtures of Check. */
void start (QmpClientFlags flags);
void setup (void);
void setup_oob (void);
void teardown (void);

/* A client that has just begun to connect, and its end: it is ready. */
void begin (QmpClientFlags flags, guint timeout_ms);
void expect_ready (void);

/* Makes call @i. */
void call_with (const char *command, const char *arguments, const QmpCallOptions *options,
                GCancellable *cancellable, guint i);
/* Starts three calls and waits until they are with the peer.  Returns: the id of the first */
guint64 start_calls (void);
/* Lets everything happen that can, and checks that the peer has got nothing. */
void expect_silence (void);
