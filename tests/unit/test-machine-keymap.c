/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine/keymap: texts and chords as keys of a US keyboard. */
#include "base/error.h"
#include "machine/keymap.h"
#include "unit/tap.h"

static char *
chord_text (const Chord *chord)
{
    return g_strjoinv ("-", (GStrv)chord->keys);
}

START_TEST (texts_become_keys)
{
    static const char all[] = "aZ09`~!@#$%^&*()-_=+[{]}\\|;:'\",<.>/? \t\n";
    g_autoptr (GArray) chords = keymap_from_text (all, NULL);
    g_autoptr (GString) keys = g_string_new (NULL);

    ck_assert_ptr_nonnull (chords);
    for (guint i = 0; i < chords->len; i++) {
        g_autofree char *text = chord_text (&g_array_index (chords, Chord, i));

        g_string_append_printf (keys, "%s ", text);
    }
    ck_assert_str_eq (
        keys->str,
        "a shift-z 0 9 grave_accent shift-grave_accent shift-1 shift-2 shift-3 shift-4 shift-5 "
        "shift-6 shift-7 shift-8 shift-9 shift-0 minus shift-minus equal shift-equal bracket_left "
        "shift-bracket_left bracket_right shift-bracket_right backslash shift-backslash semicolon "
        "shift-semicolon apostrophe shift-apostrophe comma shift-comma dot shift-dot slash "
        "shift-slash spc tab ret ");
}
END_TEST

START_TEST (what_no_key_writes)
{
    static const char *const texts[] = { "a\xc3\xbc", "\xff", "a\001", "\xe2\x82\xac", NULL };

    for (gsize i = 0; texts[i]; i++) {
        g_autoptr (GError) error = NULL;

        ck_assert_ptr_null (keymap_from_text (texts[i], &error));
        ck_assert (g_error_matches (error, ROOST_ERROR, ROOST_ERROR_USAGE));
    }
}
END_TEST

START_TEST (chords_by_name)
{
    static const struct {
        const char *text;
        const char *keys;
    } rows[] = { { "ctrl-alt-delete", "ctrl-alt-delete" },
                 { "Control-ALT-Del", "ctrl-alt-delete" },
                 { "enter", "ret" },
                 { "shift-A", "shift-a" },
                 { "f12", "f12" },
                 { "ctrl-]", "ctrl-bracket_right" },
                 { "kp_enter", "kp_enter" } };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *keys = NULL;
        Chord chord;

        ck_assert (keymap_parse_chord (rows[i].text, &chord, NULL));
        keys = chord_text (&chord);
        ck_assert_str_eq (keys, rows[i].keys);
    }
}
END_TEST

START_TEST (what_is_no_chord)
{
    static const char *const texts[] = { "", "-", "ctrl-", "a--b", "a-b-c-d-e-f-g-h-i", NULL };

    for (gsize i = 0; texts[i]; i++) {
        g_autoptr (GError) error = NULL;
        Chord chord;

        ck_assert_msg (!keymap_parse_chord (texts[i], &chord, &error), "%s", texts[i]);
        ck_assert (g_error_matches (error, ROOST_ERROR, ROOST_ERROR_USAGE));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("machine-keymap");
    TCase *tcase = tcase_create ("keymap");

    tcase_add_test (tcase, texts_become_keys);
    tcase_add_test (tcase, what_no_key_writes);
    tcase_add_test (tcase, chords_by_name);
    tcase_add_test (tcase, what_is_no_chord);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
