/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unix sockets bound to paths: taken over from a dead process, left clean. */
#pragma once

#include <glib.h>
#include <sys/types.h>
#include <sys/un.h>

/* A socket bound by this process, with the identity of what it made. */
typedef struct {
    int fd; /* -1 = none */
    char *path;
    dev_t device;
    ino_t inode;
} BoundSocket;

#define BOUND_SOCKET_INIT                                                                          \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/**
 * socket_address:
 * @path: where
 *
 * Returns: %FALSE when @path is empty or does not fit
 */
gboolean socket_address (const char *path, struct sockaddr_un *ret, GError **error);

/**
 * socket_check_unanswered:
 * @path: of a stream socket; need not exist
 *
 * Returns: %FALSE when a live process answers at @path
 */
gboolean socket_check_unanswered (const char *path, GError **error);

/**
 * bound_socket_open:
 * @type: SOCK_DGRAM or SOCK_STREAM; a stream socket listens
 *
 * Binds @path, mode 0600 (the process's umask must be 0177), non-blocking.  A
 * socket that a dead process left there is removed first; a file that is no
 * socket, and a stream socket that somebody answers on, are errors.
 */
gboolean bound_socket_open (BoundSocket *socket, int type, const char *path, GError **error);

/**
 * bound_socket_close:
 *
 * Closes the socket, and removes its path when that is still the one it made.
 */
void bound_socket_close (BoundSocket *socket);
