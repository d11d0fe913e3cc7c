/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab's own socket: any number of clients, all speaking QMP. */
#pragma once

#include "lab/lab.h"

typedef struct ControlServer ControlServer;

/* A call has been answered or a client has left; not called from control_server_free(). */
typedef void (*ControlChangedFunc) (ControlServer *server, gpointer user_data);

/**
 * control_server_new:
 * @path: where to listen; the socket is 0600 and only this user and root are served
 * @lab: (transfer none): outlives the server
 */
ControlServer *control_server_new (const char *path, LiveLab *lab, ControlChangedFunc changed,
                                   gpointer user_data, GError **error);
void control_server_free (ControlServer *server);

/**
 * control_server_add:
 * @fd: (transfer full): a connected socket of somebody who is trusted already
 */
void control_server_add (ControlServer *server, int fd);

/**
 * control_server_event:
 *
 * Sends an event to every client that has negotiated.
 */
void control_server_event (ControlServer *server, const char *name, JsonNode *data);

/**
 * control_server_is_idle:
 *
 * Returns: whether every client has been answered
 */
gboolean control_server_is_idle (ControlServer *server);
/**
 * control_server_stop_listening:
 *
 * Removes the socket; clients that are connected stay.
 */
void control_server_stop_listening (ControlServer *server);

/* Returns: how many clients are connected */
guint control_server_n_clients (ControlServer *server);

/**
 * control_server_close_clients:
 *
 * Each client gets what is queued for it, then its connection ends.
 */
void control_server_close_clients (ControlServer *server);
