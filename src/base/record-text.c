/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns records as text.  The tree of nodes that json-glib would want in between takes
 * ten times as long, and a supervisor writes its state all the time.
 */
#include "base/record.h"

#define AT(data, field, type) (*(type *)((char *)(data) + (field)->offset))

static void
write_string (GString *out, const char *text)
{
    g_string_append_c (out, '"');
    for (const char *at = text; *at; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c (out, '\\');
        if ((guchar)*at < ' ' || *at == 0x7f)
            g_string_append_printf (out, "\\u%04x", (guint)*at);
        else
            g_string_append_c (out, *at);
    }
    g_string_append_c (out, '"');
}

static void
write_strings (GString *out, const char *const *strings)
{
    g_string_append_c (out, '[');
    for (gsize i = 0; strings[i]; i++) {
        if (i)
            g_string_append_c (out, ',');
        write_string (out, strings[i]);
    }
    g_string_append_c (out, ']');
}

static void record_write (const Record *record, gconstpointer data, GString *out);

static void
write_records (GString *out, const Record *record, GPtrArray *records)
{
    g_string_append_c (out, '[');
    for (guint i = 0; i < records->len; i++) {
        if (i)
            g_string_append_c (out, ',');
        record_write (record, g_ptr_array_index (records, i), out);
    }
    g_string_append_c (out, ']');
}

static gboolean
is_absent (const Field *field, gconstpointer data)
{
    return (field->type == FIELD_STRING || field->type == FIELD_STRINGS ||
            field->type == FIELD_RECORD) &&
           !AT (data, field, gconstpointer);
}

static void
write_field (GString *out, const Field *field, gconstpointer data)
{
    switch (field->type) {
    case FIELD_STRING:
        write_string (out, AT (data, field, const char *));
        break;
    case FIELD_STRINGS:
        write_strings (out, AT (data, field, const char *const *));
        break;
    case FIELD_BOOL:
        g_string_append (out, AT (data, field, gboolean) ? "true" : "false");
        break;
    case FIELD_INT:
        g_string_append_printf (out, "%" G_GINT64_FORMAT, AT (data, field, gint64));
        break;
    case FIELD_ENUM:
        write_string (out, field->names[AT (data, field, int)]);
        break;
    case FIELD_RECORD:
        record_write (field->record, AT (data, field, gconstpointer), out);
        break;
    case FIELD_RECORDS:
        write_records (out, field->record, AT (data, field, GPtrArray *));
        break;
    }
}

static void
record_write (const Record *record, gconstpointer data, GString *out)
{
    const char *before = "{\"";

    for (const Field *field = record->fields; field->name; field++) {
        if (is_absent (field, data))
            continue;
        g_string_append (out, before);
        g_string_append (out, field->name);
        g_string_append (out, "\":");
        write_field (out, field, data);
        before = ",\"";
    }
    g_string_append (out, *before == '{' ? "{}" : "}");
}

char *
record_to_text (const Record *record, gconstpointer data)
{
    GString *out = g_string_new (NULL);

    record_write (record, data, out);
    return g_string_free (out, FALSE);
}
