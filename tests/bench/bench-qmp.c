/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shared socket costs: the same commands to QEMU's own socket and to a shared socket in
 * front of the same QEMU, turn by turn in one run.
 *
 *   bench-qmp [ROUND-TRIPS [ROOST]]
 *
 * Three processes: QEMU with two monitors, the shared socket (its own main loop, as in a
 * supervisor), and this one, which measures with plain blocking sockets. */
#include "bench/qmp-rig.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 200 /* round trips before it is the other's turn */
#define DEPTH 64
#define CAPS "{\"execute\":\"qmp_capabilities\"}"
#define CAPS_OOB "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}"
#define COMMAND "{\"execute\":\"query-status\",\"id\":12345}"

static gint64
now_ns (void)
{
    struct timespec now;

    clock_gettime (CLOCK_MONOTONIC, &now);
    return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- round trips --- */

static int
compare (gconstpointer a, gconstpointer b)
{
    gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;

    return one < two ? -1 : one > two;
}

static void
measure (Conn *conn, GArray *times)
{
    for (int i = 0; i < BLOCK; i++) {
        gint64 begin = now_ns (), took;

        bench_put (conn->fd, COMMAND, strlen (COMMAND));
        while (bench_get (conn) == 0)
            ;
        took = now_ns () - begin;
        g_array_append_val (times, took);
    }
}

static double
percentile (GArray *times, double part)
{
    return (double)g_array_index (times, gint64, (guint)((times->len - 1) * part)) / 1000;
}

static void
round_trips (Bench *bench, const char *what, guint n)
{
    g_autoptr (GArray) raw_times = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GArray) shared_times = g_array_new (FALSE, FALSE, sizeof (gint64));
    Conn raw = bench_dial (bench->raw, CAPS), shared = bench_dial (bench->shared, CAPS);

    measure (&raw, raw_times); /* warm */
    measure (&shared, shared_times);
    g_array_set_size (raw_times, 0);
    g_array_set_size (shared_times, 0);
    for (guint i = 0; i < n; i += BLOCK) {
        measure (&raw, raw_times);
        measure (&shared, shared_times);
    }
    g_array_sort (raw_times, compare);
    g_array_sort (shared_times, compare);
    printf ("round trip, %-34s raw p50 %6.1f p99 %6.1f us, shared p50 %6.1f p99 %6.1f us: "
            "%.2fx, %.2fx\n",
            what, percentile (raw_times, 0.5), percentile (raw_times, 0.99),
            percentile (shared_times, 0.5), percentile (shared_times, 0.99),
            percentile (shared_times, 0.5) / percentile (raw_times, 0.5),
            percentile (shared_times, 0.99) / percentile (raw_times, 0.99));
    close (raw.fd);
    close (shared.fd);
}

/* --- throughput --- */

/* Each of @n connections keeps DEPTH commands under way. Returns: commands a second */
static double
pipeline (Conn *conns, guint n, guint total)
{
    g_autofree struct pollfd *polls = g_new0 (struct pollfd, n);
    gsize done = 0;
    gint64 begin = now_ns ();

    for (guint i = 0; i < n; i++) {
        polls[i] = (struct pollfd){ conns[i].fd, POLLIN, 0 };
        for (guint k = 0; k < DEPTH; k++)
            bench_put (conns[i].fd, COMMAND, strlen (COMMAND));
    }
    while (done < total) {
        if (poll (polls, n, 10000) <= 0)
            g_error ("nothing comes");
        for (guint i = 0; i < n; i++) {
            gsize lines = polls[i].revents ? bench_get (&conns[i]) : 0;

            done += lines;
            while (lines-- > 0 && done + n * DEPTH <= total + n * DEPTH)
                bench_put (conns[i].fd, COMMAND, strlen (COMMAND));
        }
    }
    return done * 1e9 / (double)(now_ns () - begin);
}

/* Returns: seconds of processor time that the shared socket's process has had */
static double
mux_time (Bench *bench)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int)bench->mux), *text = NULL;
    unsigned long user = 0, system = 0;

    g_file_get_contents (path, &text, NULL, NULL);
    sscanf (strrchr (text, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
            &system);
    return (double)(user + system) / sysconf (_SC_CLK_TCK);
}

static double
throughput (const char *path, const char *caps, guint n, guint total)
{
    g_autofree Conn *conns = g_new0 (Conn, n);
    double rate;

    for (guint i = 0; i < n; i++)
        conns[i] = bench_dial (path, caps);
    rate = pipeline (conns, n, total);
    for (guint i = 0; i < n; i++)
        close (conns[i].fd);
    return rate;
}

static void
throughputs (Bench *bench, guint total)
{
    double raw = throughput (bench->raw, CAPS, 1, total);
    double raw_oob = throughput (bench->raw, CAPS_OOB, 1, total);

    printf ("pipelined, 1 client on the raw socket: %.0f/s, with oob %.0f/s\n", raw, raw_oob);
    for (guint n = 1; n <= 60; n = n == 1 ? 8 : n == 8 ? 60 : 61) {
        double before = mux_time (bench), plain = throughput (bench->shared, CAPS, n, total);

        printf ("pipelined, %2u clients on the shared socket: %.0f/s: %.2fx raw, %.2fx raw oob; "
                "%.0f us of its processor time each\n",
                n, plain, plain / raw, plain / raw_oob, (mux_time (bench) - before) * 1e6 / total);
    }
}

/* --- company --- */

/* A client that asks for much and never reads. */
static int
dial_deaf (Bench *bench)
{
    Conn conn = bench_dial (bench->shared, CAPS);
    static const char schema[] = "{\"execute\":\"query-qmp-schema\"}";

    for (int i = 0; i < 100; i++)
        bench_put (conn.fd, schema, strlen (schema));
    return conn.fd;
}

static void
print_memory (Bench *bench, const char *when)
{
    g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int)bench->mux);
    g_autofree char *text = NULL;
    const char *pss;

    if (g_file_get_contents (path, &text, NULL, NULL) && (pss = strstr (text, "\nPss:")))
        printf ("memory of the shared socket's process, %s: %s KiB\n", when,
                g_strstrip (strndupa (pss + 5, strcspn (pss + 5, "k"))));
}

static void
with_company (Bench *bench, guint n)
{
    int deaf, idle[60];

    print_memory (bench, "no client");
    for (guint i = 0; i < 7; i++)
        idle[i] = bench_dial (bench->shared, CAPS).fd;
    round_trips (bench, "8 clients, 7 of them idle", n);
    for (guint i = 7; i < 60; i++)
        idle[i] = bench_dial (bench->shared, CAPS).fd;
    print_memory (bench, "60 clients");
    round_trips (bench, "61 clients, 60 of them idle", n);
    for (guint i = 0; i < 60; i++)
        close (idle[i]);
    deaf = dial_deaf (bench);
    g_usleep (3 * G_USEC_PER_SEC); /* until it has been given all that it may have */
    round_trips (bench, "2 clients, one never reads", n);
    print_memory (bench, "after it has been dropped");
    close (deaf);
}

/* --- one shot --- */

static double
run_once (const char **argv, char **envp)
{
    gint64 begin = now_ns ();
    int status = 0;
    pid_t pid = fork ();

    if (pid == 0) {
        int null = open ("/dev/null", O_WRONLY);

        dup2 (null, 1);
        execvpe (argv[0], (char **)argv, envp);
        _exit (127);
    }
    waitpid (pid, &status, 0);
    if (status != 0)
        g_error ("%s: status %d", argv[0], status);
    return (now_ns () - begin) / 1e6;
}

static void
one_shots (Bench *bench, const char *roost)
{
    const char *argv[] = { roost, "qmp", "-l", "lab", "m", "query-status", NULL };
    g_auto (GStrv) envp = g_environ_setenv (g_get_environ (), "ROOST_RUN_DIR", bench->dir, TRUE);
    g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

    for (int i = 0; i < 100; i++) {
        gint64 us = (gint64)(run_once (argv, envp) * 1e6);

        g_array_append_val (times, us);
    }
    g_array_sort (times, compare);
    printf ("one shot, whole process: p50 %.2f ms, p99 %.2f ms\n", percentile (times, 0.5) / 1000,
            percentile (times, 0.99) / 1000);
}

int
main (int argc, char **argv)
{
    guint n = argc > 1 ? (guint)atoi (argv[1]) : 4000;
    Bench bench = { 0 };

    signal (SIGPIPE, SIG_IGN);
    setvbuf (stdout, NULL, _IOLBF, 0);
    bench_start (&bench);
    close (bench_dial (bench.raw, CAPS).fd);
    bench_wait_for_mux (&bench);
    round_trips (&bench, "1 client", n);
    throughputs (&bench, n * 2);
    with_company (&bench, n);
    if (argc > 2)
        one_shots (&bench, argv[2]);
    bench_stop (&bench);
    return EXIT_SUCCESS;
}
