/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the foreground command; see foreground.h. */
#include "host/process/foreground.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct Foreground {
    GPid pid;              /* its group as well */
    guint watch;           /* source; 0 = it has ended */
    gboolean has_terminal; /* it was given ours */
    ForegroundFunc callback;
    gpointer user_data;
};

/* Between fork and exec: nothing here allocates. */
static void
prepare_child (gpointer user_data)
{
    const Foreground *foreground = user_data;

    setpgid (0, 0);
    signal (SIGTTOU, SIG_IGN); /* giving the terminal away from a group that does not have it */
    if (foreground->has_terminal)
        tcsetpgrp (STDIN_FILENO, getpid ());
    signal (SIGTTOU, SIG_DFL);
    signal (SIGPIPE, SIG_DFL);
}

static void
ended (GPid pid, gint status, gpointer user_data)
{
    Foreground *foreground = user_data;

    foreground->watch = 0;
    foreground->callback (WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status),
                          foreground->user_data);
}

Foreground *
foreground_start (const char *const *argv, const char *const *env, ForegroundFunc callback,
                  gpointer user_data, GError **error)
{
    Foreground *foreground = g_new0 (Foreground, 1);

    *foreground = (Foreground){ .callback = callback, .user_data = user_data };
    foreground->has_terminal = isatty (STDIN_FILENO) && tcgetpgrp (STDIN_FILENO) == getpgrp ();
    if (!g_spawn_async (NULL, (char **)argv, (char **)env,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                            G_SPAWN_CHILD_INHERITS_STDIN,
                        prepare_child, foreground, &foreground->pid, error)) {
        g_free (foreground);
        return NULL;
    }
    foreground->watch = g_child_watch_add (foreground->pid, ended, foreground);
    return foreground;
}

void
foreground_signal (Foreground *foreground, int signal)
{
    kill (-foreground->pid, signal);
}

void
foreground_free (Foreground *foreground)
{
    if (!foreground)
        return;
    kill (-foreground->pid, SIGKILL);
    if (foreground->has_terminal) {
        signal (SIGTTOU, SIG_IGN);
        tcsetpgrp (STDIN_FILENO, getpgrp ());
        signal (SIGTTOU, SIG_DFL);
    }
    if (foreground->watch)
        g_source_remove (foreground->watch);
    g_free (foreground);
}
