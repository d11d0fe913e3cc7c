/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of option strings; see optread.h. */
#include "base/optread.h"

#include <string.h>

static void
item_free (gpointer data)
{
    OptItem *item = data;

    g_free (item->key);
    g_free (item->value);
    g_free (item);
}

/* up to a comma that is not doubled */
static char *
read_word (const char **text)
{
    GString *word = g_string_new (NULL);
    const char *at = *text;

    for (; *at; at++) {
        if (*at == ',' && at[1] != ',')
            break;
        at += *at == ',';
        g_string_append_c (word, *at);
    }
    *text = *at ? at + 1 : at;
    return g_string_free (word, FALSE);
}

GPtrArray *
opt_read (const char *text)
{
    GPtrArray *items = g_ptr_array_new_with_free_func (item_free);

    while (*text) {
        g_autofree char *word = read_word (&text);
        const char *equals = strchr (word, '=');
        OptItem *item = g_new (OptItem, 1);

        *item = (OptItem){ equals ? g_strndup (word, equals - word) : NULL,
                           g_strdup (equals ? equals + 1 : word) };
        g_ptr_array_add (items, item);
    }
    return items;
}

const char *
opt_get (GPtrArray *items, const char *key)
{
    for (guint i = 0; i < items->len; i++) {
        const OptItem *item = g_ptr_array_index (items, i);

        if (g_strcmp0 (item->key, key) == 0)
            return item->value;
    }
    return NULL;
}
