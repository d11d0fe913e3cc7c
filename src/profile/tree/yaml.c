/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from YAML text to nodes: the only file that knows libyaml.
 * Knows no key of profiles. */
#include "profile/tree/yaml.h"

#include "base/text.h"

#include <string.h>
#include <yaml.h>

/* Limits on what a file may ask for. */
#define MAX_DEPTH 64       /* lists and maps within each other */
#define MAX_ALIASED 100000 /* values that aliases add to a file */
#define TEXT_PER_WEIGHT 64 /* bytes of a long text that count as one value */
#define CORE_TAG "tag:yaml.org,2002:"

typedef struct {
    yaml_parser_t yaml;
    yaml_event_t event;
    gboolean has_event;
    gboolean failed; /* a mistake after which nothing can be trusted */
    const char *file;
    const char *folder;
    Complaints *complaints;
    GHashTable *anchors; /* owned name → owned Node; NULL value = not yet complete */
    guint aliased;
} Reader;

static Node *read_node (Reader *reader, guint depth);

static Place
place_at (Reader *reader, yaml_mark_t mark)
{
    return (Place){ reader->file, (int)mark.line + 1, (int)mark.column + 1 };
}

static Place
place_now (Reader *reader)
{
    return place_at (reader, reader->event.start_mark);
}

static void G_GNUC_PRINTF (3, 4) give_up (Reader *reader, Place place, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    if (!reader->failed)
        complain_v (reader->complaints, DIAG_ERROR, place, NULL, format, args);
    va_end (args);
    reader->failed = TRUE;
}

/* what most often stands behind a problem that libyaml reports */
static const char *
hint (const char *problem)
{
    static const char *const hints[][2] = {
        { "cannot start any token", "indent with spaces, not tabs, and quote a value that begins "
                                    "with @, ` or %" },
        { "mapping values are not allowed", "quote a value that holds \": \", and check the "
                                            "indentation" },
        { "expected ',' or '}'", "close the { with }, and quote a value with ${…} in it" },
        { "expected ',' or ']'", "close the [ with ], and quote a value with ${…} in it" },
        { "did not find expected key", "check the indentation and that brackets are closed" },
        { "could not find expected ':'", "put a colon and a space after the key" },
        { "unexpected end of stream", "close the quotes" },
        { "undefined alias", "define it with &NAME before using *NAME" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
        if (strstr (problem, hints[i][0]))
            return hints[i][1];
    return "check the indentation and the quotes here and just above";
}

static void
next_event (Reader *reader)
{
    const char *problem;

    if (reader->has_event)
        yaml_event_delete (&reader->event);
    reader->has_event = !reader->failed && yaml_parser_parse (&reader->yaml, &reader->event);
    if (reader->has_event || reader->failed)
        return;
    problem = reader->yaml.problem ? reader->yaml.problem : "unreadable";
    give_up (reader, place_at (reader, reader->yaml.problem_mark), "not valid YAML: %s; %s",
             problem, hint (problem));
}

/* Whether a value with @tag is text even where it looks like null. */
static gboolean
check_tag (Reader *reader, const yaml_char_t *tag_bytes)
{
    static const char *const core[] = { "str", "int", "float", "bool", "null", "map", "seq", NULL };
    const char *tag = (const char *)tag_bytes;

    if (!tag)
        return FALSE;
    if (g_str_equal (tag, "!"))
        return TRUE;
    if (!g_str_has_prefix (tag, CORE_TAG) || !g_strv_contains (core, tag + strlen (CORE_TAG))) {
        g_autofree char *quoted = text_quote (tag);

        complain (reader->complaints, place_now (reader), NULL,
                  "the tag %s means nothing in a profile; remove it", quoted);
    }
    return g_str_equal (tag, CORE_TAG "str");
}

/* Opens the anchor of the current event, if it has one: until close_anchor()
 * an alias to it would be a value that holds itself. */
static char *
open_anchor (Reader *reader, const yaml_char_t *anchor)
{
    if (anchor)
        g_hash_table_insert (reader->anchors, g_strdup ((const char *)anchor), NULL);
    return g_strdup ((const char *)anchor);
}

static void
close_anchor (Reader *reader, char *take_name, Node *node)
{
    if (take_name)
        g_hash_table_insert (reader->anchors, take_name, node_ref (node));
}

static Node *
read_alias (Reader *reader, guint depth)
{
    const char *name = (const char *)reader->event.data.alias.anchor;
    Place place = place_now (reader);
    Node *node = g_hash_table_lookup (reader->anchors, name);

    if (!node) {
        gboolean open = g_hash_table_contains (reader->anchors, name);

        give_up (reader, place,
                 open ? "the alias *%s stands inside the value that it names"
                      : "the alias *%s names nothing; define it with &%s before",
                 name, name);
        return NULL;
    }
    reader->aliased += MIN (node->weight, MAX_ALIASED);
    if (reader->aliased > MAX_ALIASED) {
        give_up (reader, place, "aliases make this file larger than %d values; use fewer of them",
                 MAX_ALIASED);
        return NULL;
    }
    if (depth + node->height > MAX_DEPTH) {
        give_up (reader, place, "more than %d levels of lists and maps within each other",
                 MAX_DEPTH);
        return NULL;
    }
    next_event (reader);
    return node_ref (node);
}

static Node *
read_scalar (Reader *reader)
{
    const char *value = (const char *)reader->event.data.scalar.value;
    gsize length = reader->event.data.scalar.length;
    gboolean is_text = check_tag (reader, reader->event.data.scalar.tag);
    gboolean plain = reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_text;
    char *anchor = open_anchor (reader, reader->event.data.scalar.anchor);
    Place place = place_now (reader);
    Node *node;

    if (memchr (value, '\0', length))
        complain (reader->complaints, place, NULL,
                  "a NUL byte (\\0) cannot be part of a value; remove it");
    node = node_new_scalar (place, reader->folder, g_strndup (value, length), plain);
    node->weight += length / TEXT_PER_WEIGHT;
    close_anchor (reader, anchor, node);
    next_event (reader);
    return node;
}

static Node *
read_list (Reader *reader, guint depth)
{
    g_autoptr (Node) list = node_new_list (place_now (reader), reader->folder);
    g_autofree char *anchor = open_anchor (reader, reader->event.data.sequence_start.anchor);

    check_tag (reader, reader->event.data.sequence_start.tag);
    next_event (reader);
    while (reader->has_event && reader->event.type != YAML_SEQUENCE_END_EVENT) {
        Node *item = read_node (reader, depth + 1);

        if (!item)
            return NULL;
        node_list_add (list, item);
    }
    if (!reader->has_event)
        return NULL;
    close_anchor (reader, g_steal_pointer (&anchor), list);
    next_event (reader);
    return g_steal_pointer (&list);
}

/* Whether @key may become a key of @map; complains when not. */
static gboolean
check_key (Reader *reader, const Node *map, const Node *key)
{
    NodeEntry *first;

    if (key->kind != NODE_SCALAR) {
        complain (reader->complaints, key->place, NULL, "a key must be text, not %s",
                  node_kind_name (key));
        return FALSE;
    }
    if (key->plain && g_str_equal (key->text, "<<")) {
        complain (reader->complaints, key->place, NULL,
                  "merge keys (<<) are not used here; put the common part under templates and say "
                  "template: NAME");
        return FALSE;
    }
    first = node_entry (map, key->text);
    if (first) {
        g_autofree char *quoted = text_quote (key->text);

        complain (reader->complaints, key->place, NULL,
                  "%s is given already on line %d; remove one of the two", quoted,
                  first->place.line);
        return FALSE;
    }
    return TRUE;
}

static Node *
read_map (Reader *reader, guint depth)
{
    g_autoptr (Node) map = node_new_map (place_now (reader), reader->folder);
    g_autofree char *anchor = open_anchor (reader, reader->event.data.mapping_start.anchor);

    check_tag (reader, reader->event.data.mapping_start.tag);
    next_event (reader);
    while (reader->has_event && reader->event.type != YAML_MAPPING_END_EVENT) {
        g_autoptr (Node) key = read_node (reader, depth + 1);
        g_autoptr (Node) value = key && reader->has_event ? read_node (reader, depth + 1) : NULL;

        if (!value)
            return NULL;
        if (check_key (reader, map, key))
            node_map_add (map, key->text, key->place, g_steal_pointer (&value));
    }
    if (!reader->has_event)
        return NULL;
    close_anchor (reader, g_steal_pointer (&anchor), map);
    next_event (reader);
    return g_steal_pointer (&map);
}

/* Reads the value that begins with the current event and steps behind it. */
static Node *
read_node (Reader *reader, guint depth)
{
    if (reader->event.type == YAML_ALIAS_EVENT)
        return read_alias (reader, depth);
    if (reader->event.type == YAML_SCALAR_EVENT)
        return read_scalar (reader);
    if (depth >= MAX_DEPTH) {
        give_up (reader, place_now (reader),
                 "more than %d levels of lists and maps within each other", MAX_DEPTH);
        return NULL;
    }
    if (reader->event.type == YAML_SEQUENCE_START_EVENT)
        return read_list (reader, depth);
    g_assert (reader->event.type == YAML_MAPPING_START_EVENT);
    return read_map (reader, depth);
}

static Node *
read_stream (Reader *reader)
{
    g_autoptr (Node) root = NULL;

    next_event (reader); /* stream start */
    if (reader->has_event)
        next_event (reader);
    if (reader->has_event && reader->event.type == YAML_STREAM_END_EVENT)
        return node_new_map ((Place){ reader->file, 1, 1 }, reader->folder);
    if (reader->has_event)
        next_event (reader); /* document start */
    if (reader->has_event)
        root = read_node (reader, 0);
    if (reader->has_event)
        next_event (reader); /* document end */
    if (reader->has_event && reader->event.type != YAML_STREAM_END_EVENT)
        give_up (reader, place_now (reader),
                 "a second document begins here; a profile is one document, so remove the ---");
    if (reader->failed || !root)
        return NULL;
    if (node_is_null (root))
        return node_new_map (root->place, reader->folder);
    if (root->kind != NODE_MAP) {
        give_up (reader, root->place, "a profile is a map of keys such as lab and machines, not %s",
                 node_kind_name (root));
        return NULL;
    }
    return g_steal_pointer (&root);
}

/* libyaml would take UTF-16 as well and reports bad bytes without a line. */
static gboolean
check_encoding (const char *text, gsize length, const char *file, Complaints *complaints)
{
    const char *bad = NULL;
    Place place = { file, 1, 1 };

    if (g_utf8_validate_len (text, length, &bad))
        return TRUE;
    for (const char *at = text; at < bad; at = g_utf8_next_char (at)) {
        place.column++;
        if (*at == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    complain (complaints, place, NULL, "the byte 0x%02x is not UTF-8; save the file as UTF-8",
              (guchar)*bad);
    return FALSE;
}

static void
unref_anchor (gpointer data)
{
    node_unref (data);
}

Node *
yaml_parse (const char *text, gsize length, const char *file, const char *folder,
            Complaints *complaints)
{
    Reader reader = { .file = file, .folder = folder, .complaints = complaints };
    Node *root;

    if (length > YAML_MAX_BYTES) {
        complain (complaints, (Place){ file, 0, 0 }, NULL,
                  "the file is larger than %d KiB; use templates and ranges to make it smaller",
                  YAML_MAX_BYTES / 1024);
        return NULL;
    }
    if (!check_encoding (text, length, file, complaints))
        return NULL;
    if (!yaml_parser_initialize (&reader.yaml))
        g_error ("out of memory");
    yaml_parser_set_input_string (&reader.yaml, (const unsigned char *)text, length);
    reader.anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_anchor);
    root = read_stream (&reader);
    if (reader.has_event)
        yaml_event_delete (&reader.event);
    yaml_parser_delete (&reader.yaml);
    g_hash_table_unref (reader.anchors);
    return root;
}
