/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of the switch process: start, wait, end.
 *
 *   machine web1 (QEMU)                    roost-switch lan            machine web2
 *   netdev dgram                                                       (the same)
 *     binds  web1/….m  <───────────  sends, connected; one
 *                                    socket per port
 *     sends by path    ───────────>  binds  web1/….s
 *                                    binds  control  ──>  one JSON document to
 *                                                         whoever connects
 *
 * Every socket goes by path, at both ends: a switch or a machine that starts
 * anew binds its paths again, and the other end need do nothing.
 *
 * One thread, one epoll set, no timer: the process sleeps while no frame comes.
 * It belongs to a lab but not to a supervisor: it outlives the one that started
 * it, and ends by SIGTERM or SIGINT, removing the sockets that it made.
 *
 * The order of the start is a promise: ports first, then the control socket,
 * then the byte on --ready-fd.  Who can connect to the control socket knows that
 * no frame will be lost.
 */
#include "switch/switch.h"

#include "base/error.h"
#include "base/file.h"
#include "switch/options.h"
#include "switch/relay.h"
#include "switch/status.h"
#include "switch/watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

/* entries of one epoll round, and descriptors beside those of the ports */
#define EVENTS 64
#define SPARE_FDS 64

static gboolean
set_errno_error (GError **error, const char *doing)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", doing, g_strerror (errno));
    return FALSE;
}

/* Two sockets a port can pass the usual soft limit of 1,024. */
static gboolean
raise_fd_limit (guint n_ports, GError **error)
{
    rlim_t wanted = 2 * (rlim_t)n_ports + SPARE_FDS;
    struct rlimit limit;

    if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
        return set_errno_error (error, "asking for the limit of open files");
    if (limit.rlim_cur >= wanted)
        return TRUE;
    if (limit.rlim_max < wanted) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "%u ports need %lu open files, the limit is %lu: raise it with ulimit -Hn",
                     n_ports, (gulong)wanted, (gulong)limit.rlim_max);
        return FALSE;
    }
    limit.rlim_cur = wanted;
    return setrlimit (RLIMIT_NOFILE, &limit) == 0 ||
           set_errno_error (error, "raising the limit of open files");
}

static int
watch_signals (int epoll, GError **error)
{
    g_auto (AutoFd) fd = -1;
    sigset_t set;

    /* A hangup of the terminal it was started from is not its end. */
    signal (SIGPIPE, SIG_IGN);
    signal (SIGHUP, SIG_IGN);
    sigemptyset (&set);
    sigaddset (&set, SIGTERM);
    sigaddset (&set, SIGINT);
    sigprocmask (SIG_SETMASK, &set, NULL);
    fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0 || !watch_add (epoll, fd, EPOLLIN, WATCH_SIGNAL, 0)) {
        set_errno_error (error, "watching for signals");
        return -1;
    }
    return g_steal_fd (&fd);
}

static gboolean
tell_ready (int fd, GError **error)
{
    gssize n;

    if (fd < 0)
        return TRUE;
    do
        n = write (fd, "\n", 1);
    while (n < 0 && errno == EINTR);
    close (fd);
    /* Who waited may have gone; the lab is still there. */
    return n == 1 || errno == EPIPE || set_errno_error (error, "writing to --ready-fd");
}

/* Returns whether to go on. */
static gboolean
dispatch (Relay *relay, StatusServer *status, const struct epoll_event *event)
{
    switch (watch_kind (event)) {
    case WATCH_SIGNAL:
        return FALSE;
    case WATCH_CONTROL:
        status_server_accept (status);
        return TRUE;
    case WATCH_CLIENT:
        status_server_write (status, watch_index (event));
        return TRUE;
    case WATCH_PORT_IN:
        relay_receive (relay, watch_index (event));
        return TRUE;
    case WATCH_PORT_OUT:
        relay_drain (relay, watch_index (event));
        return TRUE;
    }
    g_assert_not_reached ();
}

static gboolean
loop (int epoll, Relay *relay, StatusServer *status, GError **error)
{
    struct epoll_event events[EVENTS];

    for (;;) {
        int n = epoll_wait (epoll, events, EVENTS, -1);

        if (n < 0 && errno != EINTR)
            return set_errno_error (error, "waiting for frames");
        for (int i = 0; i < n; i++)
            if (!dispatch (relay, status, &events[i]))
                return TRUE;
    }
}

static gboolean
run (const SwitchOptions *options, GError **error)
{
    g_auto (AutoFd) epoll = epoll_create1 (EPOLL_CLOEXEC);
    g_auto (AutoFd) signals = -1;
    g_autoptr (Relay) relay = NULL;
    g_autoptr (StatusServer) status = NULL;

    if (epoll < 0)
        return set_errno_error (error, "making an epoll set");
    umask (0177); /* sockets are for this user alone */
    signals = watch_signals (epoll, error);
    if (signals < 0 || !raise_fd_limit (options->ports->len, error))
        return FALSE;
    /* Asked first: a second switch must not take the ports of a live one. */
    if (!socket_check_unanswered (options->control, error))
        return FALSE;
    relay = relay_new (options, epoll, error);
    if (!relay)
        return FALSE;
    status = status_server_new (relay, error);
    return status && tell_ready (options->ready_fd, error) && loop (epoll, relay, status, error);
}

int
switch_main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (SwitchOptions) options = switch_options_parse (argv, &error);

    if (!options) {
        fprintf (stderr, "roost-switch: %s\n", error->message);
        return ROOST_ERROR_USAGE;
    }
    if (!run (options, &error)) {
        fprintf (stderr, "switch %s: %s\n", options->name, error->message);
        return ROOST_ERROR_FAILED;
    }
    return 0;
}
