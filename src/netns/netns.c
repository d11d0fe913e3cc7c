/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of the process roost-net: start, hold, lend, end.
 *
 *   roost-net --name LAB --socket PATH [--ovs DIR] [--ready-fd N]
 *
 * It makes namespaces, and they live as long as it or a machine with a tap in
 * them does.  Everything else that happens inside is done by others, with the
 * descriptors that they borrow (lend.c), but for Open vSwitch (ovs.c).
 *
 * It belongs to a lab but not to a supervisor, and ends by SIGTERM or SIGINT.  An
 * Open vSwitch that ends takes it along: a network that works in part is worse
 * than one whose end is seen.
 */
#include "netns/netns.h"

#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "netns/enter.h"
#include "netns/lend.h"
#include "netns/ovs.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#define MAX_READY_FD 65535

typedef struct {
    const char *name;
    const char *socket;
    const char *ovs;      /* NULL = none */
    const char *ready_fd; /* NULL = none */
} NetnsOptions;

typedef struct {
    GMainLoop *loop;
    Ovs *ovs;
    int ready_fd; /* -1 = none, or told */
    gboolean failed;
} Holder;

static gboolean
parse (char **argv, NetnsOptions *options, GError **error)
{
    const struct {
        const char *word;
        const char **value;
        gboolean required;
    } words[] = {
        { "--name", &options->name, TRUE },
        { "--socket", &options->socket, TRUE },
        { "--ovs", &options->ovs, FALSE },
        { "--ready-fd", &options->ready_fd, FALSE },
    };

    for (char **at = argv + 1; *at; at++) {
        gsize i = 0;

        while (i < G_N_ELEMENTS (words) && strcmp (*at, words[i].word) != 0)
            i++;
        if (i == G_N_ELEMENTS (words) || !at[1]) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s \"%s\"",
                         i == G_N_ELEMENTS (words) ? "unknown option" : "no value behind", *at);
            return FALSE;
        }
        *words[i].value = *++at;
    }
    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        if (words[i].required && !*words[i].value) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is missing", words[i].word);
            return FALSE;
        }
    return TRUE;
}

static void
tell_ready (gpointer user_data)
{
    Holder *holder = user_data;
    gssize n;

    if (holder->ready_fd < 0)
        return;
    do
        n = write (holder->ready_fd, "\n", 1);
    while (n < 0 && errno == EINTR); /* who waited may have gone; the lab is still there */
    close (g_steal_fd (&holder->ready_fd));
}

static void
ovs_failed (const char *why, gpointer user_data)
{
    Holder *holder = user_data;

    fprintf (stderr, "Open vSwitch of the private network: %s\n", why);
    holder->failed = TRUE;
    g_main_loop_quit (holder->loop);
}

static gboolean
on_signal (gint fd, GIOCondition condition, gpointer user_data)
{
    Holder *holder = user_data;
    struct signalfd_siginfo info;

    while (read (fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            g_main_loop_quit (holder->loop);
        else if (holder->ovs)
            ovs_reap (holder->ovs);
    }
    return G_SOURCE_CONTINUE;
}

/* Signals come through a descriptor, without a thread: namespaces are entered by
 * processes that have one. */
static int
watch_signals (GError **error)
{
    sigset_t set;
    int fd;

    signal (SIGPIPE, SIG_IGN);
    signal (SIGHUP, SIG_IGN);
    sigemptyset (&set);
    sigaddset (&set, SIGTERM);
    sigaddset (&set, SIGINT);
    sigaddset (&set, SIGCHLD);
    sigprocmask (SIG_SETMASK, &set, NULL);
    fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "watching for signals: %s",
                     g_strerror (errno));
    return fd;
}

static gboolean
hold (const NetnsOptions *options, Holder *holder, GError **error)
{
    static const OvsHandlers handlers = { tell_ready, ovs_failed };
    g_auto (AutoFd) signals = watch_signals (error);
    g_autoptr (Lender) lender = NULL;
    guint source;

    if (signals < 0 || !netns_enter (error))
        return FALSE;
    lender = lender_new (options->socket, error);
    if (!lender)
        return FALSE;
    if (options->ovs) {
        holder->ovs = ovs_new (options->ovs, &handlers, holder, error);
        if (!holder->ovs)
            return FALSE;
    } else {
        tell_ready (holder);
    }
    source = g_unix_fd_add (signals, G_IO_IN, on_signal, holder);
    g_main_loop_run (holder->loop);
    g_source_remove (source);
    ovs_free (holder->ovs);
    return TRUE;
}

int
netns_main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    NetnsOptions options = { NULL };
    Holder holder = { .ready_fd = -1 };
    gint64 ready_fd = -1;

    if (!parse (argv, &options, &error) ||
        (options.ready_fd && !quantity_parse_int (options.ready_fd, 3, MAX_READY_FD, &ready_fd))) {
        fprintf (stderr, "roost-net: %s\n", error ? error->message : "--ready-fd is no number");
        return ROOST_ERROR_USAGE;
    }
    umask (0077);
    holder.ready_fd = (int)ready_fd;
    holder.loop = g_main_loop_new (NULL, FALSE);
    if (!hold (&options, &holder, &error)) {
        fprintf (stderr, "%s\n", error->message);
        holder.failed = TRUE;
    }
    g_main_loop_unref (holder.loop);
    return holder.failed ? ROOST_ERROR_HOST : 0;
}
