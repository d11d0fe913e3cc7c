/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost check: everything that `up` does before it touches the host. */
#include "cli/common/load.h"

#include <stdio.h>

gboolean
verb_check (Options *options, GError **error)
{
    g_autoptr (Plan) plan = NULL;
    guint machines = 0;

    options_take_profile (options);
    plan = load_plan (options, error);
    if (!plan)
        return FALSE;
    for (guint i = 0; i < plan->steps->len; i++)
        machines += ((Step *)g_ptr_array_index (plan->steps, i))->kind == STEP_MACHINE;
    if (options->json)
        printf ("{\"lab\":\"%s\",\"machines\":%u,\"errors\":0}\n", plan->lab, machines);
    else
        printf ("lab %s: %u machine%s, nothing wrong\n", plan->lab, machines,
                machines == 1 ? "" : "s");
    return TRUE;
}
