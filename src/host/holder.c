/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search for those who have a file open; see holder.h. */
#include "host/holder.h"

#include "base/file.h"
#include "host/process/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* QEMU marks each permission that it uses by a lock on one byte, from this on;
 * to write is the second of them (block/file-posix.c, RAW_LOCK_PERM_BASE). */
#define WRITE_LOCK_BYTE 101

gboolean
holder_is_written (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = WRITE_LOCK_BYTE, .l_len = 1
    };

    return fd >= 0 && fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static gboolean
has_open (const char *pid, const struct stat *file)
{
    g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *fd = g_build_filename (folder, name, NULL);
        struct stat info;

        if (stat (fd, &info) == 0 && info.st_ino == file->st_ino && info.st_dev == file->st_dev)
            return TRUE;
    }
    return FALSE;
}

gint64
holder_find (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
    struct stat file;
    const char *name;

    if (!dir || stat (path, &file) < 0)
        return 0;
    while ((name = g_dir_read_name (dir))) {
        gint64 pid = g_ascii_strtoll (name, NULL, 10);

        if (pid > 0 && pid != process_self ().pid && has_open (name, &file))
            return pid;
    }
    return 0;
}

char *
holder_describe (const char *path)
{
    gint64 pid = holder_find (path);
    g_autofree char *command = pid ? process_command_name (pid) : NULL;

    if (!pid)
        return g_strdup ("another process");
    return g_strdup_printf ("process %" G_GINT64_FORMAT " (%s)", pid, command ? command : "?");
}
