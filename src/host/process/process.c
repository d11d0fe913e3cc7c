/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns signalling, watching and reaping; see process.h. */
#include "host/process/process.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMAND_NAME_MAX 60
#define LOOK_MS 500

struct ProcessWatch {
    ProcessId id;
    int pidfd; /* -1 when it had ended before */
    guint source;
    ProcessExitFunc callback;
    gpointer user_data;
};

/* fields 3 and 22 of /proc/PID/stat; the second field may hold spaces and brackets */
static gboolean
read_stat (gint64 pid, char *ret_state, gint64 *ret_start_time)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
    g_autofree char *text = file_read_small (path);
    const char *field = text ? strrchr (text, ')') : NULL;
    char state;

    if (!field || field[1] != ' ')
        return FALSE;
    state = field[2];
    for (guint number = 2; field && number < 22; number++)
        field = strchr (field + 1, ' ');
    if (!field)
        return FALSE;
    *ret_state = state;
    *ret_start_time = g_ascii_strtoll (field, NULL, 10);
    return TRUE;
}

static int
open_pidfd (ProcessId id)
{
    char state;
    gint64 start_time;
    g_auto (AutoFd) fd = -1;

    if (id.pid <= 0)
        return -1;
    fd = syscall (SYS_pidfd_open, (pid_t)id.pid, 0);
    /* the start time is read after the pidfd is open: from then on the pid is pinned */
    if (fd < 0 || !read_stat (id.pid, &state, &start_time) || start_time != id.start_time)
        return -1;
    return g_steal_fd (&fd);
}

/* also one that has ended and waits to be reaped */
static gboolean
names_a_process (ProcessId id)
{
    gint64 start_time;
    char state;

    return id.pid > 0 && read_stat (id.pid, &state, &start_time) && start_time == id.start_time;
}

static gboolean
ended (gint fd, GIOCondition condition, gpointer user_data)
{
    ProcessWatch *watch = user_data;
    ProcessExit exit = { 0 };
    int status;

    if (names_a_process (watch->id) &&
        waitpid ((pid_t)watch->id.pid, &status, WNOHANG) == watch->id.pid) {
        exit.known = TRUE;
        exit.signal = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
        exit.status = WIFEXITED (status) ? WEXITSTATUS (status) : 0;
    }
    watch->source = 0;
    auto_fd_close (g_steal_fd (&watch->pidfd));
    watch->callback (&exit, watch->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean
ended_before (gpointer user_data)
{
    return ended (-1, 0, user_data);
}

/* only where no pidfd could be had, as without descriptors: never takes a
 * process for ended that lives */
static gboolean
look (gpointer user_data)
{
    ProcessWatch *watch = user_data;

    return process_is_alive (watch->id) ? G_SOURCE_CONTINUE : ended (-1, 0, watch);
}

ProcessWatch *
process_watch_new (ProcessId id, ProcessExitFunc callback, gpointer user_data)
{
    ProcessWatch *watch = g_new0 (ProcessWatch, 1);

    *watch = (ProcessWatch){
        .id = id, .pidfd = open_pidfd (id), .callback = callback, .user_data = user_data
    };
    if (watch->pidfd >= 0)
        watch->source = g_unix_fd_add (watch->pidfd, G_IO_IN, ended, watch);
    else if (process_is_alive (id))
        watch->source = g_timeout_add (LOOK_MS, look, watch);
    else
        watch->source = g_idle_add (ended_before, watch);
    return watch;
}

void
process_watch_free (ProcessWatch *watch)
{
    if (!watch)
        return;
    if (watch->source)
        g_source_remove (watch->source);
    auto_fd_close (watch->pidfd);
    g_free (watch);
}

gboolean
process_signal (ProcessId id, int signal)
{
    g_auto (AutoFd) fd = open_pidfd (id);

    return fd >= 0 && syscall (SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0;
}

gboolean
process_is_alive (ProcessId id)
{
    gint64 start_time;
    char state;

    return id.pid > 0 && read_stat (id.pid, &state, &start_time) && start_time == id.start_time &&
           state != 'Z' && state != 'X';
}

gboolean
process_shares_network (gint64 pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/ns/net", pid);
    struct stat ours, theirs;

    return stat ("/proc/self/ns/net", &ours) != 0 || stat (path, &theirs) != 0 ||
           (ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino);
}

ProcessId
process_identify (gint64 pid)
{
    ProcessId id = { .pid = pid };
    char state;

    if (!read_stat (pid, &state, &id.start_time))
        id.start_time = 0;
    return id;
}

ProcessId
process_self (void)
{
    return process_identify (getpid ());
}

char *
process_describe_exit (const ProcessExit *exit)
{
    if (!exit->known)
        return g_strdup ("ended");
    if (exit->signal)
        return g_strdup_printf ("was killed by signal %d (%s)", exit->signal,
                                g_strsignal (exit->signal));
    return g_strdup_printf ("exited with status %d", exit->status);
}

char *
process_command_name (gint64 pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/cmdline", pid);
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC);
    char text[COMMAND_NAME_MAX + 1];
    gssize length = fd >= 0 ? read (fd, text, COMMAND_NAME_MAX) : -1;

    if (length <= 0)
        return NULL;
    for (gssize i = 0; i < length - 1; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    text[length] = '\0';
    return g_utf8_make_valid (text, -1);
}
