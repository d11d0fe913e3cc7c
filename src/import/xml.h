/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML as a tree that remembers what of it was looked at, so that what an import
 * did not understand can be told.
 */
#pragma once

#include <glib.h>

typedef struct XmlNode XmlNode;

typedef struct {
    char *name;
    char *value;
    gboolean used;
} XmlAttribute;

struct XmlNode {
    char *name;
    GString *text;
    GPtrArray *attributes; /* XmlAttribute, owned */
    GPtrArray *children;   /* XmlNode, owned */
    gboolean used;
};

/**
 * xml_parse:
 *
 * Returns: (transfer full): the one element of the document
 */
XmlNode *xml_parse (const char *text, GError **error);
void xml_free (XmlNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlNode, xml_free)

/**
 * xml_child: (and xml_attribute, xml_text)
 * @node: (nullable)
 *
 * Looks at the first child, an attribute or the text, which counts as used from
 * then on.
 *
 * Returns: (transfer none) (nullable): it, NULL when there is none
 */
XmlNode *xml_child (XmlNode *node, const char *name);
const char *xml_attribute (XmlNode *node, const char *name);
const char *xml_text (XmlNode *node);

/* Returns: (transfer none) (nullable): the attribute of the first such child */
const char *xml_child_attribute (XmlNode *node, const char *child, const char *name);

/**
 * xml_use_all:
 *
 * The whole of @node needs no word.
 */
void xml_use_all (XmlNode *node);

/**
 * xml_unused:
 * @found: (element-type utf8): where each thing that nobody looked at is named,
 *   as `devices/sound model=ich6`
 */
void xml_unused (const XmlNode *node, GPtrArray *found);
