/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests the conversation of a QmpSession, and all the ways in which it ends. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault/session-world.h"
#include "unit/tap.h"

/* --- conversation -------------------------------------------------------------------------- */

START_TEST (greets_and_negotiates)
{
    g_autoptr (World) world = world_new (TRUE);

    expect (world, GREETING "\r\n");
    qmp_session_send_event (world->session, EVENT, strlen (EVENT));
    say (world, "{\"execute\":\"x\",\"id\":7}");
    expect (world, "{\"id\": 7, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"Expecting "
                   "capabilities negotiation with 'qmp_capabilities'\"}}\r\n");
    ck_assert (!qmp_session_is_ready (world->session));
    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}");
    expect (world, "{\"return\": {}, \"id\": 1}\r\n");
    ck_assert_uint_eq (world->n_ready, 1);
    ck_assert (qmp_session_has_oob (world->session));
    qmp_session_send_event (world->session, EVENT, strlen (EVENT));
    expect (world, EVENT "\r\n");
    say (world, "{\"execute\":\"qmp_capabilities\",\"id\":\"y\"}");
    expect (world, "{\"id\": \"y\", \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                   "\"Capabilities negotiation is already complete, command ignored\"}}\r\n");
    ck_assert_str_eq (world->commands->str, "");
    ck_assert_int_eq (
        g_credentials_get_unix_pid (qmp_session_get_credentials (world->session), NULL), getpid ());
}
END_TEST

START_TEST (oob_only_when_offered)
{
    g_autoptr (World) world = world_new (FALSE);

    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect (world, GREETING "\r\n{\"error\": {\"class\": \"GenericError\", \"desc\": \"Capability "
                            "oob not available\"}}\r\n");
    ck_assert_uint_eq (world->n_ready, 0);
}
END_TEST

START_TEST (replies_carry_the_id_bytes)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    say (world, "{'execute':'a','id':{\"b\": 1e2, \"a\":'\"'}}{\"execute\":\"a\"}"
                "{\"execute\":\"error\",\"id\":18446744073709551616}");
    expect (world, "{\"return\": {}, \"id\": {\"b\":1e2,\"a\":\"\\\"\"}}\r\n"
                   "{\"return\": {}}\r\n"
                   "{\"id\": 18446744073709551616, \"error\": {\"class\": \"DeviceNotFound\", "
                   "\"desc\": \"Device '\\u00E9' not found\"}}\r\n");
}
END_TEST

START_TEST (odd_names_never_reach_the_owner)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    say (world, "{\"execute\":\"\"}{\"execute\":\"a b\"}{\"execute\":\"x\\u0000\"}");
    expect (world,
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command  has not been "
            "found\"}}\r\n"
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command a b has not been "
            "found\"}}\r\n"
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command x\\u0000 has not "
            "been found\"}}\r\n");
    ck_assert_str_eq (world->commands->str, "");
}
END_TEST

START_TEST (own_answers_wait_their_turn)
{
    g_autoptr (World) world = world_new (TRUE);
    static const char expecting[] =
        "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting "
        "value\"}}\r\n";
    g_autofree char *both = g_strconcat ("{\"return\": {}, \"id\": 1}\r\n", expecting, NULL);

    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect (world, READY);
    say (world, "{\"execute\":\"hold\",\"id\":1}]{\"execute\":\"hold\",\"id\":2}]");
    say (world, "{\"exec-oob\":\"now\",\"id\":3}{\"exec-oob\":\"now\",\"id\":4,\"x\":1}");
    expect (world, "{\"return\": {}, \"id\": 3}\r\n{\"id\": 4, \"error\": {\"class\": "
                   "\"GenericError\", \"desc\": \"QMP input member 'x' is unexpected\"}}\r\n");
    answer_held (world);
    expect (world, both);
    qmp_request_free (g_queue_pop_head (&world->held)); /* a command without a reply */
    expect (world, expecting);
}
END_TEST

START_TEST (refusals_say_why)
{
    g_autoptr (World) world = world_new (TRUE);
    g_autoptr (GSocketConnection) connection = NULL;
    g_autoptr (GSocket) socket = NULL;
    char got[200] = "";
    int fds[2];

    expect (world, GREETING "\r\n");
    qmp_session_fail (world->session, "GenericError", "uid %d may not", 7);
    expect_closed (world);
    ck_assert_ptr_null (world->reason);
    expect (world,
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"uid 7 may not\"}}\r\nEOF");

    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), 0);
    socket = g_socket_new_from_fd (fds[0], NULL);
    connection = g_socket_connection_factory_create_connection (socket);
    qmp_session_refuse (connection, "GenericError", "too many clients (limit: %d)", 64);
    ck_assert_int_gt (read (fds[1], got, sizeof got - 1), 0);
    ck_assert_str_eq (got, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"too many clients "
                           "(limit: 64)\"}}\r\n");
    ck_assert_int_eq (read (fds[1], got, sizeof got), 0);
    close (fds[1]);
}
END_TEST

START_TEST (idle_session_sleeps)
{
    g_autoptr (World) world = world_new (TRUE);
    GMainContext *context = g_main_context_default ();
    GPollFD polls[8];
    int timeout = 0, priority, n;

    begin (world);
    say (world, "{\"execute\":\"hold\"}");
    pump_idle ();
    ck_assert (g_main_context_acquire (context));
    ck_assert (!g_main_context_prepare (context, &priority));
    n = g_main_context_query (context, priority, &timeout, polls, G_N_ELEMENTS (polls));
    ck_assert_int_le (n, (int)G_N_ELEMENTS (polls));
    for (int i = 0; i < n; i++)
        polls[i].revents = 0;
    g_main_context_check (context, priority, polls, n);
    g_main_context_release (context);
    ck_assert_int_eq (timeout, -1);
}
END_TEST

/* --- ends ----------------------------------------------------------------------------------- */

START_TEST (half_close_is_answered_first)
{
    g_autoptr (World) world = world_new (TRUE);

    say (world, CAPS "{\"execute\":\"a\",\"id\":1}{\"execute\":\"hold\",\"id\":2}"
                     "{\"execute\":\"a\",\"id\":3}");
    shutdown (world->fd, SHUT_WR);
    expect (world, READY "{\"return\": {}, \"id\": 1}\r\n{\"return\": {}, \"id\": 3}\r\n");
    ck_assert_uint_eq (world->n_closed, 0);
    answer_held (world);
    expect_closed (world);
    ck_assert_ptr_null (world->reason);
    expect (world, "{\"return\": {}, \"id\": 2}\r\nEOF");
}
END_TEST

START_TEST (half_closed_client_that_leaves)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    say (world, "{\"execute\":\"hold\"}");
    shutdown (world->fd, SHUT_WR);
    pump_idle ();
    ck_assert_uint_eq (world->n_closed, 0);
    stop_reading (world);
    close (world->fd);
    world->fd = -1;
    expect_closed (world);
    answer_held (world); /* too late, and harmless */
}
END_TEST

START_TEST (client_leaves_with_commands_unanswered)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;

    begin (world);
    for (int i = 0; i < 20; i++)
        say (world, "{\"execute\":\"hold\"}");
    pump_idle ();
    ck_assert_uint_eq (world->held.length, QMP_SESSION_PENDING_MAX + 1);
    stop_reading (world);
    close (world->fd);
    world->fd = -1;
    expect_closed (world);
    ck_assert_ptr_null (world->reason);
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_eq (stats.pending, 0);
    answer_held (world);
    g_clear_pointer (&world->session, qmp_session_free);
    qmp_request_free (g_queue_pop_head (&world->held));
}
END_TEST

START_TEST (close_writes_what_is_queued)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    stop_reading (world);
    say (world, "{\"execute\":\"size\",\"arguments\":{\"n\":1000000}}");
    pump_idle ();
    say (world, "{\"execute\":\"close\"}");
    pump_idle ();
    ck_assert_uint_eq (world->n_closed, 0);
    say (world, "{\"execute\":\"never\"}"); /* unread, and no reset for that */
    start_reading (world);
    expect_closed (world);
    pump_idle ();
    ck_assert_ptr_null (world->reason);
    ck_assert (g_str_has_suffix (world->got->str, "{\"return\": {}}\r\nEOF"));
    ck_assert_str_eq (world->commands->str, "size close ");
}
END_TEST

START_TEST (close_does_not_wait_for_ever)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    stop_reading (world);
    say (world, "{\"execute\":\"size\",\"arguments\":{\"n\":1000000}}{\"execute\":\"close\"}");
    expect_closed (world);
    ck_assert (g_error_matches (world->reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}
END_TEST

static gboolean
has_ended (gpointer data)
{
    return ((World *)data)->watch == 0;
}

START_TEST (free_in_a_handler)
{
    static const char *const handlers[] = { "ready", "request", "closed" };
    g_autoptr (World) world = world_new (TRUE);

    world->free_in = handlers[_i];
    say (world, CAPS "{\"execute\":\"hold\"}{\"execute\":\"close\"}]]]");
    shutdown (world->fd, SHUT_WR);
    ck_assert (pump_until (has_ended, world, DEADLINE));
    pump_idle ();
    ck_assert_ptr_null (world->session);
    ck_assert_uint_eq (world->n_closed, _i == 2);
    ck_assert (g_str_has_suffix (world->got->str, "EOF"));
}
END_TEST

static Suite *
session_suite (void)
{
    Suite *suite = suite_create ("qmp-session");
    TCase *talk = tcase_create ("conversation");
    TCase *ends = tcase_create ("ends");

    tcase_add_test (talk, greets_and_negotiates);
    tcase_add_test (talk, oob_only_when_offered);
    tcase_add_test (talk, replies_carry_the_id_bytes);
    tcase_add_test (talk, odd_names_never_reach_the_owner);
    tcase_add_test (talk, own_answers_wait_their_turn);
    tcase_add_test (talk, refusals_say_why);
    tcase_add_test (talk, idle_session_sleeps);
    suite_add_tcase (suite, talk);
    tcase_set_timeout (ends, 30);
    tcase_add_test (ends, half_close_is_answered_first);
    tcase_add_test (ends, half_closed_client_that_leaves);
    tcase_add_test (ends, client_leaves_with_commands_unanswered);
    tcase_add_test (ends, close_writes_what_is_queued);
    tcase_add_test (ends, close_does_not_wait_for_ever);
    tcase_add_loop_test (ends, free_in_a_handler, 0, 3);
    suite_add_tcase (suite, ends);
    return suite;
}

int
main (void)
{
    return run_tap (session_suite ());
}
