/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk over field tables; knows no struct of the program. */
#include "base/record.h"

#include "base/error.h"

#include <gio/gio.h>
#include <string.h>

#define AT(data, field, type) (*(type *)((char *)(data) + (field)->offset))

/* GPtrArray has one free function for all its elements and hands it no record,
 * so each element carries its record in front of the struct. */
typedef struct {
    const Record *record;
    gpointer padding; /* keeps the struct aligned */
} Header;

static void
free_element (gpointer data)
{
    if (data)
        record_free (((Header *)data - 1)->record, data);
}

GPtrArray *
record_array_new (const Record *record)
{
    (void)record;
    return g_ptr_array_new_with_free_func (free_element);
}

gpointer
record_new (const Record *record)
{
    Header *header = g_malloc0 (sizeof *header + record->size);
    gpointer data = header + 1;

    header->record = record;
    for (const Field *field = record->fields; field->name; field++)
        if (field->type == FIELD_RECORDS)
            AT (data, field, GPtrArray *) = record_array_new (field->record);
    return data;
}

void
record_free (const Record *record, gpointer data)
{
    if (!data)
        return;
    for (const Field *field = record->fields; field->name; field++) {
        switch (field->type) {
        case FIELD_STRING:
            g_free (AT (data, field, char *));
            break;
        case FIELD_STRINGS:
            g_strfreev (AT (data, field, GStrv));
            break;
        case FIELD_RECORD:
            record_free (field->record, AT (data, field, gpointer));
            break;
        case FIELD_RECORDS:
            g_ptr_array_unref (AT (data, field, GPtrArray *));
            break;
        case FIELD_BOOL:
        case FIELD_INT:
        case FIELD_ENUM:
            break;
        }
    }
    g_free ((Header *)data - 1);
}

static JsonNode *
strings_to_json (GStrv strings)
{
    JsonArray *array = json_array_new ();
    JsonNode *node = json_node_new (JSON_NODE_ARRAY);

    for (gsize i = 0; strings[i]; i++)
        json_array_add_string_element (array, strings[i]);
    json_node_take_array (node, array);
    return node;
}

static JsonNode *
records_to_json (const Record *record, GPtrArray *records)
{
    JsonArray *array = json_array_new ();
    JsonNode *node = json_node_new (JSON_NODE_ARRAY);

    for (guint i = 0; i < records->len; i++)
        json_array_add_element (array, record_to_json (record, g_ptr_array_index (records, i)));
    json_node_take_array (node, array);
    return node;
}

JsonNode *
record_to_json (const Record *record, gconstpointer data)
{
    JsonObject *object = json_object_new ();

    for (const Field *field = record->fields; field->name; field++) {
        switch (field->type) {
        case FIELD_STRING:
            if (AT (data, field, const char *))
                json_object_set_string_member (object, field->name, AT (data, field, const char *));
            break;
        case FIELD_STRINGS:
            if (AT (data, field, GStrv))
                json_object_set_member (object, field->name,
                                        strings_to_json (AT (data, field, GStrv)));
            break;
        case FIELD_BOOL:
            json_object_set_boolean_member (object, field->name, AT (data, field, gboolean));
            break;
        case FIELD_INT:
            json_object_set_int_member (object, field->name, AT (data, field, gint64));
            break;
        case FIELD_ENUM:
            json_object_set_string_member (object, field->name,
                                           field->names[AT (data, field, int)]);
            break;
        case FIELD_RECORD:
            if (AT (data, field, gpointer))
                json_object_set_member (
                    object, field->name,
                    record_to_json (field->record, AT (data, field, gconstpointer)));
            break;
        case FIELD_RECORDS:
            json_object_set_member (object, field->name,
                                    records_to_json (field->record, AT (data, field, GPtrArray *)));
            break;
        }
    }
    return json_take_object (object);
}

static gboolean
is_value (JsonNode *node, GType type)
{
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
wrong_type (const Record *record, const Field *field, const char *wanted, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s.%s is not %s", record->name,
                 field->name, wanted);
    return FALSE;
}

static gboolean
read_strings (JsonNode *node, GStrv *ret)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    JsonArray *array;

    if (!JSON_NODE_HOLDS_ARRAY (node))
        return FALSE;
    array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++) {
        JsonNode *element = json_array_get_element (array, i);

        if (!is_value (element, G_TYPE_STRING))
            return FALSE;
        g_strv_builder_add (builder, json_node_get_string (element));
    }
    *ret = g_strv_builder_end (builder);
    return TRUE;
}

static gboolean
read_enum (JsonNode *node, const char *const *names, int *ret)
{
    if (!is_value (node, G_TYPE_STRING))
        return FALSE;
    for (int i = 0; names[i]; i++) {
        if (g_strcmp0 (names[i], json_node_get_string (node)) == 0) {
            *ret = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
read_records (const Record *record, JsonNode *node, GPtrArray *into, GError **error)
{
    JsonArray *array;

    if (!JSON_NODE_HOLDS_ARRAY (node)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the list of %s is not an array",
                     record->name);
        return FALSE;
    }
    array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++) {
        gpointer element = record_from_json (record, json_array_get_element (array, i), error);

        if (!element)
            return FALSE;
        g_ptr_array_add (into, element);
    }
    return TRUE;
}

static gboolean
read_field (const Record *record, const Field *field, gpointer data, JsonNode *node, GError **error)
{
    switch (field->type) {
    case FIELD_STRING:
        if (!is_value (node, G_TYPE_STRING))
            return wrong_type (record, field, "a string", error);
        AT (data, field, char *) = g_strdup (json_node_get_string (node));
        return TRUE;
    case FIELD_STRINGS:
        return read_strings (node, &AT (data, field, GStrv)) ||
               wrong_type (record, field, "a list of strings", error);
    case FIELD_BOOL:
        if (!is_value (node, G_TYPE_BOOLEAN))
            return wrong_type (record, field, "true or false", error);
        AT (data, field, gboolean) = json_node_get_boolean (node);
        return TRUE;
    case FIELD_INT:
        if (!is_value (node, G_TYPE_INT64))
            return wrong_type (record, field, "an integer", error);
        AT (data, field, gint64) = json_node_get_int (node);
        return TRUE;
    case FIELD_ENUM:
        return read_enum (node, field->names, &AT (data, field, int)) ||
               wrong_type (record, field, "one of the known words", error);
    case FIELD_RECORD:
        AT (data, field, gpointer) = record_from_json (field->record, node, error);
        return AT (data, field, gpointer) != NULL;
    case FIELD_RECORDS:
        return read_records (field->record, node, AT (data, field, GPtrArray *), error);
    }
    g_assert_not_reached ();
}

gpointer
record_from_json (const Record *record, JsonNode *node, GError **error)
{
    gpointer data;
    JsonObject *object;

    if (!node || !JSON_NODE_HOLDS_OBJECT (node)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s is not an object", record->name);
        return NULL;
    }
    object = json_node_get_object (node);
    data = record_new (record);
    for (const Field *field = record->fields; field->name; field++) {
        JsonNode *member = json_object_get_member (object, field->name);

        if (member && !JSON_NODE_HOLDS_NULL (member) &&
            !read_field (record, field, data, member, error)) {
            record_free (record, data);
            return NULL;
        }
    }
    return data;
}

JsonNode *
json_take_object (JsonObject *object)
{
    JsonNode *node = json_node_new (JSON_NODE_OBJECT);

    json_node_take_object (node, object);
    return node;
}

char *
json_to_text (JsonNode *node)
{
    return json_to_string (node, FALSE);
}

char *
json_to_pretty_text (JsonNode *node)
{
    return json_to_string (node, TRUE);
}

/* of brackets outside strings; where they do not match, the parser complains */
static gsize
depth_of (const char *text)
{
    gsize depth = 0, deepest = 0;
    gboolean quoted = FALSE;

    for (; *text; text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (!quoted && (*text == '[' || *text == '{'))
            depth++;
        else if (!quoted && (*text == ']' || *text == '}') && depth > 0)
            depth--;
        deepest = MAX (deepest, depth);
    }
    return deepest;
}

JsonNode *
json_from_text (const char *text, GError **error)
{
    if (depth_of (text) <= JSON_MAX_DEPTH)
        return json_from_string (text, error);
    g_set_error (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "JSON is nested deeper than %d",
                 JSON_MAX_DEPTH);
    return NULL;
}
