/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns completion inside a command that is written as JSON: what is there is written
 * anew as words, which qmp_complete() knows, and its candidates become JSON.
 */
#include "cli/shell/qmp-complete.h"

#include <string.h>

#define DEPTH_MAX 100 /* deeper there is no completion */

/* The place of a token, or of the cursor, in the object. */
typedef struct {
    const char *text;
    gsize at, cursor;
    GPtrArray *path;  /* owned: keys, and numbers of elements; ends with that of the value at @at */
    GArray *arrays;   /* gboolean: what the containers around @at are; one for each but the last
                       * part of @path, when that is known */
    gboolean has_key; /* the last part of @path is that of the value at @at */
    char *command;
    GString *words; /* the arguments, as words */
    /* what is found at the cursor */
    gboolean found, at_key, quoted;
    char *place;  /* of the value, or of the object that has the key: with dots, below the
                   * arguments; NULL elsewhere */
    char *member; /* of the command itself: the key, or whose value it is */
    char *prefix;
    gsize start;
} Scan;

static char *
join (const Scan *scan, guint length)
{
    GString *joined = g_string_new (NULL);

    for (guint i = 1; i < length; i++)
        g_string_append_printf (joined, "%s%s", joined->len > 0 ? "." : "",
                                (char *)g_ptr_array_index (scan->path, i));
    return g_string_free (joined, FALSE);
}

static gboolean
in_array (const Scan *scan)
{
    return scan->arrays->len > 0 && g_array_index (scan->arrays, gboolean, scan->arrays->len - 1);
}

static gboolean
in_arguments (const Scan *scan)
{
    return scan->path->len > 0 && g_str_equal (g_ptr_array_index (scan->path, 0), "arguments");
}

/* @start: of what is written of the token up to the cursor */
static void
take_cursor (Scan *scan, gsize start, gboolean quoted)
{
    guint containers = scan->path->len - (scan->has_key ? 1 : 0);

    if (scan->found || scan->arrays->len == 0)
        return;
    scan->found = TRUE;
    scan->quoted = quoted;
    scan->start = start;
    scan->prefix = g_strndup (scan->text + start, scan->cursor - start);
    scan->at_key = !scan->has_key && !in_array (scan);
    if (containers > 0 && in_arguments (scan))
        scan->place = join (scan, scan->at_key ? containers : scan->path->len);
    else if (containers == 0)
        scan->member = g_strdup (scan->at_key ? "" : (char *)g_ptr_array_index (scan->path, 0));
}

static gboolean
is_plain (const char *text)
{
    return !text[strcspn (text, " \t\r\n\"'\\{}[]=")];
}

static void
take_value (Scan *scan, const char *value)
{
    g_autofree char *place = NULL;

    if (scan->path->len == 1 && !scan->command &&
        (g_str_equal (g_ptr_array_index (scan->path, 0), "execute") ||
         g_str_equal (g_ptr_array_index (scan->path, 0), "exec-oob"))) {
        scan->command = g_strdup (value);
    } else if (scan->path->len > 1 && in_arguments (scan)) {
        place = join (scan, scan->path->len);
        if (is_plain (place))
            g_string_append_printf (scan->words, " %s=%s", place, is_plain (value) ? value : "x");
    }
}

static void
push_key (Scan *scan, const char *key)
{
    g_ptr_array_add (scan->path, g_strdup (key));
    scan->has_key = TRUE;
}

static void
pop_key (Scan *scan)
{
    if (scan->has_key)
        g_ptr_array_remove_index (scan->path, scan->path->len - 1);
    scan->has_key = FALSE;
}

/* What is at @at is a key, or a value. */
static void
take_token (Scan *scan, const char *token, gboolean is_string)
{
    if (scan->arrays->len == 0)
        return;
    if (!scan->has_key && !in_array (scan)) {
        if (is_string)
            push_key (scan, token);
    } else {
        take_value (scan, token);
    }
}

static void
scan_string (Scan *scan)
{
    char quote = scan->text[scan->at];
    gsize start = scan->at + 1, end = start;
    g_autofree char *token = NULL;

    while (scan->text[end] && scan->text[end] != quote)
        end += scan->text[end] == '\\' && scan->text[end + 1] ? 2 : 1;
    if (scan->cursor >= start && scan->cursor <= end)
        take_cursor (scan, start, TRUE);
    token = g_strndup (scan->text + start, end - start);
    take_token (scan, token, TRUE);
    scan->at = end + (scan->text[end] ? 1 : 0);
}

static void
scan_bare (Scan *scan)
{
    gsize start = scan->at, end = start + strcspn (scan->text + start, " \t\r\n,:{}[]\"'");
    g_autofree char *token = g_strndup (scan->text + start, end - start);

    if (scan->cursor > start && scan->cursor <= end)
        take_cursor (scan, start, FALSE);
    take_token (scan, token, FALSE);
    scan->at = end;
}

static void
enter (Scan *scan, gboolean array)
{
    if (scan->arrays->len > 0 && !scan->has_key)
        push_key (scan, "?"); /* an object in place of a key */
    g_array_append_val (scan->arrays, array);
    scan->has_key = FALSE;
    if (array)
        push_key (scan, "0");
}

static void
leave (Scan *scan)
{
    pop_key (scan);
    if (scan->arrays->len == 0)
        return;
    g_array_set_size (scan->arrays, scan->arrays->len - 1);
    scan->has_key = scan->arrays->len > 0 && scan->path->len > 0;
}

static void
next_member (Scan *scan)
{
    g_autofree char *last = in_array (scan) && scan->path->len > 0
                                ? g_strdup (g_ptr_array_index (scan->path, scan->path->len - 1))
                                : NULL;
    g_autofree char *next =
        last ? g_strdup_printf ("%" G_GUINT64_FORMAT, g_ascii_strtoull (last, NULL, 10) + 1) : NULL;

    pop_key (scan);
    if (next)
        push_key (scan, next);
}

static void
scan_all (Scan *scan)
{
    while (scan->text[scan->at] && scan->arrays->len < DEPTH_MAX) {
        char c = scan->text[scan->at];

        if (scan->at == scan->cursor)
            take_cursor (scan, scan->at, FALSE);
        if (c == '"' || c == '\'') {
            scan_string (scan);
            continue;
        }
        if (!strchr (" \t\r\n,:{}[]", c)) {
            scan_bare (scan);
            continue;
        }
        if (c == '{' || c == '[')
            enter (scan, c == '[');
        else if (c == '}' || c == ']')
            leave (scan);
        else if (c == ',')
            next_member (scan);
        scan->at++;
    }
    if (scan->at == scan->cursor)
        take_cursor (scan, scan->at, FALSE);
}

static void
add (const Scan *scan, GPtrArray *found, const char *text, const char *description)
{
    gboolean literal =
        !scan->quoted && !scan->at_key &&
        (g_str_equal (text, "true") || g_str_equal (text, "false") || g_str_equal (text, "null"));
    g_autofree char *json = g_strdup_printf ("%s%s%s%s", scan->quoted || literal ? "" : "\"", text,
                                             literal ? "" : "\"", scan->at_key ? ":" : "");

    for (guint i = 0; i < found->len; i++)
        if (g_str_equal (((QmpCandidate *)g_ptr_array_index (found, i))->text, json))
            return;
    g_ptr_array_add (found, qmp_candidate_new (json, description, TRUE));
}

/* execute, arguments, id; the command's name */
static void
complete_member (const Scan *scan, const QmpSchema *schema, GPtrArray *found)
{
    static const char *const members[] = { "execute", "arguments", "id", "exec-oob" };
    const GArray *commands = qmp_schema_get_commands (schema);

    if (scan->at_key) {
        for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
            if (g_str_has_prefix (members[i], scan->prefix))
                add (scan, found, members[i], NULL);
    } else if (g_str_has_prefix (scan->member, "exec")) {
        for (guint i = 0; i < commands->len; i++) {
            const QmpEntry *command = &g_array_index (commands, QmpEntry, i);

            if (g_str_has_prefix (command->name, scan->prefix))
                add (scan, found, command->name, command->feature);
        }
    }
}

/* A key among words is the last part of a path, with an `=`, a dot or `:=[` behind it. */
static char *
key_of (const char *word)
{
    g_autofree char *path = g_strndup (word, strcspn (word, "=:"));
    gsize length = strlen (path);
    const char *dot;

    if (length > 0 && path[length - 1] == '.')
        path[length - 1] = '\0';
    dot = strrchr (path, '.');
    return g_strdup (dot ? dot + 1 : path);
}

static void
complete_argument (const Scan *scan, const QmpSchema *schema, const QmpLiveSource *live,
                   GPtrArray *found, gboolean *ret_waiting)
{
    const char *between = scan->at_key ? (*scan->place ? "." : "") : "=";
    g_autofree char *line = g_strconcat (scan->command, scan->words->str, " ", scan->place, between,
                                         scan->prefix, NULL);
    gsize start;
    g_autoptr (GPtrArray) words =
        qmp_complete (schema, line, strlen (line), live, &start, ret_waiting);

    for (guint i = 0; i < words->len; i++) {
        const QmpCandidate *word = g_ptr_array_index (words, i);
        g_autofree char *key = scan->at_key ? key_of (word->text) : NULL;

        add (scan, found, key ? key : word->text, word->description);
    }
}

GPtrArray *
qmp_complete_json (const QmpSchema *schema, const char *text, gsize cursor,
                   const QmpLiveSource *live, gsize *ret_start, gboolean *ret_waiting)
{
    Scan scan = { text, 0, cursor };
    GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)qmp_candidate_free);

    *ret_waiting = FALSE;
    scan.path = g_ptr_array_new_with_free_func (g_free);
    scan.arrays = g_array_new (FALSE, FALSE, sizeof (gboolean));
    scan.words = g_string_new (NULL);
    scan_all (&scan);
    if (scan.found && is_plain (scan.prefix)) {
        if (scan.member)
            complete_member (&scan, schema, found);
        else if (scan.place && scan.command && is_plain (scan.command) && *scan.command)
            complete_argument (&scan, schema, live, found, ret_waiting);
    }
    *ret_start = scan.found ? scan.start : cursor;
    g_ptr_array_unref (scan.path);
    g_array_unref (scan.arrays);
    g_string_free (scan.words, TRUE);
    g_free (scan.command);
    g_free (scan.place);
    g_free (scan.member);
    g_free (scan.prefix);
    return found;
}
