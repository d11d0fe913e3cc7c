/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how the process of an internal switch is started, waited for and ended. */
#include "lab/effect.h"

#include "base/error.h"
#include "base/file.h"
#include "host/marked.h"
#include "host/socket.h"
#include "lab/mind.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SWITCH_READY_MS (10 * 1000)
#define SWITCH_TERM_MS (3 * 1000)
#define SWITCH_READY_FD 3

typedef struct {
    EffectsContext *context;
    Executed *executed;
    const SwitchStep *step;
    const Step *whole;
    ProcessWatch *watch;
    guint timer;
    guint ready_source;
    int ready_fd;
} SwitchRun;

static void
switch_run_free (gpointer data)
{
    SwitchRun *run = data;

    if (run->timer)
        g_source_remove (run->timer);
    if (run->ready_source)
        g_source_remove (run->ready_source);
    process_watch_free (run->watch);
    auto_fd_close (run->ready_fd);
    g_free (run);
}

static gboolean
switch_late (gpointer user_data)
{
    GTask *task = user_data;
    SwitchRun *run = g_task_get_task_data (task);

    run->timer = 0;
    if (run->ready_source)
        g_source_remove (run->ready_source);
    run->ready_source = 0;
    process_signal (executed_process (run->executed), SIGKILL);
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                             "switch %s: it did not begin to work within %d s (log: %s)",
                             run->step->name, SWITCH_READY_MS / 1000, run->step->log);
    return G_SOURCE_REMOVE;
}

/* @ready: where it tells that it works; -1 = nobody wants to know */
static gboolean
spawn (EffectsContext *context, const Step *step, Executed *executed, int ready, GError **error)
{
    g_autoptr (GPtrArray) argv = g_ptr_array_new ();
    g_autofree char *marker = marker_new (context->run_dir, step->id);
    int number = SWITCH_READY_FD;
    ProcessSpec spec = { .program = context->program,
                         .fds = &ready,
                         .fd_numbers = &number,
                         .n_fds = ready >= 0,
                         .stderr_path = step->sw->log,
                         .append = ready < 0, /* why the one before ended is in it */
                         .marker = marker };
    ProcessId id;

    for (gsize i = 0; step->sw->argv[i]; i++)
        g_ptr_array_add (argv, step->sw->argv[i]);
    if (ready >= 0) {
        g_ptr_array_add (argv, (gpointer) "--ready-fd");
        g_ptr_array_add (argv, (gpointer)G_STRINGIFY (SWITCH_READY_FD));
    }
    g_ptr_array_add (argv, NULL);
    spec.argv = (const char *const *)argv->pdata;
    if (!process_spawn (&spec, &id, error)) {
        g_prefix_error (error, "switch %s: starting: ", step->sw->name);
        return FALSE;
    }
    executed->pid = id.pid;
    executed->start_time = id.start_time;
    return TRUE;
}

static gboolean
spawn_again (EffectsContext *context, const Step *step, Executed *executed, GError **error)
{
    return spawn (context, step, executed, -1, error);
}

/* The switch writes one byte when its sockets are bound; when it dies instead
 * the pipe just closes. */
static gboolean
switch_ready (gint fd, GIOCondition condition, gpointer user_data)
{
    GTask *task = user_data;
    SwitchRun *run = g_task_get_task_data (task);
    char byte;

    run->ready_source = 0;
    g_clear_handle_id (&run->timer, g_source_remove);
    if (read (fd, &byte, 1) == 1) {
        mind_process (run->context, run->whole, run->executed, spawn_again);
        g_task_return_pointer (task, NULL, NULL);
    } else {
        g_autofree char *tail = file_tail (run->step->log, 1000);

        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST,
                                 "switch %s: starting: %s (log: %s)", run->step->name,
                                 *tail ? g_strstrip (tail) : "it ended at once", run->step->log);
    }
    return G_SOURCE_REMOVE;
}

static gboolean
spawn_first (SwitchRun *run, GError **error)
{
    g_auto (AutoFd) write_end = -1;
    int ends[2];

    if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
        return FALSE;
    run->ready_fd = ends[0];
    write_end = ends[1];
    return spawn (run->context, run->whole, run->executed, write_end, error);
}

void
switch_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    SwitchRun *run = g_new0 (SwitchRun, 1);
    GError *error = NULL;

    *run = (SwitchRun){
        .context = context, .executed = executed, .step = step->sw, .whole = step, .ready_fd = -1
    };
    g_task_set_task_data (task, run, switch_run_free);
    if (!spawn_first (run, &error)) {
        g_task_return_error (task, error);
        return;
    }
    run->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, SWITCH_READY_MS, switch_late,
                                     g_object_ref (task), g_object_unref);
    run->ready_source = g_unix_fd_add_full (G_PRIORITY_DEFAULT, run->ready_fd, G_IO_IN | G_IO_HUP,
                                            switch_ready, g_object_ref (task), g_object_unref);
}

/* One that has ended meanwhile is started again by whoever minds it. */
void
switch_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    if (executed->status == EXECUTED_DONE)
        mind_process (context, step, executed, spawn_again);
    g_task_return_pointer (task, NULL, NULL);
}

static gboolean
switch_too_slow (gpointer user_data)
{
    SwitchRun *run = g_task_get_task_data (user_data);

    run->timer = 0;
    process_signal (executed_process (run->executed), SIGKILL);
    return G_SOURCE_REMOVE;
}

/* the ends of both sides: the emulator does not remove the one that it bound */
static void
remove_switch_sockets (const SwitchStep *step)
{
    socket_remove (step->control);
    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++)
        if (g_str_equal (step->argv[i], "--local") || g_str_equal (step->argv[i], "--remote"))
            socket_remove (step->argv[i + 1]);
}

static void
switch_gone (const ProcessExit *exit, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    SwitchRun *run = g_task_get_task_data (task);

    g_clear_handle_id (&run->timer, g_source_remove);
    remove_switch_sockets (run->step);
    run->executed->pid = 0;
    g_task_return_pointer (task, NULL, NULL);
}

void
switch_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    SwitchRun *run = g_new0 (SwitchRun, 1);

    *run =
        (SwitchRun){ .context = context, .executed = executed, .step = step->sw, .ready_fd = -1 };
    g_task_set_task_data (task, run, switch_run_free);
    mind_no_more (context, step);
    process_signal (executed_process (executed), SIGTERM);
    run->timer = g_timeout_add (SWITCH_TERM_MS, switch_too_slow, task);
    run->watch = process_watch_new (executed_process (executed), switch_gone, g_object_ref (task));
}
