/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost plan: what `up` would do, step by step, and what it would change of a lab
 * that is up.
 */
#include "base/quantity.h"
#include "cli/common/load.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "lab/reconcile/reconcile.h"
#include "plan/resources.h"

#include <stdio.h>

static void
add_row (Table *table, const char *name, gint64 cpus, gint64 memory, gint64 disk)
{
    g_autofree char *cpus_text = g_strdup_printf ("%" G_GINT64_FORMAT, cpus);
    g_autofree char *memory_text = quantity_format_size (memory);
    g_autofree char *disk_text = quantity_format_size (disk);

    table_add (table, name, cpus_text, memory_text, disk > 0 ? disk_text : NULL);
}

static void
print_resources (const Plan *plan, const Options *options)
{
    g_autoptr (Resources) sum = resources_of (plan);
    g_autofree char *sbatch = options->sbatch ? resources_to_sbatch (sum) : NULL;
    Table *table;

    if (options->json) {
        g_autoptr (JsonNode) node = record_to_json (&resources_record, sum);

        print_json (node);
        return;
    }
    if (sbatch) {
        fputs (sbatch, stdout);
        return;
    }
    table = table_new ("MACHINE|CPUS|MEMORY|DISK");
    for (guint i = 0; i < sum->machines->len; i++) {
        const ResourcesRow *row = g_ptr_array_index (sum->machines, i);

        add_row (table, row->name, row->cpus, row->memory, row->disk);
    }
    add_row (table, "all", sum->cpus, sum->memory, sum->disk);
    table_print (table);
    if (sum->open_disks > 0)
        printf ("and %" G_GINT64_FORMAT " disk%s as large as the image below\n", sum->open_disks,
                sum->open_disks == 1 ? "" : "s");
}

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

    options_take_profile (options);
    plan = load_plan (options, error);
    if (!plan)
        return FALSE;
    if (options->resources || options->sbatch) {
        print_resources (plan, options);
        return TRUE;
    }
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
