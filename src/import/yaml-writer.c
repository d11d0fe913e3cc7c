/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from JSON values to libyaml's events; see yaml-writer.h. */
#include "import/yaml-writer.h"

#include <yaml.h>

static int
append (void *data, unsigned char *buffer, size_t size)
{
    g_string_append_len (data, (const char *)buffer, size);
    return 1;
}

static void
emit (yaml_emitter_t *emitter, yaml_event_t *event)
{
    gboolean good = yaml_emitter_emit (emitter, event);

    g_assert (good); /* it writes to memory, and the events are in order */
}

static void
emit_text (yaml_emitter_t *emitter, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1); /* libyaml makes no event of others */
    yaml_event_t event;

    yaml_scalar_event_initialize (&event, NULL, NULL, (const yaml_char_t *)valid, -1, 1, 1,
                                  *text ? YAML_ANY_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
    emit (emitter, &event);
}

static void emit_node (yaml_emitter_t *emitter, JsonNode *node);

static void
emit_map (yaml_emitter_t *emitter, JsonObject *object)
{
    yaml_event_t event;
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    yaml_mapping_start_event_initialize (&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
    emit (emitter, &event);
    json_object_iter_init_ordered (&iter, object);
    while (json_object_iter_next_ordered (&iter, &name, &node)) {
        emit_text (emitter, name);
        emit_node (emitter, node);
    }
    yaml_mapping_end_event_initialize (&event);
    emit (emitter, &event);
}

static void
emit_list (yaml_emitter_t *emitter, JsonArray *array)
{
    yaml_event_t event;

    yaml_sequence_start_event_initialize (&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
    emit (emitter, &event);
    for (guint i = 0; i < json_array_get_length (array); i++)
        emit_node (emitter, json_array_get_element (array, i));
    yaml_sequence_end_event_initialize (&event);
    emit (emitter, &event);
}

static void
emit_node (yaml_emitter_t *emitter, JsonNode *node)
{
    g_autofree char *number = NULL;

    switch (json_node_get_node_type (node)) {
    case JSON_NODE_OBJECT:
        emit_map (emitter, json_node_get_object (node));
        return;
    case JSON_NODE_ARRAY:
        emit_list (emitter, json_node_get_array (node));
        return;
    case JSON_NODE_NULL:
        emit_text (emitter, "null");
        return;
    case JSON_NODE_VALUE:
        break;
    }
    if (json_node_get_value_type (node) == G_TYPE_BOOLEAN) {
        emit_text (emitter, json_node_get_boolean (node) ? "true" : "false");
    } else if (json_node_get_value_type (node) == G_TYPE_INT64) {
        number = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
        emit_text (emitter, number);
    } else {
        emit_text (emitter, json_node_get_string (node));
    }
}

char *
yaml_write (JsonNode *node)
{
    GString *text = g_string_new (NULL);
    yaml_emitter_t emitter;
    yaml_event_t event;

    yaml_emitter_initialize (&emitter);
    yaml_emitter_set_output (&emitter, append, text);
    yaml_emitter_set_unicode (&emitter, 1);
    yaml_emitter_set_width (&emitter, -1);
    yaml_stream_start_event_initialize (&event, YAML_UTF8_ENCODING);
    emit (&emitter, &event);
    yaml_document_start_event_initialize (&event, NULL, NULL, NULL, 1);
    emit (&emitter, &event);
    emit_node (&emitter, node);
    yaml_document_end_event_initialize (&event, 1);
    emit (&emitter, &event);
    yaml_stream_end_event_initialize (&event);
    emit (&emitter, &event);
    yaml_emitter_delete (&emitter);
    return g_string_free (text, FALSE);
}
