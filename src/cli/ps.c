/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost ps: the labs that are up, from their state files alone. */
#include "base/dirs.h"
#include "base/record.h"
#include "cli/common/output.h"
#include "cli/verb.h"
#include "lab/registry.h"

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
    return json_take_object (object);
}

gboolean
verb_ps (Options *options, GError **error)
{
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) states = registry_glance (root);
    Table *table = options->json ? NULL : table_new ("LAB|MACHINES|SUPERVISOR|PROFILE");

    for (guint i = 0; i < states->len; i++) {
        const State *state = g_ptr_array_index (states, i);

        if (options->json) {
            g_autoptr (JsonNode) node = describe (state);

            print_json (node);
        } else {
            g_autofree char *machines = NULL, *pid = NULL;

            machines = g_strdup_printf ("%u/%" G_GINT64_FORMAT, count_running (state),
                                        state->summary->machines);
            pid = registry_is_supervised (state)
                      ? g_strdup_printf ("%" G_GINT64_FORMAT, state->supervisor_pid)
                      : g_strdup ("gone");
            table_add (table, state->summary->lab, machines, pid, state->summary->profile);
        }
    }
    if (table)
        table_print (table);
    return TRUE;
}
