/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli/guard: of what comes from a guest, a terminal gets text and colours. */
#include "cli/common/guard.h"
#include "unit/tap.h"

#include <string.h>

static const struct {
    const char *raw, *shown;
} rows[] = {
    { "plain ö 🐓\ttext\n", "plain ö 🐓\ttext\n" },
    { "\033[1;31mred\033[m", "\033[1;31mred\033[m" },
    { "\033[2J\033[01;01Hcleared\033[?25l", "cleared" },
    { "\033]0;title\007", "^[]0;title^G" },
    { "\033]52;c;cm0gLXJm\033\\", "^[]52;c;cm0gLXJm^[\\" },
    { "\033Pq\033\\\033c\033Z\005", "^[Pq^[\\^[c^[Z^E" },
    { "\033[6n\033[c\033[21t", "" },  /* the terminal would type an answer */
    { "\033[>4;1m\033[38:5:1m", "" }, /* ends in m, and is no colour that we know */
    { "\033[1\n31m", "^[[1\n31m" },   /* a sequence that breaks off */
    { "a\xc2\x9b"
      "2Jb",
      "a\\x9b2Jb" }, /* C1, as a character */
    { "a\x9b"
      "2Jb\xff",
      "a\\x9b2Jb\\xff" }, /* C1, as a byte */
    { "exe.\xe2\x80\xaegpj", "exe.\\u202egpj" },
    { "one\r\ntwo\n\rthree\r\r\n", "one\ntwo\nthree^M\n" },
    { "wrong\rright ", "wrong^Mright " },
    { "a\b\177\v\f", "a^H^?^K^L" },
};

START_TEST (texts)
{
    g_autofree char *shown = guard_text (rows[_i].raw);

    ck_assert_str_eq (shown, rows[_i].shown);
}
END_TEST

START_TEST (in_pieces)
{
    for (gsize cut = 1; cut <= strlen (rows[_i].raw); cut++) {
        g_autoptr (Guard) guard = guard_new ();
        g_autoptr (GString) out = g_string_new (NULL);

        for (gsize at = 0; at < strlen (rows[_i].raw); at += cut)
            guard_filter (guard, rows[_i].raw + at, MIN (cut, strlen (rows[_i].raw) - at), out);
        ck_assert_str_eq (out->str, rows[_i].shown);
    }
}
END_TEST

START_TEST (cut_off)
{
    g_autofree char *escape = guard_text ("x\033[3"), *character = guard_text ("x\xc3");
    g_autofree char *line = guard_text ("x\r");

    ck_assert_str_eq (escape, "x^[[3");
    ck_assert_str_eq (character, "x\\xc3");
    ck_assert_str_eq (line, "x^M");
}
END_TEST

START_TEST (a_null_byte_and_a_long_sequence)
{
    g_autoptr (Guard) guard = guard_new ();
    g_autoptr (GString) out = g_string_new (NULL);
    g_autofree char *ones = g_strnfill (200, '1'), *text = g_strconcat ("\033[", ones, "m", NULL);
    g_autofree char *shown = guard_text (text), *wanted = g_strconcat ("^[[", ones, "m", NULL);

    guard_filter (guard, "a\0b", 3, out);
    ck_assert_str_eq (out->str, "a^@b");
    ck_assert_str_eq (shown, wanted);
}
END_TEST

int
main (void)
{
    TCase *guard = tcase_create ("guard");
    Suite *suite = suite_create ("cli-guard");

    tcase_add_loop_test (guard, texts, 0, G_N_ELEMENTS (rows));
    tcase_add_loop_test (guard, in_pieces, 0, G_N_ELEMENTS (rows));
    tcase_add_test (guard, cut_off);
    tcase_add_test (guard, a_null_byte_and_a_long_sequence);
    suite_add_tcase (suite, guard);
    return run_tap (suite);
}
