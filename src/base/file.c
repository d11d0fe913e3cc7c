/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns every whole-file read and write of the program. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define SMALL_MAX 4096

static gboolean
fail (GError **error, int code, const char *doing, const char *path)
{
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s %s: %s", doing, path,
                 g_strerror (code));
    return FALSE;
}

/* up to @max bytes from where @fd stands, NUL-terminated */
static char *
read_up_to (int fd, gsize max, gsize *ret_length)
{
    GString *data = g_string_new (NULL);
    char block[16384];

    while (data->len < max) {
        gssize n = read (fd, block, MIN (sizeof block, max - data->len));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_string_free (data, TRUE);
            return NULL;
        }
        if (n == 0)
            break;
        g_string_append_len (data, block, n);
    }
    *ret_length = data->len;
    return g_string_free (data, FALSE);
}

static gboolean
is_own (const struct stat *info, const char *path, GError **error)
{
    if (info->st_uid != geteuid () && info->st_uid != 0)
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                     "reading %s: it belongs to user %u, whose word is not taken for it: run roost "
                     "as that user",
                     path, info->st_uid);
    else if (info->st_mode & S_IWOTH)
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                     "reading %s: everybody can write to it: chmod o-w %s, if it is as it was left",
                     path, path);
    else
        return TRUE;
    return FALSE;
}

/* @own: only what we or root wrote */
static char *
read_regular (const char *path, gboolean own, gsize max, gsize *ret_length, GError **error)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (own ? O_NOFOLLOW : 0));
    g_autofree char *data = NULL;
    struct stat info;
    gsize length;

    if (fd < 0 || fstat (fd, &info) < 0) {
        fail (error, errno, "reading", path);
        return NULL;
    }
    if (!S_ISREG (info.st_mode)) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "reading %s: not a regular file",
                     path);
        return NULL;
    }
    if (own && !is_own (&info, path, error))
        return NULL;
    data = read_up_to (fd, max + 1, &length);
    if (!data) {
        fail (error, errno, "reading", path);
        return NULL;
    }
    if (length > max) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                     "reading %s: larger than the limit of %" G_GSIZE_FORMAT " bytes", path, max);
        return NULL;
    }
    if (ret_length)
        *ret_length = length;
    return g_steal_pointer (&data);
}

char *
file_read (const char *path, gsize max, gsize *ret_length, GError **error)
{
    return read_regular (path, FALSE, max, ret_length, error);
}

char *
file_read_own (const char *path, gsize max, GError **error)
{
    return read_regular (path, TRUE, max, NULL, error);
}

char *
file_read_small (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC);
    gsize length;
    char *text = fd >= 0 ? read_up_to (fd, SMALL_MAX, &length) : NULL;

    return text ? g_strchomp (text) : NULL;
}

/* Takes @fd, which is @temporary. */
static gboolean
write_and_rename (AutoFd fd, const char *temporary, const char *path, const char *data,
                  gsize length, GError **error)
{
    g_auto (AutoFd) owned = fd;
    gsize done = 0;

    if (fd < 0)
        return fail (error, errno, "writing", path);
    while (done < length) {
        gssize n = write (fd, data + done, length - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int code = errno;

            unlink (temporary);
            return fail (error, code, "writing", path);
        }
        done += n;
    }
    if (rename (temporary, path) < 0) {
        int code = errno;

        unlink (temporary);
        return fail (error, code, "writing", path);
    }
    return TRUE;
}

gboolean
file_write_whole (const char *path, const char *data, gsize length, mode_t mode, GError **error)
{
    g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX", path);
    int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, mode);

    return write_and_rename (fd, temporary, path, data, length, error);
}

gboolean
file_replace (const char *path, const char *data, gsize length, mode_t mode, GError **error)
{
    g_autofree char *temporary = g_strconcat (path, FILE_PART, NULL);
    int fd;

    unlink (temporary); /* with its mode and its owner */
    fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    return write_and_rename (fd, temporary, path, data, length, error);
}

/* @closed: what of the mode must not be */
static gboolean
make_dir (const char *path, mode_t closed, GError **error)
{
    g_auto (AutoFd) fd = -1;
    struct stat info;

    if (g_mkdir_with_parents (path, 0700) < 0)
        return fail (error, errno, "making directory", path);
    fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat (fd, &info) < 0)
        return fail (error, errno, "opening directory", path);
    if (info.st_uid != geteuid ()) {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                     "directory %s belongs to user %u: choose another with ROOST_RUN_DIR or "
                     "ROOST_STATE_DIR",
                     path, info.st_uid);
        return FALSE;
    }
    if ((info.st_mode & closed) != 0 && fchmod (fd, 0700) < 0)
        return fail (error, errno, "closing to others", path);
    return TRUE;
}

gboolean
file_make_private_dir (const char *path, GError **error)
{
    return make_dir (path, 077, error);
}

gboolean
file_keep_private_dir (const char *path, GError **error)
{
    return make_dir (path, 067, error);
}

char *
file_absolute (const char *base, const char *path)
{
    if (g_str_has_prefix (path, "~/"))
        return g_canonicalize_filename (path + 2, g_get_home_dir ());
    return g_canonicalize_filename (path, base);
}

char *
file_tail (const char *path, gsize max)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    g_autofree char *data = NULL;
    gsize length = 0;
    off_t size;

    if (fd < 0)
        return g_strdup ("");
    size = lseek (fd, 0, SEEK_END);
    if (size > (off_t)max)
        lseek (fd, size - max, SEEK_SET);
    else
        lseek (fd, 0, SEEK_SET);
    data = read_up_to (fd, max, &length);
    return data ? g_utf8_make_valid (data, length) : g_strdup ("");
}
