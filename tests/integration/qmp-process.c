/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the processes of the integration tests of qmp/. */
#include "tests/integration/qmp-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/fault/qmp-peer.h"
#include "tests/unit/wait.h"

gboolean
skip_without (const char *program)
{
    g_autofree char *path = g_find_program_in_path (program);

    if (!path)
        printf ("1..0 # SKIP %s is not installed\n", program);
    return path == NULL;
}

Process *
process_new (void)
{
    Process *self = g_new0 (Process, 1);

    self->dir = g_dir_make_tmp ("qmp-real-XXXXXX", NULL);
    ck_assert_ptr_nonnull (self->dir);
    self->path = g_build_filename (self->dir, "qmp", NULL);
    return self;
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Process *self = user_data;

    g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
    self->exited = TRUE;
}

void
process_run (Process *self, const char *const *argv, int fd3)
{
    g_autoptr (GSubprocessLauncher) launcher =
        g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr (GError) error = NULL;

    if (fd3 >= 0)
        g_subprocess_launcher_take_fd (launcher, fd3, 3);
    self->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
    ck_assert_msg (self->process != NULL, "%s", error ? error->message : "");
    g_subprocess_wait_async (self->process, NULL, on_exited, self);
}

/* Two threads of QEMU accept from it at the start; of these one would wait for ever, once in a few
 * hundred times, and be deaf meanwhile: so it does not block. */
int
process_listen (Process *self)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_strlcpy (address.sun_path, self->path, sizeof address.sun_path);
    ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq (listen (fd, 1), 0);
    return fd;
}

Process *
process_start (const char *const *argv)
{
    Process *self = process_new ();

    process_run (self, argv, process_listen (self));
    return self;
}

void
process_free (Process *self)
{
    g_autoptr (GDir) dir = NULL;
    const char *name;

    if (!self->exited)
        g_subprocess_force_exit (self->process);
    ck_wait (self->exited);
    dir = g_dir_open (self->dir, 0, NULL);
    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (self->dir, name, NULL);

        g_unlink (path);
    }
    g_rmdir (self->dir);
    g_object_unref (self->process);
    g_free (self->dir);
    g_free (self->path);
    g_free (self);
}

int
process_get_pid (Process *self)
{
    return (int)g_ascii_strtoll (g_subprocess_get_identifier (self->process), NULL, 10);
}

/* Returns: whether all threads of it are stopped */
static gboolean
is_stopped (Process *self)
{
    g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", process_get_pid (self));
    g_autoptr (GDir) dir = g_dir_open (tasks, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (tasks, name, "stat", NULL), *stat = NULL;

        if (g_file_get_contents (path, &stat, NULL, NULL) && !strstr (stat, ") T "))
            return FALSE;
    }
    return TRUE;
}

static gboolean
keep_turning (gpointer data)
{
    return G_SOURCE_CONTINUE;
}

void
process_stop (Process *self)
{
    guint turning = g_timeout_add (1, keep_turning, NULL);

    g_subprocess_send_signal (self->process, SIGSTOP);
    ck_wait (is_stopped (self));
    g_source_remove (turning);
}

QmpClient *
process_connect (Process *self, QmpClientFlags flags)
{
    QmpClient *client = qmp_client_new (flags);
    Outcome outcome = { 0 };

    qmp_client_connect_path_async (client, self->path, 60000, NULL, outcome_connected, &outcome);
    ck_wait (outcome.n_calls);
    ck_assert_msg (outcome.done, "%s", outcome.error ? outcome.error->message : "");
    return client;
}
