/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile as a tree of texts, lists and maps, each with the place where it
 * was written.  Trees are shared, not copied: an alias, a template and every
 * machine made from it hold references to the same nodes.
 */
#pragma once

#include "base/diag.h"

#include <glib.h>

typedef enum { NODE_SCALAR, NODE_LIST, NODE_MAP } NodeKind;

typedef struct Node Node;

typedef struct {
    char *key;
    Place place; /* of the key */
    Node *value; /* owned reference */
} NodeEntry;

struct Node {
    guint refs;
    NodeKind kind;
    Place place;
    const char *folder; /* interned, absolute: where a relative path in it starts */
    guint weight;       /* values in it, shared ones counted each time */
    guint height;       /* levels of lists and maps in it */
    gboolean bad;       /* was complained about: further checks leave it alone */
    gboolean plain;     /* scalar without quotes, so that `null` means nothing */
    char *text;         /* scalar */
    GPtrArray *items;   /* list: owned references */
    GArray *entries;    /* map: NodeEntry, in the order of the file */
    GHashTable *index;  /* map: borrowed key → position + 1; NULL while it is small */
};

/**
 * node_new_scalar: (and node_new_list and node_new_map)
 * @folder: interned
 *
 * Returns: (transfer full): a node with one reference
 */
Node *node_new_scalar (Place place, const char *folder, char *take_text, gboolean plain);
Node *node_new_list (Place place, const char *folder);
Node *node_new_map (Place place, const char *folder);

Node *node_ref (Node *node);
void node_unref (Node *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Node, node_unref)

/**
 * node_list_add: (and node_map_add)
 * @take_value: (transfer full): becomes part of @node
 *
 * Only while @node is being built, and for a map only when it has no @key yet.
 */
void node_list_add (Node *list, Node *take_value);
void node_map_add (Node *map, const char *key, Place place, Node *take_value);

/**
 * node_entry:
 *
 * Returns: (transfer none) (nullable): what @map has under @key
 */
NodeEntry *node_entry (const Node *map, const char *key);

/**
 * node_get:
 *
 * Returns: (transfer none) (nullable): the value under @key of a map; %NULL
 * when there is none or it is null, or @node is no map
 */
Node *node_get (const Node *node, const char *key);

/* The entries of a map, in the order of the file. */
guint node_n_entries (const Node *map);
NodeEntry *node_nth_entry (const Node *map, guint i);

/**
 * node_is_null:
 *
 * Returns: whether @node is YAML's null: `~`, `null` or nothing at all
 */
gboolean node_is_null (const Node *node);

/**
 * node_kind_name:
 *
 * Returns: (transfer none): "a value", "a list" or "a map", for sentences
 */
const char *node_kind_name (const Node *node);

/**
 * node_map_keys:
 *
 * Returns: (transfer container): the keys of @map, for text_suggest()
 */
const char **node_map_keys (const Node *map);
