/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that are well formed and odd, and an emulator that is busy. */
#include "integration/shared-conform.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#define GENERIC(text) "\"error\": {\"class\": \"GenericError\", \"desc\": \"" text "\"}}"

/* Sends each row, and expects the line after it. */
static void
expect_rows (Talk *talk, const char *const (*rows)[2], gsize n)
{
    for (gsize i = 0; i < n; i++) {
        talk_say (talk, rows[i][0]);
        talk_expect (talk, rows[i][1]);
    }
}

START_TEST (cl2_members_come_in_any_order)
{
    static const char *const rows[][2] = {
        { "{\"id\":1,\"arguments\":{},\"execute\":\"query-name\"}", "{\"return\": {}, \"id\": 1}" },
        { "{\"arguments\":{},\"id\":2,\"execute\":\"query-name\"}", "{\"return\": {}, \"id\": 2}" },
        /* in a reply the id is after the value, and before an error */
        { "{\"id\":3,\"execute\":\"nope\"}",
          "{\"id\": 3, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command nope "
          "has "
          "not been found\"}}" },
    };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    expect_rows (talk, rows, G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (cl23_members_that_do_not_belong_there)
{
    static const char *const rows[][2] = {
        { "{\"execute\":\"query-name\",\"extra\":true,\"id\":4}",
          "{\"id\": 4, " GENERIC ("QMP input member 'extra' is unexpected") },
        { "{\"execute\":\"query-name\",\"arguments\":null,\"id\":5}",
          "{\"id\": 5, " GENERIC ("QMP input member 'arguments' must be an object") },
        { "{\"execute\":\"query-name\",\"arguments\":[],\"id\":6}",
          "{\"id\": 6, " GENERIC ("QMP input member 'arguments' must be an object") },
        { "{\"execute\":[],\"id\":7}",
          "{\"id\": 7, " GENERIC ("QMP input member 'execute' must be a string") },
    };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    expect_rows (talk, rows, G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (cl24_one_of_execute_and_exec_oob)
{
    static const char *const plain[][2] = {
        { "{\"execute\":\"query-yank\",\"exec-oob\":\"query-yank\",\"id\":1}",
          "{\"id\": 1, " GENERIC ("QMP input member 'exec-oob' is unexpected") },
        { "{\"id\":2}", "{\"id\": 2, " GENERIC ("QMP input lacks member 'execute'") },
    };
    static const char *const oob[][2] = {
        { "{\"execute\":\"query-yank\",\"exec-oob\":\"query-yank\",\"id\":3}",
          "{\"id\": 3, " GENERIC ("QMP input member 'execute' clashes with 'exec-oob'") },
        { "{\"id\":4}", "{\"id\": 4, " GENERIC ("QMP input lacks member 'execute'") },
    };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    expect_rows (talk, plain, G_N_ELEMENTS (plain));
    g_clear_pointer (&talk, talk_free);
    talk = talk_ready (rig->path, TALK_CAPS_OOB);
    expect_rows (talk, oob, G_N_ELEMENTS (oob));
}
END_TEST

START_TEST (mx25_what_is_no_object)
{
    static const char *const texts[] = { "null ", "[]", "\"x\"", "5 ", "true\n", "[{}]" };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        talk_say (talk, texts[i]);
        talk_expect (talk, "{" GENERIC ("QMP input must be a JSON object"));
    }
    talk_expect_nothing (talk);
}
END_TEST

START_TEST (cl26_names_are_exact)
{
    static const char *const names[] = { "Query-Name", "query_name", "query-name ", " query-name",
                                         "query",      "",           "x-nope",      "__a.b_c" };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *in = g_strdup_printf ("{\"execute\":\"%s\",\"id\":1}", names[i]);
        g_autofree char *out = g_strdup_printf (
            "{\"id\": 1, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command %s "
            "has not been found\"}}",
            names[i]);

        talk_say (talk, in);
        talk_expect (talk, out);
    }
}
END_TEST

/* Returns: a socket that is connected to @path; -1 when the queue is full */
static int
try_connect (const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    ck_assert_int_eq (errno, EAGAIN);
    close (fd);
    return -1;
}

START_TEST (cl35_how_many_may_connect)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) served = talk_ready (rig->path, TALK_CAPS);
    int fds[8], n = 0;

    while (n < 8 && (fds[n] = try_connect (rig->path)) >= 0)
        n++;
    ck_assert_int_eq (n, differs (rig, SERVES_MANY) ? 8 : 2);
    talk_expect_nothing (served);
    while (n > 0)
        close (fds[--n]);
    g_clear_pointer (&served, talk_free);
    served = talk_ready (rig->path, TALK_CAPS); /* those who left without a word are in no way */
    talk_expect_nothing (served);
}
END_TEST

START_TEST (cl38_an_emulator_that_is_stopped)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    process_stop (rig->qemu);
    talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}");
    wait_settle ();
    ck_assert_str_eq (talk->got->str + talk->at, "");
    ck_assert (!talk->ended);
    g_subprocess_send_signal (rig->qemu->process, SIGCONT);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
}
END_TEST

/* Sends out of band from @other while the emulator is held in a command of @holder's. */
static void
expect_only_oob (Rig *rig, Talk *holder, Talk *other)
{
    talk_say (other, "{\"execute\":\"query-name\",\"id\":\"waits\"}");
    talk_say (other, "{\"exec-oob\":\"query-yank\",\"id\":\"oob\"}");
    talk_expect_part (other, ID ("oob"));
    ck_assert_str_eq (other->got->str + other->at, "");
    rig_release (rig);
    talk_expect_part (holder, ID ("held"));
    talk_expect (other, "{\"return\": {}, \"id\": \"waits\"}");
}

START_TEST (mx61_one_blocks_all_but_what_is_out_of_band)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig->path, TALK_CAPS_OOB);
    g_autoptr (Talk) other =
        talk_ready (differs (rig, SERVES_MANY) ? rig->path : rig->second_path, TALK_CAPS_OOB);

    rig_hold (rig, one);
    expect_only_oob (rig, one, other);
}
END_TEST

START_TEST (cl62_a_command_can_be_held)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    rig_hold (rig, talk);
    talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}{\"execute\":\"query-name\",\"id\":2}");
    wait_settle ();
    ck_assert_str_eq (talk->got->str + talk->at, "");
    rig_release (rig);
    talk_expect_part (talk, ID ("held"));
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
}
END_TEST

void
conform_add_dispatch (Conform *conform)
{
    conform_add (conform, cl2_members_come_in_any_order);
    conform_add (conform, cl23_members_that_do_not_belong_there);
    conform_add (conform, cl24_one_of_execute_and_exec_oob);
    conform_add (conform, mx25_what_is_no_object);
    conform_add (conform, cl26_names_are_exact);
    conform_add (conform, cl35_how_many_may_connect);
    conform_add (conform, cl38_an_emulator_that_is_stopped);
    conform_add (conform, mx61_one_blocks_all_but_what_is_out_of_band);
    conform_add (conform, cl62_a_command_can_be_held);
}
