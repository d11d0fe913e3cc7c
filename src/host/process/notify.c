/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the datagram to the service manager; see notify.h. */
#include "host/process/notify.h"

#include "base/file.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

void
notify_manager (const char *text)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = g_getenv ("NOTIFY_SOCKET");
    gsize length = path ? strlen (path) : 0;
    g_auto (AutoFd) fd = -1;

    if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy (address.sun_path, path, length);
    if (path[0] == '@') /* an abstract name */
        address.sun_path[0] = '\0';
    fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        (void)!sendto (fd, text, strlen (text), MSG_NOSIGNAL, (struct sockaddr *)&address,
                       offsetof (struct sockaddr_un, sun_path) + length);
}
