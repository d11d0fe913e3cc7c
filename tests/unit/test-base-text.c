/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/text: suggestions, names, quotes and lines. */
#include "base/text.h"
#include "unit/tap.h"

#include <string.h>

START_TEST (suggestions)
{
    static const char *const words[] = { "memory", "machine", "smp", "nics", NULL };
    static const char *const none[] = { NULL };
    g_autofree char *giant = g_strnfill (10000, 'm');

    ck_assert_str_eq (text_suggest ("memroy", words), "memory");
    ck_assert_str_eq (text_suggest ("nic", words), "nics");
    ck_assert_str_eq (text_suggest ("machines", words), "machine");
    ck_assert_ptr_null (text_suggest ("kernel", words));
    ck_assert_ptr_null (text_suggest ("", words));
    ck_assert_ptr_null (text_suggest (giant, words));
    ck_assert_ptr_null (text_suggest ("memory", none));
}
END_TEST

START_TEST (names)
{
    g_autofree char *longest = g_strnfill (NAME_MAX_LENGTH, 'a');
    g_autofree char *longer = g_strnfill (NAME_MAX_LENGTH + 1, 'a');
    static const char *const bad[] = { "",    "-a",  "_a",   ".",        "..",  "a/b",
                                       "a b", "a,b", "a\nb", "\303\244", "a.b", "a:b" };

    ck_assert (name_is_valid ("web-1_x"));
    ck_assert (name_is_valid ("1"));
    ck_assert (name_is_valid (longest));
    ck_assert (!name_is_valid (longer));
    ck_assert (!name_is_valid (NULL));
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        ck_assert_msg (!name_is_valid (bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST (quotes_and_lines)
{
    g_autofree char *giant = g_strnfill (1000, 'a');
    g_autofree char *plain = text_quote ("a\nb\033[1m"), *cut = text_quote (giant);
    g_autofree char *broken = text_quote ("\377"), *null = text_quote (NULL);
    g_autofree char *last = text_last_line ("one\ntwo \n\n \n"), *only = text_last_line ("one");
    g_autofree char *empty = text_last_line (""), *nothing = text_last_line (NULL);

    ck_assert_str_eq (plain, "\"a\\nb\\x1b[1m\"");
    ck_assert_uint_lt (strlen (cut), 100);
    ck_assert (g_str_has_suffix (cut, "…\""));
    ck_assert (g_utf8_validate (broken, -1, NULL));
    ck_assert_str_eq (null, "\"\"");
    ck_assert_str_eq (last, "two");
    ck_assert_str_eq (only, "one");
    ck_assert_str_eq (empty, "");
    ck_assert_str_eq (nothing, "");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-text");
    TCase *tcase = tcase_create ("text");

    tcase_add_test (tcase, suggestions);
    tcase_add_test (tcase, names);
    tcase_add_test (tcase, quotes_and_lines);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
