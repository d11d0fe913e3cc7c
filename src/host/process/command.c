/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the running of helper programs to their end; see command.h. */
#include "host/process/command.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "host/process/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STDERR_MAX 2000
#define CHUNK 4096

typedef struct {
    GSubprocess *process;
    GCancellable *cancellable; /* ours: also fired by the deadline */
    guint timer;
    gulong chained; /* handler that passes the caller's cancellation on */
    gboolean timed_out;
    guint timeout_ms;
    char *name;
    CommandOutputFunc output; /* NULL: standard output is kept for the end */
    gpointer output_data;
    int output_fd;
    guint output_source;
    Identity identity; /* of the child */
    pid_t parent;
    GError *error; /* why it was killed */
} Run;

static void
run_free (gpointer data)
{
    Run *run = data;

    if (run->timer)
        g_source_remove (run->timer);
    if (run->output_source)
        g_source_remove (run->output_source);
    auto_fd_close (run->output_fd);
    g_clear_object (&run->process);
    g_clear_object (&run->cancellable);
    g_clear_error (&run->error);
    g_free (run->name);
    identity_clear (&run->identity);
    g_free (run);
}

static gboolean
out_of_time (gpointer user_data)
{
    Run *run = user_data;

    run->timer = 0;
    run->timed_out = TRUE;
    g_cancellable_cancel (run->cancellable);
    return G_SOURCE_REMOVE;
}

/* as one line, because it becomes part of a sentence */
static char *
last_lines (const char *text)
{
    gsize length = strlen (text);
    g_autofree char *tail = g_utf8_make_valid (text + length - MIN (length, STDERR_MAX), -1);
    g_auto (GStrv) lines = g_strsplit (g_strstrip (tail), "\n", -1);

    return g_strjoinv ("; ", lines);
}

GError *
command_failure (GSubprocess *process, const char *name, const char *output)
{
    g_autofree char *text = last_lines (output ? output : "");

    if (g_subprocess_get_if_signaled (process))
        return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "%s was killed by signal %d%s%s", name,
                            g_subprocess_get_term_sig (process), *text ? ": " : "", text);
    return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "%s failed with status %d%s%s", name,
                        g_subprocess_get_exit_status (process), *text ? ": " : "", text);
}

static void
killed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Run *run = g_task_get_task_data (task);

    g_subprocess_wait_finish (run->process, result, NULL);
    g_task_return_error (task, g_steal_pointer (&run->error));
}

/* Until it has ended it may still make the file that somebody will look for. */
static void
end_killed (GTask *task, GError *error)
{
    Run *run = g_task_get_task_data (task);

    run->error = error;
    g_subprocess_force_exit (run->process);
    g_subprocess_wait_async (run->process, NULL, killed, g_object_ref (task));
}

static void
ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Run *run = g_task_get_task_data (task);
    g_autofree char *output = NULL, *errors = NULL;
    GError *error = NULL;

    g_clear_handle_id (&run->output_source, g_source_remove);
    if (run->chained)
        g_cancellable_disconnect (g_task_get_cancellable (task), run->chained);
    if (!g_subprocess_communicate_utf8_finish (run->process, result, &output, &errors, &error)) {
        if (run->timed_out) {
            g_clear_error (&error);
            error = g_error_new (ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                                 run->output ? "%s made no progress for %u s and was killed"
                                             : "%s did not end within %u s and was killed",
                                 run->name, run->timeout_ms / 1000);
        }
        end_killed (task, error);
    } else if (!g_subprocess_get_successful (run->process)) {
        g_task_return_error (task, command_failure (run->process, run->name, errors));
    } else {
        g_task_return_pointer (task, output ? g_steal_pointer (&output) : g_strdup (""), g_free);
    }
}

static void
pass_cancellation (GCancellable *cancellable, gpointer user_data)
{
    g_cancellable_cancel (user_data);
}

/* Whatever it says is a sign of life, and puts its deadline off. */
static gboolean
said (gint fd, GIOCondition condition, gpointer user_data)
{
    Run *run = user_data;
    char chunk[CHUNK + 1];
    gssize n = read (fd, chunk, CHUNK);

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return G_SOURCE_CONTINUE;
    if (n <= 0) {
        run->output_source = 0;
        return G_SOURCE_REMOVE;
    }
    chunk[n] = '\0';
    if (run->timer)
        g_source_remove (run->timer);
    run->timer = g_timeout_add (run->timeout_ms, out_of_time, run);
    run->output (chunk, run->output_data);
    return G_SOURCE_CONTINUE;
}

/* Whoever has lost us has lost what we were doing: nothing of it goes on behind
 * the back of the next. */
void
command_die_with_parent (gpointer user_data)
{
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (getppid () != GPOINTER_TO_INT (user_data))
        _exit (127);
}

/* The kernel forgets whom a child is to die with when its user changes. */
static void
prepare_child (gpointer user_data)
{
    const Run *run = user_data;

    if (!identity_become (&run->identity))
        _exit (127);
    command_die_with_parent (GINT_TO_POINTER (run->parent));
}

static gboolean
spawn (Run *run, int fd, const char *const *argv, GError **error)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        G_SUBPROCESS_FLAGS_STDERR_PIPE | (run->output ? 0 : G_SUBPROCESS_FLAGS_STDOUT_PIPE));
    int ends[2];

    if (fd >= 0)
        g_subprocess_launcher_take_fd (launcher, fd, COMMAND_FD);
    if (run->output) {
        if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
            return FALSE;
        g_subprocess_launcher_take_stdout_fd (launcher, ends[1]);
        run->output_fd = ends[0];
        g_unix_set_fd_nonblocking (ends[0], TRUE, NULL);
        run->output_source = g_unix_fd_add (ends[0], G_IO_IN | G_IO_HUP, said, run);
    }
    run->parent = getpid ();
    g_subprocess_launcher_set_child_setup (launcher, prepare_child, run, NULL);
    run->process = g_subprocess_launcher_spawnv (launcher, argv, error);
    return run->process != NULL;
}

void
command_run_as_async (const RunAs *user, int fd, const char *const *argv, guint timeout_ms,
                      CommandOutputFunc output, gpointer output_data, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new (NULL, cancellable, callback, user_data);
    Run *run = g_new0 (Run, 1);
    GError *error = NULL;

    *run = (Run){ .name = g_path_get_basename (argv[0]),
                  .cancellable = g_cancellable_new (),
                  .timeout_ms = timeout_ms,
                  .output = output,
                  .output_data = output_data,
                  .output_fd = -1 };
    identity_init (&run->identity, user);
    g_task_set_task_data (task, run, run_free);
    g_task_set_source_tag (task, command_run_async);
    if (!spawn (run, fd, argv, &error)) {
        g_prefix_error (&error, "starting %s: ", run->name);
        roost_error_reclass (&error, ROOST_ERROR_HOST);
        g_task_return_error (task, error);
        g_object_unref (task);
        return;
    }
    run->timer = g_timeout_add (timeout_ms, out_of_time, run);
    if (cancellable)
        run->chained = g_cancellable_connect (cancellable, G_CALLBACK (pass_cancellation),
                                              g_object_ref (run->cancellable), g_object_unref);
    g_subprocess_communicate_utf8_async (run->process, NULL, run->cancellable, ended, task);
}

void
command_watch_async (const char *const *argv, guint timeout_ms, CommandOutputFunc output,
                     gpointer output_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
    command_run_as_async (NULL, -1, argv, timeout_ms, output, output_data, cancellable, callback,
                          user_data);
}

void
command_run_async (const char *const *argv, guint timeout_ms, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
    command_watch_async (argv, timeout_ms, NULL, NULL, cancellable, callback, user_data);
}

char *
command_run_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
