/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the history files: one per machine below the state directory, one entry
 * a line, with line ends inside an entry written as vertical tabs.
 */
#include "cli/shell/qmp-history.h"

#include "base/dirs.h"
#include "base/file.h"
#include "cli/shell/qmp-line.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER ".history" /* no lab can be called that */
#define FILE_MODE 0600

/* Limits: the file is cut to the last entries when it is read */
#define ENTRIES_MAX 1000
#define FILE_MAX_BYTES (4u << 20)
#define ENTRY_MAX 16384

static char *
file_path (const char *key)
{
    g_autofree char *root = dirs_state_root (), *folder = g_build_filename (root, FOLDER, NULL);

    if (!file_make_private_dir (folder, NULL))
        return NULL;
    return g_build_filename (folder, key, NULL);
}

/* Returns: the last entries of @all, which is emptied */
static GStrv
keep_last (char **all, guint n, const char *path)
{
    guint drop = n > ENTRIES_MAX ? n - ENTRIES_MAX : 0;
    GStrv kept = g_new0 (char *, n - drop + 1);

    for (guint i = 0; i < n; i++) {
        if (i < drop)
            g_free (all[i]);
        else
            kept[i - drop] = all[i];
        all[i] = NULL;
    }
    if (drop > 0) {
        g_autofree char *joined = g_strjoinv ("\n", kept);
        g_autofree char *text = g_strconcat (joined, "\n", NULL);

        file_write_whole (path, text, strlen (text), FILE_MODE, NULL);
    }
    return kept;
}

GStrv
qmp_history_load (const char *key)
{
    g_autofree char *path = file_path (key);
    g_autofree char *text = path ? file_read (path, FILE_MAX_BYTES, NULL, NULL) : NULL;
    GStrv all = g_strsplit (text ? text : "", "\n", -1), kept;
    guint n = g_strv_length (all);

    while (n > 0 && !*all[n - 1])
        g_clear_pointer (&all[--n], g_free);
    kept = keep_last (all, n, path);
    g_free (all);
    for (guint i = 0; kept[i]; i++)
        g_strdelimit (kept[i], "\v", '\n');
    return kept;
}

gboolean
qmp_history_add (const char *key, const char *text)
{
    g_autofree char *path = NULL, *entry = NULL;
    g_auto (AutoFd) fd = -1;

    if (qmp_line_is_secret (text))
        return FALSE;
    path = file_path (key);
    if (!path || strlen (text) > ENTRY_MAX)
        return TRUE;
    entry = g_strconcat (text, "\n", NULL);
    g_strdelimit (entry, "\v", ' ');
    for (char *at = entry; at[1]; at++)
        if (*at == '\n')
            *at = '\v';
    fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    /* a history that cannot be written is no reason to bother anybody */
    if (fd >= 0 && fchmod (fd, FILE_MODE) == 0 && write (fd, entry, strlen (entry)) < 0)
        g_debug ("%s: %s", path, g_strerror (errno));
    return TRUE;
}
