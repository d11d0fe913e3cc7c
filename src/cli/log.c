/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost log: what machines said on their serial ports, what their emulators said,
 * what passed through their QMP connections, what the supervisor said, or why one
 * of them ended (why.c).  Labs that are down have logs as well.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "cli/supervise.h"
#include "cli/tail.h"
#include "cli/why.h"
#include "lab/registry.h"

#include <fnmatch.h>
#include <string.h>

static const char *
suffix_of (const Options *options)
{
    return options->errors ? ".stderr.log" : options->qmp ? ".qmp.log" : ".serial0.log";
}

static int
compare (gconstpointer a, gconstpointer b)
{
    return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Returns: (transfer full): the machines of @lab, those that it has while it is up, of
 * which there are such logs in @folder */
static GPtrArray *
find_matches (const char *lab, const char *folder, const char *pattern, const char *suffix)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autoptr (State) state = state_load (run_dir, NULL);
    GDir *dir = g_dir_open (folder, 0, NULL);
    const char *file;

    while (dir && (file = g_dir_read_name (dir))) {
        g_autofree char *name = g_str_has_suffix (file, suffix)
                                    ? g_strndup (file, strlen (file) - strlen (suffix))
                                    : NULL;

        if (name && fnmatch (pattern, name, 0) == 0 &&
            (!state || plan_find_machine (state->plan, name)))
            g_ptr_array_add (names, g_steal_pointer (&name));
    }
    if (dir)
        g_dir_close (dir);
    g_ptr_array_sort (names, compare);
    return names;
}

/* @word: MACHINE, LAB/MACHINE or a pattern */
static gboolean
add_logs (Tails *tails, const Options *options, const char *word, GError **error)
{
    const char *machine, *suffix = suffix_of (options);
    g_autofree char *lab = lab_client_split_machine (options, word, &machine, error);
    g_autofree char *state = lab ? registry_state_dir (lab) : NULL;
    g_autofree char *folder = lab ? g_build_filename (state, "logs", NULL) : NULL;
    g_autoptr (GPtrArray) names = NULL;

    if (!lab)
        return FALSE;
    if (strpbrk (machine, "*?[")) {
        names = find_matches (lab, folder, machine, suffix);
    } else {
        names = g_ptr_array_new_with_free_func (g_free);
        g_ptr_array_add (names, g_strdup (machine));
    }
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index (names, i);
        g_autofree char *path = g_strconcat (folder, "/", name, suffix, NULL);

        if (!tails_add (tails, path, name, error))
            return FALSE;
    }
    if (names->len == 0)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "lab %s has no logs of machines that %s matches", lab, machine);
    return names->len > 0;
}

static gboolean
add_supervisor (Tails *tails, const Options *options, GError **error)
{
    g_autofree char *lab =
        lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    g_autofree char *path = lab ? supervisor_log_path (lab) : NULL;

    return path && tails_add (tails, path, lab, error);
}

gboolean
verb_log (Options *options, GError **error)
{
    g_autoptr (Tails) tails = NULL;
    gint64 lines = 0;

    if (options->why && options->argc <= 1)
        return log_why (options, error);
    if (options->why) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "--why is for one machine (see: roost log --help)");
        return FALSE;
    }
    if (options->lines && !quantity_parse_int (options->lines, 1, G_MAXINT32, &lines)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--lines %s is not a number",
                     options->lines);
        return FALSE;
    }
    tails = tails_new ();
    if (options->supervisor && !add_supervisor (tails, options, error))
        return FALSE;
    if (!options->supervisor && options->argc == 0 && !add_logs (tails, options, "*", error))
        return FALSE;
    for (int i = 0; !options->supervisor && i < options->argc; i++)
        if (!add_logs (tails, options, options->argv[i], error))
            return FALSE;
    tails_print (tails, lines, options->follow);
    return TRUE;
}
