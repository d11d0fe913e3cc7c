/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of a schema and its lists of commands and events. */
#include "cli/shell/qmp-schema.h"

#include "cli/shell/qmp-type.h"
#include "qmp/qmp-error.h"

#include <string.h>

struct QmpSchema {
    JsonNode *root;
    GHashTable *types;    /* name, of the tree → owned QmpType */
    GHashTable *commands; /* the same for commands */
    GArray *command_list; /* QmpEntry, sorted */
    GArray *event_list;
};

static int
compare_entries (gconstpointer a, gconstpointer b)
{
    return strcmp (((const QmpEntry *)a)->name, ((const QmpEntry *)b)->name);
}

static QmpSchema *
schema_alloc (JsonNode *root)
{
    QmpSchema *schema = g_new0 (QmpSchema, 1);

    schema->root = root;
    schema->types = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    schema->commands = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
    schema->command_list = g_array_new (FALSE, TRUE, sizeof (QmpEntry));
    schema->event_list = g_array_new (FALSE, TRUE, sizeof (QmpEntry));
    return schema;
}

void
qmp_schema_free (QmpSchema *schema)
{
    if (!schema)
        return;
    g_hash_table_unref (schema->types);
    g_hash_table_unref (schema->commands);
    g_array_unref (schema->command_list);
    g_array_unref (schema->event_list);
    json_node_unref (schema->root);
    g_free (schema);
}

static void
add_entity (QmpSchema *schema, JsonObject *object)
{
    const char *name = qmp_type_string (object, "name"),
               *meta = qmp_type_string (object, "meta-type");
    QmpType *type;

    if (!name || !meta)
        return;
    if (g_str_equal (meta, "event")) {
        const QmpEntry entry = { name, NULL, FALSE, FALSE, qmp_type_feature (object) };

        g_array_append_val (schema->event_list, entry);
        return;
    }
    type = g_new (QmpType, 1);
    *type = (QmpType){ schema->types, object };
    g_hash_table_replace (g_str_equal (meta, "command") ? schema->commands : schema->types,
                          (gpointer)name, type);
}

static void
list_commands (QmpSchema *schema)
{
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init (&iter, schema->commands);
    while (g_hash_table_iter_next (&iter, &name, &value)) {
        JsonObject *object = ((QmpType *)value)->object;
        const QmpEntry entry = { name, qmp_type_lookup (schema->types, object, "ret-type"), FALSE,
                                 FALSE, qmp_type_feature (object) };

        g_array_append_val (schema->command_list, entry);
    }
    g_array_sort (schema->command_list, compare_entries);
    g_array_sort (schema->event_list, compare_entries);
}

/* Returns: the text as a tree; NULL with an error when it has not @list in it */
static JsonNode *
read_tree (const char *json, gsize length, const char *what, GError **error)
{
    g_autofree char *text = g_strndup (json, length);
    g_autoptr (GError) local = NULL;
    JsonNode *root = json_from_string (text, &local);

    if (!root)
        g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "reading the reply to %s: %s", what,
                     local ? local->message : "it is empty");
    return root;
}

QmpSchema *
qmp_schema_new (const char *json, gsize length, GError **error)
{
    JsonNode *root = read_tree (json, length, "query-qmp-schema", error);
    QmpSchema *schema;
    JsonArray *list;

    if (!root)
        return NULL;
    schema = schema_alloc (root);
    list = JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root) : NULL;
    for (guint i = 0; list && i < json_array_get_length (list); i++) {
        JsonObject *object = qmp_type_object_at (list, i);

        if (object)
            add_entity (schema, object);
    }
    list_commands (schema);
    if (schema->command_list->len > 0)
        return schema;
    qmp_schema_free (schema);
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                 "the reply to query-qmp-schema lists no commands");
    return NULL;
}

QmpSchema *
qmp_schema_new_agent (const char *json, gsize length, GError **error)
{
    JsonNode *root = read_tree (json, length, "guest-info", error);
    QmpSchema *schema;
    JsonArray *list = NULL;

    if (!root)
        return NULL;
    schema = schema_alloc (root);
    if (JSON_NODE_HOLDS_OBJECT (root))
        list = qmp_type_array (json_node_get_object (root), "supported_commands");
    for (guint i = 0; list && i < json_array_get_length (list); i++) {
        JsonObject *object = qmp_type_object_at (list, i);
        const char *name = object ? qmp_type_string (object, "name") : NULL;
        QmpType *type;

        if (!name || !json_object_get_boolean_member_with_default (object, "enabled", TRUE))
            continue;
        type = g_new (QmpType, 1);
        *type = (QmpType){ schema->types, object };
        g_hash_table_replace (schema->commands, (gpointer)name, type);
    }
    list_commands (schema);
    return schema;
}

const GArray *
qmp_schema_get_commands (const QmpSchema *schema)
{
    return schema->command_list;
}

const GArray *
qmp_schema_get_events (const QmpSchema *schema)
{
    return schema->event_list;
}

const QmpEntry *
qmp_schema_find_command (const QmpSchema *schema, const char *name)
{
    return qmp_entries_find (schema->command_list, name);
}

const QmpType *
qmp_schema_get_arguments (const QmpSchema *schema, const char *command)
{
    const QmpType *type = g_hash_table_lookup (schema->commands, command);

    return type ? qmp_type_lookup (schema->types, type->object, "arg-type") : NULL;
}

gboolean
qmp_schema_is_open (const QmpSchema *schema, const char *command)
{
    /* the one whose arguments are the properties of a device, which no schema lists */
    return g_str_equal (command, "device_add") || !qmp_schema_get_arguments (schema, command);
}

gboolean
qmp_schema_is_silent (const QmpSchema *schema, const char *command)
{
    const QmpType *type = g_hash_table_lookup (schema->commands, command);

    return type &&
           !json_object_get_boolean_member_with_default (type->object, "success-response", TRUE);
}
