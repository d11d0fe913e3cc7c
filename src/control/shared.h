/* The shared QMP socket of one machine: to every client it is QEMU. */
#pragma once

#include "qmp/qmp-client.h"

typedef struct SharedSocket SharedSocket;

/**
 * shared_socket_new:
 * @path: where to listen, mode 0600
 */
SharedSocket *shared_socket_new (const char *path, GError **error);
void shared_socket_free (SharedSocket *shared);

/**
 * shared_socket_set_upstream:
 * @upstream: (transfer none): the connection to the emulator, which answers commands
 *
 * From now on clients speak to @upstream.  Those of the one before are closed.
 */
void shared_socket_set_upstream (SharedSocket *shared, QmpClient *upstream);
