/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns KEY=VALUE and KEY:=JSON: what is written becomes a member of a tree. */
#include "cli/shell/qmp-pair.h"

#include "cli/shell/qmp-descriptor.h"
#include "cli/shell/qmp-json.h"

#include <string.h>

/* Limit: dots in a key */
#define KEY_PARTS_MAX 64

gboolean
qmp_pair_is_space (char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

gboolean
qmp_pair_ends_word (const QmpPairs *s, char c)
{
    return qmp_pair_is_space (c) || (s->in_block && (c == ';' || c == ')'));
}

void
qmp_pair_skip_space (QmpPairs *s)
{
    while (s->at < s->end && qmp_pair_is_space (s->text[s->at]) &&
           !(s->in_block && s->text[s->at] == '\n'))
        s->at++;
}

/* 'text' in single quotes, in which nothing has a meaning. */
static char *
read_quoted (QmpPairs *s, gsize *ret_start)
{
    gsize start = s->at;
    const char *close = memchr (s->text + start + 1, '\'', s->end - start - 1);

    if (!close) {
        s->fault->open = TRUE;
        qmp_fault_set (s->fault, start, s->end, "the closing quote is missing");
        return NULL;
    }
    s->at = close + 1 - s->text;
    *ret_start = start + 1;
    return g_strndup (s->text + start + 1, close - s->text - start - 1);
}

static gsize
word_end (const QmpPairs *s)
{
    gsize end = s->at;

    while (end < s->end && (s->words || !qmp_pair_ends_word (s, s->text[end])))
        end++;
    return end;
}

static char *
read_file (QmpPairs *s, gsize start)
{
    g_autofree char *path = g_strndup (s->text + start + 1, s->at - start - 1);
    g_autoptr (GError) error = NULL;
    char *text = s->read (path, &error);

    if (text && !g_utf8_validate (text, -1, NULL))
        g_clear_pointer (&text, g_free);
    if (!text)
        qmp_fault_set (s->fault, start, s->at, "%s", error ? error->message : "it is no text");
    return text;
}

static void
move_node (QmpNode *node, gsize start, gsize end)
{
    node->start = node->key_start = start;
    node->end = node->key_end = end;
    for (guint i = 0; node->items && i < node->items->len; i++)
        move_node (g_ptr_array_index (node->items, i), start, end);
}

/* JSON that is not in the source itself: its parts stand where it is named. */
static QmpNode *
parse_elsewhere (QmpPairs *s, const char *text, gsize start)
{
    g_auto (QmpFault) fault = { NULL };
    gsize at = 0, length = strlen (text);
    QmpNode *node = qmp_json_parse (text, &at, length, &fault);

    while (node && at < length && qmp_pair_is_space (text[at]))
        at++;
    if (node && at < length) {
        g_clear_pointer (&node, qmp_node_free);
        qmp_fault_set (&fault, at, length, "there is something after the JSON value");
    }
    if (node)
        move_node (node, start, s->at);
    else
        qmp_fault_set (s->fault, start, s->at, "%s (byte %zu of the file)", fault.message,
                       fault.start + 1);
    return node;
}

static QmpNode *
scan_json (QmpPairs *s)
{
    gsize start = s->at, close;
    QmpNode *node;

    if (s->at < s->end && s->text[s->at] == '\'') {
        g_autofree char *inside = read_quoted (s, &start);

        if (!inside)
            return NULL;
        close = start + strlen (inside);
        node = qmp_json_parse (s->text, &start, close, s->fault);
        s->fault->open = FALSE;
        while (node && start < close && qmp_pair_is_space (s->text[start]))
            start++;
        if (node && start < close) {
            qmp_fault_set (s->fault, start, close, "there is something after the JSON value");
            g_clear_pointer (&node, qmp_node_free);
        }
        return node;
    }
    if (s->read && s->at < s->end && s->text[s->at] == '@') {
        g_autofree char *text = NULL;

        s->at = word_end (s);
        text = read_file (s, start);
        return text ? parse_elsewhere (s, text, start) : NULL;
    }
    return qmp_json_parse (s->text, &s->at, s->end, s->fault);
}

static QmpNode *
scan_plain (QmpPairs *s)
{
    char first = s->at < s->end ? s->text[s->at] : '\0';
    g_autofree char *text = NULL;
    gsize start = s->at;

    if (first == '{' || first == '[' || first == '"')
        return scan_json (s);
    if (first == '\'') {
        text = read_quoted (s, &start);
        return text ? qmp_node_new_string (text, start, start + strlen (text)) : NULL;
    }
    s->at = word_end (s);
    if (s->read && first == '@') {
        text = read_file (s, start);
        return text ? qmp_node_new_string (text, start, s->at) : NULL;
    }
    text = g_strndup (s->text + start, s->at - start);
    return qmp_node_new_word (text, start, s->at);
}

/* a.b.c=1 sets a member of a member of a member.  Takes @value. */
static gboolean
set_dotted (QmpPairs *s, QmpNode *object, const char *key, gsize start, QmpNode *value)
{
    g_auto (GStrv) parts = g_strsplit (key, ".", KEY_PARTS_MAX);
    gsize end = start + strlen (key);

    for (gsize i = 0; parts[i]; i++) {
        QmpNode *member = qmp_node_find (object, parts[i]);

        if (!parts[i + 1] && !member) {
            qmp_node_set_key (value, parts[i], start, end);
            g_ptr_array_add (object->items, value);
            return TRUE;
        }
        if (!*parts[i] || (member && (!parts[i + 1] || !member->dotted)))
            break;
        if (!member) {
            member = qmp_node_new (QMP_NODE_OBJECT, start, value->end);
            member->dotted = TRUE;
            qmp_node_set_key (member, parts[i], start, end);
            g_ptr_array_add (object->items, member);
        }
        object = member;
    }
    qmp_node_free (value);
    return qmp_fault_set (s->fault, start, end, "%s is given twice, or has a dot too many", key);
}

/* Returns: whether the word at hand was the one for a descriptor */
static gboolean
take_descriptor (QmpPairs *s)
{
    gsize end = word_end (s);
    g_autofree char *word = g_strndup (s->text + s->at, end - s->at);

    if (s->in_block || s->line->descriptor || !qmp_descriptor_is_one (word))
        return FALSE;
    s->line->descriptor = g_steal_pointer (&word);
    s->line->descriptor_start = s->at;
    s->line->descriptor_end = s->at = end;
    return TRUE;
}

gboolean
qmp_pair_read (QmpPairs *s, QmpNode *object)
{
    gsize start = s->at, stop;
    gboolean is_json;
    g_autofree char *key = NULL;
    QmpNode *value;

    if (take_descriptor (s))
        return TRUE;
    while (s->at < s->end && s->text[s->at] != '=' && !qmp_pair_ends_word (s, s->text[s->at]))
        s->at++;
    if (s->at >= s->end || s->text[s->at] != '=' || s->at == start)
        return qmp_fault_set (s->fault, start, MAX (s->at, start + 1),
                              "this is not KEY=VALUE or KEY:=JSON");
    is_json = s->text[s->at - 1] == ':';
    stop = s->at - (is_json ? 1 : 0);
    key = g_strndup (s->text + start, stop - start);
    s->at++;
    value = is_json ? scan_json (s) : scan_plain (s);
    if (!value)
        return FALSE;
    if (s->words)
        qmp_pair_skip_space (s);
    if (s->at < s->end && (s->words || !qmp_pair_ends_word (s, s->text[s->at]))) {
        qmp_node_free (value);
        return qmp_fault_set (s->fault, s->at, s->end, "a space is missing after the value");
    }
    return set_dotted (s, object, key, start, value);
}

gboolean
qmp_pair_read_all (QmpPairs *s, QmpNode *object)
{
    for (;;) {
        qmp_pair_skip_space (s);
        if (s->at >= s->end || (s->in_block && strchr (";)\n", s->text[s->at])))
            return TRUE;
        if (!qmp_pair_read (s, object))
            return FALSE;
    }
}
