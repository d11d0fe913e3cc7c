/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making and removing of Unix socket files; see socket.h. */
#include "host/socket.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define BACKLOG 64

static gboolean
fill_address (const char *path, struct sockaddr_un *address, GError **error)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen (path) > SOCKET_PATH_MAX) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "socket path %s is longer than %u bytes: choose a shorter ROOST_RUN_DIR", path,
                     (guint)SOCKET_PATH_MAX);
        return FALSE;
    }
    strcpy (address->sun_path, path);
    return TRUE;
}

static int
fail (const char *doing, const char *path, GError **error)
{
    int code = errno;

    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s %s: %s", doing, path, g_strerror (code));
    return -1;
}

int
socket_listen (const char *path, GError **error)
{
    g_auto (AutoFd) fd = -1;
    struct sockaddr_un address;

    if (!fill_address (path, &address, error))
        return -1;
    socket_remove (path);
    fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* the mode of the descriptor becomes that of the file: no moment in between */
    if (fd < 0 || fchmod (fd, 0600) < 0 ||
        bind (fd, (struct sockaddr *)&address, sizeof address) < 0 || listen (fd, BACKLOG) < 0)
        return fail ("listening on", path, error);
    return g_steal_fd (&fd);
}

int
socket_connect (const char *path, GError **error)
{
    g_auto (AutoFd) fd = -1;
    struct sockaddr_un address;

    if (!fill_address (path, &address, error))
        return -1;
    fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect (fd, (struct sockaddr *)&address, sizeof address) < 0)
        return fail ("connecting to", path, error);
    return g_steal_fd (&fd);
}

void
socket_remove (const char *path)
{
    struct stat info;

    if (path && lstat (path, &info) == 0 && S_ISSOCK (info.st_mode))
        unlink (path);
}
