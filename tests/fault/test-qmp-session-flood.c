/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests a QmpSession against clients that take or send too much, or anything. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault/session-world.h"
#include "unit/tap.h"

START_TEST (silent_reader_is_dropped)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;
    guint64 n = 0;

    begin (world);
    stop_reading (world);
    while (!world->n_closed && n++ < 1000000) {
        qmp_session_send_event (world->session, EVENT, strlen (EVENT));
        if (n % 1000 == 0) {
            pump_idle ();
            qmp_session_get_stats (world->session, &stats);
            ck_assert_uint_le (stats.queued, QMP_SESSION_QUEUE_MAX);
        }
    }
    expect_closed (world);
    ck_assert (g_error_matches (world->reason, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    ck_assert_uint_gt (n * strlen (EVENT "\r\n"), QMP_SESSION_QUEUE_MAX);
}
END_TEST

START_TEST (long_reply_to_a_reader)
{
    g_autoptr (World) world = world_new (TRUE);
    gsize size = 3 * QMP_SESSION_QUEUE_MAX;

    begin (world);
    say (world, "{\"execute\":\"size\",\"arguments\":{\"n\":25165824}}");
    world->wanted = size + strlen ("{\"return\": }\r\n");
    ck_assert (pump_until (has_wanted, world, DEADLINE));
    ck_assert_uint_eq (world->got->len, world->wanted);
    ck_assert_uint_eq (world->n_closed, 0);
}
END_TEST

START_TEST (faults_flood)
{
    static const char line[] = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse "
                               "error, expecting value\"}}\r\n";
    g_autoptr (World) world = world_new (TRUE);
    g_autofree char *block = g_strnfill (100000, ']');
    QmpSessionStats stats;

    expect (world, GREETING "\r\n");
    stop_reading (world);
    say (world, block);
    pump_idle ();
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_gt (stats.queued, QMP_SESSION_QUEUE_MAX / 2);
    ck_assert_uint_lt (stats.queued, QMP_SESSION_QUEUE_MAX / 2 + 1000);
    start_reading (world);
    world->wanted = 100000 * strlen (line);
    ck_assert (pump_until (has_wanted, world, DEADLINE));
    ck_assert_uint_eq (world->got->len, world->wanted);
    ck_assert_uint_eq (world->n_closed, 0);
}
END_TEST

START_TEST (fast_writer_is_not_read)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;
    guint n = 0;

    begin (world);
    while (write (world->fd, "{\"execute\":\"hold\"}", 18) == 18)
        n++;
    pump_idle ();
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_eq (stats.pending, QMP_SESSION_PENDING_MAX + 1);
    ck_assert_uint_lt (stats.bytes_in, 20000);
    for (guint i = 0; i < n; i++) {
        ck_assert_ptr_nonnull (world->held.head);
        answer_held (world);
        pump_idle ();
    }
    ck_assert_uint_ge (n, 100);
    ck_assert_uint_eq (world->got->len, n * strlen ("{\"return\": {}}\r\n"));
}
END_TEST

/* An in-band flood does not keep an out-of-band command out. */
START_TEST (oob_passes_a_full_queue)
{
    g_autoptr (World) world = world_new (TRUE);

    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect (world, READY);
    for (int i = 0; i < QMP_SESSION_PENDING_MAX; i++)
        say (world, "{\"execute\":\"hold\"}");
    say (world, "{\"exec-oob\":\"now\",\"id\":1}");
    expect (world, "{\"return\": {}, \"id\": 1}\r\n");
}
END_TEST

START_TEST (random_bytes)
{
    static const char *const pieces[] = { "{",
                                          "}",
                                          "[",
                                          "]",
                                          ":",
                                          ",",
                                          "\"execute\"",
                                          "'a'",
                                          "01",
                                          "\"hold\"",
                                          "\"exec-oob\"",
                                          "\"id\"",
                                          "1e5",
                                          "\"arguments\"",
                                          "{}",
                                          "\n",
                                          "\x01",
                                          "\xff",
                                          "nul",
                                          "null",
                                          "{\"execute\":\"a\"}",
                                          "\\u",
                                          "\"",
                                          "\"\\ud8\"",
                                          " ",
                                          "\xc3\xa9",
                                          "-",
                                          CAPS };
    g_autoptr (GRand) random = g_rand_new_with_seed (71);

    for (int round = 0; round < 300; round++) {
        g_autoptr (World) world = world_new (round % 2);

        for (int i = 0; i < 200; i++) {
            say (world, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
            if (g_rand_int_range (random, 0, 4) == 0)
                g_main_context_iteration (NULL, FALSE);
            while (world->held.length > 5)
                answer_held (world);
        }
        shutdown (world->fd, SHUT_WR);
        pump_idle ();
        while (!g_queue_is_empty (&world->held)) {
            answer_held (world);
            pump_idle ();
        }
        expect_closed (world);
        ck_assert_ptr_null (world->reason);
    }
}
END_TEST

static Suite *
flood_suite (void)
{
    Suite *suite = suite_create ("qmp-session-flood");
    TCase *floods = tcase_create ("floods");

    tcase_set_timeout (floods, 60);
    tcase_add_test (floods, silent_reader_is_dropped);
    tcase_add_test (floods, long_reply_to_a_reader);
    tcase_add_test (floods, faults_flood);
    tcase_add_test (floods, fast_writer_is_not_read);
    tcase_add_test (floods, oob_passes_a_full_queue);
    tcase_add_test (floods, random_bytes);
    suite_add_tcase (suite, floods);
    return suite;
}

int
main (void)
{
    return run_tap (flood_suite ());
}
