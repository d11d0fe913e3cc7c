/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost type: a text becomes keys that are pressed on a machine's keyboard. */
#include "cli/common/machines.h"

#include <json-glib/json-glib.h>

gboolean
verb_type (Options *options, GError **error)
{
    g_autofree char *joined = g_strjoinv (" ", options->argv + 1);
    g_autofree char *text = g_strconcat (joined, options->enter ? "\n" : "", NULL);
    JsonObject *arguments;
    guint delay_ms = 0;

    if (!machines_duration ("delay", options->delay, &delay_ms, error))
        return FALSE;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "text", text);
    json_object_set_int_member (arguments, "delay_ms", delay_ms);
    return machines_call_first (options, "machine-type", arguments, NULL, error);
}
