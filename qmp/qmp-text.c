/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the characters: decoding what clients write in strings, and quoting what goes out.  Does
 * not know where strings may stand. */
#include "qmp/qmp-text.h"

#define REPLACEMENT 0xfffd
#define SEQUENCE_MAX 6 /* bytes of the longest form that the first byte can announce */

/* QEMU refuses noncharacters as well as surrogates */
static gboolean
is_character (int point)
{
    if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return FALSE;
    return !(point >= 0xfdd0 && point <= 0xfdef) && (point & 0xfffe) != 0xfffe;
}

/* how many bytes the sequence that starts with @first announces; 0 for bytes that start none */
static int
announced (guchar first)
{
    int count = 0;

    if (first < 0x80)
        return 1;
    if (first < 0xc0 || first >= 0xfe)
        return 0;
    while (first & (0x80 >> count))
        count++;
    return count;
}

/* @at: not at the end of the text.  @end: where the next character starts, always past @at
 *
 * Returns: the code point, -1 for a sequence that is no valid character */
static int
next_point (const char *at, const char **end)
{
    static const int least[SEQUENCE_MAX + 1] = { 0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000 };
    int length = announced ((guchar)*at);
    gint64 point;

    *end = at + 1;
    if (length <= 1)
        return length == 1 ? (guchar)*at : -1;
    point = (guchar)*at & (0x7f >> length);
    for (int i = 1; i < length; i++) {
        if (((guchar)at[i] & 0xc0) != 0x80)
            return -1;
        point = point << 6 | (at[i] & 0x3f);
        *end = at + i + 1;
    }
    if (point == 0 && length == 2)
        return 0;
    return point >= least[length] && is_character (MIN (point, G_MAXINT)) ? (int)point : -1;
}

static void
quote_point (GString *out, int point)
{
    static const char *const names = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (const char *name = names; *name; name += 2)
        if (*name == point) {
            g_string_append_printf (out, "\\%c", name[1]);
            return;
        }
    if (point > 0xffff)
        g_string_append_printf (out, "\\u%04X\\u%04X", 0xd800 + ((point - 0x10000) >> 10),
                                0xdc00 + ((point - 0x10000) & 0x3ff));
    else if (point < 0x20 || point >= 0x7f)
        g_string_append_printf (out, "\\u%04X", point);
    else
        g_string_append_c (out, point);
}

void
qmp_text_quote (GString *out, const char *text)
{
    g_string_append_c (out, '"');
    while (*text) {
        int point = next_point (text, &text);

        quote_point (out, point < 0 ? REPLACEMENT : point);
    }
    g_string_append_c (out, '"');
}

static void
append_point (GString *value, int point)
{
    if (!value)
        return;
    if (point)
        g_string_append_unichar (value, point);
    else
        g_string_append (value, "\xc0\x80");
}

static void
append_bytes (GString *json, const char *bytes, gsize length)
{
    if (json)
        g_string_append_len (json, bytes, length);
}

/* Returns: the value of four hexadecimal digits, -1 when they are not that */
static int
hex4 (const char *at)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        if (!g_ascii_isxdigit (at[i]))
            return -1;
        value = value << 4 | g_ascii_xdigit_value (at[i]);
    }
    return value;
}

/* @at is at the backslash of \u; returns its length, also when it is not a character (-1) */
static gsize
unicode_escape (const char *at, int *point)
{
    int high = hex4 (at + 2), low;

    *point = high;
    if (high < 0xd800 || high > 0xdbff || at[6] != '\\' || at[7] != 'u')
        return 6;
    low = hex4 (at + 8);
    if (low < 0xdc00 || low > 0xdfff) {
        *point = -1;
        return 6;
    }
    *point = 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
    return 12;
}

/* One escape at *@at.  Returns: what is wrong with it, NULL when nothing */
static char *
take_escape (const char **at, GString *json, GString *value)
{
    static const char *const simple = "\"\"\\\\//b\bf\fn\nr\rt\t";
    int point;
    gsize length;

    if ((*at)[1] == '\'') {
        append_bytes (json, "'", 1);
        append_point (value, '\'');
        *at += 2;
        return NULL;
    }
    for (const char *pair = simple; *pair; pair += 2)
        if (*pair == (*at)[1]) {
            append_bytes (json, *at, 2);
            append_point (value, pair[1]);
            *at += 2;
            return NULL;
        }
    if ((*at)[1] != 'u')
        return g_strdup ("invalid escape sequence in string");
    length = unicode_escape (*at, &point);
    if (!is_character (point))
        return g_strdup_printf ("%.*s is not a valid Unicode character", (int)length, *at);
    append_bytes (json, *at, length);
    append_point (value, point);
    *at += length;
    return NULL;
}

/* One character that is no escape.  Returns: FALSE when it is not valid */
static gboolean
take_plain (const char **at, GString *json, GString *value)
{
    const char *start = *at;
    int point = next_point (start, at);

    if (point < 0)
        return FALSE;
    if (point == 0)
        append_bytes (json, "\\u0000", 6);
    else if (point == '"')
        append_bytes (json, "\\\"", 2);
    else
        append_bytes (json, start, *at - start);
    if (value)
        g_string_append_len (value, start, *at - start);
    return TRUE;
}

char *
qmp_text_string (const char *token, GString *json, GString *value)
{
    char quote = *token;
    const char *at = token + 1;

    append_bytes (json, "\"", 1);
    while (*at != quote) {
        const char *run = at;

        while ((guchar)*at < 0x80 && *at != '"' && *at != '\'' && *at != '\\')
            at++;
        append_bytes (json, run, at - run);
        if (value)
            g_string_append_len (value, run, at - run);
        if (*at == '\\') {
            char *wrong = take_escape (&at, json, value);

            if (wrong)
                return wrong;
        } else if (*at != quote && !take_plain (&at, json, value)) {
            return g_strdup ("invalid UTF-8 sequence in string");
        }
    }
    append_bytes (json, "\"", 1);
    return NULL;
}
