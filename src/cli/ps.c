/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost ps: the labs that are up, from their state files alone, and those that are
 * down and have left something; what the machines take is ps-usage.c.
 */
#include "base/dirs.h"
#include "base/quantity.h"
#include "base/record.h"
#include "base/text.h"
#include "cli/common/output.h"
#include "cli/ps.h"
#include "host/tree.h"
#include "lab/registry.h"

#include <string.h>

static guint
count_running (const State *state)
{
    guint running = 0;

    for (guint i = 0; i < state->executed->len; i++) {
        const Executed *executed = g_ptr_array_index (state->executed, i);

        running += g_str_has_prefix (executed->id, "machine:") &&
                   process_is_alive (executed_process (executed));
    }
    return running;
}

/* Returns: (transfer full): the machines that boot.once is due for, as status has it */
static JsonArray *
list_once (const State *state)
{
    JsonArray *names = json_array_new ();

    for (guint i = 0; i < state->executed->len; i++) {
        const Executed *executed = g_ptr_array_index (state->executed, i);

        if (executed->once_due)
            json_array_add_string_element (names, strchr (executed->id, ':') + 1);
    }
    return names;
}

static JsonNode *
describe (const State *state)
{
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "lab", state->summary->lab);
    json_object_set_int_member (object, "machines", state->summary->machines);
    json_object_set_int_member (object, "running", count_running (state));
    json_object_set_boolean_member (object, "supervised", registry_is_supervised (state));
    json_object_set_int_member (object, "supervisor_pid", state->supervisor_pid);
    json_object_set_string_member (object, "profile", state->summary->profile);
    json_object_set_array_member (object, "once_due", list_once (state));
    return json_take_object (object);
}

static void
show (Table *table, const State *state)
{
    g_autofree char *machines =
        g_strdup_printf ("%u/%" G_GINT64_FORMAT, count_running (state), state->summary->machines);
    g_autofree char *pid = registry_is_supervised (state)
                               ? g_strdup_printf ("%" G_GINT64_FORMAT, state->supervisor_pid)
                               : g_strdup ("gone");

    table_add (table, state->summary->lab, machines, pid, state->summary->profile);
}

/* --- labs that are down -------------------------------------------------------- */

static gboolean
is_up (GPtrArray *states, const char *lab)
{
    for (guint i = 0; i < states->len; i++)
        if (g_str_equal (((State *)g_ptr_array_index (states, i))->summary->lab, lab))
            return TRUE;
    return FALSE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
    return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Returns: (transfer full): the names of labs that are not among @states */
static GPtrArray *
find_down (GPtrArray *states)
{
    GPtrArray *labs = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *root = dirs_state_root ();
    g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir)))
        if (name_is_valid (name) && !is_up (states, name))
            g_ptr_array_add (labs, g_strdup (name));
    g_ptr_array_sort (labs, compare);
    return labs;
}

/* Without @table as JSON. */
static void
show_down (Table *table, const char *lab)
{
    g_autofree char *folder = dirs_lab_state (lab);
    guint64 size = tree_size (folder);
    g_autofree char *kept = quantity_format_amount (size);
    g_autofree char *where = g_strdup_printf ("%s in %s", kept, folder);

    if (table) {
        table_add (table, lab, "down", NULL, where);
    } else {
        JsonObject *object = json_object_new ();
        g_autoptr (JsonNode) node = NULL;

        json_object_set_string_member (object, "lab", lab);
        json_object_set_boolean_member (object, "down", TRUE);
        json_object_set_string_member (object, "state_dir", folder);
        json_object_set_int_member (object, "size", (gint64)size);
        node = json_take_object (object);
        print_json (node);
    }
}

gboolean
verb_ps (Options *options, GError **error)
{
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) states = NULL;
    g_autoptr (GPtrArray) down = NULL;
    Table *table;

    if (options->usage)
        return ps_usage (options, error);
    states = registry_glance (root);
    table = options->json  ? NULL
            : options->all ? table_new ("LAB|MACHINES|SUPERVISOR|PROFILE, OR WHAT IS KEPT")
                           : table_new ("LAB|MACHINES|SUPERVISOR|PROFILE");
    for (guint i = 0; i < states->len; i++) {
        const State *state = g_ptr_array_index (states, i);

        if (options->json) {
            g_autoptr (JsonNode) node = describe (state);

            print_json (node);
        } else {
            show (table, state);
        }
    }
    down = options->all ? find_down (states) : g_ptr_array_new ();
    for (guint i = 0; i < down->len; i++)
        show_down (table, g_ptr_array_index (down, i));
    if (table)
        table_print (table);
    return TRUE;
}
