/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the expansion of ranges in machine names. */
#include "profile/tree/range.h"

#include "base/quantity.h"
#include "base/text.h"

#include <string.h>

/* longer numbers would not fit a name */
#define MAX_DIGITS 9

static void
clear_name (gpointer data)
{
    RangeName *name = data;

    g_free (name->name);
    g_free (name->n);
}

static gboolean
parse_number (const char *text, gint64 *ret)
{
    if (strlen (text) > MAX_DIGITS || strspn (text, "0123456789") != strlen (text))
        return FALSE;
    return quantity_parse_int (text, 0, G_MAXINT32, ret);
}

static gboolean
parse_range (const char *text, gint64 *first, gint64 *last, int *width, char **ret_problem)
{
    g_auto (GStrv) ends = g_strsplit (text, "-", 2);

    if (g_strv_length (ends) != 2 || !parse_number (ends[0], first) ||
        !parse_number (ends[1], last)) {
        *ret_problem = g_strdup_printf ("[%s] is not a range; write it as [1-3]", text);
        return FALSE;
    }
    if (*last < *first) {
        *ret_problem =
            g_strdup_printf ("[%s] ends before it begins; write [%s-%s]", text, ends[1], ends[0]);
        return FALSE;
    }
    if (*last - *first >= RANGE_MAX_MACHINES) {
        *ret_problem = g_strdup_printf ("[%s] is more than %d machines", text, RANGE_MAX_MACHINES);
        return FALSE;
    }
    *width = ends[0][0] == '0' && strlen (ends[0]) > 1 ? (int)strlen (ends[0]) : 0;
    return TRUE;
}

static char *
check_name (const char *name)
{
    g_autofree char *quoted = NULL;

    if (name_is_valid (name))
        return NULL;
    quoted = text_quote (name);
    return g_strdup_printf ("%s cannot be a name; use at most %d letters, digits, - and _, "
                            "beginning with a letter or digit",
                            quoted, NAME_MAX_LENGTH);
}

GArray *
range_expand (const char *text, char **ret_problem)
{
    g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (RangeName));
    const char *open = strchr (text, '['), *close = open ? strchr (open, ']') : NULL;
    g_autofree char *range = close ? g_strndup (open + 1, close - open - 1) : NULL;
    gint64 first = 0, last = 0;
    int width = 0;

    g_array_set_clear_func (names, clear_name);
    if (range && !parse_range (range, &first, &last, &width, ret_problem))
        return NULL;
    for (gint64 i = first; i <= last; i++) {
        RangeName one = { 0 };

        if (range) {
            one.n = g_strdup_printf ("%0*d", width, (int)i);
            one.name = g_strdup_printf ("%.*s%s%s", (int)(open - text), text, one.n, close + 1);
        } else {
            one.name = g_strdup (text);
        }
        *ret_problem = check_name (one.name);
        g_array_append_val (names, one);
        if (*ret_problem)
            return NULL;
    }
    return g_steal_pointer (&names);
}
