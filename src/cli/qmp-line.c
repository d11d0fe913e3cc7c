/* Owns the way from a line of text to a command with its arguments.  It knows
 * no schema: what a bare word is, is decided later.
 */
#include "cli/qmp-line.h"

#include "cli/qmp-json.h"

#include <string.h>

/* Limits on what is typed or pasted */
#define SOURCE_MAX (16u << 20) /* bytes */
#define KEY_PARTS_MAX 64       /* dots in a key */

typedef struct {
    const char *text;
    gsize at, end;
    QmpLineRead read;
    QmpFault *fault;
    gboolean words;    /* the value goes on to the end */
    gboolean in_block; /* `;`, `)` and line ends have a meaning */
} Scanner;

void
qmp_line_free (QmpLine *line)
{
    if (!line)
        return;
    g_free (line->source);
    g_free (line->command);
    g_free (line->id);
    qmp_node_free (line->arguments);
    g_free (line);
}

static gboolean
is_space (char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static gboolean
ends_word (const Scanner *s, char c)
{
    return is_space (c) || (s->in_block && (c == ';' || c == ')'));
}

static void
skip_space (Scanner *s)
{
    while (s->at < s->end && is_space (s->text[s->at]) && !(s->in_block && s->text[s->at] == '\n'))
        s->at++;
}

/* 'text' in single quotes, in which nothing has a meaning. */
static char *
read_quoted (Scanner *s, gsize *ret_start)
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
word_end (const Scanner *s)
{
    gsize end = s->at;

    while (end < s->end && (s->words || !ends_word (s, s->text[end])))
        end++;
    return end;
}

static char *
read_file (Scanner *s, gsize start)
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
parse_elsewhere (Scanner *s, const char *text, gsize start)
{
    g_auto (QmpFault) fault = { NULL };
    gsize at = 0, length = strlen (text);
    QmpNode *node = qmp_json_parse (text, &at, length, &fault);

    while (node && at < length && is_space (text[at]))
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
scan_json (Scanner *s)
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
        while (node && start < close && is_space (s->text[start]))
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
scan_plain (Scanner *s)
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
set_dotted (Scanner *s, QmpNode *object, const char *key, gsize start, QmpNode *value)
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

static gboolean
scan_pair (Scanner *s, QmpNode *object)
{
    gsize start = s->at, stop;
    gboolean is_json;
    g_autofree char *key = NULL;
    QmpNode *value;

    while (s->at < s->end && s->text[s->at] != '=' && !ends_word (s, s->text[s->at]))
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
        skip_space (s);
    if (s->at < s->end && (s->words || !ends_word (s, s->text[s->at]))) {
        qmp_node_free (value);
        return qmp_fault_set (s->fault, s->at, s->end, "a space is missing after the value");
    }
    return set_dotted (s, object, key, start, value);
}

static gboolean
scan_pairs (Scanner *s, QmpNode *object)
{
    for (;;) {
        skip_space (s);
        if (s->at >= s->end || (s->in_block && strchr (";)\n", s->text[s->at])))
            return TRUE;
        if (!scan_pair (s, object))
            return FALSE;
    }
}

static char *
scan_name (Scanner *s, gsize *ret_start)
{
    skip_space (s);
    *ret_start = s->at;
    while (s->at < s->end && !ends_word (s, s->text[s->at]) && s->text[s->at] != '(')
        s->at++;
    return g_strndup (s->text + *ret_start, s->at - *ret_start);
}

static gboolean
scan_action (Scanner *s, QmpNode *actions)
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
    if (!scan_pairs (s, data))
        return FALSE;
    action->end = s->at;
    qmp_node_set_key (data, "data", start, type->end);
    g_ptr_array_add (action->items, g_steal_pointer (&data));
    g_ptr_array_add (actions->items, g_steal_pointer (&action));
    return TRUE;
}

/* `(` has been read */
static gboolean
scan_block (Scanner *s, QmpLine *line)
{
    QmpNode *actions = qmp_node_new (QMP_NODE_ARRAY, s->at, s->end);

    qmp_node_set_key (actions, "actions", line->command_start, line->command_end);
    g_ptr_array_add (line->arguments->items, actions);
    s->in_block = TRUE;
    for (;;) {
        while (s->at < s->end && (is_space (s->text[s->at]) || s->text[s->at] == ';'))
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
    return scan_pairs (s, line->arguments);
}

static gboolean
take_member (Scanner *s, QmpLine *line, QmpNode *object, QmpNode *member)
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
scan_whole (Scanner *s, QmpLine *line)
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
    skip_space (s);
    return s->at >= s->end ||
           qmp_fault_set (s->fault, s->at, s->end, "there is something after the command");
}

/* The command word, and what follows it unless the words are parted already. */
static gboolean
scan_line (Scanner *s, QmpLine *line)
{
    skip_space (s);
    if (s->at < s->end && s->text[s->at] == '!') {
        line->anyway = TRUE;
        s->at++;
        skip_space (s);
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
    return scan_pairs (s, line->arguments);
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
    Scanner s = { source, 0, strlen (source), read, fault, FALSE, FALSE };

    return line && scan_line (&s, line) ? g_steal_pointer (&line) : NULL;
}

QmpLine *
qmp_line_parse_words (const char *const *words, QmpLineRead read, QmpFault *fault)
{
    g_autofree char *source = g_strjoinv (" ", (char **)words);
    g_autoptr (QmpLine) line = line_new (source, fault);
    gsize first = strlen (words[0]);
    gboolean whole = strpbrk (words[0], "{( \t\n") != NULL;
    Scanner s = { source, 0, whole ? strlen (source) : first, read, fault, FALSE, FALSE };

    if (!line || !scan_line (&s, line))
        return NULL;
    s.words = TRUE;
    for (gsize i = 1; words[i] && !whole; i++) {
        s.at = s.end + 1;
        s.end = s.at + strlen (words[i]);
        if (!scan_pair (&s, line->arguments))
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
