/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The byte scanner: what is JSON and what is not, and where the members are. */
#include "qmp/qmp-scan.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "tests/unit/tap.h"

static const char *const good_values[] = {
    "{}",
    "[]",
    "null",
    " true ",
    "false",
    "0",
    "-0",
    "18446744073709551615",
    "1.5e+10",
    "1E-3",
    "\"\"",
    "\"\\u0000x\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\ud83d\\ude00\"",
    "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"",
    "\"\x7f\"",
    "[1,[2,[3,{}]],{\"a\":[]}]",
    "{\"a\":{\"a\":1,\"b\":2},\"b\":[{},{}]}\r\n",
    "\t{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }\n",
};

static const char *const bad_values[] = {
    "",
    " ",
    "{",
    "[",
    "{]",
    "[}",
    "[1,]",
    "[,1]",
    "{,}",
    "{\"a\":1,}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{a:1}",
    "{1:1}",
    "{'a':1}",
    "[1 2]",
    "01",
    "-01",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "-",
    "- 1",
    "0x10",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Infinity",
    "tru",
    "nul",
    "n",
    "True",
    "undefined",
    "var x = {}",
    "/* */ 1",
    "// x\n1",
    "1 2",
    "{}{}",
    "{} x",
    "]",
    "}",
    "\"",
    "\"abc",
    "\"\\",
    "\"\\\"",
    "\"\\x\"",
    "\"\\'\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u",
    "\"\\ud83d\"",
    "\"\\ud83dx\"",
    "\"\\ud83d\\n\"",
    "\"\\ud83d\\u0041\"",
    "\"\\ude00\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"a\x01\"",
    "\"\xff\"",
    "\"\xc3\x28\"",
    "\"\xc3\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe0\x80\x80\"",
    "\"\xe2\x82",
    "\xef\xbb\xbf{}",
    "\xff{}",
};

START_TEST (value_is_accepted)
{
    const char *text = good_values[_i];
    g_autoptr (GError) error = NULL;

    ck_assert_msg (qmp_scan_value (text, strlen (text), QMP_SCAN_STRICT, &error), "%s: %s", text,
                   error ? error->message : "");
}
END_TEST

/* Each text is copied to its exact size, so that a read past the end is seen by ASan. */
START_TEST (value_is_refused)
{
    const char *text = bad_values[_i];
    g_autofree char *exact = g_memdup2 (text, strlen (text));
    g_autoptr (GError) error = NULL;

    ck_assert_msg (!qmp_scan_value (exact, strlen (text), QMP_SCAN_STRICT, &error), "%s", text);
    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_PROTOCOL));
}
END_TEST

START_TEST (null_and_nul_are_refused)
{
    QmpObject object;

    ck_assert (!qmp_scan_value (NULL, 0, QMP_SCAN_STRICT, NULL));
    ck_assert (!qmp_scan_value (NULL, 5, QMP_SCAN_STRICT, NULL));
    ck_assert (!qmp_scan_object (NULL, 0, QMP_SCAN_STRICT, &object, NULL));
    ck_assert (!qmp_scan_value ("1\0", 2, QMP_SCAN_STRICT, NULL));
    ck_assert (!qmp_scan_value ("\"a\0b\"", 5, QMP_SCAN_STRICT, NULL));
}
END_TEST

/* Every prefix of a valid object is refused, and none is read past its end. */
START_TEST (prefixes_are_refused)
{
    static const char text[] = "{\"id\":-1.5e2,\"a\\u00e9\":[true,null,\"\\ud83d\\ude00\xc3\xa9\"],"
                               "\"b\":{\"c\":{}}}";
    QmpObject object;

    for (gsize length = 0; length < strlen (text); length++) {
        g_autofree char *exact = g_memdup2 (text, length);

        ck_assert (!qmp_scan_object (exact, length, QMP_SCAN_STRICT, &object, NULL));
    }
    ck_assert (qmp_scan_object (text, strlen (text), QMP_SCAN_STRICT, &object, NULL));
}
END_TEST

static gboolean
is_slice (const QmpMember *member, const char *text)
{
    return member && member->value_length == strlen (text) &&
           memcmp (member->value, text, member->value_length) == 0;
}

START_TEST (members_are_slices)
{
    static const char text[] = " { \"return\" : { \"a\" : [ 1 ] } , \"id\":\"x\\\"y\",\"\":0, "
                               "\"n\" : -1.5 }\r\n";
    QmpObject object;

    ck_assert (qmp_scan_object (text, strlen (text), QMP_SCAN_STRICT, &object, NULL));
    ck_assert_uint_eq (object.n_members, 4);
    ck_assert (is_slice (qmp_object_find (&object, "return"), "{ \"a\" : [ 1 ] }"));
    ck_assert (is_slice (qmp_object_find (&object, "id"), "\"x\\\"y\""));
    ck_assert (is_slice (qmp_object_find (&object, ""), "0"));
    ck_assert (is_slice (qmp_object_find (&object, "n"), "-1.5"));
    ck_assert_ptr_null (qmp_object_find (&object, "a"));
    ck_assert_ptr_null (qmp_object_find (&object, "retur"));
    ck_assert (qmp_scan_object ("{}", 2, QMP_SCAN_STRICT, &object, NULL));
    ck_assert_uint_eq (object.n_members, 0);
}
END_TEST

START_TEST (escaped_keys_are_found)
{
    static const char text[] = "{\"\\u0069d\":1}";
    QmpObject object;

    ck_assert (qmp_scan_object (text, strlen (text), QMP_SCAN_STRICT, &object, NULL));
    ck_assert (is_slice (qmp_object_find (&object, "id"), "1"));
}
END_TEST

START_TEST (duplicate_keys_are_refused)
{
    static const char *const texts[] = { "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"\\u0061\":3}",
                                         "{\"\\u0061\":1,\"a\":3}" };
    QmpObject object;

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        ck_assert (!qmp_scan_object (texts[i], strlen (texts[i]), QMP_SCAN_STRICT, &object, NULL));
}
END_TEST

START_TEST (only_objects_are_objects)
{
    static const char *const texts[] = { "[]", "1", "null", "\"{}\"", "", "{},{}" };
    QmpObject object;

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        ck_assert (!qmp_scan_object (texts[i], strlen (texts[i]), QMP_SCAN_STRICT, &object, NULL));
}
END_TEST

/* @depth nested arrays, within an object when @in_object */
static char *
nest (guint depth, gboolean in_object)
{
    g_autofree char *open = g_strnfill (depth, '['), *close = g_strnfill (depth, ']');

    return in_object ? g_strdup_printf ("{\"a\":%s%s}", open, close)
                     : g_strdup_printf ("%s%s", open, close);
}

START_TEST (depth_has_a_ceiling)
{
    g_autofree char *fits = nest (1024, FALSE), *deep = nest (1025, FALSE);
    g_autofree char *fits_in = nest (1023, TRUE), *deep_in = nest (1024, TRUE);
    g_autofree char *absurd = nest (200000, TRUE);
    g_autoptr (GError) error = NULL;
    QmpObject object;

    ck_assert (qmp_scan_value (fits, strlen (fits), QMP_SCAN_STRICT, NULL));
    ck_assert (!qmp_scan_value (deep, strlen (deep), QMP_SCAN_STRICT, &error));
    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
    ck_assert (qmp_scan_object (fits_in, strlen (fits_in), QMP_SCAN_STRICT, &object, NULL));
    ck_assert (!qmp_scan_object (deep_in, strlen (deep_in), QMP_SCAN_STRICT, &object, NULL));
    ck_assert (!qmp_scan_object (absurd, strlen (absurd), QMP_SCAN_STRICT, &object, NULL));
}
END_TEST

START_TEST (members_have_a_ceiling)
{
    g_autoptr (GString) text = g_string_new ("{\"k\":0");
    g_autoptr (GError) error = NULL;
    QmpObject object;

    for (guint i = 1; i < QMP_SCAN_MAX_MEMBERS; i++)
        g_string_append_printf (text, ",\"k%u\":0", i);
    g_string_append_c (text, '}');
    ck_assert (qmp_scan_object (text->str, text->len, QMP_SCAN_STRICT, &object, NULL));
    g_string_truncate (text, text->len - 1);
    g_string_append (text, ",\"one more\":0}");
    ck_assert (!qmp_scan_object (text->str, text->len, QMP_SCAN_STRICT, &object, &error));
    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
    /* objects within may have as many as they like */
    g_string_truncate (text, text->len - 1);
    g_string_prepend (text, "{\"a\":");
    g_string_append (text, "}}");
    ck_assert (qmp_scan_object (text->str, text->len, QMP_SCAN_STRICT, &object, NULL));
}
END_TEST

START_TEST (non_finite_numbers_pass_when_asked)
{
    static const char *const texts[] = { "inf", "-inf", "nan", "-nan", "[inf,{\"a\":nan},null]" };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        ck_assert (qmp_scan_value (texts[i], strlen (texts[i]), QMP_SCAN_NON_FINITE, NULL));
        ck_assert (!qmp_scan_value (texts[i], strlen (texts[i]), QMP_SCAN_STRICT, NULL));
    }
    ck_assert (!qmp_scan_value ("nul", 3, QMP_SCAN_NON_FINITE, NULL));
    ck_assert (!qmp_scan_value ("infx", 4, QMP_SCAN_NON_FINITE, NULL));
    ck_assert (!qmp_scan_value ("in", 2, QMP_SCAN_NON_FINITE, NULL));
}
END_TEST

START_TEST (errors_tell_the_byte)
{
    g_autoptr (GError) error = NULL;

    ck_assert (!qmp_scan_value ("{\"a\":01}", 8, QMP_SCAN_STRICT, &error));
    ck_assert_str_eq (error->message, "not valid JSON: a number that begins with 0 at byte 6");
}
END_TEST

START_TEST (strings_are_decoded)
{
    static const char text[] = "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\xc3\xa9\"";
    g_autofree char *plain = qmp_slice_to_string (text, strlen (text));
    g_autofree char *cut = qmp_slice_to_string ("\"x\\u0000y\"", 10);
    g_autofree char *empty = qmp_slice_to_string ("\"\"", 2);

    ck_assert_str_eq (plain, "a\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\xc3\xa9");
    ck_assert_str_eq (cut, "x");
    ck_assert_str_eq (empty, "");
    ck_assert_ptr_null (qmp_slice_to_string ("12", 2));
    ck_assert_ptr_null (qmp_slice_to_string ("\"", 1));
    ck_assert_ptr_null (qmp_slice_to_string (NULL, 0));
}
END_TEST

START_TEST (integers_are_read)
{
    gint64 number = 7;

    ck_assert (qmp_slice_to_int64 ("-9223372036854775808", 20, &number));
    ck_assert (number == G_MININT64);
    ck_assert (qmp_slice_to_int64 ("123}", 3, &number));
    ck_assert_int_eq (number, 123);
    ck_assert (!qmp_slice_to_int64 ("9223372036854775808", 19, &number));
    ck_assert (!qmp_slice_to_int64 ("1.0", 3, &number));
    ck_assert (!qmp_slice_to_int64 ("1e2", 3, &number));
    ck_assert (!qmp_slice_to_int64 ("\"1\"", 3, &number));
    ck_assert (!qmp_slice_to_int64 (NULL, 0, &number));
    ck_assert_int_eq (number, 123);
}
END_TEST

START_TEST (arrays_are_searched)
{
    static const char list[] = "[1,\"a]\\\"\",[\"deep\"],{\"key\":\"value\"},\"o\\u006fb\"]";

    ck_assert (qmp_slice_has_string (list, strlen (list), "oob"));
    ck_assert (qmp_slice_has_string (list, strlen (list), "a]\""));
    ck_assert (!qmp_slice_has_string (list, strlen (list), "deep"));
    ck_assert (!qmp_slice_has_string (list, strlen (list), "key"));
    ck_assert (!qmp_slice_has_string ("\"oob\"", 5, "oob"));
    ck_assert (!qmp_slice_has_string (NULL, 0, "oob"));
}
END_TEST

/* No budget is asserted, as the machine may be busy; the figure is in the log. */
START_TEST (large_replies_are_scanned)
{
    g_autoptr (GString) text = g_string_new ("{\"return\":[");
    QmpObject object;
    gint64 begin;

    while (text->len < 207000)
        g_string_append (text, "{\"name\": \"query-status\", \"meta-type\": \"command\", "
                               "\"arg-type\": \"186\", \"ret\": [1, 2.5, true]}, ");
    g_string_append (text, "0], \"id\": 123456}");
    begin = g_get_monotonic_time ();
    for (int i = 0; i < 100; i++)
        ck_assert (qmp_scan_object (text->str, text->len, QMP_SCAN_STRICT, &object, NULL));
    g_test_message ("scan: %.0f MB/s",
                    100.0 * text->len / (double)(g_get_monotonic_time () - begin));
    ck_assert_uint_eq (object.n_members, 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-scan");
    TCase *tcase = tcase_create ("scan");

    tcase_add_loop_test (tcase, value_is_accepted, 0, G_N_ELEMENTS (good_values));
    tcase_add_loop_test (tcase, value_is_refused, 0, G_N_ELEMENTS (bad_values));
    tcase_add_test (tcase, null_and_nul_are_refused);
    tcase_add_test (tcase, prefixes_are_refused);
    tcase_add_test (tcase, members_are_slices);
    tcase_add_test (tcase, escaped_keys_are_found);
    tcase_add_test (tcase, duplicate_keys_are_refused);
    tcase_add_test (tcase, only_objects_are_objects);
    tcase_add_test (tcase, depth_has_a_ceiling);
    tcase_add_test (tcase, members_have_a_ceiling);
    tcase_add_test (tcase, non_finite_numbers_pass_when_asked);
    tcase_add_test (tcase, errors_tell_the_byte);
    tcase_add_test (tcase, strings_are_decoded);
    tcase_add_test (tcase, integers_are_read);
    tcase_add_test (tcase, arrays_are_searched);
    tcase_add_test (tcase, large_replies_are_scanned);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
