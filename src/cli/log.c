/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost log: what a machine said on its serial port, what its emulator said,
 * what passed through its QMP connection, what the supervisor said, or why it
 * ended (why.c).
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "cli/supervise.h"
#include "cli/why.h"
#include "lab/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

#define TAIL_MAX (4 * 1024 * 1024)

static char *
find_log (Options *options, GError **error)
{
    const char *machine = NULL;
    g_autofree char *lab = NULL, *state = NULL, *file = NULL;

    if (options->supervisor)
        lab = lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    else if (options->argc == 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "say which machine, or --supervisor (see: roost log --help)");
    else
        lab = lab_client_split_machine (options, options->argv[0], &machine, error);
    if (!lab)
        return NULL;
    if (options->supervisor)
        return supervisor_log_path (lab);
    state = registry_state_dir (lab);
    file = g_strdup_printf (options->errors ? "%s.stderr.log"
                            : options->qmp  ? "%s.qmp.log"
                                            : "%s.serial0.log",
                            machine);
    return g_build_filename (state, "logs", file, NULL);
}

static gboolean
print_file (int fd)
{
    char block[16384];
    gssize n;

    while ((n = read (fd, block, sizeof block)) > 0)
        if (fwrite (block, 1, n, stdout) != (gsize)n)
            return FALSE;
    return fflush (stdout) == 0;
}

static void
skip_to_lines (const char *path, int fd, gint64 lines)
{
    g_autofree char *tail = file_tail (path, TAIL_MAX);
    gsize start = strlen (tail);

    while (start > 0) {
        if (tail[start - 1] == '\n' && start < strlen (tail) && --lines == 0)
            break;
        start--;
    }
    lseek (fd, -(off_t)(strlen (tail) - start), SEEK_END);
}

/* Ends with the reader, or by a signal. */
static void
follow (const char *path, int fd)
{
    g_auto (AutoFd) watch = inotify_init1 (IN_CLOEXEC);
    char events[4096];

    if (inotify_add_watch (watch, path, IN_MODIFY) < 0)
        return;
    while (print_file (fd))
        if (read (watch, events, sizeof events) < 0 && errno != EINTR)
            return;
}

gboolean
verb_log (Options *options, GError **error)
{
    g_autofree char *path = options->why ? NULL : find_log (options, error);
    g_auto (AutoFd) fd = -1;
    gint64 lines;

    if (options->why)
        return log_why (options, error);
    if (!path)
        return FALSE;
    if (options->lines && !quantity_parse_int (options->lines, 1, G_MAXINT32, &lines)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--lines %s is not a number",
                     options->lines);
        return FALSE;
    }
    fd = open (path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "there is no log %s: %s", path,
                     g_strerror (errno));
        return FALSE;
    }
    if (options->lines)
        skip_to_lines (path, fd, lines);
    print_file (fd);
    if (options->follow)
        follow (path, fd);
    return TRUE;
}
