/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: whoever connects is told the state of the switch as one
 * JSON document, and then the connection ends.
 */
#pragma once

#include "switch/relay.h"

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct StatusServer StatusServer;

/**
 * status_server_new:
 * @relay: (transfer none): whose state is told; its options say where
 *
 * Returns: (transfer full): a listening server, %NULL on error
 */
StatusServer *status_server_new (Relay *relay, GError **error);
void status_server_free (StatusServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StatusServer, status_server_free)

/**
 * status_server_accept: (and status_server_write)
 * @index: of the client that has room
 *
 * To be called for %WATCH_CONTROL and %WATCH_CLIENT.  Neither blocks.
 */
void status_server_accept (StatusServer *server);
void status_server_write (StatusServer *server, guint index);
