/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost send-key: keys and chords of keys by their names. */
#include "cli/common/machines.h"

#include <json-glib/json-glib.h>

gboolean
verb_send_key (Options *options, GError **error)
{
    JsonObject *arguments;
    JsonArray *keys;
    guint delay_ms = 0;

    if (!machines_duration ("delay", options->delay, &delay_ms, error))
        return FALSE;
    keys = json_array_new ();
    for (int i = 1; i < options->argc; i++)
        json_array_add_string_element (keys, options->argv[i]);
    arguments = json_object_new ();
    json_object_set_array_member (arguments, "keys", keys);
    json_object_set_int_member (arguments, "delay_ms", delay_ms);
    return machines_call_first (options, "machine-send-key", arguments, NULL, error);
}
