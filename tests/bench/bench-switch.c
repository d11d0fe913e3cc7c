/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the switch costs: two datagram endpoints through it, against the same two
 * endpoints directly, in one run.
 *
 *   bench-switch [FRAMES]
 *
 * Throughput: one process sends as fast as it is let, another receives.  Round
 * trip: a frame there and an answer back, one at a time.
 */
#include "integration/switch-rig.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_LENGTH 65536

/* A's and b's ends, and where each of them sends to. */
typedef struct {
    int a, b;
    struct sockaddr_un to_b, to_a;
} Link;

static struct sockaddr_un
address (const SwitchRig *rig, const char *port, const char *side)
{
    g_autofree char *path = rig_path (rig, port, side);
    struct sockaddr_un result = { .sun_family = AF_UNIX };

    g_strlcpy (result.sun_path, path, sizeof result.sun_path);
    return result;
}

static void
wait_for (int fd, short events)
{
    struct pollfd wait = { .fd = fd, .events = events };

    if (poll (&wait, 1, RIG_DEADLINE) != 1)
        g_error ("nothing happens");
}

static void
send_frame (int fd, const void *frame, gsize length)
{
    while (send (fd, frame, length, MSG_DONTWAIT) < 0) {
        if (errno != EAGAIN)
            g_error ("send: %s", g_strerror (errno));
        wait_for (fd, POLLOUT);
    }
}

static gssize
receive_frame (int fd, void *frame)
{
    gssize n;

    while ((n = recv (fd, frame, MAX_LENGTH, MSG_DONTWAIT)) < 0)
        wait_for (fd, POLLIN);
    return n;
}

/* A socket that can be polled for room: connected, unlike QEMU's. */
static int
connect_to (const struct sockaddr_un *to)
{
    int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (connect (fd, (const struct sockaddr *)to, sizeof *to) < 0)
        g_error ("%s: %s", to->sun_path, g_strerror (errno));
    return fd;
}

static pid_t
start_sender (const Link *link, guint n, gsize length)
{
    pid_t pid = fork ();
    guint8 frame[MAX_LENGTH];

    if (pid == 0) {
        int fd = connect_to (&link->to_b);

        rig_frame (frame, 2, 1, -1, length);
        for (guint i = 0; i < n; i++)
            send_frame (fd, frame, length);
        _exit (0);
    }
    return pid;
}

/* Processor time that the switch has used, in µs.  Unlike the times by the clock
 * it hardly depends on what else the machine does. */
static double
cpu_time (const SwitchRig *rig)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/schedstat", rig->pid);
    g_autofree char *text = NULL;

    if (!g_file_get_contents (path, &text, NULL, NULL))
        return 0;
    return g_ascii_strtoull (text, NULL, 10) / 1e3;
}

/* Frames per second.  Frames may be lost: what counts is what arrives, until the
 * sender has ended and nothing more comes. */
static double
measure_throughput (const Link *link, guint n, gsize length, guint *ret_lost)
{
    gint64 start = g_get_monotonic_time ();
    gint64 last = start;
    pid_t pid = start_sender (link, n, length);
    guint8 frame[MAX_LENGTH];
    guint got = 0;

    while (got < n) {
        struct pollfd wait = { .fd = link->b, .events = POLLIN };

        if (poll (&wait, 1, 500) != 1)
            break;
        receive_frame (link->b, frame);
        got++;
        last = g_get_monotonic_time ();
    }
    waitpid (pid, NULL, 0);
    *ret_lost = n - got;
    return got * 1e6 / (last - start);
}

static int
compare (const void *a, const void *b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

/* The median and the 99th percentile of the round trip, in µs. */
static void
measure_round_trip (const Link *link, guint n, gint64 ret[2])
{
    g_autofree gint64 *times = g_new (gint64, n);
    guint8 there[60], back[60], buffer[MAX_LENGTH];
    pid_t pid = fork ();

    rig_frame (there, 2, 1, -1, sizeof there);
    rig_frame (back, 1, 2, -1, sizeof back);
    if (pid == 0) {
        int fd = connect_to (&link->to_a);

        for (guint i = 0; i < n; i++) {
            receive_frame (link->b, buffer);
            send_frame (fd, back, sizeof back);
        }
        _exit (0);
    }
    for (guint i = 0, fd = connect_to (&link->to_b); i < n; i++) {
        gint64 start = g_get_monotonic_time ();

        send_frame (fd, there, sizeof there);
        receive_frame (link->a, buffer);
        times[i] = g_get_monotonic_time () - start;
    }
    waitpid (pid, NULL, 0);
    qsort (times, n, sizeof *times, compare);
    ret[0] = times[n / 2];
    ret[1] = times[n * 99 / 100];
}

int
main (int argc, char **argv)
{
    static const gsize lengths[] = { 60, 1514, 9014, 65000 };
    guint n = argc > 1 ? strtoul (argv[1], NULL, 10) : 200000;
    guint8 frame[60];
    gint64 direct_time[2], switched_time[2];
    double cpu_before;
    Link direct, switched;
    SwitchRig rig;

    rig_init (&rig, "300");
    rig_add_port (&rig, "a/n", NULL);
    rig_add_port (&rig, "b/n", NULL);
    if (!rig_start (&rig))
        g_error ("the switch does not start");
    switched.a = direct.a = rig_endpoint (&rig, "a/n");
    switched.b = direct.b = rig_endpoint (&rig, "b/n");
    switched.to_b = address (&rig, "a/n", "s");
    switched.to_a = address (&rig, "b/n", "s");
    direct.to_b = address (&rig, "b/n", "m");
    direct.to_a = address (&rig, "a/n", "m");
    rig_send (&rig, direct.b, "b/n", frame, rig_frame (frame, 1, 2, -1, 60)); /* learn b */
    receive_frame (direct.a, frame);

    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
        guint count = lengths[i] > 9014 ? n / 10 : n;
        guint lost_direct, lost;
        double bare = measure_throughput (&direct, count, lengths[i], &lost_direct);
        double cpu = cpu_time (&rig);
        double through = measure_throughput (&switched, count, lengths[i], &lost);

        printf ("%5zu bytes: direct %8.0f frames/s, switched %8.0f frames/s (%.2f Gbit/s, "
                "%u of %u dropped), ratio %.2f, %.2f us of processor a frame\n",
                lengths[i], bare, through, through * lengths[i] * 8 / 1e9, lost, count,
                through / bare, (cpu_time (&rig) - cpu) / count);
    }
    measure_round_trip (&direct, n / 4, direct_time);
    cpu_before = cpu_time (&rig);
    measure_round_trip (&switched, n / 4, switched_time);
    printf ("round trip: direct %" G_GINT64_FORMAT " us (p99 %" G_GINT64_FORMAT
            "), switched %" G_GINT64_FORMAT " us (p99 %" G_GINT64_FORMAT
            "), ratio %.2f, %.2f us of processor a frame\n",
            direct_time[0], direct_time[1], switched_time[0], switched_time[1],
            (double)switched_time[0] / MAX (direct_time[0], 1),
            (cpu_time (&rig) - cpu_before) / (n / 4 * 2));
    rig_clear (&rig);
    return 0;
}
