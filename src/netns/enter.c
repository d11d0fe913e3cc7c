/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way into namespaces of one's own, and what to do where the host does
 * not allow that.
 */
#include "netns/enter.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#define NETWORK_FLAGS (CLONE_NEWNET | CLONE_NEWNS)

/* Settings by which hosts forbid user namespaces, and the commands that lift it. */
static const struct {
    const char *path;
    const char *forbids;
    const char *remedy;
} settings[] = {
    { "/proc/sys/kernel/unprivileged_userns_clone", "0",
      "sudo sysctl -w kernel.unprivileged_userns_clone=1" },
    { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
      "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" },
    { "/proc/sys/user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=10000" },
    { "/proc/sys/user/max_net_namespaces", "0", "sudo sysctl -w user.max_net_namespaces=10000" },
};

static gboolean
fail (GError **error, const char *doing)
{
    int problem = errno;
    const char *remedy = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS (settings) && !remedy; i++) {
        g_autofree char *value = file_read_small (settings[i].path);

        if (g_strcmp0 (value, settings[i].forbids) == 0)
            remedy = settings[i].remedy;
    }
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s: %s%s%s%s", doing, g_strerror (problem),
                 remedy ? ": this host forbids it; allow it with `" : "", remedy ? remedy : "",
                 remedy ? "`, or bring the lab up as root" : "");
    return FALSE;
}

static gboolean
write_text (const char *path, const char *text)
{
    g_auto (AutoFd) fd = open (path, O_WRONLY | O_CLOEXEC);

    return fd >= 0 && write (fd, text, strlen (text)) == (gssize)strlen (text);
}

/* Inside, the user is root, and nobody else is there. */
static gboolean
map_ids (uid_t uid, gid_t gid)
{
    g_autofree char *uids = g_strdup_printf ("0 %u 1", uid);
    g_autofree char *gids = g_strdup_printf ("0 %u 1", gid);

    return write_text ("/proc/self/uid_map", uids) && write_text ("/proc/self/setgroups", "deny") &&
           write_text ("/proc/self/gid_map", gids);
}

/* What is mounted on the host later is seen here too, and not the other way
 * round.  Without /sys programs read the interfaces of the host there: a pity, no
 * reason to fail, and forbidden in some containers. */
static gboolean
arrange_mounts (GError **error)
{
    if (mount (NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        return fail (error, "keeping mounts apart");
    if (mount ("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        fprintf (stderr,
                 "/sys of the private network cannot be mounted, so that tools show the "
                 "host's interfaces there: %s\n",
                 g_strerror (errno));
    return TRUE;
}

static gboolean
raise_loopback (GError **error)
{
    g_auto (AutoFd) fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { .ifr_name = "lo" };

    if (fd >= 0 && ioctl (fd, SIOCGIFFLAGS, &request) == 0) {
        request.ifr_flags |= IFF_UP;
        if (ioctl (fd, SIOCSIFFLAGS, &request) == 0)
            return TRUE;
    }
    return fail (error, "raising the loopback interface");
}

gboolean
netns_enter (GError **error)
{
    uid_t uid = geteuid ();
    gid_t gid = getegid ();

    /* root in a container may be no more than a user */
    if (uid != 0 || unshare (NETWORK_FLAGS) < 0) {
        if (unshare (CLONE_NEWUSER | NETWORK_FLAGS) < 0)
            return fail (error, "making a network namespace");
        if (!map_ids (uid, gid))
            return fail (error, "becoming root of a namespace");
    }
    return arrange_mounts (error) && raise_loopback (error);
}
