/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls and their replies: ids, deadlines, cancellation, errors, and what is not sent at all. */
#include <string.h>

#include "qmp/qmp-error.h"
#include "tests/fault/client-world.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

static QmpClientCounters
counters (void)
{
    QmpClientCounters now;

    qmp_client_get_counters (fix.client, &now);
    return now;
}

START_TEST (replies_are_matched_by_id)
{
    guint64 ids[3];

    for (guint i = 0; i < 3; i++) {
        peer_call (fix.client, "x", &fix.calls[i]);
        ids[i] = peer_expect (fix.peer, "x");
    }
    for (guint i = 3; i-- > 0;) {
        ck_assert_uint_eq (fix.calls[i].n_calls, 0);
        peer_return (fix.peer, ids[i]);
        ck_wait (fix.calls[i].done);
    }
}
END_TEST

START_TEST (reply_twice)
{
    guint64 id;

    peer_call (fix.client, "x", &fix.calls[0]);
    peer_call (fix.client, "y", &fix.calls[1]);
    id = peer_expect (fix.peer, "x");
    peer_return (fix.peer, id);
    peer_return (fix.peer, id);
    peer_send (fix.peer, "{\"return\": {}, \"id\": \"foreign\"}{\"return\": {}}", -1);
    peer_return (fix.peer, peer_expect (fix.peer, "y"));
    ck_wait (fix.calls[1].done);
    ck_assert_uint_eq (fix.calls[0].n_calls, 1);
    ck_assert_uint_eq (counters ().unknown_replies, 3);
}
END_TEST

START_TEST (late_reply)
{
    QmpCallOptions options = { .timeout_ms = 30 };
    guint64 id;

    call_with ("slow", NULL, &options, NULL, 0);
    id = peer_expect (fix.peer, "slow");
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_NO_REPLY));
    ck_assert_str_eq (fix.calls[0].error->message, "slow: the peer did not reply within 30 ms");
    ck_assert_uint_eq (qmp_client_get_n_pending (fix.client), 0);
    peer_call (fix.client, "next", &fix.calls[1]);
    peer_return (fix.peer, id);
    ck_assert (!wait_for (fix.calls[1].n_calls, 30));
    peer_return (fix.peer, peer_expect (fix.peer, "next"));
    ck_wait (fix.calls[1].done);
    ck_assert_uint_eq (counters ().late_replies, 1);
    ck_assert_uint_eq (counters ().unknown_replies, 0);
}
END_TEST

START_TEST (cancelled)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    guint64 id;

    call_with ("slow", NULL, NULL, cancellable, 0);
    id = peer_expect (fix.peer, "slow");
    g_cancellable_cancel (cancellable);
    ck_assert_uint_eq (fix.calls[0].n_calls, 0); /* not from within the cancel */
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    call_with ("never", NULL, NULL, cancellable, 1);
    ck_wait (fix.calls[1].n_calls);
    ck_assert (g_error_matches (fix.calls[1].error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    peer_return (fix.peer, id);
    expect_silence ();
    ck_wait (counters ().late_replies == 1);
}
END_TEST

static const char idless[] = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON\"}}";

START_TEST (error_without_id)
{
    guint64 ids[2];

    peer_call (fix.client, "x", &fix.calls[0]);
    peer_call (fix.client, "y", &fix.calls[1]);
    ids[0] = peer_expect (fix.peer, "x");
    ids[1] = peer_expect (fix.peer, "y");
    peer_send (fix.peer, idless, -1); /* whose? */
    ck_wait (counters ().unknown_replies == 1);
    peer_return (fix.peer, ids[0]);
    ck_wait (fix.calls[0].done);
    ck_assert_uint_eq (fix.calls[1].n_calls, 0);
    peer_send (fix.peer, idless, -1); /* there is only one it can be about */
    ck_wait (fix.calls[1].done);
    ck_assert_ptr_nonnull (fix.calls[1].reply->error);
    peer_return (fix.peer, ids[1]);
    ck_wait (counters ().unknown_replies == 2);
}
END_TEST

START_TEST (error_without_id_with_oob)
{
    peer_call (fix.client, "x", &fix.calls[0]);
    peer_send (fix.peer, idless, -1);
    ck_wait (counters ().unknown_replies == 1);
    peer_return (fix.peer, peer_expect (fix.peer, "x"));
    ck_wait (fix.calls[0].done);
    ck_assert_ptr_null (fix.calls[0].reply->error);
}
END_TEST

START_TEST (oob_was_not_negotiated)
{
    QmpCallOptions oob = { .oob = TRUE };

    call_with ("yank", NULL, &oob, NULL, 0);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
    expect_silence ();
}
END_TEST

static const char *const bad_arguments[] = {
    "",
    "[]",
    "null",
    "5",
    " {}",
    "{} ",
    "{\"a\":1,}",
    "{",
    "{}}",
    "{},\"extra\":1",
    "{},\"id\":5",
    "{\"a\":\"\n\"}",
    "{\"a\":\"\xff\"}",
    "{\"a\":inf}",
};

START_TEST (bad_arguments_are_not_sent)
{
    call_with ("x", bad_arguments[_i], NULL, NULL, 0);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    expect_silence ();
}
END_TEST

START_TEST (too_deep_arguments_are_not_sent)
{
    g_autofree char *open = g_strnfill (1023, '['), *close = g_strnfill (1023, ']');
    g_autofree char *arguments = g_strdup_printf ("{\"a\":%s%s}", open, close);

    call_with ("x", arguments, NULL, NULL, 0);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
}
END_TEST

START_TEST (integers_stay_integers)
{
    g_autoptr (JsonNode) arguments =
        json_from_string ("{\"size\": 9007199254740993, \"name\": \"a\\n\\\"\"}", NULL);
    g_autofree char *command = NULL, *reply = NULL;
    const char *id;

    qmp_client_execute_async (fix.client, "x", arguments, 0, NULL, outcome_executed, &fix.calls[0]);
    command = peer_take (fix.peer);
    ck_assert (g_str_has_prefix (command, "{\"execute\":\"x\",\"arguments\":{\"size\":"
                                          "9007199254740993,\"name\":\"a\\n\\\"\"},\"id\":"));
    id = strstr (command, "\"id\":") + 5;
    reply = g_strdup_printf ("{\"return\": 9007199254740993, \"id\": %s", id);
    peer_send (fix.peer, reply, -1);
    ck_wait (fix.calls[0].done);
    ck_assert_int_eq (json_node_get_int (fix.calls[0].node), 9007199254740993);
}
END_TEST

START_TEST (errors_are_told)
{
    g_autofree char *reply = NULL;
    guint64 id;

    qmp_client_execute_async (fix.client, "x", NULL, 0, NULL, outcome_executed, &fix.calls[0]);
    peer_call (fix.client, "y", &fix.calls[1]);
    id = peer_expect (fix.peer, "x");
    reply = g_strdup_printf ("{\"id\":%" G_GUINT64_FORMAT ",\"error\":{\"class\":\"NewClass\","
                             "\"desc\":\"why\"}}{\"id\":%" G_GUINT64_FORMAT ",\"error\":{}}",
                             id, peer_expect (fix.peer, "y"));
    peer_send (fix.peer, reply, -1);
    ck_wait (fix.calls[0].n_calls && fix.calls[1].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_GENERIC));
    ck_assert_str_eq (qmp_error_get_class (fix.calls[0].error), "NewClass");
    ck_assert (fix.calls[1].done);
    ck_assert_ptr_null (fix.calls[1].reply->value);
    ck_assert_uint_eq (fix.calls[1].reply->error_length, 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-calls");
    TCase *plain = tcase_create ("plain"), *oob = tcase_create ("oob");

    tcase_set_timeout (plain, 60);
    tcase_add_checked_fixture (plain, setup, teardown);
    tcase_add_test (plain, replies_are_matched_by_id);
    tcase_add_test (plain, reply_twice);
    tcase_add_test (plain, late_reply);
    tcase_add_test (plain, cancelled);
    tcase_add_test (plain, error_without_id);
    tcase_add_test (plain, oob_was_not_negotiated);
    tcase_add_loop_test (plain, bad_arguments_are_not_sent, 0, G_N_ELEMENTS (bad_arguments));
    tcase_add_test (plain, too_deep_arguments_are_not_sent);
    tcase_add_test (plain, integers_stay_integers);
    tcase_add_test (plain, errors_are_told);
    suite_add_tcase (suite, plain);
    tcase_add_checked_fixture (oob, setup_oob, teardown);
    tcase_add_test (oob, error_without_id_with_oob);
    suite_add_tcase (suite, oob);
    return run_tap (suite);
}
