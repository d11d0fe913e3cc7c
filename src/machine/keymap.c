/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the key map of a US keyboard, and nothing that presses the keys. */
#include "machine/keymap.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

/* What each key writes alone and with shift; letters and digits have keys of
 * their own name. */
static const struct {
    const char *plain;
    const char *shifted;
    const char *key;
} us_keys[] = {
    { "1", "!", "1" },
    { "2", "@", "2" },
    { "3", "#", "3" },
    { "4", "$", "4" },
    { "5", "%", "5" },
    { "6", "^", "6" },
    { "7", "&", "7" },
    { "8", "*", "8" },
    { "9", "(", "9" },
    { "0", ")", "0" },
    { "-", "_", "minus" },
    { "=", "+", "equal" },
    { "[", "{", "bracket_left" },
    { "]", "}", "bracket_right" },
    { ";", ":", "semicolon" },
    { "'", "\"", "apostrophe" },
    { "`", "~", "grave_accent" },
    { "\\", "|", "backslash" },
    { ",", "<", "comma" },
    { ".", ">", "dot" },
    { "/", "?", "slash" },
    { " ", NULL, "spc" },
    { "\n", NULL, "ret" },
    { "\t", NULL, "tab" },
    { "\b", NULL, "backspace" },
    { "\033", NULL, "esc" },
};

static const struct {
    const char *name;
    const char *key;
} aliases[] = {
    { "control", "ctrl" },   { "enter", "ret" },   { "return", "ret" },  { "escape", "esc" },
    { "del", "delete" },     { "ins", "insert" },  { "space", "spc" },   { "super", "meta_l" },
    { "win", "meta_l" },     { "meta", "meta_l" }, { "pageup", "pgup" }, { "pagedown", "pgdn" },
    { "bksp", "backspace" }, { "altgr", "alt_r" }, { "print", "sysrq" },
};

/* Returns: whether the single character @c is on the keyboard */
static gboolean
find_key (gunichar c, Chord *chord)
{
    char text[7] = { 0 };

    g_unichar_to_utf8 (c, text);
    *chord = (Chord){ { NULL } };
    if (c < 128 && g_ascii_isalpha (c)) {
        text[0] = g_ascii_tolower (text[0]);
        chord->keys[0] = g_ascii_isupper (c) ? "shift" : g_intern_string (text);
        chord->keys[1] = g_ascii_isupper (c) ? g_intern_string (text) : NULL;
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS (us_keys); i++) {
        if (strcmp (us_keys[i].plain, text) == 0) {
            chord->keys[0] = us_keys[i].key;
            return TRUE;
        }
        if (g_strcmp0 (us_keys[i].shifted, text) == 0) {
            chord->keys[0] = "shift";
            chord->keys[1] = us_keys[i].key;
            return TRUE;
        }
    }
    return FALSE;
}

GArray *
keymap_from_text (const char *text, GError **error)
{
    g_autoptr (GArray) chords = g_array_new (FALSE, FALSE, sizeof (Chord));

    for (const char *at = text; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char_validated (at, -1);
        g_autofree char *quoted = NULL;
        Chord chord;

        if (c < 0x110000 && find_key (c, &chord)) {
            g_array_append_val (chords, chord);
            continue;
        }
        quoted = text_quote (at);
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "there is no key for the text that begins with %s on a US keyboard; send "
                     "such keys by their names (see: roost send-key --help)",
                     quoted);
        return NULL;
    }
    return g_steal_pointer (&chords);
}

static const char *
key_of (const char *name)
{
    g_autofree char *lower = g_ascii_strdown (name, -1);
    Chord chord;

    for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
        if (strcmp (aliases[i].name, lower) == 0)
            return aliases[i].key;
    /* a character that needs no other key */
    if (g_utf8_strlen (lower, -1) == 1 && find_key (g_utf8_get_char (lower), &chord) &&
        !chord.keys[1])
        return chord.keys[0];
    return g_intern_string (lower);
}

gboolean
keymap_parse_chord (const char *text, Chord *chord, GError **error)
{
    g_auto (GStrv) names = g_strsplit (*text ? text : "-", "-", -1);
    g_autofree char *quoted = text_quote (text);

    *chord = (Chord){ { NULL } };
    for (guint i = 0; names[i]; i++) {
        if (!*names[i] || i >= CHORD_MAX) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                         "%s is no chord of keys: it is up to %d names joined by - (try "
                         "ctrl-alt-delete; the key - is minus)",
                         quoted, CHORD_MAX);
            return FALSE;
        }
        chord->keys[i] = key_of (names[i]);
    }
    return TRUE;
}
