/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the nodes of a profile's tree: their life, and look-up in maps.  Knows
 * neither YAML nor what a key means. */
#include "profile/tree/node.h"

/* maps up to this size are searched in order, larger ones by hash */
#define SMALL_MAP 8

static Node *
new_node (NodeKind kind, Place place, const char *folder)
{
    Node *node = g_new0 (Node, 1);

    node->refs = 1;
    node->kind = kind;
    node->place = place;
    node->folder = folder;
    node->weight = 1;
    return node;
}

static void
unref_item (gpointer data)
{
    node_unref (data);
}

static void
clear_entry (gpointer data)
{
    NodeEntry *entry = data;

    g_free (entry->key);
    node_unref (entry->value);
}

Node *
node_new_scalar (Place place, const char *folder, char *take_text, gboolean plain)
{
    Node *node = new_node (NODE_SCALAR, place, folder);

    node->text = take_text;
    node->plain = plain;
    return node;
}

Node *
node_new_list (Place place, const char *folder)
{
    Node *node = new_node (NODE_LIST, place, folder);

    node->height = 1;
    node->items = g_ptr_array_new_with_free_func (unref_item);
    return node;
}

Node *
node_new_map (Place place, const char *folder)
{
    Node *node = new_node (NODE_MAP, place, folder);

    node->height = 1;
    node->entries = g_array_new (FALSE, FALSE, sizeof (NodeEntry));
    g_array_set_clear_func (node->entries, clear_entry);
    return node;
}

Node *
node_ref (Node *node)
{
    node->refs++;
    return node;
}

void
node_unref (Node *node)
{
    if (!node || --node->refs > 0)
        return;
    g_free (node->text);
    g_clear_pointer (&node->items, g_ptr_array_unref);
    g_clear_pointer (&node->index, g_hash_table_unref);
    g_clear_pointer (&node->entries, g_array_unref);
    g_free (node);
}

static void
count (Node *node, const Node *child)
{
    if (!g_uint_checked_add (&node->weight, node->weight, child->weight))
        node->weight = G_MAXUINT;
    node->height = MAX (node->height, child->height + 1);
}

void
node_list_add (Node *list, Node *take_value)
{
    count (list, take_value);
    g_ptr_array_add (list->items, take_value);
}

static void
build_index (Node *map)
{
    map->index = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < map->entries->len; i++)
        g_hash_table_insert (map->index, node_nth_entry (map, i)->key, GUINT_TO_POINTER (i + 1));
}

void
node_map_add (Node *map, const char *key, Place place, Node *take_value)
{
    NodeEntry entry = { g_strdup (key), place, take_value };

    count (map, take_value);
    g_array_append_val (map->entries, entry);
    if (map->index)
        g_hash_table_insert (map->index, entry.key, GUINT_TO_POINTER (map->entries->len));
    else if (map->entries->len > SMALL_MAP)
        build_index (map);
}

NodeEntry *
node_entry (const Node *map, const char *key)
{
    if (map->index) {
        guint position = GPOINTER_TO_UINT (g_hash_table_lookup (map->index, key));

        return position ? node_nth_entry (map, position - 1) : NULL;
    }
    for (guint i = 0; i < map->entries->len; i++)
        if (g_str_equal (node_nth_entry (map, i)->key, key))
            return node_nth_entry (map, i);
    return NULL;
}

Node *
node_get (const Node *node, const char *key)
{
    NodeEntry *entry = node && node->kind == NODE_MAP ? node_entry (node, key) : NULL;

    return entry && !node_is_null (entry->value) ? entry->value : NULL;
}

guint
node_n_entries (const Node *map)
{
    return map->entries->len;
}

NodeEntry *
node_nth_entry (const Node *map, guint i)
{
    return &g_array_index (map->entries, NodeEntry, i);
}

gboolean
node_is_null (const Node *node)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL", NULL };

    return node->kind == NODE_SCALAR && node->plain && g_strv_contains (words, node->text);
}

const char *
node_kind_name (const Node *node)
{
    switch (node->kind) {
    case NODE_SCALAR:
        return "a value";
    case NODE_LIST:
        return "a list";
    case NODE_MAP:
        return "a map";
    }
    g_assert_not_reached ();
}

const char **
node_map_keys (const Node *map)
{
    guint n = map ? map->entries->len : 0;
    const char **keys = g_new0 (const char *, n + 1);

    for (guint i = 0; i < n; i++)
        keys[i] = node_nth_entry (map, i)->key;
    return keys;
}
