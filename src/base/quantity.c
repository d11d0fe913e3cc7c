/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the parsing and printing of sizes, durations and whole numbers. */
#include "base/quantity.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *suffix;
    double factor;
} Unit;

static const Unit size_units[] = {
    { "", 1 },          { "b", 1 },        { "k", 1 << 10 },   { "kb", 1 << 10 },
    { "kib", 1 << 10 }, { "m", 1 << 20 },  { "mb", 1 << 20 },  { "mib", 1 << 20 },
    { "g", 1 << 30 },   { "gb", 1 << 30 }, { "gib", 1 << 30 }, { "t", 0x1p40 },
    { "tb", 0x1p40 },   { "tib", 0x1p40 }, { "p", 0x1p50 },    { "pb", 0x1p50 },
    { "pib", 0x1p50 },
};

static const Unit duration_units[] = {
    { "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60e3 }, { "h", 3600e3 }, { "d", 86400e3 },
};

/* number [white space] suffix, all of @text; whole numbers stay exact up to 2^53
 * and beyond that as long as the suffix is a power of two */
static gboolean
parse (const char *text, const Unit *units, guint n_units, double max, double *ret)
{
    char *end = NULL;
    double number;

    if (!text || !g_ascii_isdigit (*text))
        return FALSE;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return FALSE;
    number = g_ascii_strtod (text, &end);
    if (end == text || g_ascii_tolower (end[-1]) == 'e' || memchr (text, 'e', end - text) ||
        memchr (text, 'E', end - text))
        return FALSE;
    while (*end == ' ')
        end++;
    for (guint i = 0; i < n_units; i++) {
        double value = number * units[i].factor;

        if (g_ascii_strcasecmp (end, units[i].suffix) != 0)
            continue;
        if (value > max || value != floor (value))
            return FALSE;
        *ret = value;
        return TRUE;
    }
    return FALSE;
}

gboolean
quantity_parse_size (const char *text, guint64 *ret_bytes)
{
    double value;

    /* the largest double below 2^63, so that the conversion is defined */
    if (!parse (text, size_units, G_N_ELEMENTS (size_units), 0x1p63 - 1024, &value))
        return FALSE;
    *ret_bytes = (guint64)value;
    return TRUE;
}

gboolean
quantity_parse_duration (const char *text, guint *ret_ms)
{
    double value;

    if (!parse (text, duration_units, G_N_ELEMENTS (duration_units), G_MAXINT32, &value))
        return FALSE;
    *ret_ms = (guint)value;
    return TRUE;
}

char *
quantity_format_size (guint64 bytes)
{
    static const char suffixes[] = "KMGTP";
    int step = -1;

    while (bytes != 0 && bytes % 1024 == 0 && step + 1 < (int)strlen (suffixes)) {
        bytes /= 1024;
        step++;
    }
    if (step < 0)
        return g_strdup_printf ("%" G_GUINT64_FORMAT, bytes);
    return g_strdup_printf ("%" G_GUINT64_FORMAT "%c", bytes, suffixes[step]);
}

char *
quantity_format_amount (guint64 bytes)
{
    static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
    double amount = bytes / 1024.0;
    gsize i = 0;

    while (amount >= 1023.95 && i + 1 < G_N_ELEMENTS (units)) {
        amount /= 1024;
        i++;
    }
    return g_strdup_printf ("%.1f %s", amount, units[i]);
}

char *
quantity_format_duration (guint64 ms)
{
    if (ms < 1000)
        return g_strdup_printf ("%u ms", (guint)ms);
    if (ms < 60 * 1000)
        return g_strdup_printf ("%u.%u s", (guint)(ms / 1000), (guint)(ms % 1000 / 100));
    if (ms < 3600 * 1000)
        return g_strdup_printf ("%u m %u s", (guint)(ms / 60000), (guint)(ms / 1000 % 60));
    return g_strdup_printf ("%" G_GUINT64_FORMAT " h %u m", ms / 3600000, (guint)(ms / 60000 % 60));
}

gboolean
quantity_parse_int (const char *text, gint64 min, gint64 max, gint64 *ret)
{
    const char *digits = text ? text + (*text == '-' || *text == '+') : NULL;
    gboolean hex = digits && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    gint64 value;

    if (!digits || !g_ascii_isdigit (*digits))
        return FALSE;
    if (hex && (digits != text || !g_ascii_isxdigit (digits[2])))
        return FALSE;
    if (hex) {
        guint64 unsigned_value;

        if (!g_ascii_string_to_unsigned (digits + 2, 16, 0, G_MAXINT64, &unsigned_value, NULL))
            return FALSE;
        value = (gint64)unsigned_value;
    } else if (!g_ascii_string_to_signed (*text == '+' ? digits : text, 10, G_MININT64, G_MAXINT64,
                                          &value, NULL)) {
        return FALSE;
    }
    if (value < min || value > max)
        return FALSE;
    *ret = value;
    return TRUE;
}
