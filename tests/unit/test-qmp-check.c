/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments against a schema: what bare words become, what is refused, where. */
#include "unit/tap.h"

#include "cli/shell/qmp-checker.h"
#include "cli/shell/qmp-help.h"
#include "unit/small-schema.h"

/* text, arguments as they are sent */
static const struct {
    const char *text, *arguments;
} good[] = {
    { "stop", "{}" },
    { "all text=1", "{\"text\":\"1\"}" },
    { "all text=true", "{\"text\":\"true\"}" },
    { "all text=x count=18446744073709551615", "{\"text\":\"x\",\"count\":18446744073709551615}" },
    { "all text=x count=-9223372036854775808", "{\"text\":\"x\",\"count\":-9223372036854775808}" },
    { "all text=x ratio=1.50 flag=on", "{\"text\":\"x\",\"ratio\":1.50,\"flag\":true}" },
    { "all text=x flag=false value=7", "{\"text\":\"x\",\"flag\":false,\"value\":7}" },
    { "all text=x list=1,2,3", "{\"text\":\"x\",\"list\":[1,2,3]}" },
    { "all text=x list=", "{\"text\":\"x\",\"list\":[]}" },
    { "all text=x list.0=5 list.1=6", "{\"text\":\"x\",\"list\":[5,6]}" },
    { "all text=x list:=[7]", "{\"text\":\"x\",\"list\":[7]}" },
    { "all text=x colour=red", "{\"text\":\"x\",\"colour\":\"red\"}" },
    { "node-add filename=7 driver=file", "{\"filename\":\"7\",\"driver\":\"file\"}" },
    { "node-add driver=raw file=other", "{\"driver\":\"raw\",\"file\":\"other\"}" },
    { "node-add driver=raw file=null", "{\"driver\":\"raw\",\"file\":null}" },
    { "node-add driver=raw file=\"null\"", "{\"driver\":\"raw\",\"file\":\"null\"}" },
    { "node-add driver=raw file.driver=raw file.file.driver=file file.file.filename=1",
      "{\"driver\":\"raw\",\"file\":{\"driver\":\"raw\",\"file\":{\"driver\":\"file\","
      "\"filename\":\"1\"}}}" },
    { "device_add driver=e1000 mac=1 other=x", "{\"driver\":\"e1000\",\"mac\":1,\"other\":\"x\"}" },
    { "transaction(\ndelete id=5\n)",
      "{\"actions\":[{\"type\":\"delete\",\"data\":{\"id\":\"5\"}}]}" },
    { "!all count=x more=1", "{\"count\":\"x\",\"more\":1}" },
    { "!unknown a=1", "{\"a\":1}" },
};

START_TEST (check_good)
{
    g_autoptr (QmpSchema) schema = small_schema_new ();
    g_auto (QmpFault) fault = { NULL }, refused = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse (good[_i].text, NULL, &fault);
    g_autoptr (GString) arguments = g_string_new (NULL);

    ck_assert_msg (line != NULL, "%s: %s", good[_i].text, fault.message);
    ck_assert_msg (qmp_checker_write (schema, line, arguments, &refused), "%s: %s", good[_i].text,
                   refused.message);
    ck_assert_str_eq (arguments->str, good[_i].arguments);
}
END_TEST

/* text, the marked part of it, a part of the message */
static const struct {
    const char *text, *marked, *message;
} bad[] = {
    { "stpo", "stpo", "did you mean stop?" },
    { "stop x=1", "x", "argument x is unknown" },
    { "all", "all", "needs text (string)" },
    { "all text=x txet=y", "txet", "did you mean text?" },
    { "all text:=5", "5", "put it in quotes" },
    { "all text=x count=many", "many", "integer" },
    { "all text=x count=1.0", "1.0", "integer" },
    { "all text=x count=\"1\"", "\"1\"", "integer" },
    { "all text=x count=18446744073709551616", "18446744073709551616", "64 bits" },
    { "all text=x count=-9223372036854775809", "-9223372036854775809", "64 bits" },
    { "all text=x ratio=fast", "fast", "number" },
    { "all text=x flag=1", "1", "true|false" },
    { "all text=x list=1,b,3", "b", "integer" },
    { "all text=x list:=[1,\"b\"]", "\"b\"", "integer" },
    { "all text=x colour=gren", "gren", "did you mean green?" },
    { "node-add filename=x", "node-add", "needs driver" },
    { "node-add driver=fil filename=x", "fil", "did you mean file?" },
    { "node-add driver=file file=x", "file", "unknown" },
    { "node-add driver=raw", "node-add", "needs file" },
    { "node-add driver=raw file.driver=file file.name=x", "file.driver", "needs filename" },
    { "node-add driver=raw file.driver=file file.filename=x file.naem=y", "file.naem",
      "did you mean name?" },
    { "node-add driver=raw file:=5", "5", "object or string or null" },
    { "node-add drivr=raw", "drivr", "did you mean driver?" },
    { "device_add id=x", "device_add", "needs driver" },
    { "transaction(\nabort\ndelet id=5\n)", "delet", "did you mean delete?" },
    { "transaction(\ndelete ib=5\n)", "ib", "did you mean id?" },
    { "{\"execute\": \"all\", \"arguments\": {\"text\": 5}}", "5", "string" },
};

START_TEST (check_bad)
{
    g_autoptr (QmpSchema) schema = small_schema_new ();
    g_auto (QmpFault) fault = { NULL }, refused = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse (bad[_i].text, NULL, &fault);
    g_autoptr (GString) arguments = g_string_new (NULL);
    g_autofree char *marked = NULL;

    ck_assert_msg (line != NULL, "%s: %s", bad[_i].text, fault.message);
    ck_assert_msg (!qmp_checker_write (schema, line, arguments, &refused), "%s was taken: %s",
                   bad[_i].text, arguments->str);
    marked = g_strndup (bad[_i].text + refused.start, refused.end - refused.start);
    ck_assert_str_eq (marked, bad[_i].marked);
    ck_assert_msg (strstr (refused.message, bad[_i].message) != NULL, "%s: %s", bad[_i].text,
                   refused.message);
}
END_TEST

START_TEST (schema_describes)
{
    g_autoptr (QmpSchema) schema = small_schema_new ();
    const char *const words[] = { "all", NULL };
    const char *const branch[] = { "node-add", "driver=raw", NULL };
    const char *const none[] = { "none", NULL };
    g_autofree char *all = qmp_help_command (schema, words);
    g_autofree char *raw = qmp_help_command (schema, branch);

    ck_assert_ptr_null (qmp_help_command (schema, none));
    ck_assert (strstr (all, "all (unstable)") != NULL);
    ck_assert (strstr (all, "red|green|blue (deprecated)") != NULL);
    ck_assert (strstr (all, "list of integer") != NULL);
    ck_assert (strstr (raw, "object or string or null") != NULL);
    ck_assert_str_eq (g_array_index (qmp_schema_get_commands (schema), QmpEntry, 0).name, "all");
    ck_assert_uint_eq (qmp_schema_get_events (schema)->len, 2);
}
END_TEST

START_TEST (schema_refuses)
{
    static const char *const texts[] = { "", "{}", "[]", "[1,{},{\"name\":5}]", "nope" };
    g_autoptr (GError) error = NULL;

    ck_assert_ptr_null (qmp_schema_new (texts[_i], strlen (texts[_i]), &error));
    ck_assert_ptr_nonnull (error);
}
END_TEST

START_TEST (schema_of_agent)
{
    static const char json[] =
        "{\"version\":\"7\",\"supported_commands\":["
        "{\"enabled\":true,\"name\":\"guest-ping\",\"success-response\":true},"
        "{\"enabled\":false,\"name\":\"guest-exec\",\"success-response\":true},"
        "{\"enabled\":true,\"name\":\"guest-shutdown\",\"success-response\":false}]}";
    g_autoptr (QmpSchema) schema = qmp_schema_new_agent (json, strlen (json), NULL);
    g_auto (QmpFault) fault = { NULL }, refused = { NULL };
    g_autoptr (QmpLine) line = qmp_line_parse ("guest-ping x=1", NULL, &fault);
    g_autoptr (GString) arguments = g_string_new (NULL);

    ck_assert_uint_eq (qmp_schema_get_commands (schema)->len, 2);
    ck_assert (qmp_schema_is_silent (schema, "guest-shutdown"));
    ck_assert (!qmp_schema_is_silent (schema, "guest-ping"));
    ck_assert (qmp_checker_write (schema, line, arguments, &refused));
    ck_assert_str_eq (arguments->str, "{\"x\":1}");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-check");
    TCase *tcase = tcase_create ("check");

    tcase_add_loop_test (tcase, check_good, 0, G_N_ELEMENTS (good));
    tcase_add_loop_test (tcase, check_bad, 0, G_N_ELEMENTS (bad));
    tcase_add_test (tcase, schema_describes);
    tcase_add_loop_test (tcase, schema_refuses, 0, 5);
    tcase_add_test (tcase, schema_of_agent);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
