/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the test of a host port and the search for its holder; see ports.h. */
#include "host/network/ports.h"

#include "base/file.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define TABLE_MAX (16 * 1024 * 1024)
#define STATE_LISTEN 0x0A /* in /proc/net/tcp */
#define STATE_BOUND 0x07  /* in /proc/net/udp */

/* the inode of the socket that listens on @port, in one table of /proc/net */
static guint64
find_inode (const char *table, guint port, guint wanted_state)
{
    g_autofree char *path = g_build_filename ("/proc/self/net", table, NULL);
    g_autofree char *text = file_read (path, TABLE_MAX, NULL, NULL);
    g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

    for (gsize i = 1; lines[0] && lines[i]; i++) {
        guint local_port, state;
        unsigned long long inode;

        if (sscanf (lines[i], " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x %*s %*s %*s %*u %*u %llu",
                    &local_port, &state, &inode) == 3 &&
            local_port == port && state == wanted_state)
            return inode;
    }
    return 0;
}

static gboolean
process_has_socket (const char *pid, const char *wanted)
{
    g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
    DIR *fds = opendir (folder);
    struct dirent *entry;
    gboolean found = FALSE;

    while (fds && !found && (entry = readdir (fds))) {
        char target[64];
        gssize length = readlinkat (dirfd (fds), entry->d_name, target, sizeof target - 1);

        if (length > 0) {
            target[length] = '\0';
            found = strcmp (target, wanted) == 0;
        }
    }
    if (fds)
        closedir (fds);
    return found;
}

static gint64
find_holder (const char *proto, guint port)
{
    gboolean tcp = g_str_equal (proto, "tcp");
    guint64 inode = find_inode (proto, port, tcp ? STATE_LISTEN : STATE_BOUND);
    g_autofree char *wanted = NULL;
    struct dirent *entry;
    gint64 holder = 0;
    DIR *proc;

    if (inode == 0)
        inode = find_inode (tcp ? "tcp6" : "udp6", port, tcp ? STATE_LISTEN : STATE_BOUND);
    if (inode == 0)
        return 0;
    wanted = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", inode);
    proc = opendir ("/proc");
    while (proc && holder == 0 && (entry = readdir (proc)))
        if (g_ascii_isdigit (entry->d_name[0]) && process_has_socket (entry->d_name, wanted))
            holder = g_ascii_strtoll (entry->d_name, NULL, 10);
    if (proc)
        closedir (proc);
    return holder;
}

gboolean
port_is_free (const char *proto, const char *address, guint port, int *ret_errno,
              gint64 *ret_holder)
{
    gboolean tcp = g_str_equal (proto, "tcp");
    g_auto (AutoFd) fd = socket (AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons (port) };
    int one = 1;

    *ret_errno = 0;
    *ret_holder = 0;
    if (port == 0)
        return TRUE;
    if (*address && inet_pton (AF_INET, address, &name.sin_addr) != 1) {
        *ret_errno = EINVAL;
        return FALSE;
    }
    /* as the emulator binds it: a connection of a former listener that is still
     * dying does not matter, another listener does */
    if (fd >= 0 && tcp)
        setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd >= 0 && bind (fd, (struct sockaddr *)&name, sizeof name) == 0 &&
        (!tcp || listen (fd, 1) == 0))
        return TRUE;
    *ret_errno = errno;
    if (*ret_errno == EADDRINUSE)
        *ret_holder = find_holder (proto, port);
    return FALSE;
}
