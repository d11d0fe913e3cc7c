/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what names of machines on the command line stand for, and commands that go
 * to all of them; see machines.h.
 */
#include "cli/common/machines.h"

#include "base/error.h"
#include "base/quantity.h"
#include "base/record.h"
#include "cli/common/output.h"

#include <fnmatch.h>
#include <string.h>

#define QUERY_TIMEOUT_MS (30 * 1000)

gboolean
machines_duration (const char *option, const char *text, guint *ret_ms, GError **error)
{
    if (!text || quantity_parse_duration (text, ret_ms))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "--%s %s is not a time (try 30s)", option,
                 text);
    return FALSE;
}

/* --- which machines ---------------------------------------------------------- */

static void
target_free (gpointer data)
{
    Target *target = data;

    g_free (target->machine);
    g_free (target);
}

void
targets_free (Targets *targets)
{
    if (!targets)
        return;
    g_ptr_array_unref (targets->targets);
    g_hash_table_unref (targets->clients);
    g_free (targets);
}

/* Returns: (transfer none): the connection to @lab, which is opened once */
static LabClient *
client_of (Targets *targets, const char *lab, GError **error)
{
    LabClient *client = g_hash_table_lookup (targets->clients, lab);

    if (!client && (client = lab_client_open (lab, error)))
        g_hash_table_insert (targets->clients, g_strdup (lab), client);
    return client;
}

static void
add (Targets *targets, LabClient *client, const char *machine)
{
    Target *target;

    for (guint i = 0; i < targets->targets->len; i++) {
        target = g_ptr_array_index (targets->targets, i);
        if (target->client == client && g_str_equal (target->machine, machine))
            return;
    }
    target = g_new0 (Target, 1);
    target->client = client;
    target->machine = g_strdup (machine);
    g_ptr_array_add (targets->targets, target);
}

static gboolean
add_matches (Targets *targets, LabClient *client, const char *pattern, GError **error)
{
    g_autoptr (JsonNode) lab = lab_client_call (client, "query-lab", NULL, QUERY_TIMEOUT_MS, error);
    JsonArray *machines;
    gboolean found = FALSE;

    if (!lab)
        return FALSE;
    machines = json_object_get_array_member (json_node_get_object (lab), "machines");
    for (guint i = 0; i < json_array_get_length (machines); i++) {
        const char *name = member_string (json_array_get_object_element (machines, i), "name", "");

        if (fnmatch (pattern, name, 0) != 0)
            continue;
        add (targets, client, name);
        found = TRUE;
    }
    if (!found)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "lab %s has no machine that %s matches", client->lab, pattern);
    return found;
}

Targets *
machines_find (const Options *options, char **words, int n_words, GError **error)
{
    g_autoptr (Targets) targets = g_new0 (Targets, 1);
    char *all[] = { (char *)"*" };

    targets->targets = g_ptr_array_new_with_free_func (target_free);
    targets->clients =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)lab_client_free);
    for (int i = 0; i < MAX (n_words, 1); i++) {
        const char *machine;
        g_autofree char *lab =
            lab_client_split_machine (options, n_words ? words[i] : all[0], &machine, error);
        LabClient *client = lab ? client_of (targets, lab, error) : NULL;

        if (!client)
            return NULL;
        if (!strpbrk (machine, "*?["))
            add (targets, client, machine);
        else if (!add_matches (targets, client, machine, error))
            return NULL;
    }
    return g_steal_pointer (&targets);
}

Targets *
machines_find_one (const Options *options, const char *word, GError **error)
{
    g_autoptr (Targets) targets = machines_find (options, (char **)&word, 1, error);

    if (!targets || targets->targets->len == 1)
        return g_steal_pointer (&targets);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 "%s matches %u machines, and this is for one", word, targets->targets->len);
    return NULL;
}

/* --- what is said to them ---------------------------------------------------- */

void
machines_fill_stop (JsonObject *arguments, const Options *options)
{
    guint grace_ms = 0;

    json_object_set_boolean_member (arguments, "force", options->force);
    if (machines_duration ("grace", options->grace, &grace_ms, NULL))
        json_object_set_int_member (arguments, "grace_ms", grace_ms);
}

gboolean
machines_stop (Options *options, GError **error)
{
    JsonObject *arguments;
    guint grace_ms;

    if (!machines_duration ("grace", options->grace, &grace_ms, error))
        return FALSE;
    arguments = json_object_new ();
    machines_fill_stop (arguments, options);
    return machines_call (options, "machine-stop", arguments, error);
}

/* @next: (transfer full): what has gone wrong as well; @error, when it is wanted, has
 * the first and the class */
static void
add_error (GError **error, GError *next)
{
    if (error && !*error) {
        g_propagate_error (error, next);
        return;
    }
    if (error) {
        char *both = g_strdup_printf ("%s\n%s", (*error)->message, next->message);

        g_free ((*error)->message);
        (*error)->message = both;
    }
    g_error_free (next);
}

/* Sends to all, then waits for all. */
static gboolean
call_targets (const Targets *targets, const char *command, JsonObject *arguments,
              JsonNode **ret_value, GError **error)
{
    guint n = targets->targets->len;
    g_autofree Wait *waits = g_new0 (Wait, n);
    gboolean good = TRUE;

    for (guint i = 0; i < n; i++) {
        const Target *target = g_ptr_array_index (targets->targets, i);
        g_autoptr (JsonNode) node = NULL;
        g_autofree char *text = NULL;

        json_object_set_string_member (arguments, "machine", target->machine);
        node = json_take_object (json_object_ref (arguments));
        text = json_to_text (node);
        lab_client_send (target->client, command, text, 0, &waits[i]);
    }
    for (guint i = 0; i < n; i++) {
        const Target *target = g_ptr_array_index (targets->targets, i);
        GError *local = NULL;
        JsonNode *value = lab_client_receive (target->client, command, 0, &waits[i], &local);

        good = good && value;
        if (!value)
            add_error (error, local);
        else if (ret_value && i == 0)
            *ret_value = value;
        else
            json_node_unref (value);
    }
    return good;
}

gboolean
machines_call_first (Options *options, const char *command, JsonObject *arguments,
                     JsonNode **ret_value, GError **error)
{
    g_autoptr (JsonObject) owned = arguments;
    g_autoptr (Targets) targets = machines_find_one (options, options->argv[0], error);

    return targets && call_targets (targets, command, owned, ret_value, error);
}

gboolean
machines_call (Options *options, const char *command, JsonObject *arguments, GError **error)
{
    g_autoptr (JsonObject) owned = arguments ? arguments : json_object_new ();
    g_autoptr (Targets) targets = machines_find (options, options->argv, options->argc, error);
    g_autoptr (Progress) progress = targets ? progress_new (command) : NULL;
    g_autofree char *names = g_strjoinv (" ", options->argv);

    if (!targets)
        return FALSE;
    progress_set (progress, "%s: %s", command, names);
    return call_targets (targets, command, owned, NULL, error);
}

/* Returns: (transfer full): {"machines": […]} of the lab of @client */
static char *
list_machines (const Targets *targets, const LabClient *client)
{
    JsonObject *object = json_object_new ();
    JsonArray *names = json_array_new ();
    g_autoptr (JsonNode) node = NULL;

    for (guint i = 0; i < targets->targets->len; i++) {
        const Target *target = g_ptr_array_index (targets->targets, i);

        if (target->client == client)
            json_array_add_string_element (names, target->machine);
    }
    json_object_set_array_member (object, "machines", names);
    node = json_take_object (object);
    return json_to_text (node);
}

gboolean
machines_wait (Options *options, GError **error)
{
    g_autoptr (Progress) progress = progress_new ("waiting until ready");
    g_autoptr (Targets) targets = NULL;
    guint timeout_ms = 0;
    GHashTableIter iter;
    gpointer client;

    if (options->no_wait || options->paused)
        return TRUE;
    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error) ||
        !(targets = machines_find (options, options->argv, options->argc, error)))
        return FALSE;
    g_hash_table_iter_init (&iter, targets->clients);
    while (g_hash_table_iter_next (&iter, NULL, &client)) {
        g_autofree char *arguments = list_machines (targets, client);
        g_autoptr (JsonNode) value =
            lab_client_call_text (client, "lab-wait", arguments, timeout_ms, error);

        if (!value)
            return FALSE;
    }
    return TRUE;
}
