/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the layout of a lab's directories.  Names have no dot in them, so parts
 * joined by dots never meet those of another machine, disk or NIC.
 */
#include "plan/paths.h"

#include "base/dirs.h"

#include <string.h>

void
paths_init (Paths *paths, const char *run_root, const char *state_root, const char *lab)
{
    *paths = (Paths){ 0 };
    paths->root_length = strlen (run_root);
    paths->run = g_build_filename (run_root, lab, NULL);
    paths->bound = g_strdup (paths->run);
    paths->state = g_build_filename (state_root, lab, NULL);
    paths->disks = g_build_filename (paths->state, "disks", NULL);
    paths->logs = g_build_filename (paths->state, "logs", NULL);
}

void
paths_clear (Paths *paths)
{
    g_free (paths->run);
    g_free (paths->bound);
    g_free (paths->state);
    g_free (paths->disks);
    g_free (paths->logs);
    g_free (paths->longest);
    *paths = (Paths){ 0 };
}

void
paths_separate (Paths *paths)
{
    g_free (paths->bound);
    paths->bound = g_build_filename (paths->run, PATHS_BOUND, NULL);
}

static char *
socket_in (Paths *paths, const char *folder, Place place, const char *format, va_list args)
{
    g_autofree char *name = g_strdup_vprintf (format, args);
    char *path = g_build_filename (folder, name, NULL);

    if (strlen (path) > (paths->longest ? strlen (paths->longest) : SOCKET_PATH_MAX)) {
        g_free (paths->longest);
        paths->longest = g_strdup (path);
        paths->longest_place = place;
    }
    return path;
}

char *
paths_socket (Paths *paths, Place place, const char *format, ...)
{
    va_list args;
    char *path;

    va_start (args, format);
    path = socket_in (paths, paths->run, place, format, args);
    va_end (args);
    return path;
}

char *
paths_bound_socket (Paths *paths, Place place, const char *format, ...)
{
    va_list args;
    char *path;

    va_start (args, format);
    path = socket_in (paths, paths->bound, place, format, args);
    va_end (args);
    return path;
}

char *
paths_port (Paths *paths, Place place, const char *sw, const char *machine, const char *nic,
            char end)
{
    return paths_bound_socket (paths, place, "%s.%s.%s.%c", sw, machine, nic, end);
}

char *
paths_log (const Paths *paths, const char *format, ...)
{
    g_autofree char *name = NULL;
    va_list args;

    va_start (args, format);
    name = g_strdup_vprintf (format, args);
    va_end (args);
    return g_build_filename (paths->logs, name, NULL);
}

char *
paths_disk (const Paths *paths, const char *machine, const char *disk, const char *format)
{
    g_autofree char *name = g_strdup_printf ("%s.%s.%s", machine, disk, format);

    return g_build_filename (paths->disks, name, NULL);
}

void
paths_check (const Paths *paths, DiagList *diags)
{
    gsize length = paths->longest ? strlen (paths->longest) : 0;
    gsize surplus = length - MIN (length, SOCKET_PATH_MAX);

    if (surplus == 0)
        return;
    if (surplus < paths->root_length)
        diag_error (diags, paths->longest_place, NULL,
                    "the socket path %s has %zu bytes, %zu more than the system allows: set "
                    "ROOST_RUN_DIR to a directory whose path has at most %zu, or use shorter names",
                    paths->longest, length, surplus, paths->root_length - surplus);
    else
        diag_error (diags, paths->longest_place, NULL,
                    "the socket path %s has %zu bytes, %zu more than the system allows: set "
                    "ROOST_RUN_DIR to a directory with a short path and use shorter names",
                    paths->longest, length, surplus);
}
