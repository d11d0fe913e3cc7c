/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns records from text; the counterpart of record-text.c, and for the same reason
 * without a tree of nodes: a plan is read whenever a lab comes up, states by each verb.
 */
#include "base/record.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

#define AT(data, field, type) (*(type *)((char *)(data) + (field)->offset))

/* Limits on what a text can ask for */
#define NESTING_MAX 64 /* records within records */
#define OPEN_MAX 1024  /* objects and arrays within a member that nobody reads */
#define FIELDS_MAX 64  /* of one record; see `seen` */
#define NUMBER_MAX 20  /* bytes of an integer that fits */

typedef struct {
    const char *start;
    const char *at; /* what comes next; the text ends with a NUL */
    guint nesting;
} Reader;

static gboolean
fail_text (Reader *reader, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "no JSON at byte %" G_GSIZE_FORMAT,
                 (gsize)(reader->at - reader->start));
    return FALSE;
}

/* Returns: the byte that comes next and is no white space */
static char
peek (Reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t')
        reader->at++;
    return *reader->at;
}

static gboolean
take (Reader *reader, char wanted)
{
    if (peek (reader) != wanted)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean
take_word (Reader *reader, const char *word)
{
    gsize length = strlen (word);

    peek (reader);
    if (strncmp (reader->at, word, length) != 0 || g_ascii_isalnum (reader->at[length]))
        return FALSE;
    reader->at += length;
    return TRUE;
}

/* --- strings --- */

static gboolean
take_hex (Reader *reader, gunichar *ret)
{
    *ret = 0;
    for (guint i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value (*reader->at);

        if (digit < 0)
            return FALSE;
        *ret = *ret << 4 | (gunichar)digit;
        reader->at++;
    }
    return TRUE;
}

/* Behind `\u`; two of them may be one character. */
static gboolean
take_character (Reader *reader, GString *into)
{
    gunichar high, low;

    if (!take_hex (reader, &high) || high == 0 || (high >= 0xdc00 && high <= 0xdfff))
        return FALSE;
    if (high >= 0xd800 && high <= 0xdbff) {
        if (reader->at[0] != '\\' || reader->at[1] != 'u')
            return FALSE;
        reader->at += 2;
        if (!take_hex (reader, &low) || low < 0xdc00 || low > 0xdfff)
            return FALSE;
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    g_string_append_unichar (into, high);
    return TRUE;
}

static gboolean
take_escape (Reader *reader, GString *into)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char letter = *reader->at;
    const char *found = letter ? strchr (letters, letter) : NULL;

    if (!letter)
        return FALSE;
    reader->at++;
    if (letter == 'u')
        return take_character (reader, into);
    if (found)
        g_string_append_c (into, meanings[found - letters]);
    return found != NULL;
}

/* The bytes of a string up to its end or an escape. */
static gsize
plain_length (const char *at)
{
    gsize length = 0;

    while (at[length] != '"' && at[length] != '\\' && (guchar)at[length] >= ' ')
        length++;
    return length;
}

/* Returns: (transfer full) (nullable): NULL when no whole string comes next */
static char *
read_string (Reader *reader)
{
    g_autoptr (GString) text = NULL;
    gsize length;

    if (!take (reader, '"'))
        return NULL;
    length = plain_length (reader->at);
    if (reader->at[length] == '"') { /* as nearly all */
        char *whole = g_strndup (reader->at, length);

        reader->at += length + 1;
        return whole;
    }
    text = g_string_new (NULL);
    for (;;) {
        length = plain_length (reader->at);
        g_string_append_len (text, reader->at, (gssize)length);
        reader->at += length;
        if (*reader->at == '"') {
            reader->at++;
            return g_string_free (g_steal_pointer (&text), FALSE);
        }
        if (*reader->at != '\\')
            return NULL;
        reader->at++;
        if (!take_escape (reader, text))
            return NULL;
    }
}

static gboolean
skip_string (Reader *reader)
{
    g_autofree char *text = read_string (reader);

    return text != NULL;
}

/* --- members that are not read --- */

static gboolean
skip_scalar (Reader *reader)
{
    gsize length;

    if (peek (reader) == '"')
        return skip_string (reader);
    length = strspn (reader->at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
    reader->at += length;
    return length > 0;
}

/* Counts what is open rather than calling itself, as the text says how deep it goes; commas
 * and colons are not looked at. */
static gboolean
skip_value (Reader *reader)
{
    guint open = 0;

    do {
        char next = peek (reader);

        if (next == '{' || next == '[') {
            open++;
            reader->at++;
        } else if (open > 0 && (next == '}' || next == ']')) {
            open--;
            reader->at++;
        } else if (open > 0 && (next == ',' || next == ':')) {
            reader->at++;
        } else if (!skip_scalar (reader)) {
            return FALSE;
        }
    } while (open > 0 && open <= OPEN_MAX);
    return open == 0;
}

/* --- the types of fields --- */

static gboolean
read_strings (Reader *reader, GStrv *ret)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    if (!take (reader, '['))
        return FALSE;
    for (gboolean first = TRUE; !take (reader, ']'); first = FALSE) {
        g_autofree char *text = NULL;

        if ((!first && !take (reader, ',')) || !(text = read_string (reader)))
            return FALSE;
        g_strv_builder_add (builder, text);
    }
    *ret = g_strv_builder_end (builder);
    return TRUE;
}

static gboolean
read_bool (Reader *reader, gboolean *ret)
{
    gboolean yes = take_word (reader, "true");

    if (!yes && !take_word (reader, "false"))
        return FALSE;
    *ret = yes;
    return TRUE;
}

static gboolean
read_int (Reader *reader, gint64 *ret)
{
    char *end;
    gsize length;

    peek (reader);
    length = strspn (reader->at, "-0123456789");
    if (length == 0 || length > NUMBER_MAX || strchr (".eE", reader->at[length]))
        return FALSE;
    errno = 0;
    *ret = g_ascii_strtoll (reader->at, &end, 10);
    if (errno != 0 || end != reader->at + length)
        return FALSE;
    reader->at = end;
    return TRUE;
}

static gboolean
read_enum (Reader *reader, const char *const *names, int *ret)
{
    g_autofree char *word = read_string (reader);

    for (int i = 0; word && names[i]; i++) {
        if (g_str_equal (names[i], word)) {
            *ret = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gpointer read_record (Reader *reader, const Record *record, GError **error);

static gboolean
read_records (Reader *reader, const Record *record, GPtrArray *into, GError **error)
{
    if (!take (reader, '[')) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the list of %s is not an array",
                     record->name);
        return FALSE;
    }
    for (gboolean first = TRUE; !take (reader, ']'); first = FALSE) {
        gpointer element;

        if (!first && !take (reader, ','))
            return fail_text (reader, error);
        element = read_record (reader, record, error);
        if (!element)
            return FALSE;
        g_ptr_array_add (into, element);
    }
    return TRUE;
}

/* Returns: whether it was of the right type; what is within says itself what was not */
static gboolean
read_value (Reader *reader, const Field *field, gpointer data, GError **error)
{
    switch (field->type) {
    case FIELD_STRING:
        AT (data, field, char *) = read_string (reader);
        return AT (data, field, char *) != NULL;
    case FIELD_STRINGS:
        return read_strings (reader, &AT (data, field, GStrv));
    case FIELD_BOOL:
        return read_bool (reader, &AT (data, field, gboolean));
    case FIELD_INT:
        return read_int (reader, &AT (data, field, gint64));
    case FIELD_ENUM:
        return read_enum (reader, field->names, &AT (data, field, int));
    case FIELD_RECORD:
        AT (data, field, gpointer) = read_record (reader, field->record, error);
        return AT (data, field, gpointer) != NULL;
    case FIELD_RECORDS:
        return read_records (reader, field->record, AT (data, field, GPtrArray *), error);
    }
    g_assert_not_reached ();
}

/* --- records --- */

/* Members come mostly in the order of the table: the search begins behind the last. */
static const Field *
find_field (const Record *record, const Field *after, const char *key, gsize length)
{
    const Field *first = after ? after + 1 : record->fields;

    for (const Field *field = first; field->name; field++)
        if (strncmp (field->name, key, length) == 0 && field->name[length] == '\0')
            return field;
    for (const Field *field = record->fields; field < first; field++)
        if (strncmp (field->name, key, length) == 0 && field->name[length] == '\0')
            return field;
    return NULL;
}

/* @ret: (out) (nullable): the field of that name; one with escapes in it is none of ours */
static gboolean
read_key (Reader *reader, const Record *record, const Field *after, const Field **ret)
{
    gsize length = peek (reader) == '"' ? plain_length (reader->at + 1) : 0;

    *ret = NULL;
    if (length > 0 && reader->at[length + 1] == '"')
        *ret = find_field (record, after, reader->at + 1, length);
    return skip_string (reader) && take (reader, ':');
}

static gboolean
read_member (Reader *reader, const Record *record, const Field *field, gpointer data, guint64 *seen,
             GError **error)
{
    guint64 bit;

    if (!field)
        return skip_value (reader) || fail_text (reader, error);
    bit = G_GUINT64_CONSTANT (1) << (field - record->fields);
    if (*seen & bit)
        return fail_text (reader, error);
    *seen |= bit;
    if (take_word (reader, "null") || read_value (reader, field, data, error))
        return TRUE;
    if (!error || !*error)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s.%s is not %s", record->name,
                     field->name, record_type_name (field->type));
    return FALSE;
}

static gboolean
read_members (Reader *reader, const Record *record, gpointer data, GError **error)
{
    const Field *last = NULL;
    guint64 seen = 0;

    for (gboolean first = TRUE; !take (reader, '}'); first = FALSE) {
        const Field *field;

        if ((!first && !take (reader, ',')) || !read_key (reader, record, last, &field))
            return fail_text (reader, error);
        g_assert (!field || field - record->fields < FIELDS_MAX);
        if (!read_member (reader, record, field, data, &seen, error))
            return FALSE;
        last = field ? field : last;
    }
    return TRUE;
}

static gpointer
read_record (Reader *reader, const Record *record, GError **error)
{
    gpointer data;
    gboolean good;

    if (!take (reader, '{')) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s is not an object", record->name);
        return NULL;
    }
    data = record_new (record);
    good = ++reader->nesting <= NESTING_MAX ? read_members (reader, record, data, error)
                                            : fail_text (reader, error);
    reader->nesting--;
    if (good)
        return data;
    record_free (record, data);
    return NULL;
}

gpointer
record_from_text (const Record *record, const char *text, GError **error)
{
    Reader reader = { .start = text, .at = text };
    GError *local = NULL; /* is looked at, so there has to be one */
    gpointer data = NULL;

    if (!g_utf8_validate (text, -1, NULL))
        fail_text (&reader, &local);
    else
        data = read_record (&reader, record, &local);
    if (data && peek (&reader) != '\0') {
        record_free (record, g_steal_pointer (&data));
        fail_text (&reader, &local);
    }
    if (local)
        g_propagate_error (error, local);
    return data;
}
