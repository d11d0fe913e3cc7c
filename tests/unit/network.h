/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network namespace for each case, and the links in it; each test program has one case
 * a process, so what is here is the process's own.
 */
#pragma once

#include "host/network/netlink.h"
#include "unit/tap.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static Netlink *netlink;
static gboolean has_namespace, has_filtering;

/* Each case is a process, which goes into a network where it may do everything. */
static inline void
setup (void)
{
    g_autoptr (GError) error = NULL;

    ck_assert_int_eq (unshare (geteuid () == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET), 0);
    netlink = netlink_open (NULL, &error);
    ck_assert_msg (netlink != NULL, "%s", error ? error->message : "");
}

static inline void
teardown (void)
{
    netlink_close (netlink);
}

#define MAC "72:00:00:00:00:07"

static inline Link *
find (const char *name)
{
    g_autoptr (GError) error = NULL;
    Link *link = netlink_find (netlink, name, &error);

    ck_assert_msg (!error, "%s", error ? error->message : "");
    return link;
}

static inline guint
mtu_of (const char *name)
{
    g_autoptr (Link) link = find (name);

    ck_assert_ptr_nonnull (link);
    return link->mtu;
}

static inline int
make_bridge (const char *name, gboolean filter)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Link) link = NULL;

    ck_assert_msg (netlink_add_bridge (netlink, name, MAC, FALSE, filter, &error), "%s",
                   error ? error->message : "");
    link = find (name);
    ck_assert_ptr_nonnull (link);
    return link->index;
}

/* In a process of its own: what this host lets anybody do. */
static inline void
look_around (void)
{
    int answer[2];
    char told = 0;
    pid_t pid;

    if (pipe (answer) != 0)
        return;
    pid = fork ();
    if (pid == 0) {
        g_autoptr (Netlink) inside = NULL;

        if (unshare (geteuid () == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0) {
            inside = netlink_open (NULL, NULL);
            told = inside && netlink_add_bridge (inside, "b0", MAC, FALSE, FALSE, NULL) ? 1 : 0;
            if (told && netlink_add_bridge (inside, "b1", MAC, FALSE, TRUE, NULL))
                told = 2;
        }
        _exit (write (answer[1], &told, 1) == 1 ? 0 : 1);
    }
    close (answer[1]);
    if (read (answer[0], &told, 1) != 1)
        told = 0;
    close (answer[0]);
    has_namespace = told >= 1;
    has_filtering = told == 2;
}

/* What this host does not let us do is skipped. */
static inline gboolean
network_is_lacking (void)
{
    look_around ();
    if (!has_namespace)
        puts ("1..0 # SKIP no network namespace with a bridge can be made here");
    return !has_namespace;
}
