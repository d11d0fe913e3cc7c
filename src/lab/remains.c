/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the clearing up behind labs that are down; see remains.h. */
#include "lab/remains.h"

#include "base/file.h"
#include "host/process/marked.h"
#include "lab/state.h"
#include "plan/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

static int
refuse (int code, const char *run_dir, GError **error)
{
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "locking %s: %s", run_dir,
                 g_strerror (code));
    return -1;
}

int
remains_lock (const char *run_dir, GError **error)
{
    for (;;) {
        g_auto (AutoFd) fd = open (run_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        struct stat held, there;

        if (fd < 0 || fstat (fd, &held) < 0)
            return refuse (errno, run_dir, error);
        if (flock (fd, LOCK_EX | LOCK_NB) < 0)
            return refuse (errno, run_dir, error);
        /* its last owner may have removed it while we opened it: then it locks nothing */
        if (stat (run_dir, &there) == 0 && there.st_ino == held.st_ino &&
            there.st_dev == held.st_dev)
            return g_steal_fd (&fd);
    }
}

static gboolean
is_written_by_us (const char *name)
{
    static const char *const files[] = { STATE_FILE FILE_PART, PLAN_FILE, PLAN_FILE FILE_PART,
                                         NULL };

    return g_strv_contains (files, name);
}

typedef void (*RemainFunc) (const char *kind, const char *path, const ProcessId *process,
                            gpointer user_data);

/* The directory itself is the last. */
static void
look_into (const char *path, RemainFunc found, gpointer user_data)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    if (!dir)
        return;
    while ((name = g_dir_read_name (dir))) {
        g_autofree char *inside = g_build_filename (path, name, NULL);
        struct stat info;

        if (lstat (inside, &info) < 0)
            continue;
        if (S_ISSOCK (info.st_mode))
            found ("socket", inside, NULL, user_data);
        else if (S_ISREG (info.st_mode) && is_written_by_us (name))
            found ("file", inside, NULL, user_data);
    }
    found ("directory", path, NULL, user_data);
}

/* Returns: the lock; -1 when there is nothing or it is not to be touched */
static int
look (const char *run_dir, RemainFunc found, gpointer user_data)
{
    g_auto (AutoFd) lock = remains_lock (run_dir, NULL);
    g_autoptr (GPtrArray) marked = NULL;
    g_autofree char *bound = g_build_filename (run_dir, PATHS_BOUND, NULL);

    if (lock < 0 || state_exists (run_dir))
        return -1;
    marked = marked_list (run_dir);
    for (guint i = 0; i < marked->len; i++) {
        const MarkedProcess *process = g_ptr_array_index (marked, i);

        found ("process", process->step, &process->id, user_data);
    }
    look_into (bound, found, user_data);
    look_into (run_dir, found, user_data);
    return g_steal_fd (&lock);
}

static void
list_one (const char *kind, const char *path, const ProcessId *process, gpointer user_data)
{
    if (process)
        g_ptr_array_add (
            user_data, g_strdup_printf ("%s %" G_GINT64_FORMAT " (%s)", kind, process->pid, path));
    else
        g_ptr_array_add (user_data, g_strdup_printf ("%s %s", kind, path));
}

GPtrArray *
remains_list (const char *run_dir)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

    auto_fd_close (look (run_dir, list_one, lines));
    return lines;
}

static void
remove_one (const char *kind, const char *path, const ProcessId *process, gpointer user_data)
{
    if (process)
        process_signal (*process, SIGKILL);
    else if (g_str_equal (kind, "directory"))
        rmdir (path);
    else
        unlink (path);
}

void
remains_remove (const char *run_dir)
{
    auto_fd_close (look (run_dir, remove_one, NULL));
}
