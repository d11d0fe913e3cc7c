/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns reading single values out of slices that the scanner has checked already. */
#include "qmp/qmp-scan.h"

#include <string.h>

static gunichar
read_hex (const char *at)
{
    gunichar unit = 0;

    for (int i = 0; i < 4; i++)
        unit = unit << 4 | (gunichar)g_ascii_xdigit_value (at[i]);
    return unit;
}

/* @at: after the backslash.  Returns: what follows the escape */
static const char *
append_escaped (GString *out, const char *at)
{
    static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    const char *name;
    gunichar unit;

    if (*at != 'u') {
        name = strchr (names, *at);
        g_string_append_c (out, name ? meanings[name - names] : *at);
        return at + 1;
    }
    unit = read_hex (at + 1);
    at += 5;
    if (unit >= 0xd800 && unit <= 0xdbff) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (read_hex (at + 2) - 0xdc00);
        at += 6;
    }
    if (unit == 0)
        g_string_append_c (out, '\0');
    else
        g_string_append_unichar (out, unit);
    return at;
}

char *
qmp_slice_to_string (const char *value, gsize length)
{
    const char *end;
    GString *out;

    if (!value || length < 2 || value[0] != '"' || value[length - 1] != '"')
        return NULL;
    end = value + length - 1;
    value++;
    out = g_string_sized_new (length);
    while (value < end) {
        const char *stop = memchr (value, '\\', end - value);

        g_string_append_len (out, value, (stop ? stop : end) - value);
        value = stop ? append_escaped (out, stop + 1) : end;
    }
    return g_string_free (out, FALSE);
}

gboolean
qmp_slice_to_int64 (const char *value, gsize length, gint64 *number)
{
    char digits[24]; /* "-9223372036854775808" and some room */

    if (!value || length == 0 || length >= sizeof digits)
        return FALSE;
    memcpy (digits, value, length);
    digits[length] = '\0';
    return g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, number, NULL);
}

/* Returns: the end of the string that begins at @at */
static const char *
skip_string (const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

gboolean
qmp_slice_has_string (const char *value, gsize length, const char *text)
{
    const char *at = value, *end = value + length;
    guint depth = 0;

    if (!value || length == 0 || *value != '[')
        return FALSE;
    while (at < end) {
        const char *start = at;

        if (*at == '"') {
            g_autofree char *plain = NULL;

            at = skip_string (at);
            if (depth != 1)
                continue;
            plain = qmp_slice_to_string (start, at - start);
            if (strcmp (plain, text) == 0)
                return TRUE;
            continue;
        }
        if (*at == '[' || *at == '{')
            depth++;
        else if (*at == ']' || *at == '}')
            depth--;
        at++;
    }
    return FALSE;
}
