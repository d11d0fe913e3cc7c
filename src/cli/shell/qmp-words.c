/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the loose cutting of a line that is still being written. */
#include "cli/shell/qmp-words.h"

#include <string.h>

#define BLOCK "transaction("

static gboolean
is_space (char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Returns: the end of the word at @at; what is in quotes or brackets behind the
 * first `=` belongs to it, to the end of @text if need be */
static gsize
find_end (const char *text, gsize at, gboolean block)
{
    guint depth = 0;
    char quote = '\0';

    for (gboolean value = FALSE; text[at]; at++) {
        char c = text[at];

        if (quote) {
            if (c == '\\' && quote == '"' && text[at + 1])
                at++;
            else if (c == quote)
                quote = '\0';
        } else if (value && (c == '"' || (c == '\'' && text[at - 1] == '='))) {
            quote = c;
        } else if (value && (c == '{' || c == '[') && (depth > 0 || text[at - 1] == '=')) {
            depth++;
        } else if (depth > 0) {
            depth -= c == '}' || c == ']';
        } else if (is_space (c) || (block && (c == ';' || c == ')'))) {
            break;
        }
        value |= c == '=';
    }
    return at;
}

static void
add_word (QmpWords *words, gsize start, gsize end)
{
    const QmpWord word = { start, end };

    if (words->cursor >= start && words->cursor <= end)
        words->current = words->words->len;
    g_array_append_val (words->words, word);
}

/* Returns: whether the part that has just ended at @at is the wanted one */
static gboolean
has_cursor (QmpWords *words, gsize at)
{
    if (words->cursor <= at)
        return TRUE;
    g_array_set_size (words->words, 0);
    return FALSE;
}

void
qmp_words_init (QmpWords *words, const char *text, gsize cursor)
{
    gsize at = 0;

    *words = (QmpWords){ text, g_array_new (FALSE, FALSE, sizeof (QmpWord)), G_MAXUINT, cursor };
    while (is_space (text[at]) || text[at] == '!')
        at++;
    words->json = text[at] == '{';
    if (strncmp (text + at, BLOCK, strlen (BLOCK)) == 0 && cursor >= at + strlen (BLOCK)) {
        words->block = TRUE;
        at += strlen (BLOCK);
    }
    while (text[at]) {
        gsize start = at;

        if (words->block && strchr (";)\n", text[at])) {
            if (has_cursor (words, at))
                break;
            words->block = text[at] != ')';
            at++;
        } else if (is_space (text[at])) {
            at++;
        } else {
            at = find_end (text, at, words->block);
            add_word (words, start, at);
        }
    }
    if (words->current == G_MAXUINT || words->current >= words->words->len) {
        words->current = 0;
        while (words->current < words->words->len &&
               g_array_index (words->words, QmpWord, words->current).end < cursor)
            words->current++;
        if (words->current < words->words->len) {
            /* between two words: a new one comes in between */
            const QmpWord empty = { cursor, cursor };

            g_array_insert_val (words->words, words->current, empty);
        }
    }
}

void
qmp_words_clear (QmpWords *words)
{
    g_clear_pointer (&words->words, g_array_unref);
}

char *
qmp_words_get (const QmpWords *words, guint i)
{
    const QmpWord *word;
    gsize start;

    if (i >= words->words->len)
        return g_strdup ("");
    word = &g_array_index (words->words, QmpWord, i);
    start = word->start;
    while (i == 0 && start < word->end && words->text[start] == '!')
        start++;
    return g_strndup (words->text + start, word->end - start);
}

char *
qmp_words_value (const QmpWords *words, const char *key)
{
    for (guint i = 1; i < words->words->len; i++) {
        g_autofree char *word = qmp_words_get (words, i);
        char *equals = strchr (word, '='), *value;
        gsize length;

        if (!equals || i == words->current)
            continue;
        value = equals + 1;
        if (equals > word && equals[-1] == ':')
            equals--;
        *equals = '\0';
        if (!g_str_equal (word, key))
            continue;
        length = strlen (value);
        if (length > 1 && (*value == '"' || *value == '\'') && value[length - 1] == *value)
            return g_strndup (value + 1, length - 2);
        return g_strdup (value);
    }
    return NULL;
}

gboolean
qmp_words_mentions (const QmpWords *words, const char *key)
{
    gsize length = strlen (key);

    for (guint i = 1; i < words->words->len; i++) {
        g_autofree char *word = qmp_words_get (words, i);

        if (i != words->current && strncmp (word, key, length) == 0 && word[length] &&
            strchr ("=:.", word[length]))
            return TRUE;
    }
    return FALSE;
}
