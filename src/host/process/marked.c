/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look through /proc for marked processes; see marked.h. */
#include "host/process/marked.h"

#include "base/file.h"

#include <string.h>

/* the environment of a process of ours is short; a longer one is somebody else's */
#define ENVIRONMENT_MAX (256 * 1024)

char *
marker_new (const char *run_dir, const char *step)
{
    return g_strconcat (MARKER_VARIABLE "=", run_dir, ":", step, NULL);
}

static void
marked_free (gpointer data)
{
    MarkedProcess *marked = data;

    g_free (marked->step);
    g_free (marked);
}

/* what follows @prefix in the environment of @pid; NULL */
static char *
find_marker (const char *pid, const char *prefix)
{
    g_autofree char *path = g_build_filename ("/proc", pid, "environ", NULL);
    gsize length = 0, prefix_length = strlen (prefix);
    g_autofree char *text = file_read (path, ENVIRONMENT_MAX, &length, NULL);

    for (gsize at = 0; text && at < length; at += strlen (text + at) + 1)
        if (strncmp (text + at, prefix, prefix_length) == 0)
            return g_strdup (text + at + prefix_length);
    return NULL;
}

/* @prefix: what their markers begin with; the rest is the step */
static GPtrArray *
list (const char *prefix)
{
    GPtrArray *found = g_ptr_array_new_with_free_func (marked_free);
    g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *step = NULL;
        MarkedProcess *marked;
        ProcessId id;

        if (!g_ascii_isdigit (name[0]))
            continue;
        /* who it is, before what it says: a pid that changes hands meanwhile names nobody */
        id = process_identify (g_ascii_strtoll (name, NULL, 10));
        if (!process_is_alive (id))
            continue;
        step = find_marker (name, prefix);
        if (!step)
            continue;
        marked = g_new (MarkedProcess, 1);
        *marked = (MarkedProcess){ .step = g_steal_pointer (&step), .id = id };
        g_ptr_array_add (found, marked);
    }
    return found;
}

GPtrArray *
marked_list (const char *run_dir)
{
    g_autofree char *prefix = marker_new (run_dir, "");

    return list (prefix);
}

GPtrArray *
marked_list_all (const char *run_root)
{
    g_autofree char *prefix = g_strconcat (MARKER_VARIABLE "=", run_root, "/", NULL);

    return list (prefix);
}
