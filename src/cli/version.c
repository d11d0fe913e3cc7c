/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost version. */
#include "config.h"

#include "cli/common/output.h"
#include "cli/verb.h"

#include <stdio.h>

gboolean
verb_version (Options *options, GError **error)
{
    g_autoptr (JsonNode) node = NULL;

    if (!options->json) {
        printf ("roost %s\n", PACKAGE_VERSION);
        return TRUE;
    }
    node = json_from_string ("{\"version\":\"" PACKAGE_VERSION "\"}", NULL);
    print_json (node);
    return TRUE;
}
