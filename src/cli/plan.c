/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost plan: what `up` would do, step by step, and what it would change of a lab
 * that is up.
 */
#include "cli/load.h"
#include "cli/output.h"
#include "cli/show.h"
#include "lab/reconcile.h"

#include <stdio.h>

/* what `up` would change; NULL = the lab is down */
static JsonNode *
find_changes (const Plan *plan, const Options *options)
{
    g_autoptr (State) state = state_load (plan->run_dir, NULL);
    g_autoptr (JsonNode) node = state ? record_to_json (&plan_record, plan) : NULL;
    g_autoptr (Plan) wanted = node ? record_from_json (&plan_record, node, NULL) : NULL;
    g_autoptr (GPtrArray) changes =
        wanted ? reconcile_find_changes (state, wanted, options->restart) : NULL;

    return changes ? reconcile_changes_to_json (changes) : NULL;
}

static void
print_changes (const Plan *plan, JsonNode *changes)
{
    JsonArray *array = json_node_get_array (changes);

    printf ("# lab %s is up; %s\n", plan->lab,
            json_array_get_length (array) > 0 ? "`up` would change:" : "nothing differs");
    for (guint i = 0; i < json_array_get_length (array); i++) {
        g_autofree char *line = show_change (json_array_get_object_element (array, i));

        printf ("%s\n", line);
    }
    printf ("# the whole plan:\n");
}

gboolean
verb_plan (Options *options, GError **error)
{
    g_autoptr (Plan) plan = NULL;
    g_autoptr (JsonNode) changes = NULL;

    if (options->argc > 0) {
        g_free (options->file);
        options->file = g_strdup (options->argv[0]);
    }
    plan = load_plan (options, error);
    if (!plan)
        return FALSE;
    changes = find_changes (plan, options);
    if (options->json) {
        g_autoptr (JsonNode) node = record_to_json (&plan_record, plan);

        if (changes)
            json_object_set_member (json_node_get_object (node), "changes",
                                    g_steal_pointer (&changes));
        print_json (node);
        return TRUE;
    }
    if (changes)
        print_changes (plan, changes);
    for (gsize i = 0; plan->notes && plan->notes[i]; i++)
        printf ("# %s\n", plan->notes[i]);
    for (guint i = 0; i < plan->steps->len; i++) {
        g_autofree char *line = step_describe (g_ptr_array_index (plan->steps, i));

        printf ("%s\n", line);
    }
    return TRUE;
}
