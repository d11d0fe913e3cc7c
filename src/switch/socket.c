/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the binding and the removal of Unix socket paths. */
#include "switch/socket.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* connections that wait to be accepted; a client beyond them is told EAGAIN */
#define BACKLOG 16

static gboolean
set_errno_error (GError **error, const char *doing, const char *path)
{
    int saved = errno;

    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s %s: %s", doing, path,
                 g_strerror (saved));
    return FALSE;
}

gboolean
socket_address (const char *path, struct sockaddr_un *ret, GError **error)
{
    gsize length = strlen (path);

    if (length == 0 || length > SOCKET_PATH_MAX) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "socket path \"%s\" has %zu bytes, must have 1 to %zu", path, length,
                     SOCKET_PATH_MAX);
        return FALSE;
    }
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    memcpy (ret->sun_path, path, length);
    return TRUE;
}

gboolean
socket_check_unanswered (const char *path, GError **error)
{
    g_auto (AutoFd) fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address;

    if (!socket_address (path, &address, error))
        return FALSE;
    if (fd < 0)
        return set_errno_error (error, "making a socket for", path);
    /* EAGAIN: alive, with as many waiting as it lets */
    if (connect (fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EAGAIN)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "binding %s: another process answers there; end it first", path);
    return FALSE;
}

static gboolean
remove_stale (const struct sockaddr_un *address, int type, GError **error)
{
    const char *path = address->sun_path;
    struct stat info;

    if (lstat (path, &info) < 0)
        return errno == ENOENT || set_errno_error (error, "looking at", path);
    if (!S_ISSOCK (info.st_mode)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "binding %s: something that is no socket is there; remove it", path);
        return FALSE;
    }
    /* A datagram socket has nobody to ask. */
    if (type == SOCK_STREAM && !socket_check_unanswered (path, error))
        return FALSE;
    return unlink (path) == 0 || errno == ENOENT || set_errno_error (error, "removing", path);
}

gboolean
bound_socket_open (BoundSocket *bound, int type, const char *path, GError **error)
{
    g_auto (AutoFd) fd = -1;
    struct sockaddr_un address;
    struct stat info;

    if (!socket_address (path, &address, error) || !remove_stale (&address, type, error))
        return FALSE;
    fd = socket (AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return set_errno_error (error, "making a socket for", path);
    if (bind (fd, (struct sockaddr *)&address, sizeof address) < 0)
        return set_errno_error (error, "binding", path);
    if (lstat (path, &info) < 0)
        return set_errno_error (error, "looking at", path);
    if (type == SOCK_STREAM && listen (fd, BACKLOG) < 0) {
        set_errno_error (error, "listening on", path);
        unlink (path);
        return FALSE;
    }
    *bound = (BoundSocket){
        .fd = g_steal_fd (&fd), .path = g_strdup (path), .device = info.st_dev, .inode = info.st_ino
    };
    return TRUE;
}

void
bound_socket_close (BoundSocket *bound)
{
    struct stat info;

    if (bound->fd < 0)
        return;
    if (lstat (bound->path, &info) == 0 && info.st_dev == bound->device &&
        info.st_ino == bound->inode)
        unlink (bound->path);
    close (bound->fd);
    g_free (bound->path);
    *bound = (BoundSocket)BOUND_SOCKET_INIT;
}
