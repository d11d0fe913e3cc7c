/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines as people write them: what is sent, which lines are not whole, where a
 * fault is shown.
 */
#include "unit/tap.h"

#include "cli/shell/qmp-checker.h"
#include "cli/shell/qmp-json.h"

#include <string.h>

/* text, command, arguments as they are sent without a schema */
static const struct {
    const char *text, *command, *arguments;
} good[] = {
    { "stop", "stop", "{}" },
    { "  stop  ", "stop", "{}" },
    { "a b=1 c=x", "a", "{\"b\":1,\"c\":\"x\"}" },
    { "a b=18446744073709551615 c=-9223372036854775808", "a",
      "{\"b\":18446744073709551615,\"c\":-9223372036854775808}" },
    { "a b=1.50 c=1e400 d=01 e=0x10", "a", "{\"b\":1.50,\"c\":1e400,\"d\":\"01\",\"e\":\"0x10\"}" },
    { "a b=true c=null d=True", "a", "{\"b\":true,\"c\":null,\"d\":\"True\"}" },
    { "a b=\"1\" c=\"x y\" d=\"\\u00e9\"", "a", "{\"b\":\"1\",\"c\":\"x y\",\"d\":\"\\u00e9\"}" },
    { "a b='x y' c=''", "a", "{\"b\":\"x y\",\"c\":\"\"}" },
    { "a b=", "a", "{\"b\":\"\"}" },
    { "a b=c=d", "a", "{\"b\":\"c=d\"}" },
    { "a b.c=1 b.d.e=x b.d.f=y", "a", "{\"b\":{\"c\":1,\"d\":{\"e\":\"x\",\"f\":\"y\"}}}" },
    { "a b.0=x b.1=y", "a", "{\"b\":[\"x\",\"y\"]}" },
    { "a b:='{\"c\": [1, 2]}' d:=[ 1 ] e:=18446744073709551615", "a",
      "{\"b\":{\"c\":[1,2]},\"d\":[1],\"e\":18446744073709551615}" },
    { "a b={\"c\": 1}", "a", "{\"b\":{\"c\":1}}" },
    { "a\n b=1\n c=2", "a", "{\"b\":1,\"c\":2}" },
    { "{\"execute\": \"a\", \"arguments\": {\"b\": 1.0, \"c\": \"\\u0000x\"}}", "a",
      "{\"b\":1.0,\"c\":\"\\u0000x\"}" },
    { "transaction(\n abort\n delete id=x\n)", "transaction",
      "{\"actions\":[{\"type\":\"abort\",\"data\":{}},"
      "{\"type\":\"delete\",\"data\":{\"id\":\"x\"}}]}" },
    { "transaction( abort; delete id=x )", "transaction",
      "{\"actions\":[{\"type\":\"abort\",\"data\":{}},"
      "{\"type\":\"delete\",\"data\":{\"id\":\"x\"}}]}" },
    { "a b=@nofile", "a", "{\"b\":\"@nofile\"}" },
};

START_TEST (line_good)
{
    g_auto (QmpFault) fault = { NULL }, refused = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse (good[_i].text, NULL, &fault);
    g_autoptr (GString) arguments = g_string_new (NULL);

    ck_assert_msg (line != NULL, "%s: %s", good[_i].text, fault.message);
    ck_assert_str_eq (line->command, good[_i].command);
    ck_assert (qmp_checker_write (NULL, line, arguments, &refused));
    ck_assert_str_eq (arguments->str, good[_i].arguments);
}
END_TEST

/* text, what is marked, whether more lines could help */
static const struct {
    const char *text, *marked;
    gboolean open;
} bad[] = {
    { "a b", "b", FALSE },
    { "a =1", "=", FALSE },
    { "a b=1 b=2", "b", FALSE },
    { "a b=1 b.c=2", "b.c", FALSE },
    { "a b.c=1 b=2", "b", FALSE },
    { "a b..c=1", "b..c", FALSE },
    { "a b:=nope", "nope", FALSE },
    { "a b:=01", "01", FALSE },
    { "a b:={\"c\":1,}", "}", FALSE },
    { "a b:={\"c\":1,\"c\":2}", "\"c\"", FALSE },
    { "a b:='1 2'", "2", FALSE },
    { "a b=\"x\"y", "y", FALSE },
    { "a b=\"\\q\"", "\"\\q", FALSE },
    { "a b={\"c\":", "", TRUE },
    { "a b=\"x", "\"x", TRUE },
    { "a b:='{", "'{", TRUE },
    { "{\"execute\":\n\"a\"", "", TRUE },
    { "{\"execute\":\"a\",\"more\":1}", "\"more\"", FALSE },
    { "{\"execute\":\"a\",\"arguments\":[]}", "[]", FALSE },
    { "{\"arguments\":{}}", "{", FALSE },
    { "{\"execute\":\"a\"} x", "x", FALSE },
    { "transaction(\nabort", "", TRUE },
    { "other(", "(", FALSE },
    { "", "", FALSE },
};

START_TEST (line_bad)
{
    g_auto (QmpFault) fault = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse (bad[_i].text, NULL, &fault);
    g_autofree char *marked = NULL;

    ck_assert_msg (line == NULL, "%s was taken", bad[_i].text);
    ck_assert_ptr_nonnull (fault.message);
    ck_assert_msg (fault.open == bad[_i].open, "%s: open is %d", bad[_i].text, fault.open);
    ck_assert_uint_le (fault.start, strlen (bad[_i].text));
    if (!fault.open && *bad[_i].text) {
        marked = g_strndup (bad[_i].text + fault.start, fault.end - fault.start);
        ck_assert_msg (g_str_has_prefix (marked, bad[_i].marked), "%s: marked `%s`", bad[_i].text,
                       marked);
    }
}
END_TEST

START_TEST (line_id_is_kept)
{
    g_auto (QmpFault) fault = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse (
        "{\"exec-oob\": \"yank\", \"id\": {\"b\": 1e2, \"a\": \"\\/\"}}", NULL, &fault);

    ck_assert_ptr_nonnull (line);
    ck_assert (line->oob);
    ck_assert_str_eq (line->id, "{\"b\": 1e2, \"a\": \"\\/\"}");
}
END_TEST

START_TEST (line_anyway)
{
    g_auto (QmpFault) fault = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse ("! quit", NULL, &fault);

    ck_assert_ptr_nonnull (line);
    ck_assert (line->anyway);
    ck_assert_str_eq (line->command, "quit");
}
END_TEST

START_TEST (line_words)
{
    const char *const words[] = { "a", "b=x y", "c:={\"d\": 1}", "e='q'", NULL };
    const char *const rest[] = { "a", "c:={\"d\": 1} 2", NULL };
    g_auto (QmpFault) fault = { NULL }, refused = { NULL }, third = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse_words (words, NULL, &fault);
    g_autoptr (QmpLine) none = qmp_line_parse_words (rest, NULL, &third);
    g_autoptr (GString) arguments = g_string_new (NULL);

    ck_assert_msg (line != NULL, "%s", fault.message);
    ck_assert (qmp_checker_write (NULL, line, arguments, &refused));
    ck_assert_str_eq (arguments->str, "{\"b\":\"x y\",\"c\":{\"d\":1},\"e\":\"q\"}");
    ck_assert_ptr_null (none);
}
END_TEST

static char *
read_fake (const char *path, GError **error)
{
    if (g_str_equal (path, "json"))
        return g_strdup ("{\"x\": 18446744073709551615}\n");
    if (g_str_equal (path, "text"))
        return g_strdup ("two\nlines");
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no %s", path);
    return NULL;
}

START_TEST (line_files)
{
    g_auto (QmpFault) fault = { NULL }, refused = { NULL }, third = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse ("a b:=@json c=@text", read_fake, &fault);
    g_autoptr (QmpLine) none = qmp_line_parse ("a b=@other", read_fake, &third);
    g_autoptr (GString) arguments = g_string_new (NULL);

    ck_assert_msg (line != NULL, "%s", fault.message);
    ck_assert (qmp_checker_write (NULL, line, arguments, &refused));
    ck_assert_str_eq (arguments->str, "{\"b\":{\"x\":18446744073709551615},\"c\":\"two\\nlines\"}");
    ck_assert_ptr_null (none);
    ck_assert_str_eq (third.message, "no other");
    ck_assert_uint_eq (third.start, 4);
}
END_TEST

START_TEST (line_secrets)
{
    ck_assert (qmp_line_is_secret ("set_password protocol=vnc password=geheim"));
    ck_assert (qmp_line_is_secret ("{\"execute\": \"set_password\""));
    ck_assert (qmp_line_is_secret ("object-add qom-type=secret id=s data=geheim"));
    ck_assert (qmp_line_is_secret ("hmp change vnc password geheim"));
    ck_assert (!qmp_line_is_secret ("query-status"));
}
END_TEST

START_TEST (fault_is_marked)
{
    g_auto (QmpFault) fault = { NULL };
    g_autofree char *told = NULL;

    qmp_fault_set (&fault, 9, 12, "wrong");
    told = qmp_fault_format (&fault, "first\n\xc3\xa4 b=nope\nlast");
    ck_assert_str_eq (told, "wrong\n  \xc3\xa4 b=nope\n    ^~~");
}
END_TEST

START_TEST (json_pretty)
{
    static const char json[] =
        "{\"a\": [1, {}, []], \"b\": 18446744073709551615, \"c\": \"{\\\"[,:\", \"d\":1e400}";
    g_autofree char *pretty = qmp_json_pretty (json, strlen (json));

    ck_assert_str_eq (pretty, "{\n  \"a\": [\n    1,\n    {},\n    []\n  ],\n"
                              "  \"b\": 18446744073709551615,\n  \"c\": \"{\\\"[,:\",\n"
                              "  \"d\": 1e400\n}");
}
END_TEST

START_TEST (json_is_bounded)
{
    g_autoptr (GString) text = g_string_new ("a b:=");
    g_auto (QmpFault) fault = { NULL };
    g_autoptr (QmpLine) line = NULL;

    for (int i = 0; i < 200000; i++)
        g_string_append_c (text, '[');
    line = qmp_line_parse (text->str, NULL, &fault);
    ck_assert_ptr_null (line);
    ck_assert (strstr (fault.message, "deep") != NULL);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-line");
    TCase *tcase = tcase_create ("line");

    tcase_add_loop_test (tcase, line_good, 0, G_N_ELEMENTS (good));
    tcase_add_loop_test (tcase, line_bad, 0, G_N_ELEMENTS (bad));
    tcase_add_test (tcase, line_id_is_kept);
    tcase_add_test (tcase, line_anyway);
    tcase_add_test (tcase, line_words);
    tcase_add_test (tcase, line_files);
    tcase_add_test (tcase, line_secrets);
    tcase_add_test (tcase, fault_is_marked);
    tcase_add_test (tcase, json_pretty);
    tcase_add_test (tcase, json_is_bounded);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
