/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traffic that is odd but no fault: a connection has to survive it. */
#include <string.h>
#include <sys/socket.h>

#include "qmp/qmp-error.h"
#include "tests/fault/client-world.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

/* As deep as is allowed: json-glib has to survive it. */
START_TEST (nested_deep)
{
    g_autofree char *open = g_strnfill (1023, '['), *close = g_strnfill (1023, ']');
    g_autofree char *reply = NULL;

    qmp_client_execute_async (fix.client, "deep", NULL, 0, NULL, outcome_executed, &fix.calls[0]);
    reply = g_strdup_printf ("{\"return\": %s%s, \"id\": %" G_GUINT64_FORMAT "}", open, close,
                             peer_expect (fix.peer, "deep"));
    peer_send (fix.peer, reply, -1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (fix.calls[0].done);
}
END_TEST

START_TEST (byte_by_byte)
{
    g_autofree char *reply = g_strdup_printf (
        "{\"event\": \"STOP\"}\r\n{\"return\": {\"a\": \"}\\\"\"}, \"id\": %" G_GUINT64_FORMAT
        "}\r\n",
        start_calls ());

    peer_dribble (fix.peer, reply);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (fix.calls[0].done);
    ck_assert_uint_eq (fix.n_events, 1);
    ck_assert_int_eq (strncmp (fix.calls[0].reply->value, "{\"a\": \"}\\\"\"}", 12), 0);
}
END_TEST

START_TEST (pretty_printed)
{
    g_autofree char *reply = g_strdup_printf (
        "{\r\n    \"return\": {\r\n    },\r\n    \"id\": %" G_GUINT64_FORMAT "\r\n}\r\n",
        start_calls ());

    peer_send (fix.peer, reply, -1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (fix.calls[0].done);
}
END_TEST

/* The flood neither starves the loop nor is any of it lost. */
START_TEST (flood_of_events)
{
    static const char event[] = "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, "
                                "\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 78}}\r\n";
    g_autoptr (GString) flood = g_string_new (NULL);
    guint64 id = start_calls ();
    gboolean ticked;
    GSource *timer;

    for (int i = 0; i < 1000; i++)
        g_string_append (flood, event);
    timer = wait_timer_new (1, &ticked);
    for (int i = 0; i < 100; i++)
        peer_send (fix.peer, flood->str, (gssize)flood->len);
    ck_assert (ticked);
    wait_timer_free (timer);
    peer_return (fix.peer, id);
    ck_wait (fix.calls[0].n_calls);
    ck_assert_uint_eq (fix.n_events, 100000);
}
END_TEST

/* What is there is not read in one turn of the loop, so that others have theirs. */
START_TEST (flood_is_read_in_turns)
{
    static const char event[] = "{\"event\": \"STOP\"}";
    g_autoptr (GString) piece = g_string_new (NULL);
    guint n_sent = 0;

    for (int i = 0; i < 1000; i++)
        g_string_append (piece, event);
    while (send (fix.peer->fd, piece->str, piece->len, MSG_DONTWAIT) == (ssize_t)piece->len)
        n_sent += 1000;
    ck_assert_uint_gt (n_sent * strlen (event), 4 * 32768);
    g_main_context_iteration (NULL, FALSE);
    ck_assert_uint_gt (fix.n_events, 0);
    ck_assert_uint_le (fix.n_events, 4 * 32768 / strlen (event));
    ck_wait (fix.n_events >= n_sent);
}
END_TEST

static void
keep_event (QmpClient *client, QmpEvent *event, gpointer user_data)
{
    QmpEvent *seen = user_data;

    *seen = *event;
    seen->data = g_strndup (event->data, event->data_length);
}

START_TEST (event_is_sliced)
{
    static const char text[] = "{\"timestamp\": {\"seconds\": 12, \"microseconds\": 34}, "
                               "\"event\": \"BLOCK_JOB\", \"data\": {\"a\": [1]}}";
    QmpEvent seen = { 0 };

    g_signal_connect (fix.client, "event::BLOCK_JOB", G_CALLBACK (keep_event), &seen);
    peer_send (fix.peer, "{\"event\": \"OTHER\"}", -1);
    peer_send (fix.peer, text, -1);
    ck_wait (seen.data);
    ck_assert_ptr_eq (seen.name, g_intern_string ("BLOCK_JOB"));
    ck_assert_str_eq (seen.data, "{\"a\": [1]}");
    ck_assert_int_eq (seen.seconds, 12);
    ck_assert_int_eq (seen.microseconds, 34);
    g_free ((char *)seen.data);
}
END_TEST

/* Infinity is what QEMU prints for some figures: it must not cost the connection. */
START_TEST (infinity)
{
    g_autofree char *reply = NULL;

    qmp_client_execute_async (fix.client, "qom-get", NULL, 0, NULL, outcome_executed,
                              &fix.calls[0]);
    reply = g_strdup_printf ("{\"return\": inf, \"id\": %" G_GUINT64_FORMAT "}",
                             peer_expect (fix.peer, "qom-get"));
    peer_send (fix.peer, reply, -1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_PROTOCOL));
    ck_assert_int_eq (qmp_client_get_state (fix.client), QMP_CLIENT_READY);
}
END_TEST

static void
restart (QmpClientFlags flags)
{
    teardown ();
    start (flags);
}

/* A guest agent: no greeting, 0xFF before an object, and rests of an earlier conversation. */
START_TEST (agent)
{
    g_autofree char *reply = NULL;

    restart (QMP_CLIENT_NO_GREETING);
    peer_call (fix.client, "guest-ping", &fix.calls[0]);
    reply = g_strdup_printf ("rest\"}\n{\"return\": \"cut\xff{\"return\": {}, \"id\": "
                             "%" G_GUINT64_FORMAT "}\n",
                             peer_expect (fix.peer, "guest-ping"));
    peer_send (fix.peer, reply, -1);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (fix.calls[0].done);
    peer_hang_up (fix.peer);
    ck_wait (fix.n_closed);
}
END_TEST

/* Nothing is due and nothing is ready: the loop would sleep for ever. */
START_TEST (idle_means_asleep)
{
    GMainContext *context = g_main_context_default ();
    int priority, timeout = 0;
    GPollFD fds[16];

    wait_settle ();
    ck_assert (g_main_context_acquire (context));
    g_main_context_prepare (context, &priority);
    g_main_context_query (context, G_MAXINT, &timeout, fds, G_N_ELEMENTS (fds));
    g_main_context_release (context);
    ck_assert_int_eq (timeout, -1);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-traffic");
    TCase *tcase = tcase_create ("faults");

    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, nested_deep);
    tcase_add_test (tcase, byte_by_byte);
    tcase_add_test (tcase, pretty_printed);
    tcase_add_test (tcase, flood_of_events);
    tcase_add_test (tcase, flood_is_read_in_turns);
    tcase_add_test (tcase, event_is_sliced);
    tcase_add_test (tcase, infinity);
    tcase_add_test (tcase, agent);
    tcase_add_test (tcase, idle_means_asleep);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
