/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the lock between labs; see lock.h.  It is an flock(2) on the folder itself,
 * so that no file stays behind, and the kernel gives it back when its holder
 * dies.  There is no event for that, so whoever waits asks again; it is held for
 * milliseconds.
 */
#include "host/lock.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define TABLE_MAX (16 * 1024 * 1024)
#define RETRY_MS 10
#define PATIENCE_US (60 * G_USEC_PER_SEC)

struct HostLock {
    int fd;
};

typedef struct {
    char *path;
    int fd;
    gint64 deadline;
} Waiting;

static void
waiting_free (gpointer data)
{
    Waiting *waiting = data;

    auto_fd_close (waiting->fd);
    g_free (waiting->path);
    g_free (waiting);
}

/* /proc/locks has lines as `1: FLOCK  ADVISORY  WRITE 4711 00:19:1234 0 EOF` */
static gint64
find_holder (const Waiting *waiting)
{
    g_autofree char *text = file_read ("/proc/locks", TABLE_MAX, NULL, NULL);
    g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);
    struct stat info;

    if (fstat (waiting->fd, &info) < 0)
        return 0;
    for (gsize i = 0; lines[i]; i++) {
        unsigned long long inode;
        int pid;

        if (sscanf (lines[i], "%*d: FLOCK ADVISORY WRITE %d %*x:%*x:%llu", &pid, &inode) == 2 &&
            inode == info.st_ino)
            return pid;
    }
    return 0;
}

static char *
describe_holder (const Waiting *waiting)
{
    gint64 pid = find_holder (waiting);
    g_autofree char *command = pid > 0 ? process_command_name (pid) : NULL;

    return command ? g_strdup_printf ("process %" G_GINT64_FORMAT " (%s)", pid, command)
                   : g_strdup ("another process");
}

/* Returns: whether the task has ended */
static gboolean
attempt (GTask *task)
{
    Waiting *waiting = g_task_get_task_data (task);
    g_autofree char *holder = NULL;
    HostLock *lock;

    if (g_task_return_error_if_cancelled (task))
        return TRUE;
    if (flock (waiting->fd, LOCK_EX | LOCK_NB) == 0) {
        lock = g_new (HostLock, 1);
        lock->fd = g_steal_fd (&waiting->fd);
        g_task_return_pointer (task, lock, (GDestroyNotify)host_lock_free);
        return TRUE;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "locking %s: %s",
                                 waiting->path, g_strerror (errno));
        return TRUE;
    }
    if (g_get_monotonic_time () < waiting->deadline)
        return FALSE;
    holder = describe_holder (waiting);
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_TIMEOUT,
                             "waiting for the lock between labs %s: %s has held it for %d s: end "
                             "that process if it hangs",
                             waiting->path, holder, (int)(PATIENCE_US / G_USEC_PER_SEC));
    return TRUE;
}

static gboolean
again (gpointer user_data)
{
    return attempt (user_data) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

void
host_lock_take_async (const char *folder, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Waiting *waiting = g_new0 (Waiting, 1);

    waiting->path = g_strdup (folder);
    waiting->deadline = g_get_monotonic_time () + PATIENCE_US;
    g_task_set_task_data (task, waiting, waiting_free);
    waiting->fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (waiting->fd < 0)
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "opening %s: %s", folder,
                                 g_strerror (errno));
    else if (!attempt (task))
        g_timeout_add_full (G_PRIORITY_DEFAULT, RETRY_MS, again, g_object_ref (task),
                            g_object_unref);
}

HostLock *
host_lock_take_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

void
host_lock_free (HostLock *lock)
{
    if (!lock)
        return;
    auto_fd_close (lock->fd);
    g_free (lock);
}
