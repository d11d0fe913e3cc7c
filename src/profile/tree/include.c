/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the finding, reading and laying over each other of included files. */
#include "profile/tree/include.h"

#include "base/file.h"
#include "base/text.h"
#include "profile/tree/merge.h"
#include "profile/tree/vars.h"
#include "profile/tree/yaml.h"

/* Limits on what a profile may pull in. */
#define MAX_DEPTH 16
#define MAX_FILES 64

typedef struct {
    const char *const *search_path;
    Complaints *complaints;
    GHashTable *loaded; /* owned absolute path → owned Node with its own includes; NULL = bad */
    GPtrArray *busy;    /* borrowed absolute paths: the chain that is being followed */
    guint n_files;
} Loader;

static Node *load_includes (Loader *loader, Node *tree);

static void
unref_node (gpointer data)
{
    node_unref (data);
}

/* The name under which complaints know @path, which @from includes as @text. */
static char *
name_file (const Node *from, const char *text, const char *path)
{
    g_autofree char *folder = g_path_get_dirname (from->place.file);

    if (g_path_is_absolute (text) || g_str_has_prefix (text, "~/"))
        return g_strdup (path);
    return g_str_equal (folder, ".") ? g_strdup (text) : g_build_filename (folder, text, NULL);
}

static char *
find_file (Loader *loader, const Node *item, const char *text, char **ret_name)
{
    g_autofree char *beside = file_absolute (item->folder, text), *quoted = NULL;
    g_autoptr (GString) places = g_string_new (item->folder);

    if (g_file_test (beside, G_FILE_TEST_EXISTS)) {
        *ret_name = name_file (item, text, beside);
        return g_steal_pointer (&beside);
    }
    quoted = text_quote (text);
    if (g_path_is_absolute (text) || g_str_has_prefix (text, "~/")) {
        complain (loader->complaints, item->place, "include", "there is no file %s; mend the path",
                  quoted);
        return NULL;
    }
    for (gsize i = 0; loader->search_path && loader->search_path[i]; i++) {
        g_autofree char *shipped = g_build_filename (loader->search_path[i], text, NULL);

        if (g_file_test (shipped, G_FILE_TEST_EXISTS)) {
            *ret_name = g_strdup (shipped);
            return g_canonicalize_filename (shipped, NULL);
        }
        g_string_append_printf (places, ", %s", loader->search_path[i]);
    }
    complain (loader->complaints, item->place, "include",
              "there is no file %s beside this one or among the shipped profiles; mend the path",
              quoted);
    return NULL;
}

static gboolean
check_limits (Loader *loader, const Node *item, const char *path, const char *name)
{
    if (g_str_equal (g_ptr_array_index (loader->busy, loader->busy->len - 1), path)) {
        complain (loader->complaints, item->place, "include", "a file cannot include itself");
        return FALSE;
    }
    if (g_ptr_array_find_with_equal_func (loader->busy, path, g_str_equal, NULL)) {
        complain (loader->complaints, item->place, "include",
                  "%s includes this file, which includes it; take one of the two out", name);
        return FALSE;
    }
    if (loader->busy->len >= MAX_DEPTH) {
        complain (loader->complaints, item->place, "include",
                  "more than %d files include each other in a chain", MAX_DEPTH);
        return FALSE;
    }
    if (++loader->n_files > MAX_FILES) {
        complain (loader->complaints, item->place, "include", "more than %d files are included",
                  MAX_FILES);
        return FALSE;
    }
    return TRUE;
}

static Node *
load_file (Loader *loader, const Node *item, const char *path, const char *name)
{
    g_autofree char *folder = g_path_get_dirname (path), *text = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (Node) tree = NULL;
    gsize length;

    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
        complain (loader->complaints, item->place, "include", "%s is not a regular file", name);
        return NULL;
    }
    text = file_read (path, YAML_MAX_BYTES, &length, &error);
    if (!text) {
        complain (loader->complaints, item->place, "include", "%s", error->message);
        return NULL;
    }
    tree = yaml_parse (text, length, g_intern_string (name), g_intern_string (folder),
                       loader->complaints);
    return tree ? load_includes (loader, tree) : NULL;
}

/* Returns: (transfer none) (nullable): the tree of the file that @item names */
static Node *
load_item (Loader *loader, Node *item)
{
    g_autoptr (Vars) vars = vars_new (NULL, NULL, loader->complaints);
    static const VarScope none = { 0 };
    g_autofree char *text = NULL, *problem = NULL, *path = NULL, *name = NULL;
    const char *folder;
    gpointer known;
    Node *tree;

    if (item->kind != NODE_SCALAR || !*item->text) {
        complain (loader->complaints, item->place, "include", "must be the name of a file");
        return NULL;
    }
    if (vars_expand (vars, &none, item, &text, &folder, &problem) != EXPAND_DONE) {
        complain (loader->complaints, item->place, "include",
                  "files are included before variables are known, so only ${env:NAME} can stand "
                  "here");
        return NULL;
    }
    path = find_file (loader, item, text, &name);
    if (!path)
        return NULL;
    if (g_hash_table_lookup_extended (loader->loaded, path, NULL, &known))
        return known;
    if (!check_limits (loader, item, path, name))
        return NULL;
    g_ptr_array_add (loader->busy, path);
    tree = load_file (loader, item, path, name);
    g_ptr_array_remove_index (loader->busy, loader->busy->len - 1);
    g_hash_table_insert (loader->loaded, g_steal_pointer (&path), tree);
    return tree;
}

/* @tree over everything that its `include` names */
static Node *
load_includes (Loader *loader, Node *tree)
{
    Node *include = node_get (tree, "include");
    g_autoptr (Node) below = NULL;

    if (include && include->kind == NODE_MAP) {
        complain (loader->complaints, include->place, "include",
                  "must be a file or a list of files, as in [esxi.yaml]");
        include->bad = TRUE;
        include = NULL;
    }
    for (guint i = 0; include && i < (include->kind == NODE_LIST ? include->items->len : 1); i++) {
        Node *item = include->kind == NODE_LIST ? g_ptr_array_index (include->items, i) : include;
        Node *included = load_item (loader, item);
        g_autoptr (Node) merged = included ? merge_nodes (below, included) : NULL;

        if (merged) {
            node_unref (below);
            below = g_steal_pointer (&merged);
        }
    }
    return merge_nodes (below, tree);
}

Node *
include_load (Node *root, const char *path, const char *const *search_path, Complaints *complaints)
{
    Loader loader = { .search_path = search_path, .complaints = complaints };
    Node *whole;

    loader.loaded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_node);
    loader.busy = g_ptr_array_new ();
    g_ptr_array_add (loader.busy, (gpointer)path);
    whole = load_includes (&loader, root);
    g_ptr_array_unref (loader.busy);
    g_hash_table_unref (loader.loaded);
    return whole;
}
