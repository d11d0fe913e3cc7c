/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way from a line of text to a command with its arguments.  It knows
 * no schema: what a bare word is, is decided later.
 */
#include "cli/shell/qmp-line.h"

#include "cli/shell/qmp-json.h"
#include "cli/shell/qmp-pair.h"

#include <string.h>

/* Limits on what is typed or pasted */
#define SOURCE_MAX (16u << 20) /* bytes */

void
qmp_line_free (QmpLine *line)
{
    if (!line)
        return;
    g_free (line->source);
    g_free (line->command);
    g_free (line->id);
    g_free (line->descriptor);
    qmp_node_free (line->arguments);
    g_free (line);
}

static char *
scan_name (QmpPairs *s, gsize *ret_start)
{
    qmp_pair_skip_space (s);
    *ret_start = s->at;
    while (s->at < s->end && !qmp_pair_ends_word (s, s->text[s->at]) && s->text[s->at] != '(')
        s->at++;
    return g_strndup (s->text + *ret_start, s->at - *ret_start);
}

static gboolean
scan_action (QmpPairs *s, QmpNode *actions)
{
    g_autoptr (QmpNode) data = NULL, action = NULL;
    QmpNode *type;
    gsize start;
    g_autofree char *name = scan_name (s, &start);

    if (!*name)
        return qmp_fault_set (s->fault, s->at, s->at + 1, "the name of an action is missing");
    type = qmp_node_new_string (name, start, s->at);
    qmp_node_set_key (type, "type", start, s->at);
    action = qmp_node_new (QMP_NODE_OBJECT, start, s->at);
    g_ptr_array_add (action->items, type);
    data = qmp_node_new (QMP_NODE_OBJECT, start, s->at);
    if (!qmp_pair_read_all (s, data))
        return FALSE;
    action->end = s->at;
    qmp_node_set_key (data, "data", start, type->end);
    g_ptr_array_add (action->items, g_steal_pointer (&data));
    g_ptr_array_add (actions->items, g_steal_pointer (&action));
    return TRUE;
}

/* `(` has been read */
static gboolean
scan_block (QmpPairs *s, QmpLine *line)
{
    QmpNode *actions = qmp_node_new (QMP_NODE_ARRAY, s->at, s->end);

    qmp_node_set_key (actions, "actions", line->command_start, line->command_end);
    g_ptr_array_add (line->arguments->items, actions);
    s->in_block = TRUE;
    for (;;) {
        while (s->at < s->end && (qmp_pair_is_space (s->text[s->at]) || s->text[s->at] == ';'))
            s->at++;
        if (s->at >= s->end) {
            s->fault->open = TRUE;
            return qmp_fault_set (s->fault, s->end, s->end, "the closing `)` is missing");
        }
        if (s->text[s->at] == ')')
            break;
        if (!scan_action (s, actions))
            return FALSE;
    }
    s->at++;
    s->in_block = FALSE;
    return qmp_pair_read_all (s, line->arguments);
}

static gboolean
take_member (QmpPairs *s, QmpLine *line, QmpNode *object, QmpNode *member)
{
    gboolean oob = g_str_equal (member->key, "exec-oob");

    if ((oob || g_str_equal (member->key, "execute")) && !line->command) {
        if (member->kind != QMP_NODE_STRING)
            return qmp_fault_set (s->fault, member->start, member->end, "a name is wanted here");
        line->command = g_strdup (member->text);
        line->command_start = member->start;
        line->command_end = member->end;
        line->oob = oob;
    } else if (g_str_equal (member->key, "id")) {
        line->id = g_strndup (s->text + member->start, member->end - member->start);
    } else if (g_str_equal (member->key, "arguments")) {
        if (member->kind != QMP_NODE_OBJECT)
            return qmp_fault_set (s->fault, member->start, member->end, "an object is wanted here");
        qmp_node_free (line->arguments);
        line->arguments = qmp_node_new (QMP_NODE_OBJECT, member->start, member->end);
        g_ptr_array_unref (line->arguments->items);
        line->arguments->items = g_ptr_array_ref (member->items);
    } else {
        return qmp_fault_set (s->fault, member->key_start, member->key_end,
                              "a command has no member %s", member->key);
    }
    return TRUE;
}

static gboolean
scan_whole (QmpPairs *s, QmpLine *line)
{
    g_autoptr (QmpNode) object = qmp_json_parse (s->text, &s->at, s->end, s->fault);

    if (!object)
        return FALSE;
    for (guint i = 0; i < object->items->len; i++)
        if (!take_member (s, line, object, g_ptr_array_index (object->items, i)))
            return FALSE;
    if (!line->command)
        return qmp_fault_set (s->fault, object->start, object->start + 1,
                              "the member execute is missing");
    qmp_pair_skip_space (s);
    return s->at >= s->end ||
           qmp_fault_set (s->fault, s->at, s->end, "there is something after the command");
}

/* The command word, and what follows it unless the words are parted already. */
static gboolean
scan_line (QmpPairs *s, QmpLine *line)
{
    qmp_pair_skip_space (s);
    if (s->at < s->end && s->text[s->at] == '!') {
        line->anyway = TRUE;
        s->at++;
        qmp_pair_skip_space (s);
    }
    if (s->at < s->end && s->text[s->at] == '{')
        return scan_whole (s, line);
    line->command = scan_name (s, &line->command_start);
    line->command_end = s->at;
    if (!*line->command)
        return qmp_fault_set (s->fault, s->at, s->at + 1, "the name of a command is missing");
    if (s->at < s->end && s->text[s->at] == '(') {
        s->at++;
        if (!g_str_equal (line->command, "transaction"))
            return qmp_fault_set (s->fault, s->at - 1, s->at, "only transaction takes a block");
        return scan_block (s, line);
    }
    return qmp_pair_read_all (s, line->arguments);
}

static QmpLine *
line_new (const char *source, QmpFault *fault)
{
    QmpLine *line;
    const char *bad;

    *fault = (QmpFault){ NULL };
    if (strlen (source) > SOURCE_MAX) {
        qmp_fault_set (fault, 0, 0, "the command is longer than %u MiB", SOURCE_MAX >> 20);
        return NULL;
    }
    if (!g_utf8_validate (source, -1, &bad)) {
        qmp_fault_set (fault, bad - source, bad - source + 1, "this is no valid UTF-8");
        return NULL;
    }
    line = g_new0 (QmpLine, 1);
    line->source = g_strdup (source);
    line->arguments = qmp_node_new (QMP_NODE_OBJECT, 0, 0);
    return line;
}

QmpLine *
qmp_line_parse (const char *source, QmpLineRead read, QmpFault *fault)
{
    g_autoptr (QmpLine) line = line_new (source, fault);
    QmpPairs s = { source, 0, strlen (source), read, fault, FALSE, FALSE, line };

    return line && scan_line (&s, line) ? g_steal_pointer (&line) : NULL;
}

QmpLine *
qmp_line_parse_words (const char *const *words, QmpLineRead read, QmpFault *fault)
{
    g_autofree char *source = g_strjoinv (" ", (char **)words);
    g_autoptr (QmpLine) line = line_new (source, fault);
    gsize first = strlen (words[0]);
    gboolean whole = strpbrk (words[0], "{( \t\n") != NULL;
    QmpPairs s = { source, 0, whole ? strlen (source) : first, read, fault, FALSE, FALSE, line };

    if (!line || !scan_line (&s, line))
        return NULL;
    s.words = TRUE;
    for (gsize i = 1; words[i] && !whole; i++) {
        s.at = s.end + 1;
        s.end = s.at + strlen (words[i]);
        if (!qmp_pair_read (&s, line->arguments))
            return NULL;
    }
    return g_steal_pointer (&line);
}

gboolean
qmp_line_is_secret (const char *source)
{
    static const char *const marks[] = { "passw", "passphrase", "secret", "crypted", "credential" };
    g_autofree char *small = g_ascii_strdown (source, -1);

    for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
        if (strstr (small, marks[i]))
            return TRUE;
    return FALSE;
}

static const QmpNode *
find_named (const QmpNode *object, const char *name)
{
    const QmpNode *found = qmp_node_find (object, name);

    for (guint i = 0; !found && object->items && i < object->items->len; i++)
        found = find_named (g_ptr_array_index (object->items, i), name);
    return found;
}

const QmpNode *
qmp_line_find_named (const QmpLine *line, const char *description)
{
    g_auto (GStrv) parts = g_strsplit (description, "'", 32);

    for (gsize i = 1; parts[0] && parts[i] && parts[i + 1]; i += 2) {
        const char *dot = strrchr (parts[i], '.');
        const QmpNode *found = find_named (line->arguments, dot ? dot + 1 : parts[i]);

        if (found)
            return found;
    }
    return NULL;
}
