/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules by which trees are laid over each other. */
#include "profile/tree/merge.h"

#include "base/text.h"

/* Limits on what templates may be made from each other. */
#define MAX_CHAIN 64
#define MAX_VALUES (2 * 1000 * 1000) /* laid under machines and templates, together */

struct Templates {
    Node *declared;    /* borrowed; NULL = none */
    GHashTable *whole; /* borrowed name → owned Node: a template over its own */
    GPtrArray *busy;   /* borrowed names: the chain that is being followed */
    Complaints *complaints;
    guint64 values;
};

static void
unref_node (gpointer data)
{
    node_unref (data);
}

Node *
merge_nodes (Node *base, Node *over)
{
    Node *merged;

    if (!over)
        return base ? node_ref (base) : NULL;
    if (!base || base->kind != NODE_MAP || over->kind != NODE_MAP)
        return node_ref (over);
    merged = node_new_map (over->place, over->folder);
    for (guint i = 0; i < node_n_entries (base); i++) {
        NodeEntry *below = node_nth_entry (base, i);
        NodeEntry *above = node_entry (over, below->key);

        if (!above)
            node_map_add (merged, below->key, below->place, node_ref (below->value));
        else if (!node_is_null (above->value))
            node_map_add (merged, above->key, above->place,
                          merge_nodes (below->value, above->value));
    }
    for (guint i = 0; i < node_n_entries (over); i++) {
        NodeEntry *above = node_nth_entry (over, i);

        if (!node_entry (base, above->key))
            node_map_add (merged, above->key, above->place, node_ref (above->value));
    }
    return merged;
}

Templates *
templates_new (Node *declared, Complaints *complaints)
{
    Templates *templates = g_new0 (Templates, 1);

    templates->declared = declared && declared->kind == NODE_MAP ? declared : NULL;
    templates->whole = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, unref_node);
    templates->busy = g_ptr_array_new ();
    templates->complaints = complaints;
    return templates;
}

void
templates_free (Templates *templates)
{
    if (!templates)
        return;
    g_hash_table_unref (templates->whole);
    g_ptr_array_unref (templates->busy);
    g_free (templates);
}

static void
complain_circle (Templates *templates, const Node *word, const char *path)
{
    g_autoptr (GString) circle = g_string_new (NULL);
    gboolean inside = FALSE;

    for (guint i = 0; i < templates->busy->len; i++) {
        const char *name = g_ptr_array_index (templates->busy, i);

        inside = inside || g_str_equal (name, word->text);
        if (inside)
            g_string_append_printf (circle, "%s → ", name);
    }
    complain (templates->complaints, word->place, path,
              "templates are made from each other in a circle: %s%s; take one of them out",
              circle->str, word->text);
}

static void
complain_unknown (Templates *templates, const Node *word, const char *path)
{
    g_autofree const char **names = node_map_keys (templates->declared);
    g_autofree char *quoted = text_quote (word->text);
    g_autofree char *meant = complain_suggest (templates->complaints, word->text, names);

    complain (templates->complaints, word->place, path, "there is no template %s%s%s", quoted,
              meant, *meant ? "" : "; declare it under templates, or include the file that does");
}

/* The whole of template @word; NULL after a complaint. */
static Node *
find (Templates *templates, Node *word, const char *path)
{
    NodeEntry *entry;
    Node *whole;
    g_autofree char *own_path = NULL;

    if (word->kind != NODE_SCALAR) {
        complain (templates->complaints, word->place, path, "must be the name of one template");
        return NULL;
    }
    entry = templates->declared ? node_entry (templates->declared, word->text) : NULL;
    if (!entry) {
        complain_unknown (templates, word, path);
        return NULL;
    }
    whole = g_hash_table_lookup (templates->whole, entry->key);
    if (whole)
        return whole;
    if (g_ptr_array_find_with_equal_func (templates->busy, entry->key, g_str_equal, NULL)) {
        complain_circle (templates, word, path);
        return NULL;
    }
    if (templates->busy->len == MAX_CHAIN) {
        complain (templates->complaints, word->place, path,
                  "more than %d templates are made from each other in a chain", MAX_CHAIN);
        return NULL;
    }
    g_ptr_array_add (templates->busy, entry->key);
    own_path = g_strdup_printf ("templates.%s", entry->key);
    whole = templates_apply (templates, entry->value, own_path);
    g_ptr_array_remove_index (templates->busy, templates->busy->len - 1);
    g_hash_table_insert (templates->whole, entry->key, whole);
    return whole;
}

Node *
templates_apply (Templates *templates, Node *body, const char *path)
{
    g_autofree char *key_path = g_strdup_printf ("%s.template", path);
    Node *word = node_get (body, "template");
    Node *below = word ? find (templates, word, key_path) : NULL;

    if (!below)
        return node_ref (body);
    templates->values += below->weight;
    if (templates->values > MAX_VALUES) {
        complain (templates->complaints, word->place, key_path,
                  "the templates have more than %d values where they are used; make them smaller",
                  MAX_VALUES);
        return node_ref (body);
    }
    return merge_nodes (below, body);
}
