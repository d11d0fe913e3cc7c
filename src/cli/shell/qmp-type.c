/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what can be asked of one type of a schema: it is read from the JSON that
 * describes the type when it is asked.
 */
#include "cli/shell/qmp-type.h"

#include "base/text.h"

/* An enumeration of more values is described by its size. */
#define VALUES_SHOWN 6
/* Names of types that end in themselves. */
#define DESCRIBE_DEPTH 4

const char *
qmp_type_string (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

JsonArray *
qmp_type_array (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
qmp_type_object_at (JsonArray *array, guint i)
{
    JsonNode *node = json_array_get_element (array, i);

    return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const QmpType *
qmp_type_lookup (GHashTable *types, JsonObject *object, const char *member)
{
    const char *name = qmp_type_string (object, member);

    return name ? g_hash_table_lookup (types, name) : NULL;
}

const char *
qmp_type_feature (JsonObject *object)
{
    JsonArray *features = qmp_type_array (object, "features");
    const char *found = NULL;

    for (guint i = 0; features && i < json_array_get_length (features); i++) {
        JsonNode *node = json_array_get_element (features, i);
        const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

        if (g_strcmp0 (name, "deprecated") == 0 || (!found && g_strcmp0 (name, "unstable") == 0))
            found = name;
    }
    return found;
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
    const char *name = qmp_type_string (type->object, "meta-type");

    if (g_strcmp0 (name, "builtin") == 0)
        name = qmp_type_string (type->object, "json-type");
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_strcmp0 (name, names[i].name) == 0)
            return names[i].meta;
    return QMP_META_ANY; /* "value", and what later servers invent */
}

const char *
qmp_type_get_tag (const QmpType *type)
{
    return qmp_type_string (type->object, "tag");
}

static void
add_members (GArray *entries, const QmpType *type)
{
    JsonArray *members = qmp_type_array (type->object, "members");
    const char *tag = qmp_type_get_tag (type);

    for (guint i = 0; members && i < json_array_get_length (members); i++) {
        JsonObject *member = qmp_type_object_at (members, i);
        const char *name = member ? qmp_type_string (member, "name") : NULL;
        const QmpType *of = name ? qmp_type_lookup (type->types, member, "type") : NULL;
        const QmpEntry entry = { name, of, name && json_object_has_member (member, "default"),
                                 g_strcmp0 (name, tag) == 0,
                                 name ? qmp_type_feature (member) : NULL };

        if (of)
            g_array_append_val (entries, entry);
    }
}

GArray *
qmp_type_get_members (const QmpType *type, const char *tag)
{
    GArray *entries = g_array_new (FALSE, TRUE, sizeof (QmpEntry));
    JsonArray *variants = qmp_type_array (type->object, "variants");

    if (qmp_type_get_meta (type) != QMP_META_OBJECT)
        return entries;
    add_members (entries, type);
    for (guint i = 0; tag && variants && i < json_array_get_length (variants); i++) {
        JsonObject *variant = qmp_type_object_at (variants, i);
        const QmpType *branch = variant ? qmp_type_lookup (type->types, variant, "type") : NULL;

        if (branch && g_strcmp0 (qmp_type_string (variant, "case"), tag) == 0)
            add_members (entries, branch);
    }
    return entries;
}

/* QEMU lists them twice since 6.2: with features in `members`, plain in `values`. */
GArray *
qmp_type_get_values (const QmpType *type)
{
    GArray *entries = g_array_new (FALSE, TRUE, sizeof (QmpEntry));
    JsonArray *members = qmp_type_array (type->object, "members");
    JsonArray *values = qmp_type_array (type->object, "values");

    for (guint i = 0; members && i < json_array_get_length (members); i++) {
        JsonObject *member = qmp_type_object_at (members, i);
        const QmpEntry entry = { member ? qmp_type_string (member, "name") : NULL, NULL, FALSE,
                                 FALSE, member ? qmp_type_feature (member) : NULL };

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
    return qmp_type_lookup (type->types, type->object, "element-type");
}

GPtrArray *
qmp_type_get_choices (const QmpType *type)
{
    GPtrArray *choices = g_ptr_array_new ();
    JsonArray *members = qmp_type_array (type->object, "members");

    for (guint i = 0; members && i < json_array_get_length (members); i++) {
        JsonObject *member = qmp_type_object_at (members, i);
        const QmpType *choice = member ? qmp_type_lookup (type->types, member, "type") : NULL;

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
