/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the text of plans in golden files; reads records by their tables, so
 * that a new field is seen in every file. */
#include "golden/plan-text.h"

#include <string.h>

static void add_record (GString *out, const Record *record, gconstpointer data, int depth);

static void
add_key (GString *out, int depth, const char *name)
{
    g_string_append_printf (out, "%*s%s:", 4 * depth, "", name);
}

static void
add_strings (GString *out, const Field *field, GStrv strings, int depth)
{
    if (!strings || !strings[0])
        return;
    add_key (out, depth, field->name);
    for (gsize i = 0; strings[i]; i++)
        g_string_append_printf (out, "%s %s", i ? "," : "", strings[i]);
    g_string_append_c (out, '\n');
}

static void
add_records (GString *out, const Field *field, const GPtrArray *records, int depth)
{
    for (guint i = 0; i < records->len; i++) {
        add_key (out, depth, field->name);
        g_string_append_c (out, '\n');
        add_record (out, field->record, g_ptr_array_index (records, i), depth + 1);
    }
}

/* what is not said in the record is not said here either */
static void
add_field (GString *out, const Field *field, gconstpointer data, int depth)
{
    const void *at = (const char *)data + field->offset;

    switch (field->type) {
    case FIELD_STRING:
        if (!*(char *const *)at)
            return;
        add_key (out, depth, field->name);
        g_string_append_printf (out, " %s\n", *(char *const *)at);
        return;
    case FIELD_STRINGS:
        add_strings (out, field, *(const GStrv *)at, depth);
        return;
    case FIELD_BOOL:
        add_key (out, depth, field->name);
        g_string_append (out, *(const gboolean *)at ? " yes\n" : " no\n");
        return;
    case FIELD_INT:
        add_key (out, depth, field->name);
        g_string_append_printf (out, " %" G_GINT64_FORMAT "\n", *(const gint64 *)at);
        return;
    case FIELD_ENUM:
        add_key (out, depth, field->name);
        g_string_append_printf (out, " %s\n", field->names[*(const int *)at]);
        return;
    case FIELD_RECORD:
        if (!*(void *const *)at)
            return;
        add_key (out, depth, field->name);
        g_string_append_c (out, '\n');
        add_record (out, field->record, *(void *const *)at, depth + 1);
        return;
    case FIELD_RECORDS:
        add_records (out, field, *(GPtrArray *const *)at, depth);
        return;
    }
    g_assert_not_reached ();
}

/* Command lines have a file of their own, and of a directory the line that
 * describes the step says all. */
static void
add_record (GString *out, const Record *record, gconstpointer data, int depth)
{
    for (const Field *field = record->fields; field->name; field++)
        if (strcmp (field->name, "argv") != 0 && field->record != &directory_record)
            add_field (out, field, data, depth);
}

char *
plan_to_text (const Plan *plan)
{
    GString *out = g_string_new (NULL);

    g_string_append_printf (out,
                            "lab %s, format %" G_GINT64_FORMAT "\nprofile: %s\nrun: %s\n"
                            "state: %s\n",
                            plan->lab, plan->version, plan->profile, plan->run_dir,
                            plan->state_dir);
    for (gsize i = 0; plan->notes && plan->notes[i]; i++)
        g_string_append_printf (out, "note: %s\n", plan->notes[i]);
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        g_autofree char *line = step_describe (step);

        g_string_append_printf (out, "\n%s\n", line);
        add_record (out, &step_record, step, 1);
    }
    return g_string_free (out, FALSE);
}

static void
add_argv (GString *out, const char *id, GStrv argv)
{
    g_string_append_printf (out, "%s%s\n", out->len ? "\n" : "", id);
    for (gsize i = 0; argv[i]; i++) {
        gboolean plain = *argv[i] && strspn (argv[i], "abcdefghijklmnopqrstuvwxyz"
                                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                      "0123456789_-+=:,./@%") == strlen (argv[i]);
        g_autofree char *word = plain ? g_strdup (argv[i]) : g_shell_quote (argv[i]);

        g_string_append (out, i == 0 || argv[i][0] == '-' ? i ? "\n    " : "  " : " ");
        g_string_append (out, word);
    }
    g_string_append_c (out, '\n');
}

char *
plan_to_args (const Plan *plan)
{
    GString *out = g_string_new (NULL);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->sw)
            add_argv (out, step->id, step->sw->argv);
        if (step->machine)
            add_argv (out, step->id, step->machine->argv);
    }
    return g_string_free (out, FALSE);
}
