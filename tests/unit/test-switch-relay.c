/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data path of the internal switch, step by step in this process: what is
 * watched, what is taken in one step, what goes first. */
#include "switch/relay.h"

#include "switch/watch.h"
#include "unit/tap.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define LENGTH 60

static char *dir;
static int epoll_fd;
static SwitchOptions *options;
static Relay *relay;
static int machines[2];

static int
bind_machine (const char *path)
{
    struct sockaddr_un address;
    int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    ck_assert (socket_address (path, &address, NULL));
    ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void
setup (void)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *line = NULL;
    g_auto (GStrv) argv = NULL;

    dir = g_dir_make_tmp ("roost-sw-XXXXXX", NULL);
    line = g_strdup_printf ("s --name n --control %s/c --ageing 300 "
                            "--port a --local %s/a.s --remote %s/a.m "
                            "--port b --local %s/b.s --remote %s/b.m",
                            dir, dir, dir, dir, dir);
    argv = g_strsplit (line, " ", -1);
    options = switch_options_parse (argv, &error);
    ck_assert_msg (options != NULL, "%s", error ? error->message : "");
    epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
    relay = relay_new (options, epoll_fd, &error);
    ck_assert_msg (relay != NULL, "%s", error ? error->message : "");
    for (int i = 0; i < 2; i++)
        machines[i] = bind_machine (g_array_index (options->ports, PortOptions, i).remote);
}

static void
teardown (void)
{
    for (int i = 0; i < 2; i++) {
        close (machines[i]);
        g_unlink (g_array_index (options->ports, PortOptions, i).remote);
    }
    relay_free (relay);
    switch_options_free (options);
    close (epoll_fd);
    ck_assert_int_eq (g_rmdir (dir), 0); /* the ports removed their paths */
    g_free (dir);
}

/* As machine a: a broadcast with @number in it.  FALSE = no room. */
static gboolean
say (guint8 number)
{
    guint8 frame[LENGTH] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0, number };
    struct sockaddr_un address;

    ck_assert (
        socket_address (g_array_index (options->ports, PortOptions, 0).local, &address, NULL));
    if (sendto (machines[0], frame, LENGTH, 0, (struct sockaddr *)&address, sizeof address) > 0)
        return TRUE;
    ck_assert_int_eq (errno, EAGAIN);
    return FALSE;
}

/* As machine b: the number in the next frame, -1 when there is none. */
static int
hear (void)
{
    guint8 frame[LENGTH];

    if (recv (machines[1], frame, LENGTH, 0) != LENGTH)
        return -1;
    return frame[14];
}

/* What the switch would be woken for now. */
static int
pending (struct epoll_event *event)
{
    return epoll_wait (epoll_fd, event, 1, 0);
}

/* Nothing to do, nothing to wake for: before, after, and after a backlog. */
START_TEST (test_sleeps_when_idle)
{
    struct epoll_event event;
    guint said = 0, heard = 0;

    ck_assert_int_eq (pending (&event), 0);
    while (relay->ports[1].queue.n_frames < 40) {
        ck_assert (say (said++));
        relay_receive (relay, 0);
    }
    ck_assert_int_eq (pending (&event), 0); /* b is full: that is no reason to wake */
    while (heard < said) {
        ck_assert_int_eq (hear (), heard);
        heard++;
        while (pending (&event) == 1) {
            ck_assert_int_eq (watch_kind (&event), WATCH_PORT_OUT);
            ck_assert_uint_eq (watch_index (&event), 1);
            relay_drain (relay, 1);
        }
    }
    ck_assert_int_eq (hear (), -1);
    ck_assert_uint_eq (relay->ports[1].queue.n_frames, 0);
    ck_assert_int_eq (pending (&event), 0);
}
END_TEST

/* A frame that comes while others wait goes behind them, room or not. */
START_TEST (test_order_is_kept)
{
    guint said = 0, heard = 0;

    while (relay->ports[1].queue.n_frames < 3) {
        ck_assert (say (said++));
        relay_receive (relay, 0);
    }
    ck_assert_int_eq (hear (), heard++); /* room for one, not yet noticed */
    ck_assert (say (said++));
    relay_receive (relay, 0);
    ck_assert_uint_eq (relay->ports[1].queue.n_frames, 4);
    for (; heard < said; heard++) {
        relay_drain (relay, 1);
        ck_assert_int_eq (hear (), heard);
    }
}
END_TEST

/* A busy port is left after one batch, and its next one is another wake-up. */
START_TEST (test_takes_a_batch)
{
    struct epoll_event event;
    guint said = 0;

    while (say (said))
        said++;
    ck_assert_uint_le (said, 1000); /* the kernel's bound, whatever it is here */
    ck_assert_int_eq (pending (&event), 1);
    ck_assert_int_eq (watch_kind (&event), WATCH_PORT_IN);
    relay_receive (relay, 0);
    ck_assert_uint_eq (relay->ports[0].counters.rx_frames, MIN (said, PORT_BATCH));
    ck_assert_int_eq (pending (&event), said > PORT_BATCH);
}
END_TEST

/* The machine dies while its frames wait: that wakes the switch, once. */
START_TEST (test_death_wakes)
{
    struct epoll_event event;
    guint said = 0;

    while (relay->ports[1].queue.n_frames < 20) {
        ck_assert (say (said++));
        relay_receive (relay, 0);
    }
    ck_assert_int_eq (pending (&event), 0);
    close (machines[1]);
    ck_assert_int_eq (pending (&event), 1);
    ck_assert_int_eq (watch_kind (&event), WATCH_PORT_OUT);
    relay_drain (relay, 1);
    ck_assert_int_eq (pending (&event), 0);
    ck_assert_uint_eq (relay->ports[1].counters.drops, 20);
    machines[1] = -1;
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("switch-relay");
    TCase *steps = tcase_create ("steps");

    tcase_add_checked_fixture (steps, setup, teardown);
    tcase_add_test (steps, test_sleeps_when_idle);
    tcase_add_test (steps, test_order_is_kept);
    tcase_add_test (steps, test_takes_a_batch);
    tcase_add_test (steps, test_death_wakes);
    suite_add_tcase (suite, steps);
    return run_tap (suite);
}
