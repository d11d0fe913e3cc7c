/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the rules for names and the search for the name that was meant. */
#include "base/text.h"

#include <string.h>

#define SUGGEST_MAX_LENGTH 64
#define QUOTE_MAX_LENGTH 80

gboolean
name_is_valid (const char *name)
{
    gsize length = name ? strlen (name) : 0;

    if (length == 0 || length > NAME_MAX_LENGTH || !g_ascii_isalnum (*name))
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '_')
            return FALSE;
    return TRUE;
}

/* edits (insert, delete, replace, swap of neighbours) between two short words */
static guint
distance (const char *a, const char *b)
{
    guint rows[3][SUGGEST_MAX_LENGTH + 1];
    gsize length_a = strlen (a), length_b = strlen (b);

    for (gsize j = 0; j <= length_b; j++)
        rows[0][j] = j;
    for (gsize i = 1; i <= length_a; i++) {
        guint *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (gsize j = 1; j <= length_b; j++) {
            guint best = above[j - 1] + (a[i - 1] != b[j - 1]);

            best = MIN (best, MIN (above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN (best, above2[j - 2] + 1);
            row[j] = best;
        }
    }
    return rows[length_a % 3][length_b];
}

const char *
text_suggest (const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    guint limit;

    if (strlen (word) > SUGGEST_MAX_LENGTH)
        return NULL;
    limit = MAX (1, strlen (word) / 3) + 1;
    for (gsize i = 0; candidates[i]; i++) {
        guint edits;

        if (strlen (candidates[i]) > SUGGEST_MAX_LENGTH)
            continue;
        edits = distance (word, candidates[i]);
        if (edits < limit && edits < strlen (candidates[i])) {
            limit = edits;
            nearest = candidates[i];
        }
    }
    return nearest;
}

char *
text_quote (const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
    GString *quoted = g_string_new ("\"");

    for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        if (quoted->len > QUOTE_MAX_LENGTH) {
            g_string_append (quoted, "…");
            break;
        }
        if (c == '\n')
            g_string_append (quoted, "\\n");
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf (quoted, "\\x%02x", c);
        else
            g_string_append_unichar (quoted, c);
    }
    g_string_append_c (quoted, '"');
    return g_string_free (quoted, FALSE);
}

char *
text_last_line (const char *text)
{
    gsize end = text ? strlen (text) : 0, start;

    while (end > 0 && g_ascii_isspace (text[end - 1]))
        end--;
    for (start = end; start > 0 && text[start - 1] != '\n'; start--)
        ;
    return g_strndup (text ? text + start : "", end - start);
}
