/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell at a pseudo-terminal, with the real emulator: completion, events
 * above the line, faults that are marked, reconnecting, the history.
 */
/* Requirements: R15. */
#include "integration/shell-world.h"
#include "unit/tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CTRL_C "\x03"
#define CTRL_D "\x04"
#define CTRL_U "\x15"
#define UP "\x1b[A"

static Terminal *
open_shell (World *world)
{
    const char *const argv[] = { "shell", world->first, NULL };
    Terminal *terminal = terminal_open (world, argv);

    terminal_expect (terminal, "connected to ");
    terminal_expect (terminal, "first> ");
    return terminal;
}

static void
leave (Terminal *terminal)
{
    terminal_type (terminal, CTRL_U CTRL_D);
    ck_assert_int_eq (terminal_close (terminal), 0);
}

/* Another client of the same server. */
static void
stop_from_elsewhere (World *world, const char *command)
{
    const char *const argv[] = { "qmp", world->second, command, NULL };

    ck_assert_int_eq (world_run (world, argv, NULL, NULL, NULL), 0);
}

START_TEST (completion_of_drivers)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "blockdev-a\t");
    terminal_expect (terminal, "dd ");
    terminal_type (terminal, "dr\t");
    terminal_expect (terminal, "iver=");
    terminal_type (terminal, "nu\t");
    terminal_expect (terminal, "null-aio");
    terminal_expect (terminal, "null-co");
    terminal_expect (terminal, "first> blockdev-add driver=null-");
    terminal_type (terminal, "co lat\t");
    terminal_expect (terminal, "ency-ns=");
    terminal_type (terminal, "5 node-name=n0\r");
    terminal_expect (terminal, "{}");
    terminal_expect (terminal, " ms)");
    leave (terminal);
}
END_TEST

START_TEST (completion_of_live_names)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "blockdev-add driver=null-co node-name=very-own\r");
    terminal_expect (terminal, " ms)");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "blockdev-del node-name=\t");
    terminal_expect (terminal, "node-name=very-own");
    terminal_type (terminal, CTRL_U "device_add driver=nv\t");
    terminal_expect (terminal, "nvme-subsys");
    terminal_type (terminal, CTRL_U "qom-list path=/mach\t");
    terminal_expect (terminal, "path=/machine");
    terminal_type (terminal, CTRL_U "hmp info blo\t");
    terminal_expect (terminal, "blockstats");
    leave (terminal);
}
END_TEST

START_TEST (completion_in_json)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "{\"exec\t");
    terminal_expect (terminal, "execute\":");
    terminal_type (terminal, CTRL_U "{\"execute\":\"blockdev-a\t");
    terminal_expect (terminal, "dd\"");
    terminal_type (terminal, ",\"arguments\":{\"driver\":\"null-c\t");
    terminal_expect (terminal, "o\"");
    terminal_type (terminal, ",\"late\t");
    terminal_expect (terminal, "ncy-ns\":");
    terminal_type (terminal, "5,\"node-name\":\"n0\"}}\r");
    terminal_expect (terminal, "{}");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\t");
    terminal_expect (terminal, "\"n0\"");
    leave (terminal);
}
END_TEST

START_TEST (events_that_are_over)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "events off\r");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "stop\rcont\revents last 1\r");
    terminal_expect (terminal, "events last 1");
    terminal_expect (terminal, "] RESUME");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "events BLOCK* --data device=none\r");
    terminal_expect (terminal, "first> ");
    leave (terminal);
}
END_TEST

START_TEST (event_keeps_the_line)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "query-sta");
    terminal_expect (terminal, "query-sta");
    stop_from_elsewhere (world, "stop");
    terminal_expect (terminal, "STOP");
    terminal_expect (terminal, "first> query-sta");
    terminal_type (terminal, "tus\r");
    terminal_expect (terminal, "\"paused\"");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "events RES*\r");
    terminal_expect (terminal, "first> ");
    stop_from_elsewhere (world, "cont");
    terminal_expect (terminal, "RESUME");
    leave (terminal);
}
END_TEST

START_TEST (faults_are_marked)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "blockdev-add driver=null-co size=many\r");
    terminal_expect (terminal, "size: wanted here: integer");
    terminal_expect (terminal, "  blockdev-add driver=null-co size=many\r\n");
    terminal_expect (terminal, "                                   ^~~~");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "query-statuss\r");
    terminal_expect (terminal, "did you mean query-status?");
    terminal_expect (terminal, "first> ");
    /* sent all the same: now it is the server that refuses */
    terminal_type (terminal, "!query-statuss\r");
    terminal_expect (terminal, "CommandNotFound");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "hmp nope\r");
    terminal_expect (terminal, "unknown command");
    leave (terminal);
}
END_TEST

START_TEST (many_lines)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "{\"execute\":\r");
    terminal_expect (terminal, "\xe2\x80\xa6 ");
    terminal_type (terminal, "\"query-status\", \"id\": \"mine\"}\r");
    terminal_expect (terminal, "\"id\": \"mine\"");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "transaction(\r");
    terminal_expect (terminal, "\xe2\x80\xa6 ");
    terminal_type (terminal, "block-dirty-bitmap-r\t");
    terminal_expect (terminal, "emove ");
    terminal_type (terminal, CTRL_U ")\r");
    terminal_expect (terminal, "{}");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "help object-add\r");
    terminal_expect (terminal, "qom-type");
    leave (terminal);
}
END_TEST

START_TEST (typed_ahead)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "query-uuid\rquery-sta\tus\r" CTRL_U CTRL_D);
    terminal_expect (terminal, "\"UUID\"");
    terminal_expect (terminal, "\"running\"");
    ck_assert_int_eq (terminal_close (terminal), 0);
}
END_TEST

START_TEST (interrupt_ends_the_wait)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "stop\r");
    terminal_expect (terminal, " ms)");
    terminal_expect (terminal, "first> ");
    /* it came before the reply to stop */
    terminal_type (terminal, "wait STOP 20s\r");
    terminal_expect (terminal, "\"event\": \"STOP\"");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "wait NEVER\r");
    terminal_expect (terminal, "\r\n");
    stop_from_elsewhere (world, "cont");
    terminal_expect (terminal, "RESUME"); /* so it waits by now */
    terminal_type (terminal, CTRL_C);
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "half a line" CTRL_C);
    terminal_expect (terminal, "^C");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "query-name\r");
    terminal_expect (terminal, "{}");
    leave (terminal);
}
END_TEST

/* The emulator reads its configuration from a FIFO, and answers nobody until
 * somebody writes there. */
START_TEST (reply_that_was_given_up)
{
    g_autoptr (World) world = world_with_emulator ();
    g_autofree char *fifo = g_build_filename (world->dir, "fifo", NULL);
    g_autofree char *line = g_strdup_printf (
        "blockdev-add driver=blkdebug image.driver=null-co node-name=n config=%s\r", fifo);
    Terminal *terminal = open_shell (world);
    int fd;

    ck_assert_int_eq (mkfifo (fifo, 0600), 0);
    terminal_type (terminal, line);
    fd = open (fifo, O_WRONLY); /* comes back when the emulator reads */
    ck_assert_int_ge (fd, 0);
    terminal_type (terminal, CTRL_C);
    terminal_expect (terminal, "blockdev-add goes on");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "query-na");
    terminal_expect (terminal, "query-na");
    close (fd);
    terminal_expect (terminal, "the reply to blockdev-add, which was waited for no longer:");
    terminal_expect (terminal, "{}");
    terminal_expect (terminal, "first> query-na");
    leave (terminal);
}
END_TEST

START_TEST (quit_is_asked_for)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "quit\r");
    terminal_expect (terminal, "do it? (y/n) ");
    terminal_type (terminal, "n\r");
    terminal_expect (terminal, "not done");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "quit\r");
    terminal_expect (terminal, "do it? (y/n) ");
    terminal_type (terminal, "y\r");
    terminal_expect (terminal, "connection was lost");
    terminal_expect (terminal, "first (not connected)> ");
    terminal_type (terminal, "exit\r");
    ck_assert_int_eq (terminal_close (terminal), 0);
}
END_TEST

START_TEST (reconnects)
{
    g_autoptr (World) world = world_with_emulator ();
    Terminal *terminal = open_shell (world);

    terminal_type (terminal, "query-na");
    terminal_expect (terminal, "query-na");
    world_stop (world);
    terminal_expect (terminal, "connection was lost");
    terminal_expect (terminal, "first (not connected)> query-na");
    world_start (world);
    terminal_expect (terminal, "connected again");
    terminal_expect (terminal, "first> query-na");
    terminal_type (terminal, "me\r");
    terminal_expect (terminal, "{}");
    leave (terminal);
}
END_TEST

START_TEST (history_has_no_secrets)
{
    g_autoptr (World) world = world_with_emulator ();
    g_autofree char *key = g_strdelimit (g_strdup (world->first), "/", '-');
    g_autofree char *path = g_build_filename (world->dir, "ROOST_STATE_DIR", ".history", key, NULL);
    g_autofree char *kept = NULL;
    Terminal *terminal = open_shell (world);
    struct stat about;

    terminal_type (terminal, "object-add qom-type=secret id=s data=tresor\r");
    terminal_expect (terminal, "{}");
    terminal_expect (terminal, "first> ");
    terminal_type (terminal, "query-version\r");
    terminal_expect (terminal, "\"qemu\"");
    terminal_expect (terminal, "first> ");
    leave (terminal);
    ck_assert_int_eq (stat (path, &about), 0);
    ck_assert_int_eq (about.st_mode & 07777, 0600);
    ck_assert (g_file_get_contents (path, &kept, NULL, NULL));
    ck_assert_str_eq (kept, "query-version\n");
    terminal = open_shell (world);
    terminal_type (terminal, UP);
    terminal_expect (terminal, "query-version");
    leave (terminal);
}
END_TEST

int
main (void)
{
    g_autofree char *emulator = g_find_program_in_path (EMULATOR);
    Suite *suite = suite_create ("shell");
    TCase *tcase = tcase_create ("terminal");

    if (!emulator || !g_getenv ("ROOST")) {
        printf ("1..0 # SKIP " EMULATOR " is not installed, or ROOST is not set\n");
        return EXIT_SUCCESS;
    }
    tcase_set_timeout (tcase, 120);
    tcase_add_test (tcase, completion_of_drivers);
    tcase_add_test (tcase, completion_of_live_names);
    tcase_add_test (tcase, completion_in_json);
    tcase_add_test (tcase, events_that_are_over);
    tcase_add_test (tcase, event_keeps_the_line);
    tcase_add_test (tcase, faults_are_marked);
    tcase_add_test (tcase, many_lines);
    tcase_add_test (tcase, typed_ahead);
    tcase_add_test (tcase, interrupt_ends_the_wait);
    tcase_add_test (tcase, reply_that_was_given_up);
    tcase_add_test (tcase, quit_is_asked_for);
    tcase_add_test (tcase, reconnects);
    tcase_add_test (tcase, history_has_no_secrets);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
