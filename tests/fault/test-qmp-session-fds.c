/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests which command of a QmpSession gets the descriptors that a client sends, and that all others
 * are closed. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fault/session-world.h"
#include "unit/tap.h"

static guint
count_fds (void)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (g_dir_read_name (dir))
        n++;
    return n;
}

/* Sends @text with @n files, of which the first bytes are @contents[i]. */
static void
say_with_fds (World *world, const char *text, const char *contents)
{
    union {
        char bytes[CMSG_SPACE (64 * sizeof (int))];
        struct cmsghdr align;
    } control = { 0 };
    gsize n = strlen (contents);
    struct iovec vector = { (char *)text, strlen (text) };
    struct msghdr message = { .msg_iov = &vector,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = CMSG_SPACE (n * sizeof (int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR (&message);
    FILE *files[64];

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN (n * sizeof (int));
    for (gsize i = 0; i < n; i++) {
        int fd;

        files[i] = tmpfile ();
        fd = fileno (files[i]);
        ck_assert_int_eq (write (fd, contents + i, 1), 1);
        memcpy (CMSG_DATA (header) + i * sizeof (int), &fd, sizeof fd);
    }
    ck_assert_int_eq (sendmsg (world->fd, &message, 0), strlen (text));
    for (gsize i = 0; i < n; i++)
        fclose (files[i]);
}

START_TEST (fds_go_to_their_command)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    /* all of it is in the socket before the first read */
    say (world, "{\"execute\":\"fds\",\"id\":1}{\"execute\":\"fds\",");
    say_with_fds (world, "\"id\":2}", "B");
    say (world, "{\"execute\":\"fds\",\"id\":3}");
    say_with_fds (world, "{\"execute\":\"fds\",\"id\":4}{\"execute\":\"fds\",\"id\":5}", "DE");
    say_with_fds (world, "\n{\"execute\":\"fds\",\"id\":6}\n", "F");
    expect (world, "{\"return\": \"\", \"id\": 1}\r\n{\"return\": \"B\", \"id\": 2}\r\n"
                   "{\"return\": \"\", \"id\": 3}\r\n{\"return\": \"DE\", \"id\": 4}\r\n"
                   "{\"return\": \"\", \"id\": 5}\r\n{\"return\": \"F\", \"id\": 6}\r\n");
    /* a command in pieces: the descriptor comes with its first half */
    say_with_fds (world, "{\"execute\":", "G");
    pump_idle ();
    say (world, "\"fds\"}");
    expect (world, "{\"return\": \"G\"}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

START_TEST (stray_fds_are_closed)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;
    guint before, n = 0;

    begin (world);
    before = count_fds ();
    say (world, "{\"execute\":\"fds\"}");
    pump_idle ();
    say (world, "{\"execute\":\"fds\"}");
    say_with_fds (world, "5 ", "B");
    say_with_fds (world, "]", "C");
    say_with_fds (world, "#", "C");
    say_with_fds (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":1}", "D");
    say (world, "{\"execute\":\"fds\"}");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before);
    ck_assert_str_eq (world->commands->str, "fds fds fds ");
    for (const char *at = world->got->str; (at = strstr (at, "\"return\"")); at++, n++)
        ck_assert_int_eq (strncmp (at, "\"return\": \"\"}", 13), 0);
    ck_assert_uint_eq (n, 3);
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_eq (stats.fds_closed, 4);
    /* one that waits for the rest of its command when the session goes */
    say_with_fds (world, "{\"execute\":", "E");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before + 1);
    g_clear_pointer (&world->session, qmp_session_free);
    ck_assert_uint_eq (count_fds (), before - 1);
}
END_TEST

/* Some clients send them before the command, and what comes after a command is before the next. */
START_TEST (fds_before_their_command)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    say_with_fds (world, " ", "A");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before + 1);
    say (world, "{\"execute\":\"fds\",\"id\":1}");
    expect (world, "{\"return\": \"A\", \"id\": 1}\r\n");
    say_with_fds (world, "\n", "B");
    pump_idle ();
    say_with_fds (world, "\t", "C"); /* of several sets the last one counts, as in QEMU */
    say (world, "{\"execute\":\"fds\",\"id\":2}{\"execute\":\"fds\",\"id\":3}");
    expect (world, "{\"return\": \"C\", \"id\": 2}\r\n{\"return\": \"\", \"id\": 3}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

START_TEST (too_many_fds_are_closed)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    say_with_fds (world, "{\"execute\":\"fds\"}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect (world, "{\"return\": \"ABCDEFGHIJKLMNOP\"}\r\n");
    for (int i = 0; i < 10; i++)
        say_with_fds (world, i ? " " : "{", "abcdefgh");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before + 8);
    say (world, "\"execute\":\"fds\"}");
    expect (world, "{\"return\": \"abcdefgh\"}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

START_TEST (fds_while_paused)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    for (int i = 0; i < 10; i++)
        say (world, "{\"execute\":\"hold\"}");
    say_with_fds (world, "{\"execute\":\"fds\",\"id\":1}{\"execute\":\"fds\",\"id\":2}", "A");
    pump_idle ();
    ck_assert_uint_eq (world->held.length, 9);
    answer_held (world);
    pump_idle ();
    ck_assert_uint_eq (world->held.length, 9);
    g_string_truncate (world->got, 0);
    answer_held (world);
    expect (world, "{\"return\": {}}\r\n{\"return\": \"A\", \"id\": 1}\r\n"
                   "{\"return\": \"\", \"id\": 2}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

static Suite *
fds_suite (void)
{
    Suite *suite = suite_create ("qmp-session-fds");
    TCase *fds = tcase_create ("descriptors");

    tcase_add_test (fds, fds_go_to_their_command);
    tcase_add_test (fds, stray_fds_are_closed);
    tcase_add_test (fds, fds_before_their_command);
    tcase_add_test (fds, too_many_fds_are_closed);
    tcase_add_test (fds, fds_while_paused);
    suite_add_tcase (suite, fds);
    return suite;
}

int
main (void)
{
    return run_tap (fds_suite ());
}
