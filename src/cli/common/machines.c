/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the loop over machines named on the command line; see machines.h. */
#include "cli/common/machines.h"

#include "base/error.h"
#include "base/quantity.h"
#include "cli/common/output.h"

gboolean
machines_duration (const char *option, const char *text, guint *ret_ms, GError **error)
{
    if (!text || quantity_parse_duration (text, ret_ms))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--%s %s is not a time (try 30s)", option,
                 text);
    return FALSE;
}

void
machines_fill_stop (JsonObject *arguments, const Options *options)
{
    guint grace_ms = 0;

    json_object_set_boolean_member (arguments, "force", options->force);
    if (machines_duration ("grace", options->grace, &grace_ms, NULL))
        json_object_set_int_member (arguments, "grace_ms", grace_ms);
}

/* @arguments: (transfer full) */
static gboolean
call_one (Options *options, const char *word, const char *command, JsonObject *arguments,
          JsonNode **ret_value, GError **error)
{
    const char *machine;
    g_autofree char *lab = lab_client_split_machine (options, word, &machine, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
    g_autoptr (JsonNode) value = NULL;

    if (!client) {
        json_object_unref (arguments);
        return FALSE;
    }
    json_object_set_string_member (arguments, "machine", machine);
    value = lab_client_call (client, command, arguments, 0, error);
    if (value && ret_value)
        *ret_value = json_node_ref (value);
    return value != NULL;
}

gboolean
machines_call_first (Options *options, const char *command, JsonObject *arguments,
                     JsonNode **ret_value, GError **error)
{
    return call_one (options, options->argv[0], command, arguments, ret_value, error);
}

gboolean
machines_call (Options *options, const char *command,
               void (*fill) (JsonObject *arguments, const Options *options), GError **error)
{
    g_autoptr (Progress) progress = progress_new (command);
    guint grace_ms;
    gboolean good = machines_duration ("grace", options->grace, &grace_ms, error);

    for (int i = 0; good && i < options->argc; i++) {
        JsonObject *arguments = json_object_new ();

        progress_set (progress, "%s %s", command, options->argv[i]);
        if (fill)
            fill (arguments, options);
        good = call_one (options, options->argv[i], command, arguments, NULL, error);
    }
    return good;
}

gboolean
machines_wait (Options *options, GError **error)
{
    g_autoptr (Progress) progress = progress_new ("waiting until ready");
    guint timeout_ms = 0;

    if (options->no_wait || options->paused)
        return TRUE;
    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error))
        return FALSE;
    for (int i = 0; i < options->argc; i++) {
        const char *machine;
        g_autofree char *lab =
            lab_client_split_machine (options, options->argv[i], &machine, error);
        g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
        JsonObject *arguments = json_object_new ();
        JsonArray *names = json_array_new ();
        g_autoptr (JsonNode) value = NULL;

        json_array_add_string_element (names, machine ? machine : "");
        json_object_set_array_member (arguments, "machines", names);
        if (!client) {
            json_object_unref (arguments);
            return FALSE;
        }
        value = lab_client_call (client, "lab-wait", arguments, timeout_ms, error);
        if (!value)
            return FALSE;
    }
    return TRUE;
}
