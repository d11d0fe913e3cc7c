/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer that misbehaves after the handshake: every way in which a connection can go wrong, and
 * what becomes of the calls that wait.  Calls among themselves are test-qmp-calls.c. */
#include <string.h>
#include <sys/socket.h>

#include "qmp/qmp-error.h"
#include "tests/fault/client-world.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

/* All calls end once, with @code and @text, and then the connection. */
static void
expect_end (QmpErrorCode code, const char *text)
{
    ck_wait (fix.n_closed);
    wait_settle ();
    ck_assert_uint_eq (fix.n_closed, 1);
    ck_assert_uint_eq (fix.n_ended_first, 3);
    for (guint i = 0; i < 3; i++) {
        GError *error = fix.calls[i].error;

        ck_assert_uint_eq (fix.calls[i].n_calls, 1);
        ck_assert_msg (g_error_matches (error, QMP_ERROR, (int)code) &&
                           strstr (error->message, text),
                       "%s", error ? error->message : "no error");
    }
    ck_assert (g_error_matches (fix.reason, QMP_ERROR, (int)code));
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_IDLE);
    ck_assert_uint_eq (qmp_client_get_n_pending (fix.client), 0);
    outcome_clear (&fix.calls[0]);
    peer_call (fix.client, "stop", &fix.calls[0]);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_CLOSED));
}

START_TEST (eof)
{
    start_calls ();
    peer_hang_up (fix.peer);
    expect_end (QMP_ERROR_CLOSED, "the peer closed the connection");
}
END_TEST

START_TEST (eof_in_reply)
{
    start_calls ();
    peer_send (fix.peer, "{\"return\": {\"name\": \"", -1);
    peer_hang_up (fix.peer);
    expect_end (QMP_ERROR_CLOSED, "in the middle of a message, after 21 bytes of it");
}
END_TEST

START_TEST (reset)
{
    peer_set_reading (fix.peer, FALSE);
    for (guint i = 0; i < 3; i++)
        peer_call (fix.client, "stop", &fix.calls[i]);
    peer_reset (fix.peer);
    expect_end (QMP_ERROR_CLOSED, "the peer reset the connection");
}
END_TEST

/* The peer reads no more, but does not leave: writing fails, reading would not. */
START_TEST (broken_pipe)
{
    shutdown (fix.peer->fd, SHUT_RD);
    for (guint i = 0; i < 3; i++)
        peer_call (fix.client, "stop", &fix.calls[i]);
    ck_assert_uint_eq (fix.calls[0].n_calls, 0);
    expect_end (QMP_ERROR_CLOSED, "writing to the peer: ");
}
END_TEST

/* What the peer sent before it stopped reading is delivered all the same. */
START_TEST (broken_pipe_after_reply)
{
    guint64 id = start_calls ();

    peer_return (fix.peer, id);
    shutdown (fix.peer->fd, SHUT_RD);
    outcome_clear (&fix.calls[1]);
    peer_call (fix.client, "stop", &fix.calls[1]);
    ck_wait (fix.n_closed);
    ck_assert (fix.calls[0].done);
}
END_TEST

static const struct {
    const char *bytes;
    QmpErrorCode code;
    const char *text;
} rubbish[] = {
    { "garbage", QMP_ERROR_PROTOCOL, "'g' where an object should begin" },
    { "[]", QMP_ERROR_PROTOCOL, "'[' where an object should begin" },
    { "\x01", QMP_ERROR_PROTOCOL, "byte 0x01 where an object should begin" },
    { "{]", QMP_ERROR_PROTOCOL, "not valid JSON: a key is missing at byte 1" },
    { "{\"return\": {}, \"id\": 01}", QMP_ERROR_PROTOCOL, "not valid JSON" },
    { "{\"return\": \"a\nb\"}", QMP_ERROR_PROTOCOL, "a control character in a string" },
    { "{\"return\": \"\xff\"}", QMP_ERROR_PROTOCOL, "invalid UTF-8" },
    { "{\"return\": {}, \"id\": 1, \"id\": 2}", QMP_ERROR_PROTOCOL, "a key that was there before" },
    { "{}", QMP_ERROR_PROTOCOL, "no greeting, reply or event" },
    { "{\"return\": {}, \"error\": {}}", QMP_ERROR_PROTOCOL, "both 'return' and 'error'" },
    { "{\"event\": 5}", QMP_ERROR_PROTOCOL, "without a usable name" },
    { "{\"event\": \"\"}", QMP_ERROR_PROTOCOL, "without a usable name" },
    { PEER_GREETING, QMP_ERROR_PROTOCOL, "greeted a second time" },
};

START_TEST (no_qmp)
{
    start_calls ();
    peer_send (fix.peer, rubbish[_i].bytes, -1);
    expect_end (rubbish[_i].code, rubbish[_i].text);
}
END_TEST

START_TEST (endless_event_names)
{
    start_calls ();
    for (guint i = 0; i < 3000 && !fix.n_closed; i++) {
        g_autofree char *event = g_strdup_printf ("{\"event\": \"EVENT_%u\"}", i);

        peer_send (fix.peer, event, -1);
    }
    expect_end (QMP_ERROR_PROTOCOL, "without a usable name");
    ck_assert_uint_eq (fix.n_events, 1024);
}
END_TEST

START_TEST (oversize)
{
    g_autofree char *megabyte = g_strnfill (1 << 20, 'x');

    start_calls ();
    peer_send (fix.peer, "{\"return\": \"", -1);
    for (int i = 0; i < 66 && !fix.n_closed; i++)
        peer_send (fix.peer, megabyte, 1 << 20);
    expect_end (QMP_ERROR_TOO_LARGE, "more than 67108864 bytes");
}
END_TEST

START_TEST (nested_too_deep)
{
    g_autofree char *deep = g_strnfill (200000, '[');

    start_calls ();
    peer_send (fix.peer, "{\"return\": ", -1);
    peer_send (fix.peer, deep, -1);
    expect_end (QMP_ERROR_TOO_LARGE, "nested deeper than 1024");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-faults");
    TCase *tcase = tcase_create ("faults");

    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, eof);
    tcase_add_test (tcase, eof_in_reply);
    tcase_add_test (tcase, reset);
    tcase_add_test (tcase, broken_pipe);
    tcase_add_test (tcase, broken_pipe_after_reply);
    tcase_add_loop_test (tcase, no_qmp, 0, G_N_ELEMENTS (rubbish));
    tcase_add_test (tcase, endless_event_names);
    tcase_add_test (tcase, oversize);
    tcase_add_test (tcase, nested_too_deep);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
