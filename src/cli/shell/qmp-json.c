/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of JSON that a person wrote, and the printing of JSON that a
 * machine sent.  Neither changes a digit: there is no number type in between.
 */
#include "cli/shell/qmp-json.h"

#include <string.h>

#define DEPTH_MAX 1000 /* nested values; QEMU refuses more than 1024 */

typedef struct {
    const char *text;
    gsize at, end;
    QmpFault *fault;
    guint depth;
} Parser;

static QmpNode *parse_value (Parser *p);

static void
skip_space (Parser *p)
{
    while (p->at < p->end && strchr (" \t\r\n", p->text[p->at]) && p->text[p->at])
        p->at++;
}

static gpointer
fail (Parser *p, gsize start, const char *what)
{
    if (p->at >= p->end && !p->fault->message)
        p->fault->open = TRUE;
    qmp_fault_set (p->fault, start, MIN (p->at + 1, p->end), "%s", what);
    return NULL;
}

/* Returns: whether there was a digit at least; @at is behind them all then */
static gboolean
skip_digits (const char **at, const char *end)
{
    const char *start = *at;

    while (*at < end && g_ascii_isdigit (**at))
        (*at)++;
    return *at > start;
}

static gboolean
skip_one_of (const char **at, const char *end, const char *characters)
{
    gboolean found = *at < end && **at && strchr (characters, **at);

    *at += found;
    return found;
}

gboolean
qmp_json_is_number (const char *text, gsize length, gboolean integer)
{
    const char *at = text, *end = text + length, *first;

    skip_one_of (&at, end, "-");
    first = at;
    if (!skip_digits (&at, end) || (*first == '0' && at - first > 1))
        return FALSE;
    if (integer)
        return at == end;
    if (skip_one_of (&at, end, ".") && !skip_digits (&at, end))
        return FALSE;
    if (skip_one_of (&at, end, "eE")) {
        skip_one_of (&at, end, "+-");
        if (!skip_digits (&at, end))
            return FALSE;
    }
    return at == end;
}

/* @at stands behind the `u`. */
static gboolean
read_hex (Parser *p, gunichar *ret_code)
{
    *ret_code = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        if (p->at >= p->end || !g_ascii_isxdigit (p->text[p->at]))
            return FALSE;
        *ret_code = *ret_code << 4 | g_ascii_xdigit_value (p->text[p->at]);
    }
    return TRUE;
}

static gboolean
read_unicode (Parser *p, GString *out)
{
    gunichar code, low;

    if (!read_hex (p, &code))
        return FALSE;
    if (code >= 0xd800 && code < 0xdc00) {
        if (p->at + 1 >= p->end || p->text[p->at] != '\\' || p->text[p->at + 1] != 'u')
            return FALSE;
        p->at += 2;
        if (!read_hex (p, &low) || low < 0xdc00 || low > 0xdfff)
            return FALSE;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code <= 0xdfff) {
        return FALSE;
    }
    g_string_append_unichar (out, code ? code : 0xfffd);
    return TRUE;
}

static gboolean
read_escape (Parser *p, GString *out)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (++p->at >= p->end)
        return FALSE;
    if (p->text[p->at] == 'u') {
        p->at++;
        return read_unicode (p, out);
    }
    found = p->text[p->at] ? strchr (letters, p->text[p->at]) : NULL;
    if (!found)
        return FALSE;
    g_string_append_c (out, meant[found - letters]);
    p->at++;
    return TRUE;
}

static QmpNode *
parse_string (Parser *p)
{
    g_autoptr (GString) out = g_string_new (NULL);
    gsize start = p->at++;
    QmpNode *node;

    while (p->at < p->end && p->text[p->at] != '"') {
        if (p->text[p->at] == '\\') {
            if (!read_escape (p, out))
                return fail (p, start, "the string has an escape that JSON does not know");
        } else if ((guchar)p->text[p->at] < 0x20) {
            return fail (p, start, "the string has a line end or control character in it");
        } else {
            g_string_append_c (out, p->text[p->at++]);
        }
    }
    if (p->at >= p->end)
        return fail (p, start, "the string has no closing quote");
    p->at++;
    node = qmp_node_new (QMP_NODE_STRING, start, p->at);
    node->text = g_strdup (out->str);
    node->json = g_strndup (p->text + start, p->at - start);
    return node;
}

static QmpNode *
parse_scalar (Parser *p)
{
    gsize start = p->at, length;
    const char *word = p->text + start;
    QmpNodeKind kind;
    QmpNode *node;

    while (p->at < p->end && (g_ascii_isalnum (p->text[p->at]) || strchr ("+-.", p->text[p->at])) &&
           p->text[p->at])
        p->at++;
    length = p->at - start;
    if (qmp_json_is_number (word, length, FALSE)) {
        kind = QMP_NODE_NUMBER;
    } else if ((length == 4 && strncmp (word, "true", 4) == 0) ||
               (length == 5 && strncmp (word, "false", 5) == 0)) {
        kind = QMP_NODE_BOOL;
    } else if (length == 4 && strncmp (word, "null", 4) == 0) {
        kind = QMP_NODE_NULL;
    } else {
        if (length == 0 && p->at >= p->end)
            return fail (p, start, "a JSON value is missing");
        qmp_fault_set (p->fault, start, MAX (p->at, start + 1), "this is no JSON value");
        return NULL;
    }
    node = qmp_node_new (kind, start, p->at);
    node->text = g_strndup (word, length);
    node->json = g_strdup (node->text);
    return node;
}

static gboolean
parse_member (Parser *p, QmpNode *object)
{
    g_autoptr (QmpNode) key = NULL;
    QmpNode *value;

    skip_space (p);
    if (p->at >= p->end || p->text[p->at] != '"')
        return fail (p, p->at, "the name of a member, in quotes, is missing") != NULL;
    key = parse_string (p);
    if (!key)
        return FALSE;
    if (qmp_node_find (object, key->text))
        return qmp_fault_set (p->fault, key->start, key->end, "%s is given twice", key->text);
    skip_space (p);
    if (p->at >= p->end || p->text[p->at] != ':')
        return fail (p, p->at, "a colon is missing") != NULL;
    p->at++;
    value = parse_value (p);
    if (!value)
        return FALSE;
    qmp_node_set_key (value, key->text, key->start, key->end);
    g_ptr_array_add (object->items, value);
    return TRUE;
}

static gboolean
parse_item (Parser *p, QmpNode *list)
{
    QmpNode *value;

    if (list->kind == QMP_NODE_OBJECT)
        return parse_member (p, list);
    value = parse_value (p);
    if (value)
        g_ptr_array_add (list->items, value);
    return value != NULL;
}

static QmpNode *
parse_list (Parser *p, QmpNodeKind kind, char close)
{
    g_autoptr (QmpNode) list = qmp_node_new (kind, p->at, p->at);
    gsize start = p->at++;

    if (++p->depth > DEPTH_MAX)
        return fail (p, start, "this is nested too deep");
    skip_space (p);
    while (p->at < p->end && p->text[p->at] != close) {
        if (!parse_item (p, list))
            return NULL;
        skip_space (p);
        if (p->at < p->end && p->text[p->at] == close)
            break;
        if (p->at >= p->end || p->text[p->at] != ',')
            return fail (p, p->at, "a comma or the closing bracket is missing");
        p->at++;
        skip_space (p);
        if (p->at < p->end && p->text[p->at] == close)
            return fail (p, p->at, "a value is missing after the comma");
    }
    if (p->at >= p->end)
        return fail (p, start, "this bracket is not closed");
    p->at++;
    p->depth--;
    list->end = p->at;
    return g_steal_pointer (&list);
}

static QmpNode *
parse_value (Parser *p)
{
    skip_space (p);
    if (p->at >= p->end)
        return fail (p, p->at, "a JSON value is missing");
    switch (p->text[p->at]) {
    case '{':
        return parse_list (p, QMP_NODE_OBJECT, '}');
    case '[':
        return parse_list (p, QMP_NODE_ARRAY, ']');
    case '"':
        return parse_string (p);
    }
    return parse_scalar (p);
}

QmpNode *
qmp_json_parse (const char *text, gsize *at, gsize end, QmpFault *fault)
{
    Parser p = { text, *at, end, fault, 0 };
    QmpNode *node = parse_value (&p);

    *at = p.at;
    return node;
}

static void
new_line (GString *out, guint depth)
{
    g_string_append_c (out, '\n');
    for (guint i = 0; i < depth; i++)
        g_string_append (out, "  ");
}

/* Copies the string that begins at @at.  Returns: its end */
static const char *
copy_string (GString *out, const char *at, const char *end)
{
    const char *start = at++;

    while (at < end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    at = MIN (at + 1, end);
    g_string_append_len (out, start, at - start);
    return at;
}

char *
qmp_json_pretty (const char *json, gsize length)
{
    GString *out = g_string_sized_new (length * 2);
    const char *end = json + length;
    guint depth = 0;

    for (const char *at = json; at < end;) {
        char c = *at;
        gboolean opens = c == '{' || c == '[', closes = c == '}' || c == ']';

        if (c == '"') {
            at = copy_string (out, at, end);
            continue;
        }
        at++;
        if (strchr (" \t\r\n", c))
            continue;
        if (closes && out->len && !strchr ("{[", out->str[out->len - 1]))
            new_line (out, depth - 1);
        g_string_append_c (out, c);
        if (closes && depth > 0)
            depth--;
        if (opens && at < end) {
            const char *next = at;

            depth++;
            while (next < end && strchr (" \t\r\n", *next))
                next++;
            if (next < end && *next != '}' && *next != ']')
                new_line (out, depth);
        } else if (c == ',') {
            new_line (out, depth);
        } else if (c == ':') {
            g_string_append_c (out, ' ');
        }
    }
    return g_string_free (out, FALSE);
}
