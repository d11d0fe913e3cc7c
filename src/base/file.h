/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and descriptors: owned descriptors, bounded reads, writes that are
 * whole or not there, private directories.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>
#include <unistd.h>

/* A descriptor that closes itself: `g_auto(AutoFd) fd = open (…);`.  Ownership
 * leaves with g_steal_fd (&fd). */
typedef int AutoFd;

static inline void
auto_fd_close (AutoFd fd)
{
    if (fd >= 0)
        close (fd);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoFd, auto_fd_close, -1)

/**
 * file_read:
 * @path: what to read; anything but a regular file is refused
 * @max: the largest size accepted, in bytes
 * @ret_length: (out) (optional): bytes read
 *
 * Returns: (transfer full): the content, with a NUL after it; %NULL on error
 */
char *file_read (const char *path, gsize max, gsize *ret_length, GError **error);

/**
 * file_read_own:
 *
 * As file_read(), for what this program wrote and goes by: which files are its to
 * delete, which processes to end, which programs to start.  A file that is another
 * user's, that everybody may write to, or a symbolic link, is %G_FILE_ERROR_PERM or
 * %G_FILE_ERROR_LOOP.
 */
char *file_read_own (const char *path, gsize max, GError **error);

/**
 * file_read_small:
 *
 * Reads a file of sysfs or procfs, at most 4 KiB, and strips the white space
 * at its end.
 *
 * Returns: (transfer full) (nullable): the text, %NULL when it cannot be read
 */
char *file_read_small (const char *path);

/**
 * file_write_whole:
 * @mode: permission bits of the new file
 *
 * Writes beside @path and renames: a reader sees the old content or the new,
 * never a part.
 */
gboolean file_write_whole (const char *path, const char *data, gsize length, mode_t mode,
                           GError **error);

/**
 * file_replace:
 *
 * As file_write_whole(), for a file that has one writer at a time: what is
 * written has the name @path and %FILE_PART until it is whole, so that what a
 * writer that was killed has left can be found, and goes with the next write.
 */
gboolean file_replace (const char *path, const char *data, gsize length, mode_t mode,
                       GError **error);
#define FILE_PART ".part"

/**
 * file_make_private_dir:
 *
 * Makes @path and its missing parents, mode 0700.  A directory that is there
 * already must belong to this user and be closed to others; it is closed when
 * it is ours and open.
 */
gboolean file_make_private_dir (const char *path, GError **error);

/**
 * file_keep_private_dir:
 *
 * The same, but a group that may pass through and look at nothing still may.
 */
gboolean file_keep_private_dir (const char *path, GError **error);

/**
 * file_absolute:
 * @base: the directory that relative paths start from
 * @path: a path; a leading `~/` is the home directory
 *
 * Returns: (transfer full): the absolute path, without `.` and `..`
 */
char *file_absolute (const char *base, const char *path);

/**
 * file_tail:
 *
 * Returns: (transfer full): at most the last @max bytes of @path, as valid
 * UTF-8; an empty string when it cannot be read
 */
char *file_tail (const char *path, gsize max);
