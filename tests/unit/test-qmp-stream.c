/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Framing: where one object ends and the next begins, however the bytes come. */
#include "qmp/qmp-stream.h"

#include <string.h>

#include "qmp/qmp-error.h"
#include "tests/unit/tap.h"

/* Feeds @text in pieces of @step bytes. Returns: the objects joined by '|', or "error" */
static char *
frame (const char *text, gsize step, QmpStreamFlags flags)
{
    g_autoptr (QmpStream) stream = qmp_stream_new (0, flags);
    g_autoptr (GString) out = g_string_new (NULL);
    gsize length = strlen (text);

    for (gsize at = 0; at < length; at += step) {
        GBytes *message;

        qmp_stream_push (stream, text + at, MIN (step, length - at));
        do {
            if (!qmp_stream_next (stream, &message, NULL))
                return g_strdup ("error");
            if (!message)
                break;
            g_string_append_len (out, g_bytes_get_data (message, NULL),
                                 (gssize)g_bytes_get_size (message));
            g_string_append_c (out, '|');
            g_bytes_unref (message);
        } while (TRUE);
    }
    return g_string_free (g_steal_pointer (&out), FALSE);
}

static const struct {
    const char *input;
    const char *output;
    QmpStreamFlags flags;
} cases[] = {
    { "{\"a\":1}\r\n{\"b\":2}\r\n", "{\"a\":1}|{\"b\":2}|" },
    { "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}|{\"b\":2}|" },
    { "{}{}{}", "{}|{}|{}|" },
    { "\r\n \t{}\n\n", "{}|" },
    { "{\r\n    \"QMP\": {\r\n    }\r\n}\r\n", "{\r\n    \"QMP\": {\r\n    }\r\n}|" },
    { "{\"a\":\"}{][\\\"}\"}{\"b\":\"\\\\\"}", "{\"a\":\"}{][\\\"}\"}|{\"b\":\"\\\\\"}|" },
    { "{\"a\":[[{}],{}]} {", "{\"a\":[[{}],{}]}|" },
    { "\xff{\"return\":1}\n\xff\xff{}", "{\"return\":1}|{}|" },
    { "{\"unfinished\":", "" },
    { "", "" },
    { "  \r\n", "" },
    /* brackets that do not match end somewhere; the scanner refuses the object then */
    { "{]{}", "{]|{}|" },
    { "x{}", "error" },
    { "{}x", "error" },
    { "[]", "error" },
    { "null", "error" },
    { "}", "error" },
    { "\"{}\"", "error" },
    { "HTTP/1.1 400 Bad Request\r\n", "error" },
    { "\xef\xbb\xbf{}", "error" },
    { "\x01{}", "error" },
    /* guest agents: the byte 0xFF cancels, garbage lasts until it or the end of the line */
    { "{\"return\": \"cut off\xff{\"return\":1}\n", "{\"return\":1}|", QMP_STREAM_RESYNC },
    { "{\"return\": [1, \xff{\"return\":1}\n", "{\"return\":1}|", QMP_STREAM_RESYNC },
    { "{\"return\": \"\\\xff{\"return\":1}\n", "{\"return\":1}|", QMP_STREAM_RESYNC },
    { "tail of it\"}\n{\"return\":1}\n", "{\"return\":1}|", QMP_STREAM_RESYNC },
    { "tail\xff{\"return\":1}\n", "{\"return\":1}|", QMP_STREAM_RESYNC },
    { "[ {} ]\n{\"return\":1}\n", "{\"return\":1}|", QMP_STREAM_RESYNC },
};

START_TEST (objects_are_found)
{
    for (gsize step = 1; step < 40; step++) {
        g_autofree char *output = frame (cases[_i].input, step, cases[_i].flags);

        if (strcmp (cases[_i].output, "error") == 0)
            ck_assert_str_eq (output, "error");
        else
            ck_assert_str_eq (output, cases[_i].output);
    }
}
END_TEST

START_TEST (what_came_before_an_error_is_delivered)
{
    g_autoptr (QmpStream) stream = qmp_stream_new (0, QMP_STREAM_DEFAULT);
    g_autoptr (GError) error = NULL;
    GBytes *message;

    qmp_stream_push (stream, "{}\r\nHello", 9);
    ck_assert (qmp_stream_next (stream, &message, &error));
    ck_assert_ptr_nonnull (message);
    g_bytes_unref (message);
    ck_assert (!qmp_stream_next (stream, &message, &error));
    ck_assert_ptr_null (message);
    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_PROTOCOL));
    ck_assert_str_eq (error->message, "the peer sent 'H' where an object should begin: is this a "
                                      "QMP socket?");
}
END_TEST

START_TEST (long_messages_are_refused)
{
    g_autoptr (QmpStream) stream = qmp_stream_new (1000, QMP_STREAM_DEFAULT);
    g_autofree char *filling = g_strnfill (990, 'x');
    g_autoptr (GError) error = NULL;
    GBytes *message;

    qmp_stream_push (stream, "{\"a\":\"", 6);
    qmp_stream_push (stream, filling, 990);
    qmp_stream_push (stream, "\"}", 2);
    ck_assert (qmp_stream_next (stream, &message, &error));
    ck_assert_uint_eq (g_bytes_get_size (message), 998);
    g_bytes_unref (message);
    qmp_stream_push (stream, "{\"a\":\"", 6);
    qmp_stream_push (stream, filling, 990);
    ck_assert (qmp_stream_next (stream, &message, &error));
    ck_assert_ptr_null (message);
    ck_assert_uint_eq (qmp_stream_get_unfinished (stream), 996);
    qmp_stream_push (stream, filling, 5);
    ck_assert (!qmp_stream_next (stream, &message, &error));
    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
}
END_TEST

START_TEST (deep_messages_are_refused)
{
    g_autofree char *fits = g_strnfill (1023, '['), *deep = g_strnfill (200000, '[');
    g_autoptr (QmpStream) stream = qmp_stream_new (0, QMP_STREAM_DEFAULT);
    g_autoptr (GError) error = NULL;
    GBytes *message;

    qmp_stream_push (stream, "{", 1);
    qmp_stream_push (stream, fits, 1023);
    ck_assert (qmp_stream_next (stream, &message, &error));
    qmp_stream_push (stream, deep, 200000);
    ck_assert (!qmp_stream_next (stream, &message, &error));
    ck_assert (g_error_matches (error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
}
END_TEST

START_TEST (many_messages_in_one_push)
{
    g_autoptr (QmpStream) stream = qmp_stream_new (0, QMP_STREAM_DEFAULT);
    g_autoptr (GString) text = g_string_new (NULL);
    GBytes *message;
    guint n = 0;

    for (int i = 0; i < 50000; i++)
        g_string_append (text, "{\"event\":\"X\"}\r\n");
    qmp_stream_push (stream, text->str, text->len);
    while (qmp_stream_next (stream, &message, NULL) && message) {
        g_bytes_unref (message);
        n++;
    }
    ck_assert_uint_eq (n, 50000);
    ck_assert_uint_eq (qmp_stream_get_unfinished (stream), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-stream");
    TCase *tcase = tcase_create ("stream");

    tcase_add_loop_test (tcase, objects_are_found, 0, G_N_ELEMENTS (cases));
    tcase_add_test (tcase, what_came_before_an_error_is_delivered);
    tcase_add_test (tcase, long_messages_are_refused);
    tcase_add_test (tcase, deep_messages_are_refused);
    tcase_add_test (tcase, many_messages_in_one_push);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
