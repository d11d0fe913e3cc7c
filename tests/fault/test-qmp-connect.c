/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connecting as such: cancelled, closed, begun twice, begun again. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fault/client-world.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

START_TEST (cancelled)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (QmpClient) client = qmp_client_new (QMP_CLIENT_DEFAULT);
    Outcome outcome = { 0 };
    int fd;

    fix.peer = peer_new (&fd);
    qmp_client_connect_fd_async (client, fd, 5000, cancellable, outcome_connected, &outcome);
    wait_settle ();
    g_cancellable_cancel (cancellable);
    ck_wait (outcome.n_calls);
    ck_assert (g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_int_eq (qmp_client_get_state (client), QMP_CLIENT_IDLE);
    outcome_clear (&outcome);
    /* cancelled before it began: the descriptor is closed all the same */
    peer_free (fix.peer);
    fix.peer = peer_new (&fd);
    qmp_client_connect_fd_async (client, fd, 5000, cancellable, outcome_connected, &outcome);
    ck_wait (outcome.n_calls);
    ck_assert_int_eq (read (fix.peer->fd, &fd, 1), 0);
    outcome_clear (&outcome);
}
END_TEST

START_TEST (closed_by_owner)
{
    g_autoptr (GError) reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "enough");

    begin (QMP_CLIENT_DEFAULT, 5000);
    qmp_client_close (fix.client, reason);
    ck_wait (fix.outcome.n_calls);
    ck_assert (g_error_matches (fix.outcome.error, G_IO_ERROR, G_IO_ERROR_FAILED));
    ck_assert_uint_eq (fix.n_closed, 0);
}
END_TEST

START_TEST (connecting_twice)
{
    Outcome second = { 0 };
    int fds[2];

    begin (QMP_CLIENT_DEFAULT, 5000);
    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), 0);
    qmp_client_connect_fd_async (fix.client, fds[0], 0, NULL, outcome_connected, &second);
    ck_wait (second.n_calls);
    ck_assert (g_error_matches (second.error, G_IO_ERROR, G_IO_ERROR_PENDING));
    outcome_clear (&second);
    close (fds[1]);
    peer_handshake (fix.peer);
    expect_ready ();
}
END_TEST

START_TEST (not_a_socket)
{
    g_autoptr (QmpClient) client = qmp_client_new (QMP_CLIENT_DEFAULT);
    Outcome outcome = { 0 };
    int fds[2];

    ck_assert_int_eq (pipe (fds), 0);
    qmp_client_connect_fd_async (client, fds[0], 0, NULL, outcome_connected, &outcome);
    ck_wait (outcome.n_calls);
    ck_assert (!outcome.done);
    ck_assert_int_eq (qmp_client_get_state (client), QMP_CLIENT_IDLE);
    outcome_clear (&outcome);
    close (fds[1]);
}
END_TEST

/* Ids go on across connections, and capabilities are negotiated anew. */
START_TEST (reconnected)
{
    guint64 last = 0;

    begin (QMP_CLIENT_WANT_OOB, 5000);
    for (int i = 0; i < 3; i++) {
        guint64 id;
        int fd;

        peer_send (fix.peer, PEER_GREETING, -1);
        ck_wait (fix.peer->commands->len);
        ck_assert_ptr_nonnull (strstr (fix.peer->commands->pdata[0], "oob"));
        id = peer_expect (fix.peer, "qmp_capabilities");
        ck_assert_uint_gt (id, last);
        last = id;
        peer_return (fix.peer, id);
        expect_ready ();
        ck_assert (qmp_client_has_oob (fix.client));
        peer_hang_up (fix.peer);
        ck_wait (fix.n_closed == (guint)i + 1);
        ck_assert (!qmp_client_has_oob (fix.client));
        outcome_clear (&fix.outcome);
        peer_free (fix.peer);
        fix.peer = peer_new (&fd);
        qmp_client_connect_fd_async (fix.client, fd, 5000, NULL, outcome_connected, &fix.outcome);
    }
    peer_handshake (fix.peer);
    expect_ready ();
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-connect");
    TCase *tcase = tcase_create ("handshake");

    tcase_set_timeout (tcase, 30);
    tcase_add_checked_fixture (tcase, NULL, teardown);
    tcase_add_test (tcase, cancelled);
    tcase_add_test (tcase, closed_by_owner);
    tcase_add_test (tcase, connecting_twice);
    tcase_add_test (tcase, not_a_socket);
    tcase_add_test (tcase, reconnected);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
