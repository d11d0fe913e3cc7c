/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns reading logs as they grow; see tail.h. */
#include "cli/tail.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#define TAIL_MAX (4 * 1024 * 1024) /* how far back --lines looks */
#define LINE_MAX_BYTES 16384       /* a longer one of several files is cut into such pieces */

typedef struct {
    char *path;
    char *name;
    int fd;
    GString *line; /* of several: what is there of the next line */
} Tail;

struct Tails {
    GPtrArray *all; /* Tail */
    int width;      /* of the longest name */
};

static void
tail_free (gpointer data)
{
    Tail *tail = data;

    auto_fd_close (tail->fd);
    g_string_free (tail->line, TRUE);
    g_free (tail->path);
    g_free (tail->name);
    g_free (tail);
}

Tails *
tails_new (void)
{
    Tails *tails = g_new0 (Tails, 1);

    tails->all = g_ptr_array_new_with_free_func (tail_free);
    return tails;
}

void
tails_free (Tails *tails)
{
    if (!tails)
        return;
    g_ptr_array_unref (tails->all);
    g_free (tails);
}

gboolean
tails_add (Tails *tails, const char *path, const char *name, GError **error)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    Tail *tail;

    if (fd < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "there is no log %s: %s", path,
                     g_strerror (errno));
        return FALSE;
    }
    tail = g_new0 (Tail, 1);
    tail->fd = fd;
    tail->path = g_strdup (path);
    tail->name = g_strdup (name);
    tail->line = g_string_new (NULL);
    tails->width = MAX (tails->width, (int)strlen (name));
    g_ptr_array_add (tails->all, tail);
    return TRUE;
}

static void
skip_to_lines (const Tail *tail, guint lines)
{
    g_autofree char *text = file_tail (tail->path, TAIL_MAX);
    gsize start = strlen (text);

    while (start > 0) {
        if (text[start - 1] == '\n' && start < strlen (text) && --lines == 0)
            break;
        start--;
    }
    lseek (tail->fd, -(off_t)(strlen (text) - start), SEEK_END);
}

static void
end_line (const Tails *tails, Tail *tail)
{
    while (tail->line->len > 0 && tail->line->str[tail->line->len - 1] == '\r')
        g_string_truncate (tail->line, tail->line->len - 1);
    printf ("%-*s | %s\n", tails->width, tail->name, tail->line->str);
    g_string_truncate (tail->line, 0);
}

static void
print_named (const Tails *tails, Tail *tail, const char *block, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (block[i] == '\n')
            end_line (tails, tail);
        else if (block[i])
            g_string_append_c (tail->line, block[i]);
        if (tail->line->len >= LINE_MAX_BYTES)
            end_line (tails, tail);
    }
}

/* Returns: %FALSE when nobody reads any more */
static gboolean
print_new (const Tails *tails)
{
    char block[16384];
    gssize n;

    for (guint i = 0; i < tails->all->len; i++) {
        Tail *tail = g_ptr_array_index (tails->all, i);

        while ((n = read (tail->fd, block, sizeof block)) > 0)
            if (tails->all->len > 1)
                print_named (tails, tail, block, n);
            else
                fwrite (block, 1, n, stdout);
    }
    return fflush (stdout) == 0 && !ferror (stdout);
}

void
tails_print (Tails *tails, guint lines, gboolean follow)
{
    g_auto (AutoFd) watch = follow ? inotify_init1 (IN_CLOEXEC) : -1;
    char events[4096];
    gboolean going = TRUE;

    for (guint i = 0; i < tails->all->len; i++) {
        const Tail *tail = g_ptr_array_index (tails->all, i);

        if (lines)
            skip_to_lines (tail, lines);
        if (follow && inotify_add_watch (watch, tail->path, IN_MODIFY) < 0)
            follow = FALSE;
    }
    while ((going = print_new (tails)) && follow)
        if (read (watch, events, sizeof events) < 0 && errno != EINTR)
            break;
    for (guint i = 0; going && i < tails->all->len; i++) {
        Tail *tail = g_ptr_array_index (tails->all, i);

        if (tail->line->len > 0)
            end_line (tails, tail);
    }
    fflush (stdout);
}
