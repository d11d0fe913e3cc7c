/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unix sockets in the lab's private directory. */
#pragma once

#include <gio/gio.h>

/**
 * socket_listen:
 * @path: where; a socket that is there already is replaced, anything else is not
 *
 * Returns: a listening stream descriptor, bound with mode 0600; -1 on error
 */
int socket_listen (const char *path, GError **error);

/**
 * socket_connect:
 *
 * Returns: a connected stream descriptor; -1 on error, never blocks
 */
int socket_connect (const char *path, GError **error);

/**
 * socket_remove:
 *
 * Removes @path when it is a socket; nothing else is touched.
 */
void socket_remove (const char *path);
