/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of the arguments of a control command, and whether they fit it. */
#include "control/commands/command.h"

#include "base/error.h"
#include "qmp/qmp-scan.h"

#include <string.h>

static gboolean
fits (JsonNode *node, ControlArgType type)
{
    switch (type) {
    case ARG_STRING:
        return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
    case ARG_STRINGS:
        if (!JSON_NODE_HOLDS_ARRAY (node))
            return FALSE;
        for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
            if (!fits (json_array_get_element (json_node_get_array (node), i), ARG_STRING))
                return FALSE;
        return TRUE;
    case ARG_BOOL:
        return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN;
    case ARG_INT:
        return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64;
    case ARG_OBJECT:
    case ARG_RECORD:
        return JSON_NODE_HOLDS_OBJECT (node);
    }
    g_assert_not_reached ();
}

static const ControlArg *
find_arg (const ControlCommand *command, const char *name)
{
    for (const ControlArg *arg = command->args; arg->name; arg++)
        if (g_str_equal (arg->name, name))
            return arg;
    return NULL;
}

static gboolean
check (const ControlCommand *command, JsonObject *arguments, GError **error)
{
    static const char *const type_names[] = { "string",  "array",  "boolean",
                                              "integer", "object", "object" };
    g_autoptr (GList) members = json_object_get_members (arguments);

    for (const ControlArg *arg = command->args; arg->name; arg++) {
        JsonNode *node = json_object_get_member (arguments, arg->name);

        if (!node && !arg->optional) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "Parameter '%s' is missing",
                         arg->name);
            return FALSE;
        }
        if (node && !fits (node, arg->type)) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                         "Invalid parameter type for '%s', expected: %s", arg->name,
                         type_names[arg->type]);
            return FALSE;
        }
    }
    for (GList *member = members; member; member = member->next) {
        if (!find_arg (command, member->data)) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "Parameter '%s' is unexpected",
                         (const char *)member->data);
            return FALSE;
        }
    }
    return TRUE;
}

/* A plan is long, and as a tree of nodes would take as much time as all else that is done
 * before the first machine starts. */
static char *
take_record_out (const ControlCommand *command, const char *text, char **ret_record)
{
    const ControlArg *arg = command->args;
    const QmpMember *member;
    QmpObject object;

    while (arg->name && arg->type != ARG_RECORD)
        arg++;
    if (!arg->name || !qmp_scan_object (text, strlen (text), QMP_SCAN_STRICT, &object, NULL))
        return NULL;
    member = qmp_object_find (&object, arg->name);
    if (!member || *member->value != '{')
        return NULL;
    *ret_record = g_strndup (member->value, member->value_length);
    return g_strdup_printf ("%.*s{}%s", (int)(member->value - text), text,
                            member->value + member->value_length);
}

JsonNode *
control_command_read (const ControlCommand *command, const char *text, char **ret_record,
                      GError **error)
{
    g_autofree char *record = NULL;
    g_autofree char *rest = text ? take_record_out (command, text, &record) : NULL;
    g_autoptr (JsonNode) node = json_from_string (rest ? rest : text ? text : "{}", NULL);

    if (!node || !JSON_NODE_HOLDS_OBJECT (node)) {
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the arguments are not JSON");
        return NULL;
    }
    if (!check (command, json_node_get_object (node), error))
        return NULL;
    *ret_record = g_steal_pointer (&record);
    return g_steal_pointer (&node);
}
