/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making and opening of taps and macvtaps; see tap.h. */
#include "host/network/tap.h"

#include "base/error.h"
#include "base/file.h"
#include "host/network/bridge.h"
#include "host/network/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static gboolean
fail (const char *doing, const char *name, int code, GError **error)
{
    const char *remedy = "";

    if (code == EPERM)
        remedy = ": run roost as root, or let root prepare it (roost net up --owner USER)";
    else if (code == EBUSY)
        remedy = ": another process has it";
    else if (code == EINVAL)
        remedy = ": it was made with another number of queues";
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s %s: %s%s", doing, name,
                 g_strerror (code), remedy);
    return FALSE;
}

static gboolean
attach (int fd, const char *name, int flags, const char *doing, GError **error)
{
    struct ifreq request = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | flags) };

    g_strlcpy (request.ifr_name, name, sizeof request.ifr_name);
    return ioctl (fd, TUNSETIFF, &request) == 0 || fail (doing, name, errno, error);
}

static gboolean
mark_link (Netlink *netlink, const TapStep *step, GError **error)
{
    LinkChange change = { .alias = step->mark, .mtu = (guint)step->mtu, .no_ipv6 = TRUE };
    g_autoptr (Link) link = netlink_find (netlink, step->name, error);

    if (!link && error && !*error)
        return fail ("marking tap", step->name, ENODEV, error);
    return link && netlink_change (netlink, link->index, &change, error);
}

static gboolean
make_macvtap (Netlink *netlink, const TapStep *step, GError **error)
{
    g_autoptr (Link) parent = netlink_find (netlink, step->parent, error);

    if (!parent) {
        if (error && !*error)
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                         "there is no interface %s: name one of those that ip link shows",
                         step->parent);
        return FALSE;
    }
    return netlink_add_macvtap (netlink, step->name, step->mac, parent->index, step->mode, error) &&
           mark_link (netlink, step, error);
}

gboolean
tap_make (const char *net, Netlink *netlink, const TapStep *step, GError **error)
{
    g_auto (AutoFd) fd = -1;
    /* an interface that is there already is somebody's, and not to be taken */
    int flags = IFF_TUN_EXCL | (step->multi_queue ? IFF_MULTI_QUEUE : 0);

    if (step->parent)
        return make_macvtap (netlink, step, error);
    fd = netns_open_tun (net, error);
    if (fd < 0 || !attach (fd, step->name, flags, "making tap", error) ||
        !mark_link (netlink, step, error))
        return FALSE;
    if (step->user && ioctl (fd, TUNSETOWNER, strtoul (step->user, NULL, 10)) != 0)
        return fail ("giving away tap", step->name, errno, error);
    return ioctl (fd, TUNSETPERSIST, 1) == 0 || fail ("keeping tap", step->name, errno, error);
}

gboolean
tap_adjust (Netlink *netlink, const TapStep *step, GError **error)
{
    LinkChange change = { .mtu = (guint)step->mtu };
    g_autoptr (Link) link = netlink_find (netlink, step->name, error);
    g_autoptr (Link) parent =
        step->parent && !step->mtu ? netlink_find (netlink, step->parent, NULL) : NULL;

    if (!link && error && !*error)
        return fail ("changing tap", step->name, ENODEV, error);
    if (!change.mtu)
        change.mtu = parent ? parent->mtu : BRIDGE_MTU;
    if (!link || link->mtu == change.mtu)
        return link != NULL;
    if (netlink_change (netlink, link->index, &change, error))
        return TRUE;
    g_prefix_error (error, "tap %s for frames of %u bytes: ", step->name, change.mtu);
    return FALSE;
}

/* The name of a macvtap's node says only the number of its interface, which two
 * namespaces can both have: what counts is the device number in sysfs.  A node of
 * our own leads there, for as long as it takes to open it. */
static int
open_numbered (guint device_major, guint device_minor)
{
    g_autofree char *folder = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *node = folder ? g_build_filename (folder, "tap", NULL) : NULL;
    int fd = -1, code;

    if (node && mknod (node, S_IFCHR | 0600, makedev (device_major, device_minor)) == 0)
        fd = open (node, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    code = errno;
    if (node) {
        unlink (node);
        rmdir (folder);
    }
    errno = code;
    return fd;
}

static gboolean
is_device (int fd, guint device_major, guint device_minor)
{
    struct stat info;

    return fstat (fd, &info) == 0 && S_ISCHR (info.st_mode) &&
           major (info.st_rdev) == device_major && minor (info.st_rdev) == device_minor;
}

static int
open_macvtap (const char *name, GError **error)
{
    g_autofree char *folder = g_build_filename ("/sys/class/net", name, "macvtap", NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *tap = dir ? g_dir_read_name (dir) : NULL;
    g_autofree char *numbers_path = tap ? g_build_filename (folder, tap, "dev", NULL) : NULL;
    g_autofree char *numbers = numbers_path ? file_read_small (numbers_path) : NULL;
    g_autofree char *node = tap ? g_build_filename ("/dev", tap, NULL) : NULL;
    guint device_major, device_minor;
    int fd;

    if (!numbers || sscanf (numbers, "%u:%u", &device_major, &device_minor) != 2) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "macvtap %s: %s does not tell its device: it is gone, or /sys shows another "
                     "network",
                     name, folder);
        return -1;
    }
    fd = open (node, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && is_device (fd, device_major, device_minor))
        return fd;
    auto_fd_close (fd);
    fd = open_numbered (device_major, device_minor);
    if (fd < 0 && errno == EPERM)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "opening macvtap %s: %s may not be opened, and no node be made for it: run "
                     "roost as root or with CAP_MKNOD, or let a rule of udev open it",
                     name, node);
    else if (fd < 0)
        fail ("opening macvtap", name, errno, error);
    return fd;
}

static int
open_tap (const FdRecord *fd, GError **error)
{
    g_autoptr (Netlink) netlink = netlink_open (fd->tap->net, error);
    GError *local = NULL;
    g_autoptr (Link) link = netlink ? netlink_find (netlink, fd->path, &local) : NULL;

    if (local)
        g_propagate_error (error, local);
    else if (netlink && !link)
        /* or the kernel would make one that is plugged into nothing */
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "there is no tap %s: make it (ip tuntap add) or bring the lab down and up",
                     fd->path);
    return link ? netns_open_tun (fd->tap->net, error) : -1;
}

int
tap_open (const FdRecord *fd, GError **error)
{
    int flags =
        (fd->tap->vnet_hdr ? IFF_VNET_HDR : 0) | (fd->tap->multi_queue ? IFF_MULTI_QUEUE : 0);
    g_auto (AutoFd) device =
        fd->kind == FD_MACVTAP ? open_macvtap (fd->path, error) : open_tap (fd, error);

    if (device < 0 || !attach (device, fd->path, flags, "opening tap", error))
        return -1;
    return g_steal_fd (&device);
}
