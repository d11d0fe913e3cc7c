/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns walks through folders; see tree.h. */
#include "host/tree.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Guests decide how much they log. */
#define COPY_FILE_MAX (64 * 1024 * 1024)
#define COPY_FILES_MAX 10000

static gboolean
fail (const char *doing, const char *path, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s %s: %s", doing, path,
                 g_strerror (errno));
    return FALSE;
}

static gboolean
copy_file (const char *from, const char *to, off_t size, GError **error)
{
    g_auto (AutoFd) in = open (from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    g_auto (AutoFd) out = -1;
    off_t left = MIN (size, COPY_FILE_MAX); /* it may grow meanwhile */
    char block[65536];
    gssize n;

    if (in < 0)
        return TRUE; /* gone, or not for us */
    out = open (to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (out < 0)
        return fail ("writing", to, error);
    lseek (in, size - left, SEEK_SET);
    while (left > 0 && (n = read (in, block, MIN (left, (off_t)sizeof block))) > 0) {
        if (write (out, block, n) != n)
            return fail ("writing", to, error);
        left -= n;
    }
    return TRUE;
}

gboolean
tree_copy (const char *from, const char *to, const char *const *skip, GPtrArray *files,
           GError **error)
{
    char *paths[] = { (char *)from, NULL };
    FTS *fts = fts_open (paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    gboolean good = TRUE;
    FTSENT *entry;

    while (good && fts && files->len < COPY_FILES_MAX && (entry = fts_read (fts))) {
        const char *below = entry->fts_path + strlen (from);
        g_autofree char *target = NULL;

        below += *below == '/';
        target = g_build_filename (to, below, NULL);
        if (entry->fts_level == 1 && g_strv_contains (skip, entry->fts_name)) {
            fts_set (fts, entry, FTS_SKIP);
        } else if (entry->fts_info == FTS_D) {
            if (g_mkdir_with_parents (target, 0777) < 0)
                good = fail ("making", target, error);
        } else if (entry->fts_info == FTS_F) {
            good = copy_file (entry->fts_path, target, entry->fts_statp->st_size, error);
            g_ptr_array_add (files, g_strdup (below));
        }
    }
    if (fts)
        fts_close (fts);
    return good;
}

gboolean
tree_remove (const char *path, GError **error)
{
    char *paths[] = { (char *)path, NULL };
    FTS *fts = fts_open (paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    gboolean good = TRUE;
    FTSENT *entry;

    while (fts && (entry = fts_read (fts))) {
        if (entry->fts_info == FTS_D || (entry->fts_info == FTS_NS && entry->fts_errno == ENOENT))
            continue;
        if (remove (entry->fts_accpath) < 0 && errno != ENOENT && good)
            good = fail ("removing", entry->fts_path, error);
    }
    if (fts)
        fts_close (fts);
    return good;
}

guint64
tree_size (const char *path)
{
    char *paths[] = { (char *)path, NULL };
    FTS *fts = fts_open (paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    guint64 size = 0;
    FTSENT *entry;

    while (fts && (entry = fts_read (fts)))
        if (entry->fts_info == FTS_F)
            size += (guint64)entry->fts_statp->st_blocks * 512; /* whatever the block size is */
    if (fts)
        fts_close (fts);
    return size;
}
