/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a helper process is started, waited for and ended. */
#include "lab/effect-helper.h"

#include "base/error.h"
#include "base/file.h"
#include "host/marked.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#define READY_MS (30 * 1000)
#define TERM_MS (3 * 1000)
#define TAIL_MAX 1000

typedef struct {
    Executed *executed;
    const Step *step;
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

static gboolean
spawn (HelperRun *run, EffectsContext *context, const HelperSpec *helper, GError **error)
{
    g_autofree char *marker = marker_new (context->run_dir, run->step->id);
    g_autofree int *fds = g_new (int, helper->n_fds + 1);
    g_autofree int *numbers = g_new (int, helper->n_fds + 1);
    ProcessSpec spec = { .program = helper->program,
                         .argv = helper->argv,
                         .fds = fds,
                         .fd_numbers = numbers,
                         .n_fds = helper->n_fds + 1,
                         .stderr_path = helper->log,
                         .marker = marker };
    ProcessId id;
    gboolean spawned;
    int ends[2];

    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making a socket pair: %s",
                     g_strerror (errno));
        return FALSE;
    }
    fds[0] = ends[1];
    numbers[0] = HELPER_READY_FD;
    for (guint i = 0; i < helper->n_fds; i++) {
        fds[i + 1] = helper->fds[i];
        numbers[i + 1] = helper->fd_numbers[i];
    }
    run->ready_fd = ends[0];
    spawned = process_spawn (&spec, &id, error);
    close (ends[1]);
    if (!spawned)
        return FALSE;
    run->executed->pid = id.pid;
    run->executed->start_time = id.start_time;
    return TRUE;
}

/* A helper that is watched. */
struct HelperWatch {
    EffectsContext *context;
    const Step *step;
    ProcessWatch *watch;
};

static void
helper_ended (const ProcessExit *exit, gpointer user_data)
{
    HelperWatch *watched = user_data;
    g_autofree char *how = process_describe_exit (exit);

    /* whoever ends it on purpose stops watching it first */
    if (watched->context->helper_lost)
        watched->context->helper_lost (watched->step, how, watched->context->lost_data);
}

static void
watch (EffectsContext *context, const Step *step, const Executed *executed)
{
    HelperWatch *watched = g_new (HelperWatch, 1);

    *watched = (HelperWatch){ context, step, NULL };
    watched->watch = process_watch_new (executed_process (executed), helper_ended, watched);
    g_hash_table_replace (context->helpers, g_strdup (step->id), watched);
}

void
helper_watch_free (HelperWatch *watched)
{
    process_watch_free (watched->watch);
    g_free (watched);
}

gboolean
effects_step_is_helper (const Step *step)
{
    return step->kind == STEP_SWITCH || step->kind == STEP_NETNS || step->kind == STEP_UPLINK;
}

void
effects_watch_helper (EffectsContext *context, const Step *step, const Executed *executed)
{
    if (executed->pid && !g_hash_table_contains (context->helpers, step->id))
        watch (context, step, executed);
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
helper_run_new (GTask *task, const Step *step, Executed *executed)
{
    HelperRun *run = g_new0 (HelperRun, 1);

    *run = (HelperRun){ .executed = executed, .step = step, .ready_fd = -1 };
    g_task_set_task_data (task, run, helper_run_free);
    return run;
}

void
helper_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed,
           const HelperSpec *spec)
{
    HelperRun *run = helper_run_new (task, step, executed);
    GError *error = NULL;

    run->what = g_strdup (spec->what);
    run->log = g_strdup (spec->log);
    if (!spawn (run, context, spec, &error)) {
        g_prefix_error (&error, "%s: starting: ", spec->what);
        g_task_return_error (task, error);
        return;
    }
    watch (context, step, executed);
    run->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, READY_MS, helper_late, g_object_ref (task),
                                     g_object_unref);
    run->ready_source = g_unix_fd_add_full (G_PRIORITY_DEFAULT, run->ready_fd, G_IO_IN | G_IO_HUP,
                                            helper_ready, g_object_ref (task), g_object_unref);
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
    HelperRun *run = helper_run_new (task, step, executed);

    run->clean = clean;
    g_hash_table_remove (context->helpers, step->id);
    process_signal (executed_process (executed), SIGTERM);
    run->timer = g_timeout_add (TERM_MS, helper_too_slow, task);
    run->watch = process_watch_new (executed_process (executed), helper_gone, g_object_ref (task));
}
