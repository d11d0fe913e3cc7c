/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the form of what a server sends. */
#include "qmp/qmp-writer.h"

#include <math.h>

#include "qmp/qmp-text.h"

GString *
qmp_writer_return (const char *value, gsize length, const char *id)
{
    GString *line = g_string_sized_new (length + 64);

    g_string_append (line, "{\"return\": ");
    g_string_append_len (line, value, length);
    if (id) {
        g_string_append (line, ", \"id\": ");
        g_string_append (line, id);
    }
    g_string_append (line, "}\r\n");
    return line;
}

static GString *
start_error (const char *id)
{
    GString *line = g_string_new ("{");

    if (id) {
        g_string_append (line, "\"id\": ");
        g_string_append (line, id);
        g_string_append (line, ", ");
    }
    g_string_append (line, "\"error\": ");
    return line;
}

GString *
qmp_writer_error_bytes (const char *error, gsize length, const char *id)
{
    GString *line = start_error (id);

    g_string_append_len (line, error, length);
    g_string_append (line, "}\r\n");
    return line;
}

GString *
qmp_writer_error (const char *error_class, const char *description, const char *id)
{
    GString *line = start_error (id);

    g_string_append (line, "{\"class\": ");
    qmp_text_quote (line, error_class);
    g_string_append (line, ", \"desc\": ");
    qmp_text_quote (line, description);
    g_string_append (line, "}}\r\n");
    return line;
}

GString *
qmp_writer_line (const char *json, gsize length)
{
    GString *line = g_string_sized_new (length + 3);

    g_string_append_len (line, json, length);
    g_string_append (line, "\r\n");
    return line;
}

static void
write_object (GString *out, JsonObject *object)
{
    JsonObjectIter iter;
    const char *name, *before = "";
    JsonNode *member;

    g_string_append_c (out, '{');
    json_object_iter_init_ordered (&iter, object);
    while (json_object_iter_next_ordered (&iter, &name, &member)) {
        g_string_append (out, before);
        qmp_text_quote (out, name);
        g_string_append (out, ": ");
        qmp_writer_node (out, member);
        before = ", ";
    }
    g_string_append_c (out, '}');
}

static void
write_array (GString *out, JsonArray *array)
{
    g_string_append_c (out, '[');
    for (guint i = 0; i < json_array_get_length (array); i++) {
        g_string_append (out, i ? ", " : "");
        qmp_writer_node (out, json_array_get_element (array, i));
    }
    g_string_append_c (out, ']');
}

static void
write_value (GString *out, JsonNode *node)
{
    GType type = json_node_get_value_type (node);
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    double value;

    if (type == G_TYPE_STRING) {
        qmp_text_quote (out, json_node_get_string (node));
    } else if (type == G_TYPE_BOOLEAN) {
        g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
    } else if (type == G_TYPE_DOUBLE || type == G_TYPE_FLOAT) {
        value = json_node_get_double (node);
        g_string_append (out, isfinite (value)
                                  ? g_ascii_formatd (number, sizeof number, "%.17g", value)
                                  : "null");
    } else {
        g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
    }
}

void
qmp_writer_node (GString *out, JsonNode *node)
{
    switch (json_node_get_node_type (node)) {
    case JSON_NODE_OBJECT:
        write_object (out, json_node_get_object (node));
        break;
    case JSON_NODE_ARRAY:
        write_array (out, json_node_get_array (node));
        break;
    case JSON_NODE_VALUE:
        write_value (out, node);
        break;
    case JSON_NODE_NULL:
        g_string_append (out, "null");
        break;
    }
}
