/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the walk over written arguments along the schema.  What is wrong is told
 * with its place; what is right is written as JSON with all of its digits.
 */
#include "cli/shell/qmp-checker.h"

#include "cli/shell/qmp-fit.h"
#include "cli/shell/qmp-json.h"
#include "qmp/qmp-text.h"

#include <string.h>

typedef struct {
    GString *out;
    QmpFault *fault;
    gboolean lenient; /* nothing is refused */
} Checker;

static gboolean write_node (Checker *c, const QmpType *type, const QmpNode *node);

static gboolean complain (Checker *c, gsize start, gsize end, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Returns: whether to go on all the same */
static gboolean
complain (Checker *c, gsize start, gsize end, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    if (c->lenient)
        return TRUE;
    va_start (args, format);
    text = g_strdup_vprintf (format, args);
    va_end (args);
    return qmp_fault_set (c->fault, start, end, "%s", text);
}

/* @type: (nullable): of the items */
static gboolean
write_items (Checker *c, const QmpType *type, const QmpNode *node)
{
    g_string_append_c (c->out, '[');
    for (guint i = 0; i < node->items->len; i++) {
        g_autofree char *number = g_strdup_printf ("%u", i);
        const QmpNode *item = node->kind == QMP_NODE_OBJECT ? qmp_node_find (node, number)
                                                            : g_ptr_array_index (node->items, i);

        if (i > 0)
            g_string_append_c (c->out, ',');
        if (!write_node (c, type, item))
            return FALSE;
    }
    g_string_append_c (c->out, ']');
    return TRUE;
}

static gboolean
write_member (Checker *c, const QmpType *type, const QmpNode *member, gboolean first)
{
    if (!first)
        g_string_append_c (c->out, ',');
    qmp_text_quote (c->out, member->key);
    g_string_append_c (c->out, ':');
    return write_node (c, type, member);
}

/* What nothing is known about. */
static gboolean
write_any (Checker *c, const QmpNode *node)
{
    switch (node->kind) {
    case QMP_NODE_WORD:
        if (qmp_fit_literal (node->text))
            g_string_append (c->out, node->text);
        else
            qmp_text_quote (c->out, node->text);
        return TRUE;
    case QMP_NODE_STRING:
    case QMP_NODE_NUMBER:
    case QMP_NODE_BOOL:
    case QMP_NODE_NULL:
        g_string_append (c->out, node->json);
        return TRUE;
    case QMP_NODE_ARRAY:
        return write_items (c, NULL, node);
    case QMP_NODE_OBJECT:
        if (node->items->len > 0 && qmp_fit_list (node))
            return write_items (c, NULL, node);
        g_string_append_c (c->out, '{');
        for (guint i = 0; i < node->items->len; i++)
            write_member (c, NULL, g_ptr_array_index (node->items, i), i == 0);
        g_string_append_c (c->out, '}');
        return TRUE;
    }
    g_assert_not_reached ();
}

static gboolean
wrong (Checker *c, const QmpType *type, const QmpNode *node)
{
    g_autofree char *wanted = qmp_type_describe (type);
    const char *hint = "";

    if (qmp_type_get_meta (type) == QMP_META_OBJECT && node->kind == QMP_NODE_WORD)
        hint = "; write KEY.member=VALUE or KEY:={…}";
    else if (qmp_type_get_meta (type) == QMP_META_STRING && node->kind == QMP_NODE_NUMBER)
        hint = "; put it in quotes";
    return complain (c, node->start, node->end, "%s%swanted here: %s%s", node->key ? node->key : "",
                     node->key ? ": " : "", wanted, hint) &&
           write_any (c, node);
}

static gboolean
write_text (Checker *c, const QmpNode *node)
{
    if (node->kind == QMP_NODE_WORD)
        qmp_text_quote (c->out, node->text);
    else
        g_string_append (c->out, node->json);
    return TRUE;
}

static gboolean
write_enum (Checker *c, const QmpType *type, const QmpNode *node)
{
    g_autoptr (GArray) values = qmp_type_get_values (type);
    g_autofree char *wanted = NULL;
    const char *meant;

    if (!qmp_fit_text (node))
        return wrong (c, type, node);
    if (qmp_entries_find (values, node->text))
        return write_text (c, node);
    wanted = qmp_type_describe (type);
    meant = qmp_entries_suggest (values, node->text);
    return complain (c, node->start, node->end, "%s%s%s is none of %s%s%s%s",
                     node->key ? node->key : "", node->key ? ": " : "", node->text, wanted,
                     meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "") &&
           write_text (c, node);
}

/* KEY=1,2,3 */
static gboolean
write_split (Checker *c, const QmpType *type, const QmpNode *node)
{
    g_auto (GStrv) parts = g_strsplit (node->text, ",", -1);
    gsize at = node->start;

    g_string_append_c (c->out, '[');
    for (gsize i = 0; parts[i] && *node->text; i++) {
        g_autoptr (QmpNode) part = qmp_node_new_word (parts[i], at, at + strlen (parts[i]));

        if (i > 0)
            g_string_append_c (c->out, ',');
        if (!write_node (c, type, part))
            return FALSE;
        at = part->end + 1;
    }
    g_string_append_c (c->out, ']');
    return TRUE;
}

static gboolean
write_array (Checker *c, const QmpType *type, const QmpNode *node)
{
    const QmpType *element = qmp_type_get_element (type);

    if (node->kind == QMP_NODE_WORD)
        return write_split (c, element, node);
    if (node->kind == QMP_NODE_ARRAY || (node->kind == QMP_NODE_OBJECT && qmp_fit_list (node)))
        return write_items (c, element, node);
    return wrong (c, type, node);
}

static gboolean
write_alternate (Checker *c, const QmpType *type, const QmpNode *node)
{
    g_autoptr (GPtrArray) choices = qmp_type_get_choices (type);
    const QmpType *best = NULL;
    int best_fit = 0;

    for (guint i = 0; i < choices->len; i++) {
        const QmpType *choice = g_ptr_array_index (choices, i);
        int fit = qmp_fit_type (choice, node);

        if (fit > best_fit) {
            best = choice;
            best_fit = fit;
        }
    }
    return best ? write_node (c, best, node) : wrong (c, type, node);
}

/* Without its tag not all members of a union are known; only a slip in the name
 * of the tag itself is. */
static gboolean
is_unknown (const GArray *members, const QmpNode *item, const char *tag, gboolean complete)
{
    return complete || g_strcmp0 (qmp_entries_suggest (members, item->key), tag) == 0;
}

static gboolean
complain_unknown (Checker *c, const GArray *members, const QmpNode *node, const char *owner)
{
    const char *meant = qmp_entries_suggest (members, node->key);

    return complain (c, node->key_start, node->key_end, "%s%s%s is unknown%s%s%s",
                     owner ? owner : "", owner ? ": argument " : "", node->key,
                     meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
}

/* @owner: (nullable): the command whose arguments these are */
static gboolean
find_missing (Checker *c, const GArray *members, const QmpNode *node, const char *owner)
{
    g_autoptr (GString) names = g_string_new (NULL);

    for (guint i = 0; i < members->len; i++) {
        const QmpEntry *member = &g_array_index (members, QmpEntry, i);
        g_autofree char *type = NULL;

        if (member->optional || qmp_node_find (node, member->name))
            continue;
        type = qmp_type_describe (member->type);
        g_string_append_printf (names, "%s%s (%s)", names->len ? ", " : "", member->name, type);
    }
    if (names->len == 0)
        return TRUE;
    if (owner)
        return complain (c, node->start, node->end, "%s needs %s", owner, names->str);
    return complain (c, node->dotted ? node->key_start : node->start,
                     node->dotted ? node->key_end : node->end, "%s%sneeds %s",
                     node->key ? node->key : "", node->key ? " " : "", names->str);
}

/* @open: members that are not listed are taken, too */
static gboolean
write_object (Checker *c, const QmpType *type, const QmpNode *node, const char *owner,
              gboolean open)
{
    const char *tag = qmp_type_get_tag (type);
    const QmpNode *tagged = tag ? qmp_node_find (node, tag) : NULL;
    const char *branch = tagged && qmp_fit_text (tagged) ? tagged->text : NULL;
    g_autoptr (GArray) members = qmp_type_get_members (type, branch);

    /* a wrong tag first: every argument of its branch would be wrong with it */
    if (tagged) {
        const QmpEntry *entry = qmp_entries_find (members, tag);
        gsize length = c->out->len;

        if (entry && !write_node (c, entry->type, tagged))
            return FALSE;
        g_string_truncate (c->out, length);
    }
    g_string_append_c (c->out, '{');
    for (guint i = 0; i < node->items->len; i++) {
        const QmpNode *item = g_ptr_array_index (node->items, i);
        const QmpEntry *entry = qmp_entries_find (members, item->key);

        if (!entry && !open && is_unknown (members, item, tag, !tag || branch) &&
            !complain_unknown (c, members, item, owner))
            return FALSE;
        if (!write_member (c, entry ? entry->type : NULL, item, i == 0))
            return FALSE;
    }
    g_string_append_c (c->out, '}');
    return find_missing (c, members, node, owner);
}

static gboolean
write_integer (Checker *c, const QmpType *type, const QmpNode *node)
{
    if (node->kind != QMP_NODE_WORD && node->kind != QMP_NODE_NUMBER)
        return wrong (c, type, node);
    if (qmp_fit_integer (node->text))
        return write_any (c, node);
    if (!qmp_json_is_number (node->text, strlen (node->text), TRUE))
        return wrong (c, type, node);
    return complain (c, node->start, node->end, "%s%sthis does not fit into 64 bits",
                     node->key ? node->key : "", node->key ? ": " : "") &&
           write_any (c, node);
}

static gboolean
write_number (Checker *c, const QmpType *type, const QmpNode *node)
{
    gboolean fits = (node->kind == QMP_NODE_WORD || node->kind == QMP_NODE_NUMBER) &&
                    qmp_fit_number (node->text);

    return fits ? write_any (c, node) : wrong (c, type, node);
}

/* Words for it are more than JSON's two. */
static gboolean
write_bool (Checker *c, const QmpType *type, const QmpNode *node)
{
    const char *word = node->kind == QMP_NODE_WORD ? qmp_fit_bool (node->text) : NULL;

    if (!word)
        return node->kind == QMP_NODE_BOOL ? write_any (c, node) : wrong (c, type, node);
    g_string_append (c->out, word);
    return TRUE;
}

static gboolean
write_node (Checker *c, const QmpType *type, const QmpNode *node)
{
    if (!type)
        return write_any (c, node);
    switch (qmp_type_get_meta (type)) {
    case QMP_META_ANY:
        return write_any (c, node);
    case QMP_META_STRING:
        return qmp_fit_text (node) ? write_text (c, node) : wrong (c, type, node);
    case QMP_META_INT:
        return write_integer (c, type, node);
    case QMP_META_NUMBER:
        return write_number (c, type, node);
    case QMP_META_BOOL:
        return write_bool (c, type, node);
    case QMP_META_NULL:
        return qmp_fit_type (type, node) ? write_any (c, node) : wrong (c, type, node);
    case QMP_META_ENUM:
        return write_enum (c, type, node);
    case QMP_META_ARRAY:
        return write_array (c, type, node);
    case QMP_META_OBJECT:
        return node->kind == QMP_NODE_OBJECT ? write_object (c, type, node, NULL, FALSE)
                                             : wrong (c, type, node);
    case QMP_META_ALTERNATE:
        return write_alternate (c, type, node);
    }
    g_assert_not_reached ();
}

gboolean
qmp_checker_write (const QmpSchema *schema, const QmpLine *line, GString *out, QmpFault *fault)
{
    Checker c = { out, fault, line->anyway };
    const QmpType *type = schema ? qmp_schema_get_arguments (schema, line->command) : NULL;
    QmpNode top = *line->arguments;

    *fault = (QmpFault){ NULL };
    if (schema && !qmp_schema_find_command (schema, line->command)) {
        const char *meant = qmp_entries_suggest (qmp_schema_get_commands (schema), line->command);

        if (!complain (&c, line->command_start, line->command_end,
                       "there is no command %s here%s%s%s", line->command,
                       meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : ""))
            return FALSE;
    }
    top.start = line->command_start;
    top.end = line->command_end;
    if (!type)
        return write_any (&c, &top);
    return write_object (&c, type, &top, line->command, qmp_schema_is_open (schema, line->command));
}
