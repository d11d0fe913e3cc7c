/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk of a tree along the key table.  What a single value may be is
 * in value.c, what a list of them may be in bind-list.c, what values may stand
 * together in check*.c. */
#include "profile/bind.h"

#include "base/text.h"
#include "profile/bind-private.h"
#include "profile/value.h"

struct Binder {
    Vars *vars;
    Complaints *complaints;
    VarScope scope;
    GPtrArray *path;   /* borrowed keys, from the top of the file */
    GHashTable *nodes; /* borrowed struct → owned Node that it was filled from */
};

static void
unref_node (gpointer data)
{
    node_unref (data);
}

Binder *
binder_new (Vars *vars, Complaints *complaints)
{
    Binder *binder = g_new0 (Binder, 1);

    binder->vars = vars;
    binder->complaints = complaints;
    binder->path = g_ptr_array_new ();
    binder->nodes = g_hash_table_new_full (NULL, NULL, NULL, unref_node);
    return binder;
}

void
binder_free (Binder *binder)
{
    if (!binder)
        return;
    g_ptr_array_unref (binder->path);
    g_hash_table_unref (binder->nodes);
    g_free (binder);
}

void
binder_enter (Binder *binder, const char *step)
{
    g_ptr_array_add (binder->path, (gpointer)step);
}

void
binder_leave (Binder *binder)
{
    g_ptr_array_remove_index (binder->path, binder->path->len - 1);
}

void
binder_set_scope (Binder *binder, VarScope scope)
{
    binder->scope = scope;
}

Node *
binder_said (const Binder *binder, gconstpointer data, const char *key)
{
    return node_get (g_hash_table_lookup (binder->nodes, data), key);
}

gboolean
binder_is_bad (const Binder *binder, gconstpointer data, const char *key)
{
    Node *node = binder_said (binder, data, key);

    return node && node->bad;
}

static void G_GNUC_PRINTF (3, 0)
    complain_at (Binder *binder, Place place, const char *format, va_list args)
{
    g_autoptr (GString) path = g_string_new (NULL);

    for (guint i = 0; i < binder->path->len; i++)
        g_string_append_printf (path, "%s%s", i ? "." : "",
                                (const char *)g_ptr_array_index (binder->path, i));
    complain_v (binder->complaints, DIAG_ERROR, place, path->str, format, args);
}

static void G_GNUC_PRINTF (3, 4) fail_at (Binder *binder, Place place, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    complain_at (binder, place, format, args);
    va_end (args);
}

void
binder_fail (Binder *binder, Node *node, const char *format, ...)
{
    va_list args;

    node->bad = TRUE;
    va_start (args, format);
    complain_at (binder, node->place, format, args);
    va_end (args);
}

char *
binder_text (Binder *binder, Node *node, const char *example, const char **ret_folder)
{
    g_autofree char *problem = NULL;
    char *text = NULL;

    if (node->kind != NODE_SCALAR) {
        binder_fail (binder, node, "must be one value%s%s, not %s", example ? ", as " : "",
                     example ? example : "", node_kind_name (node));
        return NULL;
    }
    switch (vars_expand (binder->vars, &binder->scope, node, &text, ret_folder, &problem)) {
    case EXPAND_DONE:
        return text;
    case EXPAND_OPEN:
        return NULL;
    case EXPAND_BAD:
        node->bad = TRUE;
        if (problem)
            fail_at (binder, node->place, "%s", problem);
        return NULL;
    }
    g_assert_not_reached ();
}

static void
bind_single (Binder *binder, const Key *key, Node *node, gpointer field)
{
    g_autofree char *text = NULL, *problem = NULL;
    const char *folder = NULL;

    text = binder_text (binder, node, key->example, &folder);
    problem = text ? value_parse (key, text, folder, field) : NULL;
    if (problem)
        binder_fail (binder, node, "%s", problem);
}

/* Whether @name, under which an item stands, can be its name. */
static gboolean
check_item_name (Binder *binder, const Section *section, NodeEntry *entry)
{
    g_autofree char *quoted = text_quote (entry->key);

    if (!name_is_valid (entry->key)) {
        fail_at (binder, entry->place,
                 "%s cannot name a %s; use letters, digits, - and _, beginning with a letter or "
                 "digit",
                 quoted, section->name);
        return FALSE;
    }
    if (strlen (entry->key) > section->name_max) {
        fail_at (binder, entry->place, "%s is too long; the name of a %s has at most %u characters",
                 quoted, section->name, section->name_max);
        return FALSE;
    }
    return TRUE;
}

static void
bind_items (Binder *binder, const Key *key, Node *node, GPtrArray *field)
{
    const Section *section = key->section;

    if (node->kind != NODE_MAP) {
        binder_fail (binder, node, "must be a map of names, as { %s: { … } }, not %s",
                     section == &disk_section ? "boot" : "lan", node_kind_name (node));
        return;
    }
    for (guint i = 0; i < node_n_entries (node); i++) {
        NodeEntry *entry = node_nth_entry (node, i);
        gpointer item;

        /* the struct is filled even when its name is wrong, to see the rest */
        check_item_name (binder, section, entry);
        item = section->create ();
        G_STRUCT_MEMBER (char *, item, section->item_name) = g_strdup (entry->key);
        G_STRUCT_MEMBER (Place, item, section->item_place) = entry->place;
        g_ptr_array_add (field, item);
        binder_enter (binder, entry->key);
        binder_fill (binder, section, entry->value, entry->place, item);
        binder_leave (binder);
    }
}

static void
bind_programs (Binder *binder, Node *node, GHashTable *programs)
{
    static const Key program = { "program", KEY_PROGRAM, 0, KEY_NOWHERE };

    if (node->kind != NODE_MAP) {
        binder_fail (binder, node, "must be a map of names to programs, not %s",
                     node_kind_name (node));
        return;
    }
    for (guint i = 0; i < node_n_entries (node); i++) {
        NodeEntry *entry = node_nth_entry (node, i);
        char *path = NULL;

        binder_enter (binder, entry->key);
        bind_single (binder, &program, entry->value, &path);
        binder_leave (binder);
        if (path)
            g_hash_table_replace (programs, g_strdup (entry->key), path);
    }
}

static void
bind_object (Binder *binder, const Key *key, Node *node, gpointer *field)
{
    const Section *section = key->section;
    gpointer object = section->create ();

    G_STRUCT_MEMBER (Place, object, section->item_place) = node->place;
    *field = object;
    if (section->shorthand && node->kind == NODE_SCALAR) {
        g_autoptr (Node) map = node_new_map (node->place, node->folder);

        node_map_add (map, section->keys[0].name, node->place, node_ref (node));
        binder_fill (binder, section, map, node->place, object);
    } else {
        binder_fill (binder, section, node, node->place, object);
    }
}

static void
bind_key (Binder *binder, const Key *key, Node *node, gpointer data)
{
    gpointer field = key->offset == KEY_NOWHERE ? NULL : (char *)data + key->offset;

    if (key->place != KEY_NOWHERE)
        G_STRUCT_MEMBER (Place, data, key->place) = node->place;
    switch (key->type) {
    case KEY_STRINGS:
    case KEY_LIST:
    case KEY_ARGV:
    case KEY_VLANS:
    case KEY_FORWARDS:
        bind_list (binder, key, node, field);
        break;
    case KEY_GROUP:
        binder_fill (binder, key->section, node, node->place, field);
        break;
    case KEY_OBJECT:
        bind_object (binder, key, node, field);
        break;
    case KEY_ITEMS:
        bind_items (binder, key, node, *(GPtrArray **)field);
        break;
    case KEY_PROGRAMS:
        bind_programs (binder, node, *(GHashTable **)field);
        break;
    case KEY_FILES:
    case KEY_VARS:
    case KEY_TEMPLATE:
    case KEY_TEMPLATES:
    case KEY_MACHINES:
        break;
    case KEY_NAME:
    case KEY_STRING:
    case KEY_TEXT:
    case KEY_PATH:
    case KEY_DOCUMENT:
    case KEY_PROGRAM:
    case KEY_WORD:
    case KEY_ENUM:
    case KEY_BOOL:
    case KEY_CHOICE:
    case KEY_INT:
    case KEY_SIZE:
    case KEY_DURATION:
    case KEY_CIDR:
    case KEY_ADDRESS:
    case KEY_IFNAME:
    case KEY_UUID:
    case KEY_MAC:
    case KEY_DATE:
        bind_single (binder, key, node, field);
        break;
    }
}

/* What a key that was not written stands for. */
static void
set_default (Binder *binder, const Section *section, const Key *key, Place place, gpointer data)
{
    g_autofree char *problem = NULL;

    if (key->initial)
        problem = value_parse (key, key->initial, "/", (char *)data + key->offset);
    g_assert (!problem);
    if (key->type == KEY_GROUP)
        for (const Key *inner = key->section->keys; inner->name; inner++)
            set_default (binder, key->section, inner, place, (char *)data + key->offset);
    if (key->required && !binder->scope.open)
        fail_at (binder, place, "the key \"%s\" is missing; add it, as %s: %s", key->name,
                 key->name, key->example);
}

static void
complain_unknown (Binder *binder, const Section *section, const NodeEntry *entry)
{
    g_autofree const char **names = section_key_names (section);
    g_autofree char *quoted = text_quote (entry->key);
    g_autofree char *meant = complain_suggest (binder->complaints, entry->key, names);
    g_autofree char *all = g_strjoinv (", ", (GStrv)names);

    if (*meant)
        fail_at (binder, entry->place, "unknown key %s%s", quoted, meant);
    else
        fail_at (binder, entry->place, "unknown key %s; a %s has %s", quoted, section->name, all);
}

void
binder_fill (Binder *binder, const Section *section, Node *node, Place place, gpointer data)
{
    g_hash_table_insert (binder->nodes, data, node_ref (node));
    if (node->kind != NODE_MAP && !node_is_null (node)) {
        binder_fail (binder, node, "must be a map of keys, as { %s: … }, not %s",
                     section->keys[0].name, node_kind_name (node));
        node = NULL;
    }
    for (guint i = 0; node && node->kind == NODE_MAP && i < node_n_entries (node); i++)
        if (!section_find_key (section, node_nth_entry (node, i)->key))
            complain_unknown (binder, section, node_nth_entry (node, i));
    for (const Key *key = section->keys; key->name; key++) {
        Node *value = node_get (node, key->name);

        if (!value || key->initial)
            set_default (binder, section, key, place, data);
        if (!value)
            continue;
        binder_enter (binder, key->name);
        bind_key (binder, key, value, data);
        binder_leave (binder);
    }
}
