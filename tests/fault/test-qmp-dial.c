/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the connection: a socket that is not there, not yet there, taken or too long. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "qmp/qmp-error.h"
#include "tests/fault/qmp-peer.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

typedef struct {
    char *dir;
    char *path;
    int listener;
    QmpClient *client;
    Outcome outcome;
} Fixture;

static Fixture fix;

static void
setup (void)
{
    fix.dir = g_dir_make_tmp ("qmp-dial-XXXXXX", NULL);
    ck_assert_ptr_nonnull (fix.dir);
    fix.path = g_build_filename (fix.dir, "monitor", NULL);
    fix.listener = -1;
    fix.client = qmp_client_new (QMP_CLIENT_DEFAULT);
}

static void
teardown (void)
{
    g_clear_object (&fix.client);
    outcome_clear (&fix.outcome);
    if (fix.listener >= 0)
        close (fix.listener);
    g_unlink (fix.path);
    g_rmdir (fix.dir);
    g_free (fix.path);
    g_free (fix.dir);
}

/* QEMU listens with a queue of one. */
static void
begin_listening (gboolean listening)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    g_strlcpy (address.sun_path, fix.path, sizeof address.sun_path);
    fix.listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq (bind (fix.listener, (struct sockaddr *)&address, sizeof address), 0);
    if (listening)
        ck_assert_int_eq (listen (fix.listener, 1), 0);
}

static void
dial (guint timeout_ms)
{
    qmp_client_connect_path_async (fix.client, fix.path, timeout_ms, NULL, outcome_connected,
                                   &fix.outcome);
}

static void
serve (void)
{
    Peer *peer = peer_new_for_fd (accept4 (fix.listener, NULL, NULL, SOCK_CLOEXEC));

    peer_handshake (peer);
    ck_wait (fix.outcome.n_calls);
    ck_assert_msg (fix.outcome.done, "%s", fix.outcome.error ? fix.outcome.error->message : "");
    peer_free (peer);
}

static void
expect_failure (QmpErrorCode code, const char *text)
{
    ck_wait (fix.outcome.n_calls);
    ck_assert_msg (g_error_matches (fix.outcome.error, QMP_ERROR, (int)code) &&
                       strstr (fix.outcome.error->message, text) &&
                       strstr (fix.outcome.error->message, fix.path),
                   "%s", fix.outcome.error ? fix.outcome.error->message : "connected");
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_IDLE);
}

START_TEST (by_path)
{
    begin_listening (TRUE);
    dial (5000);
    wait_settle ();
    serve ();
}
END_TEST

START_TEST (by_address)
{
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fix.path);

    begin_listening (TRUE);
    qmp_client_connect_address_async (fix.client, address, 5000, NULL, outcome_connected,
                                      &fix.outcome);
    wait_settle ();
    serve ();
}
END_TEST

START_TEST (by_address_is_not_repeated)
{
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fix.path);

    qmp_client_connect_address_async (fix.client, address, 60000, NULL, outcome_connected,
                                      &fix.outcome);
    ck_wait (fix.outcome.n_calls);
    ck_assert (g_error_matches (fix.outcome.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}
END_TEST

START_TEST (over_tcp)
{
    g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0), address = NULL;
    g_autoptr (GSocket) listener =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    QmpCallOptions options = { .fds = (int[]){ 0 }, .n_fds = 1 };
    Outcome call = { 0 };
    Peer *peer;

    ck_assert (g_socket_bind (listener, any, TRUE, NULL) && g_socket_listen (listener, NULL));
    address = g_socket_get_local_address (listener, NULL);
    qmp_client_connect_address_async (fix.client, address, 5000, NULL, outcome_connected,
                                      &fix.outcome);
    wait_settle ();
    peer = peer_new_for_fd (accept4 (g_socket_get_fd (listener), NULL, NULL, SOCK_CLOEXEC));
    peer_handshake (peer);
    ck_wait (fix.outcome.done);
    qmp_client_call_async (fix.client, "getfd", NULL, 0, &options, NULL, outcome_called, &call);
    ck_wait (call.n_calls);
    ck_assert (g_error_matches (call.error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
    outcome_clear (&call);
    peer_free (peer);
}
END_TEST

START_TEST (path_is_absent)
{
    dial (60);
    expect_failure (QMP_ERROR_NO_REPLY, "there is no such socket (gave up after 60 ms)");
}
END_TEST

START_TEST (path_comes_later)
{
    dial (5000);
    ck_assert (!wait_for (fix.outcome.n_calls, 30));
    begin_listening (TRUE);
    ck_wait (qmp_client_get_state (fix.client) == QMP_CLIENT_GREETING);
    serve ();
}
END_TEST

START_TEST (path_is_stale)
{
    begin_listening (FALSE);
    dial (60);
    expect_failure (QMP_ERROR_NO_REPLY, "refused");
}
END_TEST

START_TEST (listener_comes_later)
{
    begin_listening (FALSE);
    dial (5000);
    ck_assert (!wait_for (fix.outcome.n_calls, 30));
    ck_assert_int_eq (listen (fix.listener, 1), 0);
    ck_wait (qmp_client_get_state (fix.client) == QMP_CLIENT_GREETING);
    serve ();
}
END_TEST

/* Fills the queue of the listener. Returns: the clients in it */
static GArray *
fill_queue (void)
{
    GArray *fds = g_array_new (FALSE, FALSE, sizeof (int));
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    g_strlcpy (address.sun_path, fix.path, sizeof address.sun_path);
    for (;;) {
        fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connect (fd, (struct sockaddr *)&address, sizeof address) < 0)
            break;
        g_array_append_val (fds, fd);
    }
    close (fd);
    ck_assert_uint_ge (fds->len, 1);
    return fds;
}

static void
close_all (GArray *fds)
{
    for (guint i = 0; i < fds->len; i++)
        close (g_array_index (fds, int, i));
    g_array_unref (fds);
}

START_TEST (queue_is_full)
{
    GArray *others;

    begin_listening (TRUE);
    others = fill_queue ();
    dial (60);
    expect_failure (QMP_ERROR_NO_REPLY, "the monitor is in use by another client");
    close_all (others);
}
END_TEST

START_TEST (queue_empties)
{
    GArray *others;

    begin_listening (TRUE);
    others = fill_queue ();
    dial (5000);
    ck_assert (!wait_for (fix.outcome.n_calls, 30));
    for (guint i = 0; i < others->len; i++)
        close (accept4 (fix.listener, NULL, NULL, SOCK_CLOEXEC));
    ck_wait (qmp_client_get_state (fix.client) == QMP_CLIENT_GREETING);
    serve ();
    close_all (others);
}
END_TEST

/* A listener that dies with us in its queue resets us: that is an end, not a reason to go on. */
START_TEST (listener_dies)
{
    begin_listening (TRUE);
    dial (60000);
    ck_wait (qmp_client_get_state (fix.client) == QMP_CLIENT_GREETING);
    close (fix.listener);
    fix.listener = -1;
    expect_failure (QMP_ERROR_CLOSED, "before its greeting: the peer reset the connection");
}
END_TEST

START_TEST (path_is_too_long)
{
    g_autofree char *path = g_strnfill (108, 'x');

    qmp_client_connect_path_async (fix.client, path, 1000, NULL, outcome_connected, &fix.outcome);
    ck_wait (fix.outcome.n_calls);
    ck_assert (g_error_matches (fix.outcome.error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG));
}
END_TEST

START_TEST (path_is_no_socket)
{
    ck_assert (g_file_set_contents (fix.path, "x", 1, NULL));
    dial (60);
    expect_failure (QMP_ERROR_NO_REPLY, "refused");
}
END_TEST

START_TEST (closed_while_dialling)
{
    dial (60000);
    ck_assert (!wait_for (fix.outcome.n_calls, 20));
    qmp_client_close (fix.client, NULL);
    ck_wait (fix.outcome.n_calls);
    ck_assert (g_error_matches (fix.outcome.error, G_IO_ERROR, G_IO_ERROR_CLOSED));
    outcome_clear (&fix.outcome);
    dial (20);
    expect_failure (QMP_ERROR_NO_REPLY, "no such socket");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-dial");
    TCase *tcase = tcase_create ("dial");

    tcase_set_timeout (tcase, 30);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, by_path);
    tcase_add_test (tcase, by_address);
    tcase_add_test (tcase, by_address_is_not_repeated);
    tcase_add_test (tcase, over_tcp);
    tcase_add_test (tcase, path_is_absent);
    tcase_add_test (tcase, path_comes_later);
    tcase_add_test (tcase, path_is_stale);
    tcase_add_test (tcase, listener_comes_later);
    tcase_add_test (tcase, queue_is_full);
    tcase_add_test (tcase, queue_empties);
    tcase_add_test (tcase, listener_dies);
    tcase_add_test (tcase, path_is_too_long);
    tcase_add_test (tcase, path_is_no_socket);
    tcase_add_test (tcase, closed_while_dialling);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
