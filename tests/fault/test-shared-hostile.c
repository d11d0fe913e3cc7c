/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared socket against clients that do what they should not, and in front of an emulator that
 * is slow, or goes.  The emulator is a peer that takes notes: whatever clients do, it sees whole
 * commands and nothing else. */
#include "fault/shared-world.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/tap.h"
#include "unit/wait.h"

/* The address sanitizer keeps what is freed for a while. */
#ifdef __SANITIZE_ADDRESS__
#define MIB ((gsize)32 << 20)
#else
#define MIB ((gsize)1 << 20)
#endif

static guint
count_fds (void)
{
    DIR *dir = opendir ("/proc/self/fd");
    guint n = 0;

    while (readdir (dir))
        n++;
    closedir (dir);
    return n;
}

static gsize
resident (void)
{
    g_autofree char *text = NULL;
    unsigned long size = 0, pages = 0;

    g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
    ck_assert_int_eq (sscanf (text, "%lu %lu", &size, &pages), 2);
    return pages * (gsize)sysconf (_SC_PAGESIZE);
}

/* --- tests --- */

START_TEST (random_input)
{
    static const char *const pieces[] = { "{",      "}",   "[",      "]",     ":",
                                          ",",      "\"",  "'",      "\\",    "\x01",
                                          "\xff",   "\n",  "1",      "-1e9",  "nul",
                                          NAME (1), "\\u", "\"id\"", "\"a\"", "\xf0\x9f\x98",
                                          TALK_CAPS };
    g_autoptr (World) world = world_new ();
    g_autoptr (GRand) random = g_rand_new_with_seed (6);

    for (int round = 0; round < 200; round++) {
        g_autoptr (Talk) talk = talk_new (round % 4 ? world->path : world->observers);
        g_autoptr (GString) in = g_string_new (round % 3 ? TALK_CAPS : "");

        for (int n = 0; n < 300; n++) {
            if (round % 2)
                g_string_append_c (in, (char)g_rand_int (random));
            else
                g_string_append (in, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
        }
        talk_send (talk, in->str, (gssize)in->len, NULL, 0);
        wait_settle ();
    }
    world_check_well (world);
    ck_wait (world_count_clients (world) == 0);
}
END_TEST

START_TEST (halves_of_messages)
{
    static const char text[] = TALK_CAPS "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"a\"}}";
    g_autoptr (World) world = world_new ();
    int file = 0;
    guint fds;

    world_check_well (world);
    ck_wait (g_file_test (world->transcript, G_FILE_TEST_EXISTS)); /* it is open now */
    ck_wait (world_count_clients (world) == 0);
    fds = count_fds ();
    for (gssize length = 0; length < (gssize)strlen (text); length++) {
        g_autoptr (Talk) talk = talk_new (world->path);

        if (length > 0)
            talk_send (talk, text, length, &file, 1);
        wait_settle ();
    }
    ck_wait (world_count_clients (world) == 0);
    ck_assert_uint_eq (count_fds (), fds);
    world_check_well (world);
}
END_TEST

START_TEST (one_that_never_reads)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) deaf = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) other = talk_ready (world->path, TALK_CAPS);
    g_autofree char *padding = g_strnfill (8000, 'x');
    g_autofree char *event = g_strdup_printf (
        "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\", \"data\": "
        "{\"x\": \"%s\"}}",
        padding);
    g_autofree char *line = g_strconcat (event, "\r\n", NULL);
    gsize before = resident ();

    g_source_remove (deaf->watch);
    deaf->watch = 0;
    for (int i = 0; i < 5000; i++) {
        peer_send (world->emulator, line, -1);
        talk_expect (other, event);
        g_string_truncate (other->got, 0);
        other->at = 0;
    }
    ck_assert_uint_eq (world_count_clients (world), 1);
    ck_assert_uint_lt (resident () - before, 32 * MIB); /* of 40 that were sent */
    world_check_well (world);
}
END_TEST

START_TEST (floods_of_descriptors)
{
    static const char *const with[] = { NAME (1),          "{]",
                                        "xyz\n",           " ",
                                        NAME (2) NAME (3), "{\"execute\":\"add-fd\",\"id\":4}" };
    g_autoptr (World) world = world_new ();
    int fds[250];
    guint before;

    world_check_well (world);
    ck_wait (g_file_test (world->transcript, G_FILE_TEST_EXISTS));
    ck_wait (world_count_clients (world) == 0);
    before = count_fds ();
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        fds[i] = 0;
    for (int round = 0; round < 60; round++) {
        g_autoptr (Talk) talk = talk_new (round % 5 ? world->path : world->observers);

        talk_say (talk, TALK_CAPS);
        for (int i = 0; i < 10; i++)
            talk_send (talk, with[(round + i) % G_N_ELEMENTS (with)], -1, fds, G_N_ELEMENTS (fds));
        talk_say (talk, "\x01" NAME ("end"));
        for (;;) {
            g_autofree char *line = talk_line (talk);

            ck_assert_pstr_ne (line, NULL);
            if (strstr (line, "\"end\""))
                break;
        }
    }
    ck_wait (world_count_clients (world) == 0);
    ck_assert_uint_eq (count_fds (), before);
    ck_assert_uint_le (world->emulator->n_fds, 60 * 10); /* one for each add-fd, no more */
    world_check_well (world);
}
END_TEST

START_TEST (storm_of_connections)
{
    g_autoptr (World) world = world_new ();

    for (int round = 0; round < 1000; round++) {
        g_autoptr (Talk) talk = talk_new (world->path);

        if (round % 3)
            talk_say (talk, TALK_CAPS);
        if (round % 3 == 2)
            talk_say (talk, NAME (1) NAME (2) NAME (3));
        if (round % 2)
            g_main_context_iteration (NULL, FALSE);
        if (round % 50 == 0)
            wait_settle ();
    }
    world_check_well (world);
    ck_wait (world_count_clients (world) == 0);
}
END_TEST

START_TEST (too_many_clients)
{
    g_autoptr (World) world = world_new ();
    Talk *talks[64];

    for (guint i = 0; i < G_N_ELEMENTS (talks); i++)
        talks[i] = talk_ready (world->path, TALK_CAPS);
    for (int i = 0; i < 3; i++) {
        g_autoptr (Talk) late = talk_new (world->path);

        talk_expect (late, "{\"error\": {\"class\": \"GenericError\", \"desc\": "
                           "\"this socket has 64 clients already\"}}");
        talk_expect_end (late);
    }
    peer_send (world->emulator, EVENT "\r\n", -1);
    for (guint i = 0; i < G_N_ELEMENTS (talks); i++) {
        talk_expect (talks[i], EVENT);
        talk_free (talks[i]);
    }
    ck_wait (world_count_clients (world) == 0);
    world_check_well (world);
}
END_TEST

/* Whoever comes after ten thousand commands of another waits for a few of them only. */
START_TEST (one_that_pipelines)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) greedy = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) other = talk_ready (world->path, TALK_CAPS);
    g_autoptr (GString) many = g_string_new (NULL);
    guint before;

    for (int i = 0; i < 10000; i++)
        g_string_append (many, NAME (1));
    world->holds = TRUE;
    talk_send (greedy, many->str, 100000, NULL, 0);
    wait_settle ();
    ck_assert_uint_le (world->held->len, 4);
    talk_say (other, NAME ("other"));
    wait_settle ();
    ck_assert_uint_le (world->held->len, 5);
    before = world->n_commands;
    world_release (world);
    talk_expect (other, "{\"return\": {}, \"id\": \"other\"}");
    ck_assert_uint_le (world->n_commands - before, 16);
    talk_send (greedy, many->str + 100000, (gssize)many->len - 100000, NULL, 0);
    for (int i = 0; i < 10000; i++)
        talk_expect (greedy, "{\"return\": {}, \"id\": 1}");
}
END_TEST

/* Returns: how many bytes of @text could be sent, with the main loop running in between */
static gsize
send_some (Talk *talk, const char *text, gsize length)
{
    gsize sent = 0;

    for (int tries = 0; sent < length && tries < 3; tries++) {
        gssize n = send (talk->fd, text + sent, length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        wait_settle ();
        if (n > 0)
            tries = 0;
        sent += MAX (n, 0);
    }
    return sent;
}

/* Long commands are read only as they are carried out. */
START_TEST (one_with_long_commands)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) talk = talk_ready (world->path, TALK_CAPS);
    g_autofree char *padding = g_strnfill (6 << 20, 'x');
    g_autofree char *in = g_strdup_printf (
        "{\"execute\":\"query-name\",\"arguments\":{\"x\":\"%s\"},\"id\":1}", padding);
    gsize before = resident (), sent = 0, n;

    world->holds = TRUE;
    do
        sent += n = send_some (talk, in, strlen (in));
    while (n == strlen (in) && sent < 100 << 20);
    ck_assert_uint_lt (sent, 20 << 20);
    ck_assert_uint_lt (resident () - before, 100 * MIB);
    ck_wait (world->held->len == sent / strlen (in));
    world_release (world);
    g_clear_pointer (&talk, talk_free);
    world_check_well (world);
}
END_TEST

/* The commands of those who left are answered to nobody, and take no place for ever. */
START_TEST (ones_that_leave)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) stays = talk_ready (world->path, TALK_CAPS);

    for (int round = 0; round < 20; round++) {
        g_autoptr (Talk) leaves = talk_ready (world->path, TALK_CAPS);

        world->holds = TRUE;
        talk_say (leaves, NAME (1) NAME (2) NAME (3) NAME (4) NAME (5));
        ck_wait (world->held->len == 4);
        g_clear_pointer (&leaves, talk_free);
        ck_wait (world_count_clients (world) == 1);
        world_release (world);
        talk_say (stays, NAME (6));
        talk_expect (stays, "{\"return\": {}, \"id\": 6}");
    }
    ck_assert_str_eq (stays->got->str + stays->at, "");
}
END_TEST

START_TEST (emulator_goes)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) one = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) idle = talk_ready (world->path, TALK_CAPS);
    g_autoptr (Talk) late = NULL;

    world->holds = TRUE;
    talk_say (one, NAME ({ "a" : [1] }) "{\"execute\":\"query-name\"}" NAME (3) NAME (4) NAME (5)
                       NAME (6));
    ck_wait (world->held->len == 4);
    peer_hang_up (world->emulator);
    talk_expect_part (one, "{\"id\": {\"a\":[1]}, \"error\": {\"class\": \"GenericError\", ");
    talk_expect_part (one, "{\"error\": {\"class\": \"GenericError\", ");
    for (int i = 3; i <= 6; i++) {
        g_autofree char *start = g_strdup_printf ("{\"id\": %d, \"error\": ", i);

        talk_expect_part (one, start);
    }
    talk_expect_end (one);
    talk_expect_end (idle);
    late = talk_new (world->path);
    talk_expect_end (late); /* without a word */
    ck_wait (world_count_clients (world) == 0);
    g_array_set_size (world->held, 0);
    world_disconnect (world);
    world->holds = FALSE;
    world_connect (world); /* the machine is started again: the same path */
    world_check_well (world);
}
END_TEST

START_TEST (socket_goes_with_commands_under_way)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) one = talk_ready (world->path, TALK_CAPS);

    world->holds = TRUE;
    talk_say (one, NAME (1) NAME (2) NAME (3) NAME (4) NAME (5) NAME (6));
    ck_wait (world->held->len == 4);
    g_clear_pointer (&world->shared, shared_socket_free);
    world_release (world); /* too late */
    for (int i = 1; i <= 6; i++)
        talk_expect_part (one, "error");
    talk_expect_end (one);
}
END_TEST

START_TEST (observers_only_look)
{
    g_autoptr (World) world = world_new ();
    g_autoptr (Talk) talk = talk_ready (world->observers, TALK_CAPS_OOB);

    talk_send (talk,
               NAME (1) "{\"execute\":\"quit\",\"id\":2}" NAME (
                   3) "{\"execute\":\"qom-set\",\"id\":4}{\"execute\":\"getfd\",\"id\":5}",
               -1, &talk->fd, 1);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect_part (talk, "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"The "
                            "command quit is not for observers");
    talk_expect (talk, "{\"return\": {}, \"id\": 3}");
    talk_expect_part (talk, "command qom-set is not");
    talk_expect_part (talk, "command getfd is not");
    talk_say (talk, "{\"exec-oob\":\"yank\",\"id\":6}{\"exec-oob\":\"query-yank\",\"id\":7}");
    talk_expect_part (talk, "command yank is not");
    talk_expect (talk, "{\"return\": {}, \"id\": 7}");
    ck_assert_uint_eq (world->n_commands, 3);
    ck_assert_uint_eq (world->emulator->n_fds, 0);
}
END_TEST

static Suite *
hostile_suite (void)
{
    Suite *suite = suite_create ("shared-hostile");
    TCase *tests = tcase_create ("clients and emulators that misbehave");

    tcase_set_timeout (tests, 120);
    tcase_add_test (tests, random_input);
    tcase_add_test (tests, halves_of_messages);
    tcase_add_test (tests, one_that_never_reads);
    tcase_add_test (tests, floods_of_descriptors);
    tcase_add_test (tests, storm_of_connections);
    tcase_add_test (tests, too_many_clients);
    tcase_add_test (tests, one_that_pipelines);
    tcase_add_test (tests, one_with_long_commands);
    tcase_add_test (tests, ones_that_leave);
    tcase_add_test (tests, emulator_goes);
    tcase_add_test (tests, socket_goes_with_commands_under_way);
    tcase_add_test (tests, observers_only_look);
    suite_add_tcase (suite, tests);
    return suite;
}

int
main (void)
{
    return run_tap (hostile_suite ());
}
