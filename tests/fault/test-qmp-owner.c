/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owners who close, free or start again from within callbacks, and `quit`, after which the peer
 * is expected to leave. */
#include <string.h>
#include <sys/socket.h>

#include "qmp/qmp-error.h"
#include "tests/fault/qmp-peer.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

typedef struct {
    QmpClient *client;
    Peer *peer;
    guint n_closed;
    Outcome calls[10];
} Fixture;

static Fixture fix;

static void
count_closed (QmpClient *client, const GError *reason, gpointer data)
{
    fix.n_closed++;
}

static void
setup (void)
{
    fix.client = peer_connect (QMP_CLIENT_DEFAULT, &fix.peer);
    g_signal_connect (fix.client, "closed", G_CALLBACK (count_closed), NULL);
}

static void
teardown (void)
{
    g_clear_object (&fix.client);
    g_clear_pointer (&fix.peer, peer_free);
    for (guint i = 0; i < G_N_ELEMENTS (fix.calls); i++)
        outcome_clear (&fix.calls[i]);
}

START_TEST (quit_then_eof)
{
    peer_call (fix.client, "quit", &fix.calls[0]);
    peer_call (fix.client, "query-name", &fix.calls[1]);
    peer_expect (fix.peer, "quit");
    peer_expect (fix.peer, "query-name");
    peer_send (fix.peer, "{\"event\": \"SHUTDOWN\", \"data\": {}}", -1);
    peer_hang_up (fix.peer);
    ck_wait (fix.n_closed);
    ck_assert (fix.calls[0].done);
    ck_assert_int_eq (strncmp (fix.calls[0].reply->value, "{}", 2), 0);
    ck_assert (g_error_matches (fix.calls[1].error, QMP_ERROR, QMP_ERROR_CLOSED));
}
END_TEST

START_TEST (quit_then_reset)
{
    peer_set_reading (fix.peer, FALSE);
    qmp_client_execute_async (fix.client, "quit", NULL, 0, NULL, outcome_executed, &fix.calls[0]);
    peer_reset (fix.peer);
    ck_wait (fix.n_closed);
    ck_assert (fix.calls[0].done);
}
END_TEST

START_TEST (quit_then_reply_then_eof)
{
    peer_call (fix.client, "quit", &fix.calls[0]);
    peer_return (fix.peer, peer_expect (fix.peer, "quit"));
    peer_hang_up (fix.peer);
    ck_wait (fix.n_closed);
    ck_assert (fix.calls[0].done);
    ck_assert_uint_eq (fix.calls[0].n_calls, 1);
}
END_TEST

START_TEST (quit_then_error)
{
    g_autofree char *reply = NULL;

    peer_call (fix.client, "quit", &fix.calls[0]);
    reply = g_strdup_printf ("{\"id\": %" G_GUINT64_FORMAT ", \"error\": {\"class\": \"X\", "
                             "\"desc\": \"no\"}}",
                             peer_expect (fix.peer, "quit"));
    peer_send (fix.peer, reply, -1);
    peer_hang_up (fix.peer);
    ck_wait (fix.n_closed);
    ck_assert_ptr_nonnull (fix.calls[0].reply->error);
}
END_TEST

START_TEST (quit_that_was_not_sent)
{
    for (guint i = 0; i < 8; i++)
        peer_call (fix.client, "x", &fix.calls[i]);
    peer_call (fix.client, "quit", &fix.calls[8]);
    peer_hang_up (fix.peer);
    ck_wait (fix.n_closed);
    ck_assert (g_error_matches (fix.calls[8].error, QMP_ERROR, QMP_ERROR_CLOSED));
}
END_TEST

/* The peer did not leave: the owner did. */
START_TEST (quit_then_closed_by_owner)
{
    peer_call (fix.client, "quit", &fix.calls[0]);
    peer_expect (fix.peer, "quit");
    qmp_client_close (fix.client, NULL);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, G_IO_ERROR, G_IO_ERROR_CLOSED));
}
END_TEST

START_TEST (quit_then_garbage)
{
    peer_call (fix.client, "quit", &fix.calls[0]);
    peer_expect (fix.peer, "quit");
    peer_send (fix.peer, "bye", -1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_PROTOCOL));
}
END_TEST

START_TEST (close_with_reason)
{
    g_autoptr (GError) reason = qmp_error_new_reply ("DeviceNotFound", "exited with status 1");

    peer_call (fix.client, "x", &fix.calls[0]);
    qmp_client_close (fix.client, reason);
    qmp_client_close (fix.client, NULL);
    ck_assert_uint_eq (fix.n_closed, 1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND));
    ck_assert_str_eq (qmp_error_get_class (fix.calls[0].error), "DeviceNotFound");
}
END_TEST

static void
close_at_event (QmpClient *client, QmpEvent *event, gpointer data)
{
    qmp_client_close (client, NULL);
    ck_assert_ptr_nonnull (event->name); /* still there */
    ck_assert_uint_gt (g_bytes_get_size (event->message), 10);
}

START_TEST (closed_in_event_handler)
{
    peer_call (fix.client, "x", &fix.calls[0]);
    peer_expect (fix.peer, "x");
    g_signal_connect (fix.client, "event", G_CALLBACK (close_at_event), NULL);
    peer_send (fix.peer, "{\"event\": \"STOP\"}{\"event\": \"STOP\"}", -1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert_uint_eq (fix.n_closed, 1);
}
END_TEST

static void
free_at_event (QmpClient *client, QmpEvent *event, gpointer data)
{
    g_clear_object (&fix.client);
}

START_TEST (freed_in_event_handler)
{
    char byte;

    g_signal_connect (fix.client, "event", G_CALLBACK (free_at_event), NULL);
    peer_set_reading (fix.peer, FALSE);
    peer_send (fix.peer, "{\"event\": \"STOP\"}{\"event\": \"STOP\"}", -1);
    ck_wait (!fix.client && recv (fix.peer->fd, &byte, 1, MSG_DONTWAIT) == 0);
}
END_TEST

static void
free_at_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
    outcome_called (source, result, user_data);
    g_clear_object (&fix.client);
}

START_TEST (freed_in_reply_callback)
{
    qmp_client_call_async (fix.client, "x", NULL, 0, NULL, NULL, free_at_reply, &fix.calls[0]);
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    ck_wait (fix.calls[0].n_calls);
    wait_settle ();
    ck_assert_ptr_null (fix.client);
    ck_assert (fix.calls[0].done);
}
END_TEST

/* Each of two calls would free the client; the connection ends under them. */
START_TEST (freed_while_calls_end)
{
    qmp_client_call_async (fix.client, "x", NULL, 0, NULL, NULL, free_at_reply, &fix.calls[0]);
    qmp_client_call_async (fix.client, "x", NULL, 0, NULL, NULL, free_at_reply, &fix.calls[1]);
    peer_expect (fix.peer, "x");
    peer_hang_up (fix.peer);
    ck_wait (fix.calls[0].n_calls && fix.calls[1].n_calls);
    wait_settle ();
    ck_assert_ptr_null (fix.client);
}
END_TEST

START_TEST (freed_at_deadline)
{
    QmpCallOptions options = { .timeout_ms = 20 };

    qmp_client_call_async (fix.client, "x", NULL, 0, &options, NULL, free_at_reply, &fix.calls[0]);
    ck_wait (fix.calls[0].n_calls);
    wait_settle ();
    ck_assert_ptr_null (fix.client);
}
END_TEST

/* Without calls that hold it, the last reference closes the socket. */
START_TEST (freed_while_idle)
{
    char byte;

    peer_set_reading (fix.peer, FALSE);
    g_clear_object (&fix.client);
    ck_assert_int_eq (recv (fix.peer->fd, &byte, 1, MSG_DONTWAIT), 0);
}
END_TEST

static void
reconnect (QmpClient *client, const GError *reason, gpointer outcome)
{
    int fd;

    peer_free (fix.peer);
    fix.peer = peer_new (&fd);
    qmp_client_connect_fd_async (client, fd, 5000, NULL, outcome_connected, outcome);
}

START_TEST (reconnected_in_closed_handler)
{
    Outcome connected = { 0 };

    g_signal_connect (fix.client, "closed", G_CALLBACK (reconnect), &connected);
    peer_hang_up (fix.peer);
    ck_wait (fix.n_closed);
    peer_handshake (fix.peer);
    ck_wait (connected.done);
    peer_call (fix.client, "x", &fix.calls[0]);
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    ck_wait (fix.calls[0].done);
}
END_TEST

static void
call_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
    outcome_called (source, result, user_data);
    peer_call (fix.client, "again", &fix.calls[1]);
}

START_TEST (called_in_reply_callback)
{
    qmp_client_call_async (fix.client, "x", NULL, 0, NULL, NULL, call_again, &fix.calls[0]);
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    peer_return (fix.peer, peer_expect (fix.peer, "again"));
    ck_wait (fix.calls[1].done);
}
END_TEST

START_TEST (called_while_calls_end)
{
    qmp_client_call_async (fix.client, "x", NULL, 0, NULL, NULL, call_again, &fix.calls[0]);
    peer_hang_up (fix.peer);
    ck_wait (fix.calls[1].n_calls);
    ck_assert (g_error_matches (fix.calls[1].error, QMP_ERROR, QMP_ERROR_CLOSED));
}
END_TEST

/* The reply to a command of the last connection comes on this one. */
START_TEST (reply_of_last_connection)
{
    Outcome connected = { 0 };
    QmpClientCounters counters;
    guint64 stale;

    peer_call (fix.client, "x", &fix.calls[0]);
    stale = peer_expect (fix.peer, "x");
    g_signal_connect (fix.client, "closed", G_CALLBACK (reconnect), &connected);
    qmp_client_close (fix.client, NULL);
    peer_handshake (fix.peer);
    ck_wait (connected.done);
    peer_call (fix.client, "x", &fix.calls[1]);
    peer_return (fix.peer, stale);
    ck_assert (!wait_for (fix.calls[1].n_calls, 20));
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    ck_wait (fix.calls[1].done);
    qmp_client_get_counters (fix.client, &counters);
    ck_assert_uint_eq (counters.unknown_replies, 1);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-owner");
    TCase *tcase = tcase_create ("owner");

    tcase_set_timeout (tcase, 30);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, quit_then_eof);
    tcase_add_test (tcase, quit_then_reset);
    tcase_add_test (tcase, quit_then_reply_then_eof);
    tcase_add_test (tcase, quit_then_error);
    tcase_add_test (tcase, quit_that_was_not_sent);
    tcase_add_test (tcase, quit_then_closed_by_owner);
    tcase_add_test (tcase, quit_then_garbage);
    tcase_add_test (tcase, close_with_reason);
    tcase_add_test (tcase, closed_in_event_handler);
    tcase_add_test (tcase, freed_in_event_handler);
    tcase_add_test (tcase, freed_in_reply_callback);
    tcase_add_test (tcase, freed_while_calls_end);
    tcase_add_test (tcase, freed_at_deadline);
    tcase_add_test (tcase, freed_while_idle);
    tcase_add_test (tcase, reconnected_in_closed_handler);
    tcase_add_test (tcase, called_in_reply_callback);
    tcase_add_test (tcase, called_while_calls_end);
    tcase_add_test (tcase, reply_of_last_connection);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
