/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much is under way at once: the window, the barrier of calls with descriptors, out-of-band
 * calls, and the bounds of what waits. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "qmp/qmp-error.h"
#include "tests/fault/client-world.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

START_TEST (window)
{
    guint64 first = 0;

    for (guint i = 0; i < 10; i++)
        peer_call (fix.client, "x", &fix.calls[i]);
    ck_assert_uint_eq (qmp_client_get_n_pending (fix.client), 10);
    for (guint i = 0; i < 8; i++) {
        guint64 id = peer_expect (fix.peer, "x");

        first = first ? first : id;
    }
    expect_silence ();
    peer_return (fix.peer, first);
    peer_expect (fix.peer, "x");
    expect_silence ();
    ck_assert (fix.calls[0].done);
}
END_TEST

/* A command that the peer is still busy with counts, also when nobody waits for it. */
START_TEST (window_of_abandoned_calls)
{
    QmpCallOptions options = { .timeout_ms = 30 };
    guint64 first = 0;

    for (guint i = 0; i < 9; i++)
        call_with ("x", NULL, &options, NULL, i);
    for (guint i = 0; i < 8; i++) {
        guint64 id = peer_expect (fix.peer, "x");

        first = first ? first : id;
    }
    ck_wait (qmp_client_get_n_pending (fix.client) == 0);
    ck_assert_ptr_nonnull (strstr (fix.calls[8].error->message, "busy with earlier commands"));
    peer_call (fix.client, "y", &fix.calls[9]);
    expect_silence ();
    peer_return (fix.peer, first);
    peer_return (fix.peer, peer_expect (fix.peer, "y"));
    ck_wait (fix.calls[9].done);
}
END_TEST

START_TEST (oob_passes_the_window)
{
    QmpCallOptions oob = { .oob = TRUE };
    g_autofree char *command = NULL;

    for (guint i = 0; i < 9; i++)
        peer_call (fix.client, "x", &fix.calls[i]);
    for (guint i = 0; i < 8; i++)
        peer_expect (fix.peer, "x");
    call_with ("yank", "{\"instances\":[]}", &oob, NULL, 9);
    command = peer_take (fix.peer);
    ck_assert (g_str_has_prefix (command,
                                 "{\"exec-oob\":\"yank\",\"arguments\":{\"instances\":[]},\"id\""));
    peer_return (fix.peer, g_ascii_strtoull (strstr (command, "\"id\":") + 5, NULL, 10));
    ck_wait (fix.calls[9].done);
    expect_silence ();
}
END_TEST

START_TEST (barrier)
{
    int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    QmpCallOptions with_fd = { .fds = &fd, .n_fds = 1 }, oob = { .oob = TRUE };
    guint64 id;

    peer_call (fix.client, "before", &fix.calls[0]);
    call_with ("getfd", "{\"fdname\":\"one\"}", &with_fd, NULL, 1);
    call_with ("getfd", "{\"fdname\":\"two\"}", &with_fd, NULL, 2);
    peer_call (fix.client, "after", &fix.calls[3]);
    close (fd); /* it was duplicated */
    id = peer_expect (fix.peer, "before");
    expect_silence ();
    ck_assert_uint_eq (fix.peer->n_fds, 0);
    peer_return (fix.peer, id);
    id = peer_expect (fix.peer, "getfd");
    ck_assert_uint_eq (fix.peer->n_fds, 1);
    expect_silence ();
    call_with ("yank", NULL, &oob, NULL, 4); /* frees a QEMU that hangs: does not wait */
    peer_return (fix.peer, peer_expect (fix.peer, "yank"));
    ck_wait (fix.calls[4].done);
    peer_return (fix.peer, id);
    id = peer_expect (fix.peer, "getfd");
    ck_assert_uint_eq (fix.peer->n_fds, 2);
    expect_silence ();
    peer_return (fix.peer, id);
    peer_expect (fix.peer, "after");
    ck_assert (fix.calls[1].done && fix.calls[2].done);
}
END_TEST

/* A barrier whose caller lost patience holds up what is behind it until its reply, but not when
 * it had not been sent. */
START_TEST (barrier_is_abandoned)
{
    int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    QmpCallOptions with_fd = { .fds = &fd, .n_fds = 1, .timeout_ms = 30 };
    guint64 id;

    peer_call (fix.client, "before", &fix.calls[0]);
    call_with ("getfd", NULL, &with_fd, NULL, 1);
    peer_call (fix.client, "after", &fix.calls[2]);
    id = peer_expect (fix.peer, "before");
    expect_silence ();
    ck_wait (fix.calls[1].n_calls);
    peer_return (fix.peer, peer_expect (fix.peer, "after"));
    peer_return (fix.peer, id);
    ck_wait (fix.calls[0].done && fix.calls[2].done);
    call_with ("getfd", NULL, &with_fd, NULL, 3);
    peer_call (fix.client, "last", &fix.calls[4]);
    id = peer_expect (fix.peer, "getfd");
    ck_wait (fix.calls[3].n_calls);
    expect_silence ();
    peer_return (fix.peer, id);
    peer_expect (fix.peer, "last");
    ck_assert_uint_eq (fix.peer->n_fds, 1);
    close (fd);
}
END_TEST

/* More than the socket takes at once: the descriptor goes with the first byte and only there. */
START_TEST (fd_goes_with_the_first_byte)
{
    g_autofree char *filling = g_strnfill (4 << 20, 'x');
    g_autofree char *arguments = g_strdup_printf ("{\"a\":\"%s\"}", filling);
    int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    QmpCallOptions with_fd = { .fds = &fd, .n_fds = 1 };
    gsize before = fix.peer->n_bytes;

    call_with ("getfd", arguments, &with_fd, NULL, 0);
    close (fd);
    peer_return (fix.peer, peer_expect (fix.peer, "getfd"));
    ck_wait (fix.calls[0].done);
    ck_assert_uint_eq (fix.peer->n_fds, 1);
    ck_assert_uint_eq (fix.peer->fd_place, before);
}
END_TEST

START_TEST (queue_is_bounded)
{
    g_autofree char *filling = g_strnfill (30 << 20, 'x');
    g_autofree char *arguments = g_strdup_printf ("{\"a\":\"%s\"}", filling);
    g_autofree char *too_long = g_strdup_printf ("{\"a\":\"%s%s%s\"}", filling, filling, filling);

    peer_set_reading (fix.peer, FALSE);
    for (guint i = 0; i < 3; i++)
        call_with ("x", arguments, NULL, NULL, i);
    ck_wait (fix.calls[2].n_calls);
    ck_assert (g_error_matches (fix.calls[2].error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
    ck_assert_uint_eq (fix.calls[0].n_calls + fix.calls[1].n_calls, 0);
    peer_set_reading (fix.peer, TRUE);
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    ck_wait (fix.calls[0].done && fix.calls[1].done);
    call_with ("x", too_long, NULL, NULL, 3);
    ck_wait (fix.calls[3].n_calls);
    ck_assert (g_error_matches (fix.calls[3].error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
}
END_TEST

START_TEST (calls_are_bounded)
{
    Outcome many = { 0 };

    for (guint i = 0; i < 4096; i++)
        peer_call (fix.client, "x", &many);
    wait_settle ();
    ck_assert_uint_eq (many.n_calls, 0);
    peer_call (fix.client, "x", &fix.calls[0]);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_TOO_LARGE));
    qmp_client_close (fix.client, NULL);
    ck_wait (many.n_calls >= 1);
    wait_settle ();
    ck_assert_uint_eq (many.n_calls, 4096);
    g_clear_error (&many.error);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-window");
    TCase *plain = tcase_create ("plain"), *oob = tcase_create ("oob");

    tcase_set_timeout (plain, 60);
    tcase_add_checked_fixture (plain, setup, teardown);
    tcase_add_test (plain, window);
    tcase_add_test (plain, window_of_abandoned_calls);
    tcase_add_test (plain, barrier_is_abandoned);
    tcase_add_test (plain, fd_goes_with_the_first_byte);
    tcase_add_test (plain, queue_is_bounded);
    tcase_add_test (plain, calls_are_bounded);
    suite_add_tcase (suite, plain);
    tcase_add_checked_fixture (oob, setup_oob, teardown);
    tcase_add_test (oob, oob_passes_the_window);
    tcase_add_test (oob, barrier);
    suite_add_tcase (suite, oob);
    return run_tap (suite);
}
