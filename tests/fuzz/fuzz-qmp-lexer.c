/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes what a client's bytes go through before they mean anything: whatever they are, it makes no
 * difference how they come in pieces, what is passed on is strict JSON on one line, and reading
 * that again gives the same.
 *
 * Build: CC=clang ./configure --enable-fuzzing && make; run: tests/fuzz/fuzz-qmp-lexer
 * -max_len=4096
 */
#include <stdint.h>
#include <string.h>

#include "qmp/qmp-parser.h"
#include "qmp/qmp-request.h"
#include "qmp/qmp-writer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What makes a line that any JSON reader takes. */
static void
check_json (const char *json)
{
    if (!json)
        return;
    g_assert_true (*json && g_utf8_validate (json, -1, NULL));
    for (const char *at = json; *at; at++)
        g_assert_true ((guchar)*at >= 0x20);
}

static void
check_again (const QmpRequest *request)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    g_autoptr (QmpInput) input = NULL;
    g_autofree char *text = g_strdup_printf (
        "{\"execute\":\"a\"%s%s%s%s}", request->id ? ",\"id\":" : "",
        request->id ? request->id : "", request->arguments ? ",\"arguments\":" : "",
        request->arguments ? request->arguments : "");
    QmpRequest again = { 0 };
    QmpFault fault;
    gsize used = qmp_parser_feed (parser, text, strlen (text), &input);

    g_assert_true (input && used == strlen (text));
    qmp_request_read (input, FALSE, &again, &fault);
    g_assert_null (fault.description);
    g_assert_cmpstr (again.id, ==, request->id);
    g_assert_cmpstr (again.arguments, ==, request->arguments);
    qmp_request_clear (&again);
}

static void
tell (GString *out, QmpInput *input)
{
    QmpRequest request = { 0 };
    QmpFault fault;
    GString *line;
    gboolean oob = FALSE;

    qmp_request_read (input, TRUE, &request, &fault);
    check_json (request.id);
    check_json (request.arguments);
    if (fault.description) {
        line = qmp_writer_error (fault.error_class, fault.description, request.id);
        g_assert_true (g_str_has_suffix (line->str, "\r\n"));
    } else {
        check_again (&request);
        line = g_string_new (request.command);
        g_string_append_printf (line, " %s %s", request.id ? request.id : "-",
                                request.arguments ? request.arguments : "-");
        qmp_request_negotiate (&request, FALSE, TRUE, &oob, &fault);
        g_string_append (line, fault.description ? fault.description : "");
    }
    g_string_append_len (out, line->str, line->len);
    g_string_free (line, TRUE);
    g_free (fault.description);
    qmp_request_clear (&request);
}

/* @piece: how many bytes come at once */
static GString *
read_all (const char *bytes, gsize length, gsize piece)
{
    g_autoptr (QmpParser) parser = qmp_parser_new ();
    GString *out = g_string_new (NULL);

    for (gsize start = 0; start < length; start += piece) {
        gsize end = MIN (length, start + piece);

        for (gsize at = start; at < end;) {
            g_autoptr (QmpInput) input = NULL;

            at += qmp_parser_feed (parser, bytes + at, end - at, &input);
            if (input)
                tell (out, input);
        }
    }
    return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GString) whole = read_all ((const char *)data, size, MAX (size, 1));
    g_autoptr (GString) bytewise = read_all ((const char *)data, size, 1);
    g_autoptr (GString) pieces = read_all ((const char *)data, size, 7);

    g_assert_true (g_string_equal (whole, bytewise));
    g_assert_true (g_string_equal (whole, pieces));
    return 0;
}
