/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost schema: the JSON Schema of profiles. */
#include "cli/verb.h"
#include "profile/profile.h"

#include <stdio.h>

gboolean
verb_schema (Options *options, GError **error)
{
    g_autofree char *schema = profile_schema ();

    puts (schema);
    return TRUE;
}
