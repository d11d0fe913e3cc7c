/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A listening socket of the lab: who may connect, and how others are refused. */
#pragma once

#include <gio/gio.h>

typedef struct Listener Listener;

/* @connection: (transfer none): of this user or root */
typedef void (*ListenerFunc) (GSocketConnection *connection, gpointer user_data);

/**
 * listener_new:
 * @path: where to listen, mode 0600
 *
 * Returns: (transfer full): the listener; %NULL on error
 */
Listener *listener_new (const char *path, ListenerFunc callback, gpointer user_data,
                        GError **error);

/**
 * listener_free:
 *
 * Stops listening and removes the socket.
 */
void listener_free (Listener *listener);

/**
 * listener_refuse:
 *
 * Tells a peer why it is not served, as an error without id.
 */
void listener_refuse (GSocketConnection *connection, const char *why);
