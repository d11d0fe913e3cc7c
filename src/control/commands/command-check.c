/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns whether the arguments of a control command fit it. */
#include "control/commands/command.h"

#include "base/error.h"

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

gboolean
control_command_check (const ControlCommand *command, JsonObject *arguments, GError **error)
{
    static const char *const type_names[] = { "string", "array", "boolean", "integer", "object" };
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
