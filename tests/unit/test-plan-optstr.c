/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Option strings: whatever a value holds, it stays one value. */
#include "plan/qemu/optstr.h"

#include "unit/tap.h"

#include <string.h>

/* What QEMU's parser makes of the value of @key: text up to a single comma,
 * with double ones halved.  Written down again here so that the test does not
 * believe the writer. */
static char *
read_back (const char *text, const char *key)
{
    g_autofree char *start = g_strdup_printf ("%s=", key);
    const char *at = text;

    while (*at) {
        GString *part = g_string_new (NULL);

        for (; *at && !(at[0] == ',' && at[1] != ','); at++) {
            at += *at == ',';
            g_string_append_c (part, *at);
        }
        at += *at == ',';
        if (g_str_has_prefix (part->str, start)) {
            char *value = g_strdup (part->str + strlen (start));

            g_string_free (part, TRUE);
            return value;
        }
        g_string_free (part, TRUE);
    }
    return NULL;
}

static const char *const nasty[] = {
    "",
    "plain",
    ",",
    ",,",
    ",,,",
    "a,b",
    ",a",
    "a,",
    "a,,b",
    "x,server=off",
    "x,,server=off",
    "with space",
    "quote\"and'quote",
    "back\\slash",
    "a=b",
    "=",
    "%s%n",
    "$HOME `id`",
    "{\"json\": 1}",
    "help",
    "?",
    "größe/日本",
    "*?[a]",
    "-device",
    "json:{}",
    "nbd:unix:/x",
    NULL,
};

START_TEST (test_values_survive)
{
    for (gsize i = 0; nasty[i]; i++) {
        OptString *opt = opt_new ("socket");
        g_autofree char *text = NULL, *problem = NULL, *value = NULL, *server = NULL;

        opt_add (opt, "path", nasty[i]);
        opt_add_flag (opt, "server", TRUE);
        text = opt_end (opt, &problem);
        ck_assert_msg (text != NULL, "%s", problem);
        value = read_back (text, "path");
        server = read_back (text, "server");
        ck_assert_str_eq (value, nasty[i]);
        ck_assert_str_eq (server, "on");
    }
}
END_TEST

START_TEST (test_form)
{
    OptString *opt = opt_new ("socket");
    g_autofree char *text = NULL, *problem = NULL, *bare = NULL;

    opt_add (opt, "path", "/a,b");
    opt_add_flag (opt, "wait", FALSE);
    opt_add_int (opt, "fd", -3);
    text = opt_end (opt, &problem);
    ck_assert_str_eq (text, "socket,path=/a,,b,wait=off,fd=-3");
    opt = opt_new (NULL);
    opt_add (opt, "driver", "raw");
    bare = opt_end (opt, &problem);
    ck_assert_str_eq (bare, "driver=raw");
}
END_TEST

static void
refused (const char *head, const char *value, const char *sentence)
{
    OptString *opt = opt_new (head);
    g_autofree char *text = NULL, *problem = NULL;

    opt_add (opt, "path", value);
    opt_add (opt, "other", "second\nmistake");
    text = opt_end (opt, &problem);
    ck_assert_ptr_null (text);
    ck_assert_str_eq (problem, sentence);
}

START_TEST (test_control_characters)
{
    refused ("socket", "a\nb",
             "path \"a\\nb\" has a control character, which cannot be given to the emulator");
    refused ("socket", "\x01",
             "path \"\\x01\" has a control character, which cannot be given to the emulator");
    refused ("socket", "\x7f",
             "path \"\\x7f\" has a control character, which cannot be given to the emulator");
}
END_TEST

START_TEST (test_heads)
{
    refused ("help", "x", "\"help\" is no name that the emulator could know");
    refused ("?", "x", "\"?\" is no name that the emulator could know");
    refused ("", "x", "\"\" is no name that the emulator could know");
    refused ("{\"driver\": 1}", "x", "\"{\"driver\": 1}\" is no name that the emulator could know");
    refused ("e1000,mac=1", "x", "\"e1000,mac=1\" is no name that the emulator could know");
    refused ("driver=e1000", "x", "\"driver=e1000\" is no name that the emulator could know");
    refused ("e1000\n", "x", "\"e1000\\n\" is no name that the emulator could know");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/optstr");
    TCase *tcase = tcase_create ("optstr");

    tcase_add_test (tcase, test_values_survive);
    tcase_add_test (tcase, test_form);
    tcase_add_test (tcase, test_control_characters);
    tcase_add_test (tcase, test_heads);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
