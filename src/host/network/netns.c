/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the borrowing of descriptors from a lab's roost-net; see netns.h. */
#include "host/network/netns.h"

#include "base/error.h"
#include "base/file.h"
#include "host/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MS 5000
#define TUN_DEVICE "/dev/net/tun"

static int
open_rtnetlink_here (GError **error)
{
    int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

    if (fd < 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "opening a netlink socket: %s",
                     g_strerror (errno));
    return fd;
}

static const char *
mend_tun (int problem)
{
    if (problem == ENOENT || problem == ENODEV || problem == ENXIO)
        return ": load the driver with `sudo modprobe tun`, or start the container with "
               "`--device " TUN_DEVICE "`";
    /* the device itself gives nothing away: interfaces need a privilege of their own */
    if (problem == EACCES || problem == EPERM)
        return ": let users open it with `sudo chmod 666 " TUN_DEVICE "`";
    return "";
}

static int
open_tun_here (GError **error)
{
    int fd = open (TUN_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    int problem = errno;

    if (fd < 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "opening %s: %s%s", TUN_DEVICE,
                     g_strerror (problem), mend_tun (problem));
    return fd;
}

/* One part of the answer, with the descriptor when there is one. */
static gssize
receive (int connection, char *text, gsize size, int *ret_fd)
{
    char control[CMSG_SPACE (sizeof (int))];
    struct iovec piece = { text, size };
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct pollfd ready = { .fd = connection, .events = POLLIN };
    int n_ready;
    gssize n;

    do
        n_ready = poll (&ready, 1, ANSWER_MS);
    while (n_ready < 0 && errno == EINTR);
    if (n_ready == 0)
        errno = ETIMEDOUT;
    if (n_ready <= 0)
        return -1;
    n = recvmsg (connection, &message, MSG_CMSG_CLOEXEC);
    for (struct cmsghdr *part = n > 0 ? CMSG_FIRSTHDR (&message) : NULL; part;
         part = CMSG_NXTHDR (&message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
            memcpy (ret_fd, CMSG_DATA (part), sizeof *ret_fd);
    return n;
}

static int
borrow (const char *net, char what, GError **error)
{
    g_auto (AutoFd) connection = socket_connect (net, error), fd = -1;
    char text[NETNS_SENTENCE_MAX + 2];
    gsize length = 0;
    gssize n = -1;

    if (connection < 0) {
        g_prefix_error (error, "the lab's network is gone, its roost-net does not answer: ");
        return -1;
    }
    if (send (connection, &what, 1, MSG_NOSIGNAL) == 1)
        while (length < sizeof text - 1 &&
               (n = receive (connection, text + length, sizeof text - 1 - length, &fd)) > 0)
            length += n;
    text[length] = '\0';
    if (fd >= 0 && text[0] == NETNS_LENT)
        return g_steal_fd (&fd);
    if (text[0] == NETNS_REFUSED)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "in the lab's network: %s", text + 1);
    else
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "asking the lab's roost-net at %s: %s",
                     net, n < 0 ? g_strerror (errno) : "it said nothing");
    return -1;
}

int
netns_open_rtnetlink (const char *net, GError **error)
{
    return net ? borrow (net, NETNS_WANT_RTNETLINK, error) : open_rtnetlink_here (error);
}

int
netns_open_tun (const char *net, GError **error)
{
    return net ? borrow (net, NETNS_WANT_TUN, error) : open_tun_here (error);
}

gboolean
netns_is_gone (const char *net)
{
    g_auto (AutoFd) connection = net ? socket_connect (net, NULL) : -1;

    return net && connection < 0 && errno != EAGAIN;
}

char *
netns_ovs_db (const char *net)
{
    g_autofree char *dir = net ? g_path_get_dirname (net) : NULL;

    return dir ? g_strdup_printf ("unix:%s/" NETNS_OVS_DIR "/db.sock", dir) : NULL;
}
