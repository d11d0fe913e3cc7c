/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost down: every machine stops, every step is undone. */
#include "base/error.h"
#include "cli/client.h"
#include "cli/machines.h"
#include "cli/output.h"

#include <stdio.h>

gboolean
verb_down (Options *options, GError **error)
{
    g_autofree char *name =
        lab_client_find (options, options->argc > 0 ? options->argv[0] : NULL, error);
    g_autoptr (LabClient) client = NULL;
    g_autoptr (Progress) progress = NULL;
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments;
    guint grace_ms;

    if (!name || !machines_duration ("grace", options->grace, &grace_ms, error))
        return FALSE;
    client = lab_client_open (name, error);
    if (!client)
        return FALSE;
    progress = progress_new ("going down");
    arguments = json_object_new ();
    machines_fill_stop (arguments, options);
    value = lab_client_call (client, "lab-down", arguments, 0, error);
    if (!value)
        return FALSE;
    lab_client_wait_closed (client);
    g_clear_pointer (&progress, progress_free);
    if (options->json)
        printf ("{\"lab\":\"%s\",\"state\":\"down\"}\n", name);
    else
        printf ("lab %s is down\n", name);
    return TRUE;
}
