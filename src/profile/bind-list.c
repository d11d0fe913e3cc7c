/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the keys whose value is a list: of texts, of words of a command line, of VLANs,
 * of forwards.
 */
#include "base/file.h"
#include "base/text.h"
#include "profile/bind-private.h"
#include "profile/forward.h"
#include "profile/model.h"
#include "profile/value.h"

#include <string.h>

/* The items of a list; @node itself is the only one when it is one text. */
static guint
n_items (const Node *node)
{
    return node->kind == NODE_LIST ? node->items->len : 1;
}

static Node *
nth_item (Node *node, guint i)
{
    return node->kind == NODE_LIST ? g_ptr_array_index (node->items, i) : node;
}

static gboolean
check_list (Binder *binder, const Key *key, Node *node)
{
    gboolean lone_text = key->type == KEY_STRINGS || key->type == KEY_VLANS;

    if (node->kind == NODE_LIST || (node->kind == NODE_SCALAR && lone_text))
        return TRUE;
    binder_fail (binder, node, "must be a list, as %s, not %s", key->example,
                 node_kind_name (node));
    return FALSE;
}

static void
bind_strings (Binder *binder, const Key *key, Node *node, GStrv *field)
{
    g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < n_items (node); i++) {
        Node *item = nth_item (node, i);
        g_autofree char *text = NULL, *problem = NULL;
        const char *folder;

        text = binder_text (binder, item, NULL, &folder);
        if (text && (key->type == KEY_STRINGS || (key->type == KEY_ARGV && i == 0)))
            problem = *text ? value_check_line (text) : g_strdup ("is empty; remove it");
        if (problem)
            binder_fail (binder, item, "%s", problem);
        node->bad = node->bad || item->bad;
        if (text && !problem)
            g_ptr_array_add (strings, key->type == KEY_ARGV && i == 0 && strchr (text, '/')
                                          ? file_absolute (folder, text)
                                          : g_steal_pointer (&text));
    }
    if (key->type == KEY_ARGV && n_items (node) == 0)
        binder_fail (binder, node, "is empty; name the program or remove the key");
    g_strfreev (*field);
    g_ptr_array_add (strings, NULL);
    *field = (GStrv)g_ptr_array_free (g_steal_pointer (&strings), FALSE);
}

static void
bind_vlans (Binder *binder, const Key *key, Node *node, VlanSet *field)
{
    for (guint i = 0; i < n_items (node); i++) {
        Node *item = nth_item (node, i);
        const char *folder;
        g_autofree char *text = binder_text (binder, item, NULL, &folder);
        VlanSet set;

        if (text && *text && vlan_set_parse (text, &set)) {
            for (guint word = 0; word < G_N_ELEMENTS (set.bits); word++)
                field->bits[word] |= set.bits[word];
        } else if (text) {
            g_autofree char *quoted = text_quote (text);

            binder_fail (binder, item, "%s is no VLAN from 1 to %d and no range of them (try %s)",
                         quoted, VLAN_MAX, key->example);
        }
        node->bad = node->bad || item->bad;
    }
    if (node->kind == NODE_LIST && node->items->len == 0)
        binder_fail (binder, node, "is empty; name the VLANs of the trunk or remove the key");
}

static void
bind_forwards (Binder *binder, const Key *key, Node *node, GPtrArray *field)
{
    for (guint i = 0; i < n_items (node); i++) {
        Node *item = nth_item (node, i);
        g_autofree char *text = NULL, *problem = NULL, *quoted = NULL;
        const char *folder;
        Forward *forward;

        text = binder_text (binder, item, NULL, &folder);
        forward = text ? forward_parse (text, &problem) : NULL;
        if (problem) {
            quoted = text_quote (text);
            binder_fail (binder, item, "%s: %s", quoted, problem);
        }
        node->bad = node->bad || item->bad;
        if (!forward)
            continue;
        forward->place = item->place;
        g_ptr_array_add (field, forward);
    }
}

void
bind_list (Binder *binder, const Key *key, Node *node, gpointer field)
{
    if (!check_list (binder, key, node))
        return;
    if (key->type == KEY_VLANS)
        bind_vlans (binder, key, node, field);
    else if (key->type == KEY_FORWARDS)
        bind_forwards (binder, key, node, *(GPtrArray **)field);
    else
        bind_strings (binder, key, node, field);
}
