/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the tree of written arguments and the way a fault in it is shown. */
#include "cli/shell/qmp-node.h"

#include "qmp/qmp-text.h"

#include <string.h>

/* A mark is not longer than that, whatever it marks. */
#define MARK_MAX 60

QmpNode *
qmp_node_new (QmpNodeKind kind, gsize start, gsize end)
{
    QmpNode *node = g_new0 (QmpNode, 1);

    node->kind = kind;
    node->start = start;
    node->end = end;
    if (kind == QMP_NODE_ARRAY || kind == QMP_NODE_OBJECT)
        node->items = g_ptr_array_new_with_free_func ((GDestroyNotify)qmp_node_free);
    return node;
}

void
qmp_node_free (QmpNode *node)
{
    if (!node)
        return;
    g_free (node->key);
    g_free (node->text);
    g_free (node->json);
    g_clear_pointer (&node->items, g_ptr_array_unref);
    g_free (node);
}

QmpNode *
qmp_node_new_word (const char *text, gsize start, gsize end)
{
    QmpNode *node = qmp_node_new (QMP_NODE_WORD, start, end);

    node->text = g_strdup (text);
    return node;
}

QmpNode *
qmp_node_new_string (const char *text, gsize start, gsize end)
{
    QmpNode *node = qmp_node_new (QMP_NODE_STRING, start, end);
    GString *json = g_string_new (NULL);

    qmp_text_quote (json, text);
    node->text = g_strdup (text);
    node->json = g_string_free (json, FALSE);
    return node;
}

QmpNode *
qmp_node_find (const QmpNode *object, const char *key)
{
    if (!object || object->kind != QMP_NODE_OBJECT)
        return NULL;
    for (guint i = 0; i < object->items->len; i++) {
        QmpNode *item = g_ptr_array_index (object->items, i);

        if (g_strcmp0 (item->key, key) == 0)
            return item;
    }
    return NULL;
}

void
qmp_node_set_key (QmpNode *node, const char *key, gsize start, gsize end)
{
    g_free (node->key);
    node->key = g_strdup (key);
    node->key_start = start;
    node->key_end = end;
}

void
qmp_fault_clear (QmpFault *fault)
{
    g_clear_pointer (&fault->message, g_free);
}

gboolean
qmp_fault_set (QmpFault *fault, gsize start, gsize end, const char *format, ...)
{
    va_list args;

    if (fault->message)
        return FALSE;
    va_start (args, format);
    fault->message = g_strdup_vprintf (format, args);
    va_end (args);
    fault->start = start;
    fault->end = MAX (end, start);
    return FALSE;
}

char *
qmp_fault_format (const QmpFault *fault, const char *source)
{
    gsize length = strlen (source);
    gsize start = MIN (fault->start, length), end = MIN (fault->end, length);
    const char *first = source + start;
    GString *out = g_string_new (fault->message);
    const char *stop;
    glong column, width;

    while (first > source && first[-1] != '\n')
        first--;
    stop = strchr (source + start, '\n');
    if (!stop)
        stop = source + length;
    if (source + end > stop)
        end = stop - source;
    column = g_utf8_strlen (first, source + start - first);
    width = g_utf8_strlen (source + start, end - start);
    g_string_append_printf (out, "\n  %.*s\n  ", (int)(stop - first), first);
    for (glong i = 0; i < column; i++)
        g_string_append_c (out, ' ');
    g_string_append_c (out, '^');
    for (glong i = 1; i < MIN (width, MARK_MAX); i++)
        g_string_append_c (out, '~');
    return g_string_free (out, FALSE);
}
