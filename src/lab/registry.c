/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look at other labs; see registry.h.  Reads, and changes nothing. */
#include "lab/registry.h"

#include "base/dirs.h"

#include <string.h>

static int
by_name (gconstpointer a, gconstpointer b)
{
    const State *left = *(const State *const *)a, *right = *(const State *const *)b;

    return strcmp (left->summary->lab, right->summary->lab);
}

typedef State *(*Load) (const char *run_dir, GError **error);

static GPtrArray *
list (const char *run_root, Load load)
{
    GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify)state_free);
    g_autoptr (GDir) dir = g_dir_open (run_root, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (run_root, name, NULL);
        State *state = load (path, NULL);

        if (state)
            g_ptr_array_add (states, state);
    }
    g_ptr_array_sort (states, by_name);
    return states;
}

GPtrArray *
registry_list (const char *run_root)
{
    return list (run_root, state_load);
}

GPtrArray *
registry_glance (const char *run_root)
{
    return list (run_root, state_glance);
}

char *
registry_find_process (GPtrArray *states, gint64 pid)
{
    for (guint i = 0; pid > 0 && i < states->len; i++) {
        const State *state = g_ptr_array_index (states, i);

        for (guint j = 0; j < state->executed->len; j++) {
            const Executed *executed = g_ptr_array_index (state->executed, j);

            if (executed->pid == pid && process_is_alive (executed_process (executed))) {
                g_auto (GStrv) parts = g_strsplit (executed->id, ":", 2);

                return g_strdup_printf ("%s %s of lab %s", parts[0], parts[1], state->plan->lab);
            }
        }
    }
    return NULL;
}

static gboolean
is_growing (const State *state)
{
    return (state->status == LAB_COMING_UP || state->status == LAB_CHANGING) &&
           registry_is_supervised (state);
}

gboolean
registry_holds (const State *state, const char *machine)
{
    g_autofree char *id = g_strconcat ("machine:", machine, NULL);
    const Executed *executed = state_find (state, id);

    if (executed && executed->pid && process_is_alive (executed_process (executed)))
        return TRUE;
    return is_growing (state);
}

gboolean
registry_has_made (const State *state, const char *id)
{
    return state_find (state, id) || is_growing (state);
}

gboolean
registry_shares_network (const State *state)
{
    if (registry_is_supervised (state))
        return process_shares_network (state->supervisor_pid);
    for (guint i = 0; i < state->executed->len; i++) {
        const Executed *executed = g_ptr_array_index (state->executed, i);

        if (executed->pid && process_is_alive (executed_process (executed)))
            return process_shares_network (executed->pid);
    }
    return TRUE;
}

gboolean
registry_is_supervised (const State *state)
{
    return process_is_alive ((ProcessId){ state->supervisor_pid, state->supervisor_start_time });
}

char *
registry_state_dir (const char *lab)
{
    g_autofree char *run_dir = dirs_lab_run (lab);
    g_autoptr (State) state = state_load (run_dir, NULL);

    return state ? g_strdup (state->plan->state_dir) : dirs_lab_state (lab);
}
