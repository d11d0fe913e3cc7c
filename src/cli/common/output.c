/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the layout of what is printed; see output.h. */
#include "cli/common/output.h"

#include "base/quantity.h"
#include "base/record.h"
#include "cli/common/guard.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 200

struct Table {
    guint n_columns;
    GPtrArray *cells; /* owned strings, row by row, the head first */
};

Table *
table_new (const char *head)
{
    Table *table = g_new0 (Table, 1);
    g_auto (GStrv) titles = g_strsplit (head, "|", -1);

    table->cells = g_ptr_array_new_with_free_func (g_free);
    table->n_columns = g_strv_length (titles);
    for (guint i = 0; i < table->n_columns; i++)
        g_ptr_array_add (table->cells, g_strdup (titles[i]));
    return table;
}

void
table_add (Table *table, ...)
{
    va_list cells;

    va_start (cells, table);
    for (guint i = 0; i < table->n_columns; i++) {
        const char *cell = va_arg (cells, const char *);

        g_ptr_array_add (table->cells, g_strdup (cell && *cell ? cell : "-"));
    }
    va_end (cells);
}

void
table_print (Table *table)
{
    g_autofree glong *widths = g_new0 (glong, table->n_columns);

    for (guint i = 0; i < table->cells->len; i++) {
        glong width = g_utf8_strlen (g_ptr_array_index (table->cells, i), -1);

        widths[i % table->n_columns] = MAX (widths[i % table->n_columns], width);
    }
    for (guint i = 0; i < table->cells->len; i++) {
        const char *cell = g_ptr_array_index (table->cells, i);
        guint column = i % table->n_columns;

        if (column == table->n_columns - 1)
            printf ("%s\n", cell);
        else
            printf ("%s%*s  ", cell, (int)(widths[column] - g_utf8_strlen (cell, -1)), "");
    }
    g_ptr_array_unref (table->cells);
    g_free (table);
}

void
print_json (JsonNode *node)
{
    g_autofree char *text = json_to_text (node);

    printf ("%s\n", text);
}

struct Progress {
    gint64 began;
    char *text;
    guint timer; /* 0 where standard error is no terminal */
};

static gboolean
show (gpointer user_data)
{
    Progress *progress = user_data;
    g_autofree char *shown = guard_text (progress->text);
    g_autofree char *elapsed =
        quantity_format_duration ((g_get_monotonic_time () - progress->began) / 1000);

    /* a line that is written over: past the guard, which has seen the text */
    dprintf (STDERR_FILENO, "\r\033[K%s  %s", shown, elapsed);
    return G_SOURCE_CONTINUE;
}

Progress *
progress_new (const char *what)
{
    Progress *progress = g_new0 (Progress, 1);

    progress->began = g_get_monotonic_time ();
    progress->text = g_strdup (what);
    if (isatty (STDERR_FILENO))
        progress->timer = g_timeout_add (TICK_MS, show, progress);
    return progress;
}

void
progress_set (Progress *progress, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    g_free (progress->text);
    progress->text = g_strdup_vprintf (format, args);
    va_end (args);
    if (progress->timer)
        show (progress);
}

gboolean
progress_is_shown (const Progress *progress)
{
    return progress->timer != 0;
}

void
progress_free (Progress *progress)
{
    if (!progress)
        return;
    if (progress->timer) {
        g_source_remove (progress->timer);
        dprintf (STDERR_FILENO, "\r\033[K");
    }
    g_free (progress->text);
    g_free (progress);
}

const char *
member_string (JsonObject *object, const char *name, const char *fallback)
{
    return json_object_get_string_member_with_default (object, name, fallback);
}
