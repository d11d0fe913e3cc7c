/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a helper process is started, waited for and ended. */
#include "lab/effects/effect-helper.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/marked.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/socket.h>

#define READY_MS (30 * 1000)
#define TERM_MS (3 * 1000)
#define TAIL_MAX 1000

typedef struct {
    EffectsContext *context;
    Executed *executed;
    const Step *step;
    MindSpawnFunc again;
    void (*clean) (const Step *step);
    char *what;
    char *log;
    ProcessWatch *watch;
    guint timer;
    guint ready_source;
    int ready_fd;
} HelperRun;

static void
helper_run_free (gpointer data)
{
    HelperRun *run = data;

    if (run->timer)
        g_source_remove (run->timer);
    if (run->ready_source)
        g_source_remove (run->ready_source);
    process_watch_free (run->watch);
    auto_fd_close (run->ready_fd);
    g_free (run->what);
    g_free (run->log);
    g_free (run);
}

static gboolean
helper_late (gpointer user_data)
{
    GTask *task = user_data;
    HelperRun *run = g_task_get_task_data (task);

    run->timer = 0;
    g_clear_handle_id (&run->ready_source, g_source_remove);
    process_signal (executed_process (run->executed), SIGKILL);
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                             "%s: it did not begin to work within %d s (log: %s)", run->what,
                             READY_MS / 1000, run->log);
    return G_SOURCE_REMOVE;
}

/* When it dies instead the socket just closes. */
static gboolean
helper_ready (gint fd, GIOCondition condition, gpointer user_data)
{
    GTask *task = user_data;
    HelperRun *run = g_task_get_task_data (task);
    char byte;

    run->ready_source = 0;
    g_clear_handle_id (&run->timer, g_source_remove);
    if (read (fd, &byte, 1) == 1) {
        mind_process (run->context, run->step, run->executed, run->again);
        g_task_return_pointer (task, NULL, NULL);
    } else {
        g_autofree char *tail = file_tail (run->log, TAIL_MAX);

        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "%s: starting: %s (log: %s)",
                                 run->what, *tail ? g_strstrip (tail) : "it ended at once",
                                 run->log);
    }
    auto_fd_close (g_steal_fd (&run->ready_fd));
    return G_SOURCE_REMOVE;
}

gboolean
helper_start (EffectsContext *context, const Step *step, Executed *executed,
              const HelperSpec *helper, int ready, GError **error)
{
    g_autofree char *marker = marker_new (context->run_dir, step->id);
    g_autofree int *fds = g_new (int, helper->n_fds + 1);
    g_autofree int *numbers = g_new (int, helper->n_fds + 1);
    ProcessSpec spec = { .program = helper->program,
                         .argv = helper->argv,
                         .fds = fds,
                         .fd_numbers = numbers,
                         .stderr_path = helper->log,
                         .user = helper->user,
                         .append = ready < 0, /* why the one before ended is in it */
                         .marker = marker };
    ProcessId id;

    for (; spec.n_fds < helper->n_fds; spec.n_fds++) {
        fds[spec.n_fds] = helper->fds[spec.n_fds];
        numbers[spec.n_fds] = helper->fd_numbers[spec.n_fds];
    }
    if (ready >= 0) {
        fds[spec.n_fds] = ready;
        numbers[spec.n_fds++] = HELPER_READY_FD;
    }
    if (!process_spawn (&spec, &id, error)) {
        g_prefix_error (error, "%s: starting: ", helper->what);
        return FALSE;
    }
    executed->pid = id.pid;
    executed->start_time = id.start_time;
    return TRUE;
}

static gboolean
spawn (HelperRun *run, const HelperSpec *helper, GError **error)
{
    g_auto (AutoFd) theirs = -1;
    int ends[2];

    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s: starting: making a socket pair: %s",
                     helper->what, g_strerror (errno));
        return FALSE;
    }
    run->ready_fd = ends[0];
    theirs = ends[1];
    return helper_start (run->context, run->step, run->executed, helper, theirs, error);
}

gboolean
effects_step_is_helper (const Step *step)
{
    return step->kind == STEP_SWITCH || step->kind == STEP_NETNS || step->kind == STEP_UPLINK;
}

GPtrArray *
helper_own_argv (char **words)
{
    GPtrArray *argv = g_ptr_array_new ();

    for (gsize i = 0; words[i]; i++)
        g_ptr_array_add (argv, words[i]);
    g_ptr_array_add (argv, (gpointer) "--ready-fd");
    g_ptr_array_add (argv, (gpointer)G_STRINGIFY (HELPER_READY_FD));
    g_ptr_array_add (argv, NULL);
    return argv;
}

static HelperRun *
helper_run_new (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    HelperRun *run = g_new0 (HelperRun, 1);

    *run = (HelperRun){ .context = context, .executed = executed, .step = step, .ready_fd = -1 };
    g_task_set_task_data (task, run, helper_run_free);
    return run;
}

void
helper_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
           const HelperSpec *spec)
{
    HelperRun *run = helper_run_new (task, context, step, executed);
    GError *error = NULL;

    run->what = g_strdup (spec->what);
    run->log = g_strdup (spec->log);
    run->again = spec->again;
    if (!spawn (run, spec, &error)) {
        g_task_return_error (task, error);
        return;
    }
    run->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, READY_MS, helper_late, g_object_ref (task),
                                     g_object_unref);
    run->ready_source = g_unix_fd_add_full (G_PRIORITY_DEFAULT, run->ready_fd, G_IO_IN | G_IO_HUP,
                                            helper_ready, g_object_ref (task), g_object_unref);
}

/* One that has ended meanwhile is started again by whoever minds it; one that
 * was just being started will be undone. */
void
helper_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
              MindSpawnFunc again)
{
    if (executed->status == EXECUTED_DONE)
        mind_process (context, step, executed, again);
    g_task_return_pointer (task, NULL, NULL);
}

static gboolean
helper_too_slow (gpointer user_data)
{
    HelperRun *run = g_task_get_task_data (user_data);

    run->timer = 0;
    process_signal (executed_process (run->executed), SIGKILL);
    return G_SOURCE_REMOVE;
}

static void
helper_gone (const ProcessExit *exit, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    HelperRun *run = g_task_get_task_data (task);

    g_clear_handle_id (&run->timer, g_source_remove);
    run->clean (run->step);
    run->executed->pid = 0;
    g_task_return_pointer (task, NULL, NULL);
}

void
helper_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
             void (*clean) (const Step *step))
{
    HelperRun *run = helper_run_new (task, context, step, executed);

    run->clean = clean;
    mind_no_more (context, step);
    process_signal (executed_process (executed), SIGTERM);
    run->timer = g_timeout_add (TERM_MS, helper_too_slow, task);
    run->watch = process_watch_new (executed_process (executed), helper_gone, g_object_ref (task));
}
