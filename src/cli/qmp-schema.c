/* Owns the model of what a QMP server can do.  A type is the JSON object that
 * describes it plus its schema, made for every entity when the schema is read;
 * what it says is read from there when it is asked.
 */
#include "cli/qmp-schema.h"

#include "base/text.h"
#include "qmp/qmp-error.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* An enumeration of more values is described by its size. */
#define VALUES_SHOWN 6
/* Names of types that end in themselves. */
#define DESCRIBE_DEPTH 4

struct QmpType {
    const QmpSchema *schema;
    JsonObject *object; /* of the tree that the schema holds */
};

struct QmpSchema {
    JsonNode *root;
    GHashTable *types;    /* name, of the tree → owned QmpType */
    GHashTable *commands; /* the same for commands */
    GArray *command_list; /* QmpEntry, sorted */
    GArray *event_list;
};

static const char *
string_of (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static JsonArray *
array_of (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
element_of (JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element (array, i);

    return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const QmpType *
type_of (const QmpSchema *schema, JsonObject *object, const char *member)
{
    const char *name = string_of (object, member);

    return name ? g_hash_table_lookup (schema->types, name) : NULL;
}

static const char *
feature_of (JsonObject *object)
{
    JsonArray *features = array_of (object, "features");
    const char *found = NULL;

    for (guint i = 0; features && i < json_array_get_length (features); i++) {
        JsonNode *node = json_array_get_element (features, i);
        const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

        if (g_strcmp0 (name, "deprecated") == 0 || (!found && g_strcmp0 (name, "unstable") == 0))
            found = name;
    }
    return found;
}

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
    const char *name = string_of (object, "name"), *meta = string_of (object, "meta-type");
    QmpType *type;

    if (!name || !meta)
        return;
    if (g_str_equal (meta, "event")) {
        const QmpEntry entry = { name, NULL, FALSE, FALSE, feature_of (object) };

        g_array_append_val (schema->event_list, entry);
        return;
    }
    type = g_new (QmpType, 1);
    *type = (QmpType){ schema, object };
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
        const QmpEntry entry = { name, type_of (schema, object, "ret-type"), FALSE, FALSE,
                                 feature_of (object) };

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
        JsonObject *object = element_of (list, i);

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
        list = array_of (json_node_get_object (root), "supported_commands");
    for (guint i = 0; list && i < json_array_get_length (list); i++) {
        JsonObject *object = element_of (list, i);
        const char *name = object ? string_of (object, "name") : NULL;
        QmpType *type;

        if (!name || !json_object_get_boolean_member_with_default (object, "enabled", TRUE))
            continue;
        type = g_new (QmpType, 1);
        *type = (QmpType){ schema, object };
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

    return type ? type_of (schema, type->object, "arg-type") : NULL;
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

QmpMeta
qmp_type_get_meta (const QmpType *type)
{
    static const struct {
        const char *name;
        QmpMeta meta;
    } names[] = {
        { "string", QMP_META_STRING },       { "int", QMP_META_INT },
        { "number", QMP_META_NUMBER },       { "boolean", QMP_META_BOOL },
        { "null", QMP_META_NULL },           { "enum", QMP_META_ENUM },
        { "array", QMP_META_ARRAY },         { "object", QMP_META_OBJECT },
        { "alternate", QMP_META_ALTERNATE },
    };
    const char *name = string_of (type->object, "meta-type");

    if (g_strcmp0 (name, "builtin") == 0)
        name = string_of (type->object, "json-type");
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_strcmp0 (name, names[i].name) == 0)
            return names[i].meta;
    return QMP_META_ANY; /* "value", and what later servers invent */
}

const char *
qmp_type_get_tag (const QmpType *type)
{
    return string_of (type->object, "tag");
}

static void
add_members (GArray *entries, const QmpType *type)
{
    JsonArray *members = array_of (type->object, "members");
    const char *tag = qmp_type_get_tag (type);

    for (guint i = 0; members && i < json_array_get_length (members); i++) {
        JsonObject *member = element_of (members, i);
        const char *name = member ? string_of (member, "name") : NULL;
        const QmpType *of = name ? type_of (type->schema, member, "type") : NULL;
        const QmpEntry entry = { name, of, name && json_object_has_member (member, "default"),
                                 g_strcmp0 (name, tag) == 0, name ? feature_of (member) : NULL };

        if (of)
            g_array_append_val (entries, entry);
    }
}

GArray *
qmp_type_get_members (const QmpType *type, const char *tag)
{
    GArray *entries = g_array_new (FALSE, TRUE, sizeof (QmpEntry));
    JsonArray *variants = array_of (type->object, "variants");

    if (qmp_type_get_meta (type) != QMP_META_OBJECT)
        return entries;
    add_members (entries, type);
    for (guint i = 0; tag && variants && i < json_array_get_length (variants); i++) {
        JsonObject *variant = element_of (variants, i);
        const QmpType *branch = variant ? type_of (type->schema, variant, "type") : NULL;

        if (branch && g_strcmp0 (string_of (variant, "case"), tag) == 0)
            add_members (entries, branch);
    }
    return entries;
}

/* QEMU lists them twice since 6.2: with features in `members`, plain in `values`. */
GArray *
qmp_type_get_values (const QmpType *type)
{
    GArray *entries = g_array_new (FALSE, TRUE, sizeof (QmpEntry));
    JsonArray *members = array_of (type->object, "members");
    JsonArray *values = array_of (type->object, "values");

    for (guint i = 0; members && i < json_array_get_length (members); i++) {
        JsonObject *member = element_of (members, i);
        const QmpEntry entry = { member ? string_of (member, "name") : NULL, NULL, FALSE, FALSE,
                                 member ? feature_of (member) : NULL };

        if (entry.name)
            g_array_append_val (entries, entry);
    }
    for (guint i = 0; !members && values && i < json_array_get_length (values); i++) {
        JsonNode *node = json_array_get_element (values, i);
        const QmpEntry entry = { JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node)
                                                              : NULL };

        if (entry.name)
            g_array_append_val (entries, entry);
    }
    return entries;
}

const QmpType *
qmp_type_get_element (const QmpType *type)
{
    return type_of (type->schema, type->object, "element-type");
}

GPtrArray *
qmp_type_get_choices (const QmpType *type)
{
    GPtrArray *choices = g_ptr_array_new ();
    JsonArray *members = array_of (type->object, "members");

    for (guint i = 0; members && i < json_array_get_length (members); i++) {
        JsonObject *member = element_of (members, i);
        const QmpType *choice = member ? type_of (type->schema, member, "type") : NULL;

        if (choice)
            g_ptr_array_add (choices, (gpointer)choice);
    }
    return choices;
}

static void
describe_values (GString *out, const QmpType *type)
{
    g_autoptr (GArray) values = qmp_type_get_values (type);

    for (guint i = 0; i < MIN (values->len, VALUES_SHOWN); i++)
        g_string_append_printf (out, "%s%s", i ? "|" : "",
                                g_array_index (values, QmpEntry, i).name);
    if (values->len > VALUES_SHOWN)
        g_string_append_printf (out, "|… (%u values)", values->len);
}

static void
describe (GString *out, const QmpType *type, guint depth)
{
    g_autoptr (GPtrArray) choices = NULL;

    if (!type || depth == 0) {
        g_string_append (out, "…");
        return;
    }
    switch (qmp_type_get_meta (type)) {
    case QMP_META_STRING:
        g_string_append (out, "string");
        return;
    case QMP_META_INT:
        g_string_append (out, "integer");
        return;
    case QMP_META_NUMBER:
        g_string_append (out, "number");
        return;
    case QMP_META_BOOL:
        g_string_append (out, "true|false");
        return;
    case QMP_META_NULL:
        g_string_append (out, "null");
        return;
    case QMP_META_ANY:
        g_string_append (out, "any value");
        return;
    case QMP_META_OBJECT:
        g_string_append (out, "object");
        return;
    case QMP_META_ENUM:
        describe_values (out, type);
        return;
    case QMP_META_ARRAY:
        g_string_append (out, "list of ");
        describe (out, qmp_type_get_element (type), depth - 1);
        return;
    case QMP_META_ALTERNATE:
        choices = qmp_type_get_choices (type);
        for (guint i = 0; i < choices->len; i++) {
            g_string_append (out, i ? " or " : "");
            describe (out, g_ptr_array_index (choices, i), depth - 1);
        }
        return;
    }
}

char *
qmp_type_describe (const QmpType *type)
{
    GString *out = g_string_new (NULL);

    describe (out, type, DESCRIBE_DEPTH);
    return g_string_free (out, FALSE);
}

const QmpEntry *
qmp_entries_find (const GArray *entries, const char *name)
{
    for (guint i = 0; i < entries->len; i++) {
        const QmpEntry *entry = &g_array_index (entries, QmpEntry, i);

        if (g_str_equal (entry->name, name))
            return entry;
    }
    return NULL;
}

const char *
qmp_entries_suggest (const GArray *entries, const char *word)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    for (guint i = 0; i < entries->len; i++)
        g_ptr_array_add (names, (gpointer)g_array_index (entries, QmpEntry, i).name);
    g_ptr_array_add (names, NULL);
    return text_suggest (word, (const char *const *)names->pdata);
}
