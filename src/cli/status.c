/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost status: the machines of a lab and how to reach them. */
#include "cli/common/client.h"
#include "cli/common/output.h"
#include "cli/common/show.h"

#define TIMEOUT_MS (30 * 1000)

gboolean
verb_status (Options *options, GError **error)
{
    g_autofree char *name =
        lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    g_autoptr (LabClient) client = name ? lab_client_open (name, error) : NULL;
    g_autoptr (JsonNode) lab =
        client ? lab_client_call (client, "query-lab", NULL, TIMEOUT_MS, error) : NULL;

    if (!lab)
        return FALSE;
    if (options->json)
        print_json (lab);
    else
        show_lab (lab);
    return TRUE;
}
