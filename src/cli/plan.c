/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost plan: what `up` would do, step by step. */
#include "cli/load.h"
#include "cli/output.h"

#include <stdio.h>

gboolean
verb_plan (Options *options, GError **error)
{
    g_autoptr (Plan) plan = NULL;

    if (options->argc > 0) {
        g_free (options->file);
        options->file = g_strdup (options->argv[0]);
    }
    plan = load_plan (options, error);
    if (!plan)
        return FALSE;
    if (options->json) {
        g_autoptr (JsonNode) node = record_to_json (&plan_record, plan);

        print_json (node);
        return TRUE;
    }
    for (gsize i = 0; plan->notes && plan->notes[i]; i++)
        printf ("# %s\n", plan->notes[i]);
    for (guint i = 0; i < plan->steps->len; i++) {
        g_autofree char *line = step_describe (g_ptr_array_index (plan->steps, i));

        printf ("%s\n", line);
    }
    return TRUE;
}
