/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the question what a written value can be. */
#include "cli/shell/qmp-fit.h"

#include "cli/shell/qmp-json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

gboolean
qmp_fit_integer (const char *text)
{
    if (!qmp_json_is_number (text, strlen (text), TRUE))
        return FALSE;
    errno = 0;
    if (*text == '-')
        strtoll (text, NULL, 10);
    else
        strtoull (text, NULL, 10);
    return errno == 0;
}

gboolean
qmp_fit_number (const char *text)
{
    return qmp_json_is_number (text, strlen (text), FALSE);
}

const char *
qmp_fit_bool (const char *text)
{
    if (g_str_equal (text, "true") || g_str_equal (text, "on"))
        return "true";
    return g_str_equal (text, "false") || g_str_equal (text, "off") ? "false" : NULL;
}

gboolean
qmp_fit_literal (const char *text)
{
    return qmp_fit_number (text) || g_str_equal (text, "true") || g_str_equal (text, "false") ||
           g_str_equal (text, "null");
}

/* An object whose keys are 0, 1, 2…, made by dots, is a list. */
gboolean
qmp_fit_list (const QmpNode *node)
{
    if (!node->dotted)
        return FALSE;
    for (guint i = 0; i < node->items->len; i++) {
        g_autofree char *number = g_strdup_printf ("%u", i);

        if (!qmp_node_find (node, number))
            return FALSE;
    }
    return TRUE;
}

gboolean
qmp_fit_text (const QmpNode *node)
{
    return node->kind == QMP_NODE_WORD || node->kind == QMP_NODE_STRING;
}

/* Returns: how well @node goes with @type; 0 = not at all */
int
qmp_fit_type (const QmpType *type, const QmpNode *node)
{
    gboolean word = node->kind == QMP_NODE_WORD;
    g_autoptr (GArray) values = NULL;

    switch (qmp_type_get_meta (type)) {
    case QMP_META_NULL:
        return node->kind == QMP_NODE_NULL || (word && g_str_equal (node->text, "null")) ? 9 : 0;
    case QMP_META_BOOL:
        return node->kind == QMP_NODE_BOOL || (word && qmp_fit_bool (node->text)) ? 8 : 0;
    case QMP_META_INT:
        return (word || node->kind == QMP_NODE_NUMBER) && qmp_fit_integer (node->text) ? 7 : 0;
    case QMP_META_NUMBER:
        return (word || node->kind == QMP_NODE_NUMBER) && qmp_fit_number (node->text) ? 6 : 0;
    case QMP_META_ENUM:
        values = qmp_type_get_values (type);
        return qmp_fit_text (node) && qmp_entries_find (values, node->text) ? 5 : 0;
    case QMP_META_STRING:
        return qmp_fit_text (node) ? 4 : 0;
    case QMP_META_ARRAY:
        return node->kind == QMP_NODE_ARRAY || word ? 3 : 0;
    case QMP_META_OBJECT:
        return node->kind == QMP_NODE_OBJECT ? 2 : 0;
    case QMP_META_ANY:
    case QMP_META_ALTERNATE:
        return 1;
    }
    return 0;
}
