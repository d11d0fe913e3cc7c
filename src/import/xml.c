/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the tree and its marks; see xml.h. */
#include "import/xml.h"

#include "base/error.h"

#include <string.h>

#define DEPTH_MAX 64

typedef struct {
    GPtrArray *open; /* XmlNode, not owned: the elements around this place */
    XmlNode *root;
} Parser;

static void
attribute_free (gpointer data)
{
    XmlAttribute *attribute = data;

    g_free (attribute->name);
    g_free (attribute->value);
    g_free (attribute);
}

static XmlNode *
node_new (const char *name)
{
    XmlNode *node = g_new0 (XmlNode, 1);

    node->name = g_strdup (name);
    node->text = g_string_new (NULL);
    node->attributes = g_ptr_array_new_with_free_func (attribute_free);
    node->children = g_ptr_array_new_with_free_func ((GDestroyNotify)xml_free);
    return node;
}

void
xml_free (XmlNode *node)
{
    if (!node)
        return;
    g_free (node->name);
    g_string_free (node->text, TRUE);
    g_ptr_array_unref (node->attributes);
    g_ptr_array_unref (node->children);
    g_free (node);
}

static XmlNode *
innermost (Parser *parser)
{
    return parser->open->len > 0 ? g_ptr_array_index (parser->open, parser->open->len - 1) : NULL;
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names, const char **values,
          gpointer user_data, GError **error)
{
    Parser *parser = user_data;
    XmlNode *node, *parent = innermost (parser);

    if (parser->open->len >= DEPTH_MAX) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "elements are nested deeper than %d",
                     DEPTH_MAX);
        return;
    }
    node = node_new (name);
    for (gsize i = 0; names[i]; i++) {
        XmlAttribute *attribute = g_new0 (XmlAttribute, 1);

        attribute->name = g_strdup (names[i]);
        attribute->value = g_strdup (values[i]);
        g_ptr_array_add (node->attributes, attribute);
    }
    if (parent)
        g_ptr_array_add (parent->children, node);
    else
        parser->root = node;
    g_ptr_array_add (parser->open, node);
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
    Parser *parser = user_data;

    g_strstrip (innermost (parser)->text->str);
    g_ptr_array_set_size (parser->open, parser->open->len - 1);
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data,
         GError **error)
{
    XmlNode *node = innermost (user_data);

    if (node)
        g_string_append_len (node->text, text, length);
}

XmlNode *
xml_parse (const char *text, GError **error)
{
    static const GMarkupParser functions = { on_start, on_end, on_text, NULL, NULL };
    Parser parser = { g_ptr_array_new (), NULL };
    GMarkupParseContext *context =
        g_markup_parse_context_new (&functions, G_MARKUP_TREAT_CDATA_AS_TEXT, &parser, NULL);
    gboolean good = g_markup_parse_context_parse (context, text, -1, error) &&
                    g_markup_parse_context_end_parse (context, error);

    g_markup_parse_context_free (context);
    g_ptr_array_unref (parser.open);
    if (!good)
        g_clear_pointer (&parser.root, xml_free);
    return parser.root;
}

XmlNode *
xml_child (XmlNode *node, const char *name)
{
    for (guint i = 0; node && i < node->children->len; i++) {
        XmlNode *child = g_ptr_array_index (node->children, i);

        if (strcmp (child->name, name) == 0) {
            child->used = TRUE;
            return child;
        }
    }
    return NULL;
}

const char *
xml_attribute (XmlNode *node, const char *name)
{
    for (guint i = 0; node && i < node->attributes->len; i++) {
        XmlAttribute *attribute = g_ptr_array_index (node->attributes, i);

        if (strcmp (attribute->name, name) == 0) {
            attribute->used = TRUE;
            return attribute->value;
        }
    }
    return NULL;
}

const char *
xml_text (XmlNode *node)
{
    return node && *node->text->str ? node->text->str : NULL;
}

const char *
xml_child_attribute (XmlNode *node, const char *child, const char *name)
{
    return xml_attribute (xml_child (node, child), name);
}

void
xml_use_all (XmlNode *node)
{
    node->used = TRUE;
    for (guint i = 0; i < node->attributes->len; i++)
        ((XmlAttribute *)g_ptr_array_index (node->attributes, i))->used = TRUE;
    for (guint i = 0; i < node->children->len; i++)
        xml_use_all (g_ptr_array_index (node->children, i));
}

static void
add_attributes (const XmlNode *node, gboolean all, GString *text)
{
    for (guint i = 0; i < node->attributes->len; i++) {
        const XmlAttribute *attribute = g_ptr_array_index (node->attributes, i);

        if (all || !attribute->used)
            g_string_append_printf (text, " %s=%s", attribute->name, attribute->value);
    }
}

static void
walk (const XmlNode *node, const char *above, GPtrArray *found)
{
    g_autofree char *path =
        *above ? g_strconcat (above, "/", node->name, NULL) : g_strdup (node->name);
    GString *text = g_string_new (path);

    add_attributes (node, !node->used, text);
    if (!node->used && *node->text->str)
        g_string_append_printf (text, " %s", node->text->str);
    if (!node->used || text->len > strlen (path))
        g_ptr_array_add (found, g_strdup (text->str));
    for (guint i = 0; node->used && i < node->children->len; i++)
        walk (g_ptr_array_index (node->children, i), path, found);
    g_string_free (text, TRUE);
}

void
xml_unused (const XmlNode *node, GPtrArray *found)
{
    for (guint i = 0; i < node->children->len; i++)
        walk (g_ptr_array_index (node->children, i), "", found);
}
