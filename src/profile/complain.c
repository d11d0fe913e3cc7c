/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the limits of complaining: each mistake once, and not without end. */
#include "profile/complain.h"

#include "base/text.h"

/* Past this many, more errors do not help anyone, and searching for what was
 * meant by each of thousands of words takes seconds. */
#define MAX_ERRORS 200

struct Complaints {
    DiagList *diags;
    GHashTable *seen; /* owned "place sentence" */
    guint n_errors;
};

Complaints *
complaints_new (DiagList *diags)
{
    Complaints *complaints = g_new0 (Complaints, 1);

    complaints->diags = diags;
    complaints->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return complaints;
}

void
complaints_free (Complaints *complaints)
{
    if (!complaints)
        return;
    g_hash_table_unref (complaints->seen);
    g_free (complaints);
}

gboolean
complaints_are_full (const Complaints *complaints)
{
    return complaints->n_errors > MAX_ERRORS;
}

void
complain_v (Complaints *complaints, DiagLevel level, Place place, const char *path,
            const char *format, va_list args)
{
    g_autofree char *text = NULL;

    if (complaints_are_full (complaints))
        return;
    text = g_strdup_vprintf (format, args);
    if (!g_hash_table_add (complaints->seen,
                           g_strdup_printf ("%s:%d:%d %s", place.file ? place.file : "", place.line,
                                            place.column, text)))
        return;
    if (level == DIAG_WARNING) {
        diag_warning (complaints->diags, place, path, "%s", text);
        return;
    }
    if (++complaints->n_errors > MAX_ERRORS)
        diag_error (complaints->diags, place, NULL,
                    "more than %d mistakes; mend these, the rest is not shown", MAX_ERRORS);
    else
        diag_error (complaints->diags, place, path, "%s", text);
}

void
complain (Complaints *complaints, Place place, const char *path, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    complain_v (complaints, DIAG_ERROR, place, path, format, args);
    va_end (args);
}

char *
complain_suggest (Complaints *complaints, const char *word, const char *const *candidates)
{
    const char *meant = complaints_are_full (complaints) ? NULL : text_suggest (word, candidates);

    return meant ? g_strdup_printf (" (did you mean \"%s\"?)", meant) : g_strdup ("");
}

char *
complain_where (Place here, Place there)
{
    if (here.file != there.file)
        return place_format (there);
    return g_strdup_printf ("line %d", there.line);
}
