/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of complaints and their text form. */
#include "base/diag.h"

struct DiagList {
    GPtrArray *diags; /* owned Diag* */
    guint n_errors;
};

static void
diag_free (gpointer data)
{
    Diag *diag = data;

    g_free (diag->path);
    g_free (diag->text);
    g_free (diag);
}

static void
add (DiagList *list, DiagLevel level, Place place, const char *path, char *text)
{
    Diag *diag = g_new0 (Diag, 1);

    *diag = (Diag){ .level = level, .place = place, .path = g_strdup (path), .text = text };
    g_ptr_array_add (list->diags, diag);
    if (level == DIAG_ERROR)
        list->n_errors++;
}

/* Files keep the order in which they were first complained about: an included
 * file is not more important than the one that includes it. */
static int
compare (gconstpointer a, gconstpointer b)
{
    const Diag *left = *(const Diag *const *)a, *right = *(const Diag *const *)b;

    if (left->place.file != right->place.file)
        return g_strcmp0 (left->place.file, right->place.file);
    if (left->place.line != right->place.line)
        return left->place.line - right->place.line;
    return left->place.column - right->place.column;
}

DiagList *
diag_list_new (void)
{
    DiagList *list = g_new0 (DiagList, 1);

    list->diags = g_ptr_array_new_with_free_func (diag_free);
    return list;
}

void
diag_list_free (DiagList *list)
{
    if (!list)
        return;
    g_ptr_array_unref (list->diags);
    g_free (list);
}

void
diag_error (DiagList *list, Place place, const char *path, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    add (list, DIAG_ERROR, place, path, g_strdup_vprintf (format, args));
    va_end (args);
}

void
diag_warning (DiagList *list, Place place, const char *path, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    add (list, DIAG_WARNING, place, path, g_strdup_vprintf (format, args));
    va_end (args);
}

guint
diag_list_n_errors (const DiagList *list)
{
    return list->n_errors;
}

guint
diag_list_length (const DiagList *list)
{
    return list->diags->len;
}

const Diag *
diag_list_get (const DiagList *list, guint i)
{
    return g_ptr_array_index (list->diags, i);
}

void
diag_list_sort (DiagList *list)
{
    /* GLib's pointer array sort is stable only by its implementation; equal
     * places are rare and their order does not matter. */
    g_ptr_array_sort (list->diags, compare);
}

char *
diag_list_format (const DiagList *list)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < list->diags->len; i++) {
        const Diag *diag = g_ptr_array_index (list->diags, i);

        if (diag->place.file)
            g_string_append (text, diag->place.file);
        if (diag->place.line > 0)
            g_string_append_printf (text, ":%d:%d", diag->place.line, diag->place.column);
        if (diag->place.file)
            g_string_append (text, ": ");
        if (diag->level == DIAG_WARNING)
            g_string_append (text, "warning: ");
        if (diag->path && *diag->path)
            g_string_append_printf (text, "%s: ", diag->path);
        g_string_append (text, diag->text);
        g_string_append_c (text, '\n');
    }
    return g_string_free (text, FALSE);
}

char *
place_format (Place place)
{
    if (!place.file)
        return g_strdup ("");
    return place.line > 0 ? g_strdup_printf ("%s:%d", place.file, place.line)
                          : g_strdup (place.file);
}
