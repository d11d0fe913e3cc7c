/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how interfaces are called. */
#include "plan/network/ifnames.h"

#include "plan/ids.h"

#include <string.h>

#define TAIL 3
/* what is left of a name without two hyphens and the tail */
#define WORDS_MAX (IFNAME_MAX - TAIL - 2)
/* what the second word has at least, when it is that long */
#define SECOND_MIN 4

struct IfNames {
    char *lab;
    GHashTable *taken; /* owned names */
};

IfNames *
ifnames_new (const char *lab)
{
    IfNames *names = g_new0 (IfNames, 1);

    names->lab = g_strdup (lab);
    names->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return names;
}

void
ifnames_free (IfNames *names)
{
    if (!names)
        return;
    g_hash_table_unref (names->taken);
    g_free (names->lab);
    g_free (names);
}

void
ifnames_claim (IfNames *names, const char *name)
{
    g_hash_table_add (names->taken, g_strdup (name));
}

/* `esxi-controller-2` in 7 characters: `esxi--2`, because what tells machines apart is
 * mostly at the end */
static void
append_short (GString *text, const char *word, gsize room)
{
    gsize length = strlen (word);

    if (length <= room) {
        g_string_append (text, word);
        return;
    }
    if (room > 4) {
        g_string_append_len (text, word, room - 2);
        g_string_append (text, word + length - 2);
    } else {
        g_string_append_len (text, word, room);
    }
}

char *
ifnames_make (IfNames *names, const char *kind, const char *first, const char *second)
{
    gsize first_length = strlen (first), second_length = strlen (second);
    gsize left = first_length < WORDS_MAX ? WORDS_MAX - first_length : 0;
    gsize second_room = MIN (second_length, MAX (left, SECOND_MIN));

    for (guint round = 0;; round++) {
        g_autofree char *whole =
            g_strdup_printf ("%s/%s/%s/%s#%u", names->lab, kind, first, second, round);
        g_autofree char *tail = ids_tail (whole, TAIL);
        GString *text = g_string_new (NULL);

        append_short (text, first, WORDS_MAX - second_room);
        g_string_append_c (text, '-');
        append_short (text, second, second_room);
        g_string_append_printf (text, "-%s", tail);
        if (!g_hash_table_contains (names->taken, text->str)) {
            ifnames_claim (names, text->str);
            return g_string_free (text, FALSE);
        }
        g_string_free (text, TRUE);
    }
}
