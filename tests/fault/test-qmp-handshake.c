/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that can go wrong before a QmpClient is ready. */
#include <string.h>

#include "qmp/qmp-error.h"
#include "tests/fault/client-world.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

/* Waits for the connect to fail with @code and a message that has @text in it. */
static void
expect_failure (QmpErrorCode code, const char *text)
{
    ck_wait (fix.outcome.n_calls);
    wait_settle ();
    ck_assert_uint_eq (fix.outcome.n_calls, 1);
    ck_assert (!fix.outcome.done);
    ck_assert_msg (g_error_matches (fix.outcome.error, QMP_ERROR, (int)code) &&
                       strstr (fix.outcome.error->message, text),
                   "%s (%d)", fix.outcome.error->message, fix.outcome.error->code);
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_IDLE);
    ck_assert_uint_eq (fix.n_closed, 0);
}

START_TEST (plain)
{
    g_autofree char *command = NULL;

    begin (QMP_CLIENT_DEFAULT, 5000);
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_GREETING);
    ck_assert_ptr_null (qmp_client_get_greeting (fix.client));
    peer_send (fix.peer, PEER_GREETING, -1);
    command = peer_take (fix.peer);
    ck_assert (g_regex_match_simple ("^{\"execute\":\"qmp_capabilities\",\"id\":\\d{6,7}}$",
                                     command, 0, 0));
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_NEGOTIATING);
    peer_return (fix.peer, g_ascii_strtoull (strstr (command, "\"id\":") + 5, NULL, 10));
    expect_ready ();
    ck_assert (!qmp_client_has_oob (fix.client));
    ck_assert_uint_eq (g_bytes_get_size (qmp_client_get_greeting (fix.client)),
                       strlen (PEER_GREETING) - 2);
}
END_TEST

START_TEST (oob_is_negotiated)
{
    g_autofree char *command = NULL;

    begin (QMP_CLIENT_WANT_OOB, 5000);
    peer_send (fix.peer, PEER_GREETING, -1);
    command = peer_take (fix.peer);
    ck_assert_ptr_nonnull (strstr (command, "\"arguments\":{\"enable\":[\"oob\"]},\"id\":"));
    peer_return (fix.peer, g_ascii_strtoull (strstr (command, "\"id\":") + 5, NULL, 10));
    expect_ready ();
    ck_assert (qmp_client_has_oob (fix.client));
}
END_TEST

START_TEST (oob_is_not_offered)
{
    g_autofree char *command = NULL;

    begin (QMP_CLIENT_WANT_OOB, 5000);
    peer_send (fix.peer, "{\"QMP\":{\"capabilities\":[]}}", -1);
    command = peer_take (fix.peer);
    ck_assert_ptr_null (strstr (command, "oob"));
    peer_return (fix.peer, g_ascii_strtoull (strstr (command, "\"id\":") + 5, NULL, 10));
    expect_ready ();
    ck_assert (!qmp_client_has_oob (fix.client));
}
END_TEST

START_TEST (byte_by_byte)
{
    g_autofree char *reply = NULL;

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_dribble (fix.peer, PEER_GREETING);
    reply = g_strdup_printf ("\r\n{\"return\": {}, \"id\": %" G_GUINT64_FORMAT "}",
                             peer_expect (fix.peer, "qmp_capabilities"));
    peer_dribble (fix.peer, reply);
    expect_ready ();
}
END_TEST

START_TEST (pretty_printed)
{
    g_autofree char *reply = NULL;

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer,
               "{\r\n    \"QMP\": {\r\n        \"version\": {\r\n        },\r\n"
               "        \"capabilities\": [\r\n            \"oob\"\r\n        ]\r\n    }\r\n}\r\n",
               -1);
    reply = g_strdup_printf ("{\n    \"id\": %" G_GUINT64_FORMAT ",\n    \"return\": {\n    }\n}\n",
                             peer_expect (fix.peer, "qmp_capabilities"));
    peer_send (fix.peer, reply, -1);
    expect_ready ();
}
END_TEST

START_TEST (silent_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 60);
    expect_failure (QMP_ERROR_NO_REPLY, "the monitor is in use by another client");
}
END_TEST

START_TEST (half_a_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 60);
    peer_send (fix.peer, PEER_GREETING, 50);
    expect_failure (QMP_ERROR_NO_REPLY, "no greeting came");
}
END_TEST

START_TEST (slow_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, PEER_GREETING, 50);
    ck_assert (!wait_for (fix.outcome.n_calls, 50));
    peer_send (fix.peer, PEER_GREETING + 50, -1);
    peer_return (fix.peer, peer_expect (fix.peer, "qmp_capabilities"));
    expect_ready ();
}
END_TEST

START_TEST (silent_negotiation)
{
    begin (QMP_CLIENT_DEFAULT, 60);
    peer_send (fix.peer, PEER_GREETING, -1);
    expect_failure (QMP_ERROR_NO_REPLY, "main loop is busy or stopped");
}
END_TEST

START_TEST (eof_before_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_hang_up (fix.peer);
    expect_failure (QMP_ERROR_CLOSED, "before its greeting: the peer closed the connection");
}
END_TEST

START_TEST (eof_in_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, PEER_GREETING, 50);
    peer_hang_up (fix.peer);
    expect_failure (QMP_ERROR_CLOSED, "in the middle of a message, after 50 bytes of it");
}
END_TEST

START_TEST (eof_after_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, PEER_GREETING, -1);
    peer_expect (fix.peer, "qmp_capabilities");
    peer_hang_up (fix.peer);
    expect_failure (QMP_ERROR_CLOSED, "after its greeting: the peer closed the connection");
}
END_TEST

START_TEST (reset_after_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_set_reading (fix.peer, FALSE);
    peer_send (fix.peer, PEER_GREETING, -1);
    peer_reset (fix.peer);
    expect_failure (QMP_ERROR_CLOSED, "after its greeting: the peer reset the connection");
}
END_TEST

static const char *const no_greetings[] = {
    "SSH-2.0-OpenSSH_9.2\r\n", "QEMU 7.2.22 monitor - type 'help'\r\n(qemu) ", "[]", "{]", "{}",
    "{\"QMP\":{},\"QMP\":{}}",
};

START_TEST (garbage_greeting)
{
    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, no_greetings[_i], -1);
    expect_failure (QMP_ERROR_PROTOCOL, "");
}
END_TEST

/* The reply to a command of the client before us comes first, with or without an id. */
START_TEST (stale_replies)
{
    QmpClientCounters counters;
    guint64 id;

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, "{\"return\": {}}\r\n" PEER_GREETING, -1);
    id = peer_expect (fix.peer, "qmp_capabilities");
    peer_send (fix.peer,
               "{\"return\": {}, \"id\": \"from-A\"}{\"return\": {}}{\"return\": {}, \"id\": 1}"
               "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}}"
               "{\"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}}",
               -1);
    ck_assert (!wait_for (fix.outcome.n_calls, 30));
    peer_return (fix.peer, id);
    expect_ready ();
    qmp_client_get_counters (fix.client, &counters);
    ck_assert_uint_eq (counters.unknown_replies, 6);
}
END_TEST

START_TEST (events_in_handshake)
{
    guint64 id;

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, "{\"event\": \"STOP\"}" PEER_GREETING "{\"event\": \"RESUME\"}", -1);
    id = peer_expect (fix.peer, "qmp_capabilities");
    peer_send (fix.peer, "{\"event\": \"STOP\"}", -1);
    peer_return (fix.peer, id);
    expect_ready ();
    ck_assert_uint_eq (fix.n_events, 3);
}
END_TEST

START_TEST (negotiation_is_refused)
{
    g_autofree char *reply = NULL;

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, PEER_GREETING, -1);
    reply = g_strdup_printf ("{\"id\": %" G_GUINT64_FORMAT ", \"error\": {\"class\": "
                             "\"CommandNotFound\", \"desc\": \"already complete\"}}",
                             peer_expect (fix.peer, "qmp_capabilities"));
    peer_send (fix.peer, reply, -1);
    expect_failure (QMP_ERROR_COMMAND_NOT_FOUND, "already complete");
    ck_assert_str_eq (qmp_error_get_class (fix.outcome.error), "CommandNotFound");
}
END_TEST

/* QEMU does so when its monitor is set up while the client connects. */
START_TEST (greeting_twice)
{
    guint64 one, two;

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, PEER_GREETING, -1);
    one = peer_expect (fix.peer, "qmp_capabilities");
    peer_send (fix.peer, PEER_GREETING, -1);
    two = peer_expect (fix.peer, "qmp_capabilities");
    peer_return (fix.peer, _i ? one : two);
    expect_ready ();
    peer_return (fix.peer, _i ? two : one); /* belongs to nobody any more */
    wait_settle ();
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_READY);
}
END_TEST

START_TEST (negotiation_forgotten)
{
    guint64 one, two;

    begin (QMP_CLIENT_DEFAULT, 20000);
    peer_send (fix.peer, PEER_GREETING, -1);
    one = peer_expect (fix.peer, "qmp_capabilities");
    two = peer_expect (fix.peer, "qmp_capabilities"); /* by itself */
    ck_assert_uint_ne (one, two);
    peer_return (fix.peer, two);
    expect_ready ();
}
END_TEST

START_TEST (deep_greeting)
{
    g_autofree char *deep = g_strnfill (200000, '[');

    begin (QMP_CLIENT_DEFAULT, 5000);
    peer_send (fix.peer, "{\"QMP\":", -1);
    peer_send (fix.peer, deep, -1);
    expect_failure (QMP_ERROR_TOO_LARGE, "nested deeper than 1024");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-handshake");
    TCase *tcase = tcase_create ("handshake");

    tcase_set_timeout (tcase, 30);
    tcase_add_checked_fixture (tcase, NULL, teardown);
    tcase_add_test (tcase, plain);
    tcase_add_test (tcase, oob_is_negotiated);
    tcase_add_test (tcase, oob_is_not_offered);
    tcase_add_test (tcase, byte_by_byte);
    tcase_add_test (tcase, pretty_printed);
    tcase_add_test (tcase, silent_greeting);
    tcase_add_test (tcase, half_a_greeting);
    tcase_add_test (tcase, slow_greeting);
    tcase_add_test (tcase, silent_negotiation);
    tcase_add_test (tcase, eof_before_greeting);
    tcase_add_test (tcase, eof_in_greeting);
    tcase_add_test (tcase, eof_after_greeting);
    tcase_add_test (tcase, reset_after_greeting);
    tcase_add_loop_test (tcase, garbage_greeting, 0, G_N_ELEMENTS (no_greetings));
    tcase_add_test (tcase, stale_replies);
    tcase_add_test (tcase, events_in_handshake);
    tcase_add_test (tcase, negotiation_is_refused);
    tcase_add_loop_test (tcase, greeting_twice, 0, 2);
    tcase_add_test (tcase, negotiation_forgotten);
    tcase_add_test (tcase, deep_greeting);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
