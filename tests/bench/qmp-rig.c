/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the processes that bench-qmp measures. */
#include "bench/qmp-rig.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/shared/shared.h"

#define QEMU "qemu-system-x86_64"

void
bench_put (int fd, const char *text, gsize length)
{
    while (length > 0) {
        gssize n = write (fd, text, length);

        if (n <= 0)
            g_error ("write: %s", g_strerror (errno));
        text += n;
        length -= n;
    }
}

/* Counts the lines of one read. */
gsize
bench_get (Conn *conn)
{
    char bytes[65536];
    gssize n = read (conn->fd, bytes, sizeof bytes);
    gsize lines = 0;

    if (n <= 0)
        g_error ("read: %s", n ? g_strerror (errno) : "the end");
    for (const char *at = bytes; (at = memchr (at, '\n', bytes + n - at)); at++)
        lines++;
    conn->lines += lines;
    return lines;
}

Conn
bench_dial (const char *path, const char *caps)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    Conn conn = { .fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    for (int i = 0; connect (conn.fd, (struct sockaddr *)&address, sizeof address) < 0; i++) {
        if (i == 5000)
            g_error ("connect %s: %s", path, g_strerror (errno));
        g_usleep (1000);
    }
    bench_put (conn.fd, caps, strlen (caps));
    while (conn.lines < 2)
        bench_get (&conn);
    return conn;
}

/* --- the processes --- */

static void
start_qemu (Bench *bench)
{
    g_autofree char *raw = g_strdup_printf ("unix:%s,server=on,wait=off", bench->raw);
    g_autofree char *upstream = g_strdup_printf ("unix:%s,server=on,wait=off", bench->upstream);
    const char *argv[] = { QEMU,   "-machine", "none", "-nodefaults", "-display", "none",
                           "-qmp", raw,        "-qmp", upstream,      NULL };

    bench->qemu = fork ();
    if (bench->qemu == 0) {
        execvp (argv[0], (char **)argv);
        _exit (127);
    }
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    if (!qmp_client_connect_finish (QMP_CLIENT (source), result, &error))
        g_error ("%s", error->message);
    shared_socket_set_upstream (user_data, QMP_CLIENT (source));
}

static gboolean
on_hang_up (int fd, GIOCondition condition, gpointer loop)
{
    g_main_loop_quit (loop);
    return G_SOURCE_REMOVE;
}

static void
start_mux (Bench *bench)
{
    g_autoptr (GMainLoop) loop = NULL;
    g_autoptr (QmpClient) client = NULL;
    SharedSocket *shared;
    int ends[2];

    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        g_error ("socketpair: %s", g_strerror (errno));
    bench->hold = ends[0];
    bench->mux = fork ();
    if (bench->mux != 0) {
        close (ends[1]);
        return;
    }
    close (ends[0]);
    loop = g_main_loop_new (NULL, FALSE);
    client = qmp_client_new (QMP_CLIENT_WANT_OOB);
    shared = shared_socket_new (bench->shared, bench->observers,
                                getenv ("BENCH_NO_TRANSCRIPT") ? NULL : bench->transcript, NULL);
    qmp_client_connect_path_async (client, bench->upstream, 10000, NULL, on_connected, shared);
    g_unix_fd_add (ends[1], G_IO_HUP, on_hang_up, loop);
    g_main_loop_run (loop);
    shared_socket_free (shared);
    _exit (0);
}

void
bench_start (Bench *bench)
{
    bench->dir = g_dir_make_tmp ("bench-qmp-XXXXXX", NULL);
    bench->raw = g_build_filename (bench->dir, "raw", NULL);
    bench->upstream = g_build_filename (bench->dir, "up", NULL);
    bench->shared = g_build_filename (bench->dir, "lab", "m.qmp", NULL);
    bench->observers = g_build_filename (bench->dir, "lab", "m.qmp-ro", NULL);
    bench->transcript = g_build_filename (bench->dir, "log", NULL);
    g_mkdir (bench->dir, 0700);
    {
        g_autofree char *lab = g_path_get_dirname (bench->shared);

        g_mkdir (lab, 0700);
    }
    start_qemu (bench);
    start_mux (bench);
}

/* A shared socket that has no upstream yet closes at once. */
void
bench_wait_for_mux (Bench *bench)
{
    for (int i = 0; i < 5000; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        char byte;
        gboolean greeted;

        g_strlcpy (address.sun_path, bench->shared, sizeof address.sun_path);
        greeted = connect (fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                  read (fd, &byte, 1) == 1;
        close (fd);
        if (greeted)
            return;
        g_usleep (1000);
    }
    g_error ("no shared socket");
}

void
bench_stop (Bench *bench)
{
    g_autofree char *older = g_strconcat (bench->transcript, ".1", NULL);
    g_autofree char *lab = g_path_get_dirname (bench->shared);

    close (bench->hold);
    waitpid (bench->mux, NULL, 0);
    kill (bench->qemu, SIGKILL);
    waitpid (bench->qemu, NULL, 0);
    g_unlink (bench->raw);
    g_unlink (bench->upstream);
    g_unlink (bench->transcript);
    g_unlink (older);
    g_rmdir (lab);
    g_rmdir (bench->dir);
}
