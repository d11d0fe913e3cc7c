/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the questions to file systems; see filesystem.h. */
#include "host/filesystem.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

/* enough to know, and a multiple of every block size */
#define PROBE_BYTES (1024 * 1024)

static const char *
fs_name (int fd)
{
    struct statfs fs;

    if (fstatfs (fd, &fs) < 0)
        return "this file system";
    switch ((unsigned long)fs.f_type) {
    case EXT4_SUPER_MAGIC:
        return "ext4";
    case XFS_SUPER_MAGIC:
        return "xfs";
    case BTRFS_SUPER_MAGIC:
        return "btrfs";
    case TMPFS_MAGIC:
        return "tmpfs";
    case NFS_SUPER_MAGIC:
        return "NFS";
    case OVERLAYFS_SUPER_MAGIC:
        return "overlayfs";
    default:
        return "this file system";
    }
}

static gboolean
fd_is_nocow (int fd)
{
    int flags = 0;

    return ioctl (fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_NOCOW_FL) != 0;
}

gboolean
filesystem_is_nocow (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    return fd >= 0 && fd_is_nocow (fd);
}

/* Where the file system is copy-on-write the attribute must be seen; elsewhere
 * there is nothing to turn off and nothing to say. */
char *
filesystem_nocow_note (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct statfs fs;

    if (fd < 0 || fstatfs (fd, &fs) < 0 || fs.f_type != BTRFS_SUPER_MAGIC || fd_is_nocow (fd))
        return NULL;
    return g_strdup ("nocow was asked for, but the file does not have the attribute: this file "
                     "system is mounted so that it cannot be set");
}

/* Only an empty file takes the attribute: on any other it has no effect, and
 * nobody says so. */
static void
set_nocow (int fd)
{
    int flags = 0;

    if (ioctl (fd, FS_IOC_GETFLAGS, &flags) < 0)
        return;
    flags |= FS_NOCOW_FL;
    ioctl (fd, FS_IOC_SETFLAGS, &flags);
}

static char *
why_not (int code, int target)
{
    if (code == EXDEV)
        return g_strdup ("the image is on another file system");
    if (code == EINVAL)
        return g_strdup_printf ("%s does not share blocks of this file", fs_name (target));
    if (code == EOPNOTSUPP || code == ENOTTY || code == ENOSYS)
        return g_strdup_printf ("%s cannot share blocks between files", fs_name (target));
    return g_strdup (g_strerror (code));
}

gboolean
filesystem_prepare_reflink (const char *source, const char *target, char **ret_why, GError **error)
{
    g_auto (AutoFd) from = open (source, O_RDONLY | O_CLOEXEC | O_NONBLOCK), to = -1;
    struct file_clone_range range = { 0 };
    struct stat info;

    *ret_why = NULL;
    if (from < 0 || fstat (from, &info) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "reading %s: %s", source,
                     g_strerror (errno));
        return FALSE;
    }
    if (!S_ISREG (info.st_mode)) {
        *ret_why = g_strdup ("the image is not a file");
        return TRUE;
    }
    to = open (target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making %s: %s", target,
                     g_strerror (errno));
        return FALSE;
    }
    if (fd_is_nocow (from))
        set_nocow (to);
    range.src_fd = from;
    range.src_length = info.st_size > PROBE_BYTES ? PROBE_BYTES : 0; /* 0 = to its end */
    if (ioctl (to, FICLONERANGE, &range) == 0)
        return TRUE;
    *ret_why = why_not (errno, to);
    unlink (target);
    return TRUE;
}

char *
filesystem_nearest (const char *path)
{
    char *at = g_strdup (path);

    while (!g_file_test (at, G_FILE_TEST_EXISTS) && !g_str_equal (at, "/") &&
           !g_str_equal (at, ".")) {
        char *above = g_path_get_dirname (at);

        g_free (at);
        at = above;
    }
    return at;
}

gint64
filesystem_free (const char *path)
{
    g_autofree char *at = filesystem_nearest (path);
    struct statvfs fs;

    return statvfs (at, &fs) == 0 ? (gint64)fs.f_bavail * (gint64)fs.f_frsize : -1;
}
