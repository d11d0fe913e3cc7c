/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Malformed input, and values that must come through as they are. */
#include "integration/shared-conform.h"

#define END "{\"execute\":\"query-name\",\"id\":\"end\"}"
#define ATTEMPTS 5

typedef struct {
    const char *in;
    int errors;       /* without id */
    const char *desc; /* a part of the first; NULL when there is none */
    int replies;      /* to commands in it */
} Malformed;

/* Returns: whether @row, and a command after it, are answered as it says */
static gboolean
try_row (Talk *talk, const Malformed *row, char **first)
{
    int errors = 0, replies = 0;

    talk_say (talk, row->in);
    talk_say (talk, END);
    for (;;) {
        g_autofree char *line = talk_line (talk);

        ck_assert_pstr_ne (line, NULL);
        if (strstr (line, "\"id\": \"end\""))
            break;
        if (g_str_has_prefix (line, "{\"error\": ") && errors++ == 0) {
            g_free (*first);
            *first = g_steal_pointer (&line);
        } else if (line && g_str_has_prefix (line, "{\"return\": ")) {
            replies++;
        }
    }
    return errors == row->errors && replies == row->replies;
}

/* What comes back is counted up to the reply of a command behind it.  On a machine that is busy
 * QEMU has been seen to answer otherwise once; equality is asked for, of up to five of them. */
static void
expect_malformed (RigServer server, const Malformed *rows, gsize n)
{
    for (int attempt = 1;; attempt++) {
        g_autoptr (Rig) rig = rig_new (server);
        g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
        gsize i = 0;

        for (; i < n; i++) {
            g_autofree char *first = NULL;

            if (!try_row (talk, &rows[i], &first))
                break;
            ck_assert_msg (!rows[i].desc || strstr (first, rows[i].desc), "%s: %s is not in %s",
                           rows[i].in, rows[i].desc, first);
        }
        if (i == n)
            return;
        ck_assert_msg (attempt < ATTEMPTS, "the answers to this differ: %s", rows[i].in);
    }
}

START_TEST (cl46_single_quotes)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{'execute':'query-name','id':'it\\'s \"q\"'}");
    talk_expect (talk, "{\"return\": {}, \"id\": \"it's \\\"q\\\"\"}");
}
END_TEST

START_TEST (mx47_a_key_twice)
{
    static const Malformed rows[] = {
        { "{\"execute\":\"query-name\",\"id\":1,\"id\":2}", 1, "JSON parse error, duplicate key",
          0 },
        { "{\"execute\":\"query-name\",\"arguments\":{\"a\":1,\"a\":2}}", 1,
          "JSON parse error, duplicate key", 0 },
    };

    expect_malformed (_i, rows, G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (cl48_what_is_no_utf8)
{
    static const char bad[] = "JSON parse error, invalid UTF-8 sequence in string";
    static const Malformed rows[] = {
        { "{\"a\":\"\xc3\x28\"}", 1, bad, 0 },
        { "{\"a\":\"\xed\xa0\x80\"}", 1, bad, 0 },
        { "{\"execute\":\"query-name\xff\"}\n", 2, "stray '\\\"query-name\\uFFFD'", 0 },
        { "{\"execute\":\"query-name\",\"id\":\"\xc0\x80\"}", 0, NULL, 1 },
        { "{\"a\":\"\\ud83d\"}", 1, "\\ud83d is not a valid Unicode character", 0 },
        { "\xef\xbb\xbf{\"execute\":\"query-name\"}", 1, "stray", 1 },
    };

    /* in an error text the bytes of the input are escaped once more */
    expect_malformed (_i, rows, 4);
    expect_malformed (_i, rows + 5, 1);
    expect_malformed (_i, &(Malformed){ rows[4].in, 1, "is not a valid Unicode character", 0 }, 1);
}
END_TEST

START_TEST (cl49_control_characters)
{
    static const Malformed rows[] = {
        { "{\"a\":\"unterminated\n{\"execute\":\"query-name\",\"id\":18}\n", 1, "stray", 1 },
        { "{\"a\":\"b\x1f"
          "c\"}\n",
          2, "stray", 0 },
    };

    expect_malformed (_i, rows, G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (cl50_a_byte_to_begin_anew)
{
    static const Malformed rows[] = {
        { "{\"execute\":\"query-na\x01", 1, "stray '\\\"query-na\\u0001'", 0 },
        { "{\"execute\":\"query-na\xff", 1, "stray", 0 },
        { "\x01", 1, "stray", 0 },
    };
    static const char with_zero[] = "{\"execute\":\"query-na\0";
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"query-na");
    g_clear_pointer (&talk, talk_free); /* a new connection begins anew as well */
    talk = talk_ready (rig->path, TALK_CAPS);
    talk_expect_nothing (talk);
    talk_send (talk, with_zero, sizeof with_zero - 1, NULL, 0);
    talk_expect_part (talk, "stray '\\\"query-na'");
    talk_expect_nothing (talk);
    expect_malformed (_i, rows, G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (mx51_how_many_errors)
{
    static const Malformed rows[] = {
        { "{]", 1, "JSON parse error", 0 },
        { "{\"execute\": }", 1, "JSON parse error", 0 },
        { "{\"id\":01}", 2, "stray", 0 },
        { "{\"id\":NaN}", 2, "stray", 0 },
        { "{\"execute\":\"query-name\xff\"}\n", 2, "stray", 0 },
        { "]]{\"execute\":\"query-name\"}", 2, "JSON parse error", 1 },
        { "xyz {\"execute\":\"query-name\"}", 1, "JSON parse error", 1 },
        { "{\"execute\":\"query-name\",}", 1, "JSON parse error", 0 },
        { "// comment\n", 1, "stray", 0 },
        { "\n\r\n \n", 0, NULL, 0 },
    };

    expect_malformed (_i, rows, G_N_ELEMENTS (rows));
}
END_TEST

/* --- values --- */

#define IOTHREAD(max)                                                                              \
    "{\"execute\":\"qom-set\",\"arguments\":{\"path\":\"/objects/t\",\"property\":"                \
    "\"poll-max-ns\",\"value\":" max "},\"id\":1}"
#define GET_MAX                                                                                    \
    "{\"execute\":\"qom-get\",\"arguments\":{\"path\":\"/objects/t\",\"property\":"                \
    "\"poll-max-ns\"},\"id\":2}"

START_TEST (mx71_values_are_kept)
{
    static const char *const numbers[] = { "9223372036854775807", "9007199254740993", "0" };
    static const char *const refused[] = { IOTHREAD ("0x10"), IOTHREAD ("01"), IOTHREAD (".5"),
                                           IOTHREAD ("- 1"), IOTHREAD ("'a\n'") };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"iothread\",\"id\":"
                    "\"t\"},\"id\":0}");
    talk_expect (talk, "{\"return\": {}, \"id\": 0}");
    for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
        g_autofree char *in = g_strdup_printf (IOTHREAD ("%s"), numbers[i]);
        g_autofree char *out = g_strdup_printf ("{\"return\": %s, \"id\": 2}", numbers[i]);

        talk_say (talk, in);
        talk_expect (talk, "{\"return\": {}, \"id\": 1}");
        talk_say (talk, GET_MAX);
        talk_expect (talk, out);
    }
    for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
        talk_say (talk, refused[i]);
        talk_expect_part (talk, "{\"error\": {\"class\": \"GenericError\", ");
        talk_say (talk, "\x01\n" END);
        for (g_autofree char *line = talk_line (talk); !strstr (line, "\"end\"");) {
            ck_assert_msg (g_str_has_prefix (line, "{\"error\": "), "%s", line);
            g_free (line);
            line = talk_line (talk);
        }
    }
    /* a string with a zero in it, which comes back in the error */
    talk_say (talk, "{\"execute\":\"query-name\",\"arguments\":{\"x\":\"a\\u0000b\"},\"id\":3}");
    talk_expect (talk, "{\"id\": 3, \"error\": {\"class\": \"GenericError\", \"desc\": "
                       "\"Parameter 'x' is unexpected\"}}");
}
END_TEST

START_TEST (mx72_nested_deep_enough_to_kill)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_autofree char *open = g_strnfill (80000, '[');

    talk_say (talk, open);
    talk_expect_part (talk, "JSON nesting depth limit exceeded");
    talk_say (talk, "\x01" END);
    for (;;) {
        g_autofree char *line = talk_line (talk);

        ck_assert_pstr_ne (line, NULL);
        if (strstr (line, "\"end\""))
            break;
        g_string_erase (talk->got, 0, (gssize)talk->at); /* there are megabytes of them */
        talk->at = 0;
    }
}
END_TEST

START_TEST (cl73_large_replies)
{
    g_autoptr (Rig) theirs = rig_new (RIG_QEMU_ITSELF), rig = rig_new (_i);
    g_autoptr (Talk) reference = talk_ready (theirs->path, TALK_CAPS);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_autofree char *expected = NULL, *got = NULL;

    talk_say (reference, "{\"execute\":\"query-qmp-schema\",\"id\":1}");
    talk_say (talk, "{\"execute\":\"query-qmp-schema\",\"id\":1}");
    expected = talk_line (reference);
    got = talk_line (talk);
    ck_assert_uint_gt (strlen (expected), 100000);
    ck_assert (g_str_equal (got, expected));
}
END_TEST

/* QEMU takes such a command byte by byte. */
START_TEST (cl43_large_commands)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_autofree char *name = g_strnfill (100000, 'n');
    g_autofree char *in = g_strdup_printf (
        "{\"execute\":\"closefd\",\"arguments\":{\"fdname\":\"%s\"},\"id\":1}", name);

    talk_say (talk, in);
    talk_expect_part (talk, name);
    talk_expect_nothing (talk);
}
END_TEST

void
conform_add_malformed (Conform *conform)
{
    conform_add (conform, cl43_large_commands);
    conform_add (conform, cl46_single_quotes);
    conform_add (conform, mx47_a_key_twice);
    conform_add (conform, cl48_what_is_no_utf8);
    conform_add (conform, cl49_control_characters);
    conform_add (conform, cl50_a_byte_to_begin_anew);
    conform_add (conform, mx51_how_many_errors);
    conform_add (conform, mx71_values_are_kept);
    conform_add (conform, mx72_nested_deep_enough_to_kill);
    conform_add (conform, cl73_large_replies);
}
