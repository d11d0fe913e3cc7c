/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the types of single values: what is accepted, and how a wrong one is
 * complained about. */
#include "profile/value.h"

#include "base/ether.h"
#include "base/file.h"
#include "base/quantity.h"
#include "base/text.h"
#include "profile/forward.h"
#include "profile/model.h"

#include <gio/gio.h>
#include <string.h>

static void
store_string (gpointer field, char *take_text)
{
    char **string = field;

    g_free (*string);
    *string = take_text;
}

/* `"4X" is not a size (try 4G)` */
static char *
not_a (const Key *key, const char *text, const char *what)
{
    g_autofree char *quoted = text_quote (text);

    if (!key->example)
        return g_strdup_printf ("%s is not %s", quoted, what);
    return g_strdup_printf ("%s is not %s (try %s)", quoted, what, key->example);
}

char *
value_check_line (const char *text)
{
    g_autofree char *quoted = NULL;
    const char *at = text;

    while ((guchar)*at >= 0x20 && *at != 0x7f)
        at++;
    if (!*at)
        return NULL;
    quoted = text_quote (text);
    if (*at == '\n')
        return g_strdup_printf ("%s has a line break; write it on one line", quoted);
    return g_strdup_printf ("%s has a control character; remove it", quoted);
}

static char *
parse_word (const Key *key, const char *text, int *ret_position)
{
    g_autofree char *all = NULL, *quoted = NULL;
    const char *meant;

    for (int i = 0; key->words[i]; i++) {
        if (g_str_equal (key->words[i], text)) {
            *ret_position = i;
            return NULL;
        }
    }
    meant = text_suggest (text, key->words);
    quoted = text_quote (text);
    all = g_strjoinv (", ", (GStrv)key->words);
    if (meant)
        return g_strdup_printf ("%s is none of %s (did you mean %s?)", quoted, all, meant);
    return g_strdup_printf ("%s is none of %s", quoted, all);
}

static char *
parse_bool (const char *text, gboolean *ret)
{
    static const char *const yes[] = { "true", "yes", "on", NULL };
    static const char *const no[] = { "false", "no", "off", NULL };
    g_autofree char *lower = g_ascii_strdown (text, -1), *quoted = NULL;

    if (g_strv_contains (yes, lower) || g_strv_contains (no, lower)) {
        *ret = g_strv_contains (yes, lower);
        return NULL;
    }
    quoted = text_quote (text);
    return g_strdup_printf ("%s is neither true nor false", quoted);
}

static char *
parse_int (const Key *key, const char *text, int *ret)
{
    g_autofree char *quoted = NULL;
    gint64 number;

    if (quantity_parse_int (text, key->min, key->max, &number)) {
        *ret = (int)number;
        return NULL;
    }
    quoted = text_quote (text);
    return g_strdup_printf ("%s is not a whole number from %" G_GINT64_FORMAT
                            " to %" G_GINT64_FORMAT,
                            quoted, key->min, key->max);
}

static char *
parse_size (const Key *key, const char *text, guint64 *ret)
{
    g_autofree char *quoted = text_quote (text), *limit = NULL;
    guint64 bytes;

    if (!quantity_parse_size (text, &bytes))
        return not_a (key, text, "a size");
    if (bytes < (guint64)key->min) {
        limit = quantity_format_size (key->min);
        return g_strdup_printf ("%s is less than %s (a number alone counts bytes; try %s)", quoted,
                                limit, key->example);
    }
    if (bytes % key->step != 0) {
        limit = quantity_format_size (key->step);
        return g_strdup_printf ("%s is not a multiple of %s (try %s)", quoted, limit, key->example);
    }
    *ret = bytes;
    return NULL;
}

static char *
parse_duration (const Key *key, const char *text, guint *ret)
{
    g_autofree char *quoted = text_quote (text), *limit = NULL;
    guint ms;

    if (!quantity_parse_duration (text, &ms))
        return not_a (key, text, "a duration");
    if (ms < key->min) {
        limit = quantity_format_duration (key->min);
        return g_strdup_printf ("%s is less than %s (try %s)", quoted, limit, key->example);
    }
    *ret = ms;
    return NULL;
}

static char *
parse_line (const Key *key, const char *text, char **field)
{
    char *problem = value_check_line (text);

    if (problem)
        return problem;
    if (!*text && key->type != KEY_TEXT)
        return g_strdup ("is empty; give it a value or remove the key");
    if (key->type == KEY_STRING && key->max && (gint64)strlen (text) > key->max)
        return g_strdup_printf ("is longer than %d characters", (int)key->max);
    store_string (field, g_strdup (text));
    return NULL;
}

static char *
parse_name (const Key *key, const char *text, char **field)
{
    g_autofree char *quoted = text_quote (text);

    if (!name_is_valid (text))
        return g_strdup_printf ("%s cannot be a name; use at most %d letters, digits, - and _, "
                                "beginning with a letter or digit",
                                quoted, NAME_MAX_LENGTH);
    store_string (field, g_strdup (text));
    return NULL;
}

static char *
parse_path (const Key *key, const char *text, const char *folder, char **field)
{
    char *problem = parse_line (key, text, field);

    if (problem)
        return problem;
    if (key->type != KEY_PROGRAM || strchr (text, '/'))
        store_string (field, file_absolute (folder, text));
    return NULL;
}

static char *
parse_mac (const Key *key, const char *text, char **field)
{
    static const Mac zero;
    Mac mac;

    if (!mac_parse (text, &mac))
        return not_a (key, text, "a MAC address");
    if (mac_is_multicast (&mac))
        return g_strdup_printf ("%s is a multicast address; the first byte of a machine's own is "
                                "even (try %s)",
                                text, key->example);
    if (memcmp (&mac, &zero, sizeof mac) == 0)
        return g_strdup_printf ("%s is no machine's address (try %s)", text, key->example);
    store_string (field, mac_format (&mac));
    return NULL;
}

static char *
parse_uuid (const Key *key, const char *text, char **field)
{
    if (!g_uuid_string_is_valid (text))
        return not_a (key, text, "a UUID");
    store_string (field, g_ascii_strdown (text, -1));
    return NULL;
}

static char *
parse_cidr (const Key *key, const char *text, char **field)
{
    if (!ipv4_cidr_is_valid (text))
        return not_a (key, text, "an IPv4 network");
    store_string (field, g_strdup (text));
    return NULL;
}

static char *
parse_address (const Key *key, const char *text, char **field)
{
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

    if (!address)
        return not_a (key, text, "an IPv4 or IPv6 address");
    store_string (field, g_inet_address_to_string (address));
    return NULL;
}

static char *
parse_ifname (const Key *key, const char *text, char **field)
{
    g_autofree char *quoted = text_quote (text);

    if (strlen (text) > IFNAME_MAX)
        return g_strdup_printf ("%s is longer than the %d characters of an interface's name",
                                quoted, IFNAME_MAX);
    if (!ifname_is_valid (text))
        return not_a (key, text, "the name of an interface");
    store_string (field, g_strdup (text));
    return NULL;
}

static char *
parse_date (const Key *key, const char *text, char **field)
{
    static const char *const words[] = { "utc", "localtime", NULL };
    g_autoptr (GDateTime) date = NULL;
    g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
    g_autofree char *full =
        strchr (text, 'T') ? g_strdup (text) : g_strconcat (text, "T00:00:00", NULL);

    /* the emulator takes a date and a time to the second, without a zone */
    date = strlen (full) == 19 ? g_date_time_new_from_iso8601 (full, utc) : NULL;
    if (!date && !g_strv_contains (words, text))
        return g_strdup_printf ("\"%s\" is neither utc, localtime nor a date, as "
                                "2024-02-29T12:00:00",
                                text);
    store_string (field, g_strdup (text));
    return NULL;
}

static char *
parse_choice (const char *text, Choice *ret)
{
    gboolean yes = FALSE;
    char *problem = parse_bool (text, &yes);

    if (!problem)
        *ret = yes ? CHOICE_YES : CHOICE_NO;
    return problem;
}

char *
value_parse (const Key *key, const char *text, const char *folder, gpointer field)
{
    int position = 0;
    char *problem;

    switch (key->type) {
    case KEY_NAME:
        return parse_name (key, text, field);
    case KEY_STRING:
    case KEY_TEXT:
        return parse_line (key, text, field);
    case KEY_DOCUMENT:
        if (!strchr (text, '\n'))
            return parse_path (key, text, folder, field);
        store_string (field, g_strdup (text));
        return NULL;
    case KEY_PATH:
    case KEY_PROGRAM:
        return parse_path (key, text, folder, field);
    case KEY_WORD:
        problem = parse_word (key, text, &position);
        if (!problem)
            store_string (field, g_strdup (text));
        return problem;
    case KEY_ENUM:
        return parse_word (key, text, field);
    case KEY_BOOL:
        return parse_bool (text, field);
    case KEY_CHOICE:
        return parse_choice (text, field);
    case KEY_INT:
        return parse_int (key, text, field);
    case KEY_SIZE:
        return parse_size (key, text, field);
    case KEY_DURATION:
        return parse_duration (key, text, field);
    case KEY_CIDR:
        return parse_cidr (key, text, field);
    case KEY_ADDRESS:
        return parse_address (key, text, field);
    case KEY_IFNAME:
        return parse_ifname (key, text, field);
    case KEY_UUID:
        return parse_uuid (key, text, field);
    case KEY_MAC:
        return parse_mac (key, text, field);
    case KEY_DATE:
        return parse_date (key, text, field);
    case KEY_VLANS:
    case KEY_STRINGS:
    case KEY_LIST:
    case KEY_ARGV:
    case KEY_FORWARDS:
    case KEY_GROUP:
    case KEY_OBJECT:
    case KEY_ITEMS:
    case KEY_PROGRAMS:
    case KEY_FILES:
    case KEY_VARS:
    case KEY_TEMPLATE:
    case KEY_TEMPLATES:
    case KEY_MACHINES:
        break;
    }
    g_assert_not_reached ();
}
