/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests what becomes of a client's bytes: each row is one fact about QEMU's own parser.  The same
 * facts are asked of QEMU itself by tests/integration/test-qmp-conform.c. */
#include <string.h>

#include "qmp/qmp-parser.h"
#include "qmp/qmp-request.h"
#include "qmp/qmp-text.h"
#include "qmp/qmp-writer.h"
#include "unit/tap.h"

#define PARSE "JSON parse error, "
#define NOT_OBJECT "QMP input must be a JSON object"
#define VALUE PARSE "expecting value"

/* What comes out, one line each: a description, after "id " when it carries an id; or a command as
 * "[oob ]command id arguments", '-' for what is absent. */
typedef struct {
    const char *in;
    const char *out;
} Row;

static const Row ROWS[] = {
    /* commands, and what is kept of them */
    { "{\"execute\":\"a\"}", "a - -\n" },
    { " { \"execute\" : \"a\" , \"id\" : 7 }\r\n", "a 7 -\n" },
    { "{\"execute\":\"a\"}{\"execute\":\"b\"}", "a - -\nb - -\n" },
    { "\n\n\r\n\t ", "" },
    { "{'execute':'a','id':'it\\'s \"q\"'}", "a \"it's \\\"q\\\"\" -\n" },
    { "{'execute':\"a\",'arguments':{'x':\"it\\'s\"}}", "a - {\"x\":\"it's\"}\n" },
    { "{\"execute\":\"\\u0061\"}", "a - -\n" },
    { "{\"exec-oob\":\"a\",\"id\":[]}", "oob a [] -\n" },
    { "{\"id\":1e2,\"execute\":\"a\"}", "a 1e2 -\n" },
    { "{\"id\":1.50,\"execute\":\"a\"}", "a 1.50 -\n" },
    { "{\"id\":-0,\"execute\":\"a\"}", "a -0 -\n" },
    { "{\"id\":1e400,\"execute\":\"a\"}", "a 1e400 -\n" },
    { "{\"id\":0.1E+2,\"execute\":\"a\"}", "a 0.1E+2 -\n" },
    { "{\"id\":18446744073709551616,\"execute\":\"a\"}", "a 18446744073709551616 -\n" },
    { "{\"id\":null,\"execute\":\"a\"}", "a null -\n" },
    { "{\"id\":\"\",\"execute\":\"a\"}", "a \"\" -\n" },
    { "{\"id\":\"\\/\\u00e9\",\"execute\":\"a\"}", "a \"\\/\\u00e9\" -\n" },
    { "{\"id\":\"\xc3\xa9\x7f\",\"execute\":\"a\"}", "a \"\xc3\xa9\x7f\" -\n" },
    { "{\"id\":\"\\u0000x\",\"execute\":\"a\"}", "a \"\\u0000x\" -\n" },
    { "{\"id\":\"\xc0\x80x\",\"execute\":\"a\"}", "a \"\\u0000x\" -\n" },
    { "{\"id\":\"\\ud83d\\ude00\",\"execute\":\"a\"}", "a \"\\ud83d\\ude00\" -\n" },
    { "{\"id\":{ \"b\" : 1 , \"a\":[ 1, {} ] },\"execute\":\"a\"}",
      "a {\"b\":1,\"a\":[1,{}]} -\n" },
    { "{\"arguments\":{\"a\":{\"a\":1},\"b\":[\"x\",true,false,null]},\"execute\":\"a\"}",
      "a - {\"a\":{\"a\":1},\"b\":[\"x\",true,false,null]}\n" },
    /* objects that are no command */
    { "{}", "QMP input lacks member 'execute'\n" },
    { "{\"id\":4}", "4 QMP input lacks member 'execute'\n" },
    { "{\"execute\":1,\"id\":2}", "2 QMP input member 'execute' must be a string\n" },
    { "{\"exec-oob\":{}}", "QMP input member 'exec-oob' must be a string\n" },
    { "{\"execute\":\"a\",\"exec-oob\":\"a\"}",
      "QMP input member 'execute' clashes with 'exec-oob'\n" },
    { "{\"execute\":\"a\",\"extra\":true,\"id\":4}", "4 QMP input member 'extra' is unexpected\n" },
    { "{\"execute\":\"a\",\"arguments\":null}",
      "QMP input member 'arguments' must be an object\n" },
    { "{\"execute\":\"a\",\"arguments\":[]}", "QMP input member 'arguments' must be an object\n" },
    { "{\"execute\":\"a\",\"\\u0000\":[]}", "QMP input member '\xc0\x80' is unexpected\n" },
    /* no objects; a word or number shows only at the byte after it */
    { "null ", NOT_OBJECT "\n" },
    { "[]", NOT_OBJECT "\n" },
    { "\"x\"", NOT_OBJECT "\n" },
    { "5\n", NOT_OBJECT "\n" },
    { "5", "" },
    { "5{\"execute\":\"a\"}", NOT_OBJECT "\na - -\n" },
    { "0e1 ", NOT_OBJECT "\n" PARSE "invalid keyword 'e'\n" NOT_OBJECT "\n" },
    { "-1.5e-3\n", NOT_OBJECT "\n" },
    /* grammar */
    { "{]", VALUE "\n" },
    { "{[}]", VALUE "\n" },
    { "{\"execute\": }", VALUE "\n" },
    { "{\"a\":1,}", VALUE "\n" },
    { "{,}", VALUE "\n" },
    { "[1,]", VALUE "\n" },
    { "[,]", VALUE "\n" },
    { "{\"a\"}", PARSE "missing : in object pair\n" },
    { "{\"a\" 1}", PARSE "missing : in object pair\n" },
    { "{1:2}", PARSE "key is not a string in object\n" },
    { "{[1]:2}", PARSE "key is not a string in object\n" },
    { "{{\"a\":1,}:2}", VALUE "\n" },
    { "{{\"a\":1}:2}", PARSE "key is not a string in object\n" },
    { "{\"a\":01}:2}", PARSE "stray '01'\n" VALUE "\n" VALUE "\n" NOT_OBJECT "\n" VALUE "\n" },
    { "{\"a\":1 \"b\":2}", PARSE "expected separator in dict\n" },
    { "{\"a\":1]", PARSE "expected separator in dict\n" },
    { "[1 2]", PARSE "expected separator in list\n" },
    { "[1}", PARSE "expected separator in list\n" },
    { "[{]}", VALUE "\n" },
    { "{\"a\":1,\"a\":2}", PARSE "duplicate key\n" },
    { "{\"a\":1,\"\\u0061\":2}", PARSE "duplicate key\n" },
    { "{\"a\":{\"b\":1,\"b\":2},\"a\":2}", PARSE "duplicate key\n" },
    { "{\"a\":1,\"a\":nope}", PARSE "invalid keyword 'nope'\n" },
    { "{\"a\":tru}", PARSE "invalid keyword 'tru'\n" },
    { "xyz {\"execute\":\"a\"}", PARSE "invalid keyword 'xyz'\na - -\n" },
    { "]]{\"execute\":\"a\"}", VALUE "\n" VALUE "\na - -\n" },
    { "{\"a\":[\"\\q\",{\"b\":\"\\ud800\"}]}", PARSE "invalid escape sequence in string\n" },
    { "{\"a\" \"\\q\":1}", PARSE "missing : in object pair\n" },
    /* stray bytes, and where reading goes on */
    { "{\"id\":01}", PARSE "stray '01'\n" VALUE "\n" },
    { "{\"id\":NaN}", PARSE "stray 'N'\n" VALUE "\n" },
    { "{\"id\":-}", PARSE "stray '-}'\n" },
    { "{\"id\":1.}", PARSE "stray '1.}'\n" },
    { "{\"id\":1e}", PARSE "stray '1e}'\n" },
    { "{\"id\":1e+}", PARSE "stray '1e+}'\n" },
    { "{\"id\":+1}", PARSE "stray '+'\n" VALUE "\n" },
    { "{\"id\":.5}", PARSE "stray '.'\n" VALUE "\n" },
    { "// comment\n{\"execute\":\"a\"}", PARSE "stray '/'\na - -\n" },
    { "# a {\"execute\":\"a\"}", PARSE "stray '#'\na - -\n" },
    { "# a\tb\n5\n", PARSE "stray '#'\n" NOT_OBJECT "\n" },
    { "%d\n", PARSE "stray '%'\n" },
    { "{\"a\":\"unterminated\n{\"execute\":\"a\"}\n", PARSE "stray '\"unterminated\n'\na - -\n" },
    { "{\"execute\":\"query-na\x01{\"execute\":\"a\"}", PARSE "stray '\"query-na\x01'\na - -\n" },
    { "\x01\x01", PARSE "stray '\x01'\n" PARSE "stray '\x01'\n" },
    { "\x01 \x01", PARSE "stray '\x01'\n" PARSE "stray '\x01'\n" },
    { "\xff{\"execute\":\"a\"}", PARSE "stray '\xff'\na - -\n" },
    { "{\"execute\":\"query-name\xff\"}", PARSE "stray '\"query-name\xff'\n" VALUE "\n" },
    { "\xef\xbb\xbf{\"execute\":\"a\"}", PARSE "stray '\xef'\na - -\n" },
    { "{\"a\":\"\\\x01\"}", PARSE "stray '\"\\\x01'\n" VALUE "\n" },
    { "{\"a\":\"tab\there\"}", PARSE "stray '\"tab\t'\n" VALUE "\n" },
    { "\x7f\n", PARSE "stray '\x7f'\n" },
    /* characters */
    { "{\"id\":\"\xc3\x28\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xed\xa0\x80\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xc1\x81\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xe0\x80\x80\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\x80\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xf4\x90\x80\x80\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xfc\x84\x80\x80\x80\x80\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xef\xbf\xbf\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xef\xb7\x90\"}", PARSE "invalid UTF-8 sequence in string\n" },
    { "{\"id\":\"\xf0\x9f\x98\x80\",\"execute\":\"a\"}", "a \"\xf0\x9f\x98\x80\" -\n" },
    { "{\"id\":\"\\ud83d\"}", PARSE "\\ud83d is not a valid Unicode character\n" },
    { "{\"id\":\"\\ude00\"}", PARSE "\\ude00 is not a valid Unicode character\n" },
    { "{\"id\":\"\\ud83d\\u0041\"}", PARSE "\\ud83d is not a valid Unicode character\n" },
    { "{\"id\":\"\\ud83f\\udfff\"}", PARSE "\\ud83f\\udfff is not a valid Unicode character\n" },
    { "{\"id\":\"\\uFFFE\"}", PARSE "\\uFFFE is not a valid Unicode character\n" },
    { "{\"id\":\"\\u12\"}", PARSE "\\u12\" is not a valid Unicode character\n" },
    { "{\"id\":\"\\u\"}", PARSE "\\u\" is not a valid Unicode character\n" },
    { "{\"id\":\"\\u00g0\"}", PARSE "\\u00g0 is not a valid Unicode character\n" },
};

static void
tell (GString *out, QmpInput *input)
{
    QmpRequest request = { 0 };
    QmpFault fault;

    qmp_request_read (input, TRUE, &request, &fault);
    if (fault.description && request.id)
        g_string_append_printf (out, "%s ", request.id);
    if (fault.description)
        g_string_append (out, fault.description);
    else
        g_string_append_printf (out, "%s%s %s %s", request.oob ? "oob " : "", request.command,
                                request.id ? request.id : "-",
                                request.arguments ? request.arguments : "-");
    g_string_append_c (out, '\n');
    g_free (fault.description);
    qmp_request_clear (&request);
}

static void
feed (QmpParser *parser, const char *bytes, gsize length, GString *out)
{
    for (gsize used = 0; used < length;) {
        g_autoptr (QmpInput) input = NULL;

        used += qmp_parser_feed (parser, bytes + used, length - used, &input);
        if (input)
            tell (out, input);
    }
}

START_TEST (rows)
{
    const Row *row = &ROWS[_i];
    g_autoptr (QmpParser) whole = qmp_parser_new ();
    g_autoptr (QmpParser) bytewise = qmp_parser_new ();
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GString) out2 = g_string_new (NULL);

    feed (whole, row->in, strlen (row->in), out);
    ck_assert_msg (g_str_equal (out->str, row->out), "%s\n gave: %s\n not: %s", row->in, out->str,
                   row->out);
    for (const char *at = row->in; *at; at++)
        feed (bytewise, at, 1, out2);
    ck_assert_str_eq (out2->str, row->out);
}
END_TEST

START_TEST (zero_byte)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    g_autoptr (GString) out = g_string_new (NULL);

    static const char in[] = "{\"execute\":\"b\0{\"execute\":\"a\"}"; /* and the one at its end */

    feed (parser, in, sizeof in, out);
    ck_assert_str_eq (out->str, PARSE "stray '\"b'\na - -\n" PARSE "stray ''\n");
}
END_TEST

static guint
count_lines (GString *out, const char *line)
{
    g_auto (GStrv) lines = g_strsplit (out->str, "\n", -1);
    guint n = 0;

    for (char **at = lines; *at; at++)
        n += g_str_equal (*at, line);
    return n;
}

START_TEST (nesting)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GString) in = g_string_new ("{\"execute\":\"a\",\"id\":");

    for (int i = 0; i < 1023; i++)
        g_string_append_c (in, '[');
    for (int i = 0; i < 1023; i++)
        g_string_append_c (in, ']');
    g_string_append_c (in, '}');
    feed (parser, in->str, in->len, out);
    ck_assert_int_eq (strncmp (out->str, "a [[", 4), 0);

    g_string_truncate (out, 0);
    g_string_insert_c (in, 20, '[');
    g_string_insert_c (in, in->len - 2, ']');
    feed (parser, in->str, in->len, out);
    ck_assert_uint_eq (count_lines (out, "JSON nesting depth limit exceeded"), 1);
    ck_assert_uint_eq (count_lines (out, VALUE), 1025);
    ck_assert_uint_eq (count_lines (out, ""), 1); /* after the last line */
    g_string_truncate (out, 0);
    feed (parser, "7 ", 2, out); /* nothing is left that would swallow it */
    ck_assert_str_eq (out->str, NOT_OBJECT "\n");
}
END_TEST

START_TEST (token_count)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    g_autoptr (GString) out = g_string_new (NULL);
    gsize limit = 2u << 20;
    g_autofree char *in = g_malloc (limit + 2);

    /* [ and then limit - 2 tokens and ] is just allowed */
    memset (in, ' ', limit + 2);
    in[0] = '[';
    for (gsize i = 1; i < limit - 1; i++)
        in[i] = i % 2 ? '1' : ',';
    in[limit - 2] = ' ';
    in[limit - 1] = ']';
    feed (parser, in, limit, out);
    ck_assert_str_eq (out->str, NOT_OBJECT "\n");

    g_string_truncate (out, 0);
    in[limit - 2] = ',';
    in[limit - 1] = '2';
    in[limit] = ',';
    in[limit + 1] = ']';
    feed (parser, in, limit + 2, out);
    ck_assert_str_eq (out->str, "JSON token count limit exceeded\n" VALUE "\n");
}
END_TEST

START_TEST (token_size)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    g_autoptr (GString) out = g_string_new (NULL);
    gsize limit = 64u << 20;
    g_autofree char *block = g_malloc (1 << 20);

    /* one token: the limit is passed inside the string, and reading starts anew there */
    memset (block, '1', 1 << 20);
    feed (parser, "\"", 1, out);
    for (gsize n = 0; n < limit - 1; n += 1 << 20)
        feed (parser, block, MIN ((gsize)1 << 20, limit - 1 - n), out);
    ck_assert_str_eq (out->str, "");
    feed (parser, "11", 2, out);
    ck_assert_str_eq (out->str, "JSON token size limit exceeded\n");
    feed (parser, " ", 1, out);
    ck_assert_str_eq (out->str, "JSON token size limit exceeded\n" NOT_OBJECT "\n");

    /* many tokens: the sum is limited, too */
    g_string_truncate (out, 0);
    block[0] = block[(1 << 20) - 2] = '"';
    block[(1 << 20) - 1] = ',';
    feed (parser, "[", 1, out);
    for (gsize n = 0; n < limit - (1 << 20); n += 1 << 20)
        feed (parser, block, 1 << 20, out);
    ck_assert_str_eq (out->str, "");
    feed (parser, block, 1 << 20, out);
    feed (parser, "]", 1, out);
    ck_assert_str_eq (out->str, "JSON token size limit exceeded\n" VALUE "\n" VALUE "\n");
}
END_TEST

START_TEST (long_texts)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    g_autoptr (GString) out = g_string_new (NULL);
    g_autofree char *word = g_strnfill (100000, 'a');
    g_autofree char *cut = g_strnfill (1023 - strlen ("invalid keyword '"), 'a');
    g_autofree char *wanted = g_strdup_printf (PARSE "invalid keyword '%s\n", cut);

    feed (parser, word, strlen (word), out);
    feed (parser, " ", 1, out);
    ck_assert_str_eq (out->str, wanted);

    g_string_truncate (out, 0);
    feed (parser, "\"", 1, out);
    feed (parser, word, strlen (word), out);
    feed (parser, "\n", 1, out);
    ck_assert_uint_lt (out->len, 5000); /* QEMU gives all of it back; see the conformance test */
}
END_TEST

START_TEST (quoting)
{
    g_autoptr (GString) out = g_string_new (NULL);

    qmp_text_quote (out, "a\"\\\b\f\n\r\t/\x01\x7f\xc3\xa9\xf0\x9f\x98\x80\xc0\x80\xff\xe2\x82z");
    ck_assert_str_eq (out->str, "\"a\\\"\\\\\\b\\f\\n\\r\\t/\\u0001\\u007F\\u00E9\\uD83D\\uDE00"
                                "\\u0000\\uFFFD\\uFFFDz\"");
}
END_TEST

START_TEST (writing)
{
    static const char json[] =
        "{\"s\":\"\xc3\xa9\",\"i\":-5,\"d\":0.5,\"t\":true,\"n\":null,\"a\":[1,{},[]]}";
    g_autoptr (JsonNode) node = json_from_string (json, NULL);
    g_autoptr (GString) out = g_string_new (NULL);

    qmp_writer_node (out, node);
    ck_assert_str_eq (out->str, "{\"s\": \"\\u00E9\", \"i\": -5, \"d\": 0.5, \"t\": true, "
                                "\"n\": null, \"a\": [1, {}, []]}");
}
END_TEST

static Suite *
lexer_suite (void)
{
    Suite *suite = suite_create ("qmp-lexer");
    TCase *facts = tcase_create ("facts");
    TCase *limits = tcase_create ("limits");

    tcase_add_loop_test (facts, rows, 0, G_N_ELEMENTS (ROWS));
    tcase_add_test (facts, zero_byte);
    tcase_add_test (facts, quoting);
    tcase_add_test (facts, writing);
    suite_add_tcase (suite, facts);
    tcase_set_timeout (limits, 60);
    tcase_add_test (limits, nesting);
    tcase_add_test (limits, token_count);
    tcase_add_test (limits, token_size);
    tcase_add_test (limits, long_texts);
    suite_add_tcase (suite, limits);
    return suite;
}

int
main (void)
{
    return run_tap (lexer_suite ());
}
