/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the running of hooks; see hook.h. */
#include "host/process/hook.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/command.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What one run may say: more is read and dropped. */
#define LOG_MAX (1024 * 1024)
#define SAID_LINE_MAX 4096
#define TAIL_MAX 4096
#define CHUNK 4096
/* when it has ended: what a pipe holds, whoever still writes to it */
#define LAST_CHUNKS 32

typedef struct {
    GSubprocess *process;
    char *name;
    char *label;
    guint timeout_ms;
    guint timer;
    gulong chained;
    gboolean timed_out;
    gboolean cancelled;
    int output_fd;
    guint output_source;
    int log_fd;
    gsize logged;
    GString *line; /* said and not logged yet */
    GString *tail;
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
    auto_fd_close (run->log_fd);
    g_clear_object (&run->process);
    g_string_free (run->line, TRUE);
    g_string_free (run->tail, TRUE);
    g_free (run->name);
    g_free (run->label);
    g_free (run);
}

/* with all that it has started */
static void
end_it (Run *run)
{
    const char *id = g_subprocess_get_identifier (run->process);
    int pid = id ? atoi (id) : 0;

    if (pid > 1)
        kill (-pid, SIGKILL);
}

static gboolean
out_of_time (gpointer user_data)
{
    Run *run = user_data;

    run->timer = 0;
    run->timed_out = TRUE;
    end_it (run);
    return G_SOURCE_REMOVE;
}

static void
cancelled (GCancellable *cancellable, gpointer user_data)
{
    Run *run = user_data;

    run->cancelled = TRUE;
    end_it (run);
}

/* --- what it says --- */

/* A log that cannot be written keeps nobody from going on. */
static void
log_line (Run *run)
{
    g_autofree char *text = g_strdup_printf ("%s: %s\n", run->label, run->line->str);
    gsize length = strlen (text);

    if (run->logged < LOG_MAX && write (run->log_fd, text, length) < 0)
        g_debug ("%s: writing its log: %s", run->label, g_strerror (errno));
    run->logged += length;
    g_string_truncate (run->line, 0);
}

static void
take (Run *run, const char *chunk, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (chunk[i] != '\n' && chunk[i] != '\0')
            g_string_append_c (run->line, chunk[i]);
        if (chunk[i] == '\n' || run->line->len >= SAID_LINE_MAX)
            log_line (run);
    }
    g_string_append_len (run->tail, chunk, length);
    if (run->tail->len > TAIL_MAX)
        g_string_erase (run->tail, 0, run->tail->len - TAIL_MAX);
}

/* Returns: whether there may be more */
static gboolean
read_some (Run *run)
{
    char chunk[CHUNK];
    gssize n = read (run->output_fd, chunk, sizeof chunk);

    if (n > 0)
        take (run, chunk, n);
    return n > 0 || (n < 0 && errno == EINTR);
}

static gboolean
said (gint fd, GIOCondition condition, gpointer user_data)
{
    Run *run = user_data;

    if (read_some (run) || errno == EAGAIN)
        return G_SOURCE_CONTINUE;
    run->output_source = 0;
    return G_SOURCE_REMOVE;
}

/* --- its life --- */

static void
ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Run *run = g_task_get_task_data (task);
    GError *error = NULL;

    if (run->chained)
        g_cancellable_disconnect (g_task_get_cancellable (task), run->chained);
    g_clear_handle_id (&run->timer, g_source_remove);
    g_clear_handle_id (&run->output_source, g_source_remove);
    for (guint i = 0; i < LAST_CHUNKS && read_some (run); i++)
        ;
    if (run->line->len > 0)
        log_line (run);
    if (!g_subprocess_wait_finish (run->process, result, &error)) {
        g_task_return_error (task, error);
        return;
    }
    if (g_subprocess_get_successful (run->process)) {
        g_task_return_boolean (task, TRUE);
        return;
    }
    g_string_append_c (run->tail, '\0');
    if (run->cancelled)
        error = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s was ended", run->name);
    else if (run->timed_out)
        error =
            g_error_new (ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                         "%s did not end within %u ms and was killed", run->name, run->timeout_ms);
    else
        error = command_failure (run->process, run->name, run->tail->str);
    g_string_assign (run->line, error->message);
    log_line (run);
    g_task_return_error (task, error);
}

/* A file, so that nobody has to wait for a program that does not read. */
static int
open_input (const char *text, GError **error)
{
    g_auto (AutoFd) fd = memfd_create ("roost-hook", MFD_CLOEXEC);
    gsize length = strlen (text), done = 0;

    while (fd >= 0 && done < length) {
        gssize n = write (fd, text + done, length - done);

        if (n < 0 && errno != EINTR)
            break;
        done += MAX (n, 0);
    }
    if (fd < 0 || done < length || lseek (fd, 0, SEEK_SET) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "keeping what it is to read: %s",
                     g_strerror (errno));
        return -1;
    }
    return g_steal_fd (&fd);
}

/* What it starts is in a group with it, and can be ended with it. */
static void
begin_in_child (gpointer user_data)
{
    setpgid (0, 0);
    command_die_with_parent (user_data);
}

static gboolean
open_output (Run *run, GSubprocessLauncher *launcher, GError **error)
{
    int ends[2], copy;

    if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
        return FALSE;
    run->output_fd = ends[0];
    g_subprocess_launcher_take_stdout_fd (launcher, ends[1]);
    copy = fcntl (ends[1], F_DUPFD_CLOEXEC, 3);
    if (copy < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making a pipe: %s", g_strerror (errno));
        return FALSE;
    }
    g_subprocess_launcher_take_stderr_fd (launcher, copy);
    g_unix_set_fd_nonblocking (ends[0], TRUE, NULL);
    return TRUE;
}

static gboolean
spawn (Run *run, const HookSpec *spec, GError **error)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
    int input;

    run->log_fd = open (spec->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (run->log_fd < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "opening %s: %s", spec->log,
                     g_strerror (errno));
        return FALSE;
    }
    if (!open_output (run, launcher, error) || (input = open_input (spec->input, error)) < 0)
        return FALSE;
    g_subprocess_launcher_take_stdin_fd (launcher, input);
    g_subprocess_launcher_set_environ (launcher, (char **)spec->environment);
    g_subprocess_launcher_set_cwd (
        launcher, g_file_test (spec->folder, G_FILE_TEST_IS_DIR) ? spec->folder : "/");
    g_subprocess_launcher_set_child_setup (launcher, begin_in_child, GINT_TO_POINTER (getpid ()),
                                           NULL);
    run->process = g_subprocess_launcher_spawnv (launcher, spec->argv, error);
    return run->process != NULL;
}

void
hook_run_async (const HookSpec *spec, GCancellable *cancellable, GAsyncReadyCallback callback,
                gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Run *run = g_new0 (Run, 1);
    GError *error = NULL;

    *run = (Run){ .name = g_path_get_basename (spec->argv[0]),
                  .label = g_strdup (spec->label),
                  .timeout_ms = spec->timeout_ms,
                  .output_fd = -1,
                  .log_fd = -1,
                  .line = g_string_new (NULL),
                  .tail = g_string_new (NULL) };
    g_task_set_task_data (task, run, run_free);
    g_task_set_source_tag (task, hook_run_async);
    g_task_set_check_cancellable (task, FALSE); /* it may have done its work all the same */
    if (g_cancellable_set_error_if_cancelled (cancellable, &error) || !spawn (run, spec, &error)) {
        g_prefix_error (&error, "starting %s: ", run->name);
        if (error->domain != G_IO_ERROR || error->code != G_IO_ERROR_CANCELLED)
            roost_error_reclass (&error, ROOST_ERROR_HOST);
        g_task_return_error (task, error);
        return;
    }
    run->timer = g_timeout_add (spec->timeout_ms, out_of_time, run);
    run->output_source = g_unix_fd_add (run->output_fd, G_IO_IN | G_IO_HUP, said, run);
    if (cancellable)
        run->chained = g_cancellable_connect (cancellable, G_CALLBACK (cancelled), run, NULL);
    g_subprocess_wait_async (run->process, NULL, ended, g_steal_pointer (&task));
}

gboolean
hook_run_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
