/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the comparison of command lines; see argv-diff.h.  Devices are compared by
 * their ids, all other words as a set.
 */
#include "plan/qemu/argv-diff.h"

#include "base/optread.h"
#include "plan/qemu/part.h"

#include <string.h>

/* options by the names that people know them by */
static const struct {
    const char *option, *name;
} names[] = {
    { "-m", "memory" },        { "-smp", "smp" },         { "-cpu", "cpu" },
    { "-machine", "machine" }, { "-accel", "accel" },     { "-uuid", "uuid" },
    { "-kernel", "kernel" },   { "-initrd", "initrd" },   { "-append", "append" },
    { "-rtc", "clock" },       { "-display", "display" },
};

typedef struct {
    GHashTable *parts; /* owned `nic lan` → GString of its options */
    GPtrArray *order;  /* its keys, not owned, in the order of the command line */
    GPtrArray *rest;   /* owned `-m size=1G` */
} Words;

static gboolean
takes_part (const char *option)
{
    return g_str_equal (option, "-device") || g_str_equal (option, "-netdev") ||
           g_str_equal (option, "-blockdev") || g_str_equal (option, "-object");
}

/* by which name it is known; NULL = it has no id */
static char *
owner_of (const char *value)
{
    g_autoptr (GPtrArray) items = opt_read (value);
    const char *id = opt_get (items, "id");

    if (!id)
        id = opt_get (items, "node-name");
    return id ? g_strconcat ("device ", id, NULL) : NULL;
}

static gboolean
is_part (const char *value)
{
    g_autofree char *part = part_of_option (value);

    return part != NULL;
}

static void
add_part (Words *words, char *owner, const char *value)
{
    GString *text = g_hash_table_lookup (words->parts, owner);

    if (text) {
        g_free (owner);
    } else {
        text = g_string_new (NULL);
        g_hash_table_insert (words->parts, owner, text);
        g_ptr_array_add (words->order, owner);
    }
    g_string_append_printf (text, "%s\n", value);
}

static void
string_free (gpointer data)
{
    g_string_free (data, TRUE);
}

static void
words_init (Words *words, GStrv argv)
{
    *words = (Words){ g_hash_table_new_full (g_str_hash, g_str_equal, g_free, string_free),
                      g_ptr_array_new (), g_ptr_array_new_with_free_func (g_free) };
    for (gsize i = 0; argv[i]; i++) {
        const char *value =
            argv[i][0] == '-' && argv[i + 1] && argv[i + 1][0] != '-' ? argv[i + 1] : NULL;
        gboolean device = value && takes_part (argv[i]);
        char *owner = device ? owner_of (value) : NULL;

        if (device && is_part (value)) /* see part.h */
            g_free (owner);
        else if (owner)
            add_part (words, owner, value);
        else if (!g_str_equal (argv[i], "-action"))
            g_ptr_array_add (words->rest, value ? g_strdup_printf ("%s %s", argv[i], value)
                                                : g_strdup (argv[i]));
        i += value != NULL;
    }
}

static void
words_clear (Words *words)
{
    g_hash_table_unref (words->parts);
    g_ptr_array_unref (words->order);
    g_ptr_array_unref (words->rest);
}

static void
compare_parts (const Words *old, const Words *new, GPtrArray *texts)
{
    for (guint i = 0; i < old->order->len; i++) {
        const char *owner = g_ptr_array_index (old->order, i);
        GString *was = g_hash_table_lookup (old->parts, owner);
        GString *is = g_hash_table_lookup (new->parts, owner);

        if (!is)
            g_ptr_array_add (texts, g_strdup_printf ("%s goes", owner));
        else if (!g_string_equal (was, is))
            g_ptr_array_add (texts, g_strdup_printf ("%s is another", owner));
    }
    for (guint i = 0; i < new->order->len; i++) {
        const char *owner = g_ptr_array_index (new->order, i);

        if (!g_hash_table_contains (old->parts, owner))
            g_ptr_array_add (texts, g_strdup_printf ("%s is new", owner));
    }
}

/* those of @from that are not in @in, each as often as it is there */
static GPtrArray *
missing (GPtrArray *from, GPtrArray *in)
{
    g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
    GPtrArray *found = g_ptr_array_new ();

    for (guint i = 0; i < in->len; i++) {
        gpointer word = g_ptr_array_index (in, i);
        gint n = GPOINTER_TO_INT (g_hash_table_lookup (counts, word));

        g_hash_table_insert (counts, word, GINT_TO_POINTER (n + 1));
    }
    for (guint i = 0; i < from->len; i++) {
        gpointer word = g_ptr_array_index (from, i);
        gint n = GPOINTER_TO_INT (g_hash_table_lookup (counts, word));

        if (n > 0)
            g_hash_table_insert (counts, word, GINT_TO_POINTER (n - 1));
        else
            g_ptr_array_add (found, word);
    }
    return found;
}

static const char *
value_of (const char *word)
{
    const char *space = strchr (word, ' ');

    return space ? space + 1 : "";
}

static char *
name_of (const char *word)
{
    g_autofree char *option = g_strndup (word, strcspn (word, " "));

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_str_equal (names[i].option, option))
            return g_strdup (names[i].name);
    return g_steal_pointer (&option);
}

static void
compare_rest (const Words *old, const Words *new, GPtrArray *texts)
{
    g_autoptr (GPtrArray) gone = missing (old->rest, new->rest);
    g_autoptr (GPtrArray) come = missing (new->rest, old->rest);

    for (guint i = 0; i < gone->len; i++) {
        const char *was = g_ptr_array_index (gone, i), *is = NULL;
        g_autofree char *name = name_of (was);

        for (guint j = 0; j < come->len && !is; j++) {
            g_autofree char *other = name_of (g_ptr_array_index (come, j));

            if (g_str_equal (name, other))
                is = g_ptr_array_remove_index (come, j);
        }
        g_ptr_array_add (texts,
                         is ? g_strdup_printf ("%s %s → %s", name, value_of (was), value_of (is))
                            : g_strdup_printf ("%s %s goes", name, value_of (was)));
    }
    for (guint i = 0; i < come->len; i++) {
        g_autofree char *name = name_of (g_ptr_array_index (come, i));

        g_ptr_array_add (
            texts, g_strdup_printf ("%s %s is new", name, value_of (g_ptr_array_index (come, i))));
    }
}

void
argv_diff (GStrv old, GStrv new, GPtrArray *texts)
{
    Words was, is;

    words_init (&was, old);
    words_init (&is, new);
    compare_rest (&was, &is, texts);
    compare_parts (&was, &is, texts);
    words_clear (&was);
    words_clear (&is);
}

char **
argv_find_value (GStrv argv, const char *option)
{
    for (gsize i = 0; argv[i] && argv[i + 1]; i++)
        if (g_str_equal (argv[i], option))
            return &argv[i + 1];
    return NULL;
}
