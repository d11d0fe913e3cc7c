/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared QMP socket of one machine: to every client it is QEMU. */
#pragma once

#include "qmp/qmp-client.h"

typedef struct SharedSocket SharedSocket;

/**
 * shared_socket_new:
 * @path: where to listen, mode 0600
 * @observer_path: (nullable): where to listen for those who may only look: they get events and
 *   the answers to query-* commands
 * @transcript_path: (nullable): the file that every command, reply and event is written to
 */
SharedSocket *shared_socket_new (const char *path, const char *observer_path,
                                 const char *transcript_path, GError **error);

/**
 * shared_socket_free:
 *
 * Every pending command is answered with an error as far as the client's socket
 * takes it; then all connections end and the sockets are removed.
 */
void shared_socket_free (SharedSocket *shared);

/**
 * shared_socket_set_upstream:
 * @upstream: (nullable) (transfer none): the connection to the emulator, which answers commands
 *
 * From now on clients speak to @upstream.  Those of the one before are closed.
 */
void shared_socket_set_upstream (SharedSocket *shared, QmpClient *upstream);

/* What is going on, for tests and measurements. */
typedef struct {
    guint clients;
    guint sent;    /* in-band commands of clients that are with QEMU */
    guint waiting; /* commands of clients that are not */
} SharedStats;

/* Writes out what the transcript has not written yet. */
void shared_socket_flush (SharedSocket *shared);

/* @stats: (out): what there is now and what there was in all */
void shared_socket_get_stats (SharedSocket *shared, SharedStats *stats);
