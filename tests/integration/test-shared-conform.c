/* What QMP asks of a server, statement by statement: the same body against QEMU itself (the first
 * run of each test) and against the shared socket in front of it (the second). What differs on
 * purpose is in one table below, and only there. The texts of malformed input are rows that
 * test-qmp-conform has as well. */
#include "integration/shared-rig.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "integration/qmp-conform-rows.h"
#include "unit/tap.h"

#define ID(n) "\"id\": " #n

/* Where the shared socket is better, or other, than QEMU on purpose.  A test that asks for one of
 * these has an expectation of its own for each server. */
typedef enum {
    SERVES_MANY,      /* QEMU leaves a second client waiting in silence */
    DROPS_STALE,      /* QEMU gives the reply of a client that left to the next one */
    PAIRS_FDS,        /* QEMU with oob gives a descriptor to a command that did not bring it */
    CLOSES_STRAY_FDS, /* QEMU keeps one for the next command that takes one, whoever's it is */
    FORGETS_FD_NAMES, /* QEMU keeps a getfd's name for the next client; ours are each client's own
                       */
    ANSWERS_AT_END,   /* QEMU ends without a word for what it has not begun */
    N_DIFFERENCES,
} Purpose;

static gboolean
differs (const Rig *rig, Purpose purpose)
{
    g_assert (purpose < N_DIFFERENCES);
    return rig->server == RIG_SHARED;
}

/* A descriptor of a file with @text in it. */
static int
make_file (const char *text)
{
    int fd = memfd_create ("conform", MFD_CLOEXEC);

    ck_assert_int_eq (write (fd, text, strlen (text)), strlen (text));
    return fd;
}

/* --- 1.1 connection and negotiation --- */

#define TEST(name) START_TEST (name)

TEST (mx1_greeting_comes_first)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig, NULL);
    g_autofree char *line = talk_line (talk);

    ck_assert (g_str_has_prefix (line, "{\"QMP\": {\"version\": {\"qemu\": {"));
    ck_assert (g_str_has_suffix (line, "\"capabilities\": [\"oob\"]}}"));
}
END_TEST

TEST (mx10_negotiation_is_per_connection)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig, RIG_CAPS_OOB);
    g_autoptr (Talk) other = NULL;

    g_clear_pointer (&one, talk_free);
    other = talk_new (rig, NULL);
    talk_expect_part (other, "QMP");
    talk_say (other, "{\"execute\":\"query-name\",\"id\":1}");
    talk_expect_part (other, "Expecting capabilities negotiation");
    talk_say (other, CAPS);
    talk_expect (other, "{\"return\": {}}");
    talk_say (other, "{\"exec-oob\":\"query-yank\",\"id\":2}");
    talk_expect_part (other, "QMP input member 'exec-oob' is unexpected");
}
END_TEST

TEST (mx11_commands_before_negotiation_are_refused)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig, NULL);

    talk_expect_part (talk, "QMP");
    talk_say (talk, "{\"execute\":\"query-version\",\"id\":7}");
    talk_expect (talk, "{\"id\": 7, \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"Expecting capabilities negotiation with 'qmp_capabilities'\"}}");
}
END_TEST

TEST (mx12_failed_negotiation_may_be_repeated)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig, NULL);

    talk_expect_part (talk, "QMP");
    talk_say (talk, ENABLE ("{\"enable\":[\"nope\"]}"));
    talk_expect_part (talk, "does not accept value 'nope'");
    talk_say (talk, ENABLE ("{\"enable\":[\"oob\",\"oob\"]}"));
    talk_expect (talk, "{\"return\": {}}");
}
END_TEST

TEST (mx13_second_negotiation_is_refused)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"qmp_capabilities\",\"id\":\"y\"}");
    talk_expect_part (talk, "already complete");
}
END_TEST

TEST (mx14_no_event_before_negotiation)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"stop\",\"id\":1}");
    talk_expect_part (talk, "\"STOP\"");
    talk_expect_part (talk, ID (1));
    if (differs (rig, SERVES_MANY)) {
        g_autoptr (Talk) late = talk_new (rig, NULL);

        talk_expect_part (late, "QMP");
        talk_say (talk, "{\"execute\":\"cont\",\"id\":2}");
        talk_expect_part (talk, "\"RESUME\"");
        talk_expect_part (talk, ID (2));
        talk_say (late, CAPS);
        talk_expect (late, "{\"return\": {}}");
    } else {
        g_clear_pointer (&talk, talk_free);
        talk = talk_new (rig, NULL);
        talk_expect_part (talk, "QMP");
        talk_say (talk, CAPS);
        talk_expect (talk, "{\"return\": {}}");
    }
}
END_TEST

TEST (mx16_negotiation_may_be_pipelined)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig, NULL);

    talk_say (talk, CAPS "{\"execute\":\"query-name\",\"id\":2}"
                         "{\"execute\":\"query-status\",\"id\":3}\n");
    talk_expect_part (talk, "QMP");
    talk_expect (talk, "{\"return\": {}}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    talk_expect_part (talk, ID (3));
}
END_TEST

/* --- 1.2 commands, ids, replies --- */

TEST (mx17_ids_of_any_type_come_back)
{
    static const char *const ids[] = { "null",
                                       "true",
                                       "\"\"",
                                       "[]",
                                       "{}",
                                       "18446744073709551615",
                                       "-9223372036854775808",
                                       "[1, {\"a\": null}]" };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
        g_autofree char *in = g_strdup_printf ("{\"execute\":\"query-name\",\"id\":%s}", ids[i]);
        g_autofree char *out = g_strdup_printf ("{\"return\": {}, \"id\": %s}", ids[i]);
        g_autofree char *got = NULL;

        talk_say (talk, in);
        got = talk_line (talk);
        if (rig->server == RIG_SHARED) /* the client's own bytes: the space is dropped */
            ck_assert (g_str_equal (got, out) || strchr (ids[i], ' '));
        else
            ck_assert_str_eq (got, out);
    }
}
END_TEST

TEST (mx18_absent_id_stays_absent)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, NAME "{\"execute\":\"no-such\"}{\"execute\":\"no-such\",\"id\":10}");
    talk_expect (talk, "{\"return\": {}}");
    talk_expect (talk, "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"The command no-such has not been found\"}}");
    talk_expect (talk, "{\"id\": 10, \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"The command no-such has not been found\"}}");
}
END_TEST

TEST (mx19_return_values_of_any_type)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"query-chardev\"}");
    talk_expect_part (talk, "{\"return\": [{");
    talk_say (talk, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                    "\"nonsense\"}}");
    talk_expect (talk, "{\"return\": \"unknown command: 'nonsense'\\r\\n\"}");
    talk_say (talk, "{\"execute\":\"qom-get\",\"arguments\":{\"path\":\"/machine\",\"property\":"
                    "\"type\"}}");
    talk_expect (talk, "{\"return\": \"none-machine\"}");
    talk_say (talk, "{\"execute\":\"query-qmp-schema\",\"id\":\"large\"}");
    talk_expect_part (talk, ID ("large"));
}
END_TEST

TEST (mx20_one_id_twice)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}{\"execute\":\"query-status\",\"id\":1}");
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect_part (talk, "\"status\"");
}
END_TEST

TEST (mx21_error_classes_are_kept)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"nope\"},\"id\":11}");
    talk_expect_part (talk, "{\"id\": 11, \"error\": {\"class\": \"DeviceNotFound\", ");
}
END_TEST

TEST (mx22_arguments_are_passed_as_written)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
#define MEMSAVE(rest)                                                                              \
    "{\"execute\":\"memsave\",\"arguments\":{\"val\":0,\"filename\":\"/nope\"" rest "}}"
    talk_say (talk, MEMSAVE (",\"size\":1.0"));
    talk_expect_part (talk, "Invalid parameter type for 'size', expected: integer");
    talk_say (talk, MEMSAVE (""));
    talk_expect_part (talk, "Parameter 'size' is missing");
    talk_say (talk, MEMSAVE (",\"size\":1,\"x\":1"));
    talk_expect_part (talk, "Parameter 'x' is unexpected");
    talk_say (talk, MEMSAVE (",\"size\":18446744073709551615"));
    talk_expect_part (talk, "error");
}
END_TEST

TEST (mx27_replies_in_the_order_of_commands)
{
    g_autoptr (Rig) rig = rig_new (_i);

    for (int oob = 0; oob < 2; oob++) {
        g_autoptr (Talk) talk = talk_ready (rig, oob ? RIG_CAPS_OOB : RIG_CAPS);

        for (int i = 0; i < 300; i++) {
            g_autofree char *in = g_strdup_printf ("{\"execute\":\"%s\",\"id\":%d}",
                                                   i % 3   ? "query-name"
                                                   : i % 2 ? "{]"
                                                           : "no-such",
                                                   i);

            talk_say (talk, in);
        }
        for (int i = 0; i < 300; i++) {
            g_autofree char *id = g_strdup_printf ("\"id\": %d", i);

            talk_expect_part (talk, id);
        }
    }
}
END_TEST

TEST (mx28_events_come_where_the_emulator_sent_them)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    for (int i = 0; i < 20; i++) {
        talk_say (talk, "{\"execute\":\"stop\",\"id\":1}{\"execute\":\"cont\",\"id\":2}");
        talk_expect_part (talk, "\"event\": \"STOP\"");
        talk_expect (talk, "{\"return\": {}, \"id\": 1}");
        talk_expect_part (talk, "\"event\": \"RESUME\"");
        talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    }
}
END_TEST

TEST (mx30_replies_for_one_who_left)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig, RIG_CAPS);
    g_autoptr (Talk) other = NULL;

    rig_hold (rig, one);
    talk_say (one, "{\"execute\":\"query-status\",\"id\":\"queued\"}");
    wait_settle ();
    g_clear_pointer (&one, talk_free);
    other = talk_new (rig, NULL);
    talk_expect_part (other, "QMP");
    talk_say (other, RIG_CAPS);
    if (!differs (rig, DROPS_STALE)) {
        rig_release (rig);
        talk_expect_part (other, ID ("held"));
        talk_expect (other, "{\"return\": {}, \"id\": \"caps\"}");
        return;
    }
    talk_expect (other, "{\"return\": {}, \"id\": \"caps\"}");
    talk_say (other, "{\"execute\":\"query-name\",\"id\":1}");
    rig_release (rig);
    talk_expect (other, "{\"return\": {}, \"id\": 1}");
    talk_expect_nothing (other);
}
END_TEST

TEST (mx33_quit_is_answered_and_ends)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_autofree char *line = NULL;

    talk_say (talk, "{\"execute\":\"quit\",\"id\":\"q\"}{\"execute\":\"query-name\",\"id\":\"n\"}");
    talk_expect_part (talk, "\"event\": \"SHUTDOWN\"");
    talk_expect (talk, "{\"return\": {}, \"id\": \"q\"}");
    line = talk_line (talk);
    if (line && strstr (line, "return")) /* it was quick enough to be answered */
        ck_assert_str_eq (line, "{\"return\": {}, \"id\": \"n\"}");
    else if (differs (rig, ANSWERS_AT_END))
        ck_assert (line && g_str_has_prefix (line, "{\"id\": \"n\", \"error\": "));
    else
        ck_assert_pstr_eq (line, NULL);
    if (line)
        talk_expect_end (talk);
}
END_TEST

TEST (mx36_a_second_client)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig, RIG_CAPS);
    g_autoptr (Talk) other = talk_new (rig, NULL);

    if (!differs (rig, SERVES_MANY)) {
        talk_expect_nothing (one);
        ck_assert_uint_eq (other->got->len, 0);
        g_clear_pointer (&one, talk_free);
    }
    talk_expect_part (other, "QMP");
    talk_say (other, RIG_CAPS);
    talk_expect (other, "{\"return\": {}, \"id\": \"caps\"}");
    if (one)
        talk_expect_nothing (one);
}
END_TEST

TEST (mx37_one_who_sends_no_more_gets_the_replies)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}{\"execute\":\"query-name\",\"id\":2}");
    if (rig->server == RIG_SHARED) /* with QEMU this is a race: it drops what it has not begun */
        shutdown (talk->fd, SHUT_WR);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    if (rig->server == RIG_SHARED)
        talk_expect_end (talk);
}
END_TEST

/* --- 1.3 framing --- */

TEST (mx39_every_message_is_one_line_in_ascii)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                    "\"n\xc3\xa9\"}}\n{\"execute\":\"stop\"}");
    talk_expect_part (talk, "{\"return\": \"");
    talk_expect_part (talk, "\"STOP\"");
    talk_expect (talk, "{\"return\": {}}");
    for (gsize i = 0; i < talk->got->len; i++)
        ck_assert ((guchar)talk->got->str[i] < 0x7f);
}
END_TEST

TEST (mx41_input_needs_no_line_ends)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    static const char text[] = "\n \t{\"execute\":\r\n\"query-name\" , \"id\":14}";

    for (const char *at = text; *at; at++) {
        talk_send (talk, at, 1, NULL, 0);
        wait_settle ();
    }
    talk_expect (talk, "{\"return\": {}, \"id\": 14}");
    talk_say (talk, NAME NAME);
    talk_expect (talk, "{\"return\": {}}");
    talk_expect (talk, "{\"return\": {}}");
}
END_TEST

static int
compare_lines (gconstpointer a, gconstpointer b)
{
    return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Sends a row and LAST. @any_order: what is out of band may come at any time. Returns: all that
 * came back but the greeting */
static char *
converse (Rig *rig, const char *in, gsize length, gboolean any_order)
{
    g_autoptr (Talk) talk = talk_new (rig, NULL);
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

    talk_expect_part (talk, "QMP");
    talk_send (talk, in, length, NULL, 0);
    talk_say (talk, LAST);
    for (;;) {
        char *line = talk_line (talk);

        ck_assert_pstr_ne (line, NULL);
        g_ptr_array_add (lines, line);
        if (strstr (line, LAST_ID))
            break;
    }
    if (any_order)
        g_ptr_array_sort (lines, compare_lines);
    g_ptr_array_add (lines, NULL);
    return g_strjoinv ("\n", (char **)lines->pdata);
}

/* 23-26, 44, 46-51: which inputs are errors, how many, in which words, and where reading goes on */
TEST (mx44_malformed_input_as_qemu_answers_it)
{
    g_autoptr (Rig) theirs = rig_new (RIG_QEMU_ITSELF);
    g_autoptr (Rig) rig = rig_new (_i);

    for (gsize i = 0; i < G_N_ELEMENTS (ALIKE); i++) {
        gsize length = ALIKE[i].length ? ALIKE[i].length : strlen (ALIKE[i].in);
        gboolean any_order = strstr (ALIKE[i].in, "exec-oob") != NULL;
        g_autofree char *expected = converse (theirs, ALIKE[i].in, length, any_order);
        g_autofree char *got = converse (rig, ALIKE[i].in, length, any_order);

        ck_assert_str_eq (got, expected);
    }
}
END_TEST

TEST (mx44_nesting_is_bounded)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_autofree char *open = g_strnfill (5000, '[');

    talk_say (talk, open);
    talk_expect (talk, "{\"error\": {\"class\": \"GenericError\", \"desc\": "
                       "\"JSON nesting depth limit exceeded\"}}");
    talk_say (talk, LAST);
    for (;;) {
        g_autofree char *line = talk_line (talk);

        ck_assert_pstr_ne (line, NULL);
        if (strstr (line, LAST_ID))
            break;
    }
}
END_TEST

/* What is not the shared socket's own ids and normalised numbers reaches the client unchanged. */
TEST (mx45_a_client_that_reads_late_gets_all)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    g_source_remove (talk->watch);
    talk->watch = 0;
    for (int i = 0; i < 20; i++)
        talk_say (talk, "{\"execute\":\"query-qmp-schema\",\"id\":1}");
    g_clear_pointer (&talk, talk_free);
    talk = talk_ready (rig, RIG_CAPS);
    talk_expect_nothing (talk);
}
END_TEST

/* --- 1.4 descriptors --- */

#define GETFD(name, id)                                                                            \
    "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"" name "\"},\"id\":" #id "}"
#define CLOSEFD(name, id)                                                                          \
    "{\"execute\":\"closefd\",\"arguments\":{\"fdname\":\"" name "\"},\"id\":" #id "}"
#define NO_FD "No file descriptor supplied via SCM_RIGHTS"

TEST (mx52_each_command_gets_its_own_descriptor)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, differs (rig, PAIRS_FDS) ? RIG_CAPS_OOB : RIG_CAPS);
    g_auto (AutoFd) one = make_file ("ONE"), two = make_file ("TWO");

    for (int i = 0; i < 50; i++) {
        talk_send (talk, GETFD ("one", 1), -1, &one, 1);
        talk_send (talk, GETFD ("two", 2), -1, &two, 1);
        talk_expect (talk, "{\"return\": {}, \"id\": 1}");
        talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    }
    talk_say (talk, CLOSEFD ("one", 3) CLOSEFD ("two", 4));
    talk_expect (talk, "{\"return\": {}, \"id\": 3}");
    talk_expect (talk, "{\"return\": {}, \"id\": 4}");
}
END_TEST

TEST (mx53_one_descriptor_for_a_command)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_auto (AutoFd) file = make_file ("x");
    int fds[] = { file, file, file };

    talk_send (talk, GETFD ("a", 1), -1, fds, 3);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_say (talk, GETFD ("b", 2));
    talk_expect_part (talk, NO_FD);
}
END_TEST

TEST (mx54_stray_descriptors)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_auto (AutoFd) file = make_file ("x");

    talk_send (talk, "{\"execute\":\"query-name\",\"id\":1}", -1, &file, 1);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_say (talk, GETFD ("a", 2));
    talk_expect_part (talk, differs (rig, CLOSES_STRAY_FDS) ? NO_FD : "\"return\": {}");
}
END_TEST

TEST (mx55_names_of_descriptors)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_auto (AutoFd) file = make_file ("x");

    talk_send (talk, GETFD ("1a", 1), -1, &file, 1);
    talk_expect_part (talk, "error");
    talk_say (talk, CLOSEFD ("a", 2));
    talk_expect (talk, "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": "
                       "\"File descriptor named 'a' not found\"}}");
    talk_send (talk, GETFD ("a", 3), -1, &file, 1);
    talk_expect_part (talk, "return");
    talk_send (talk, GETFD ("a", 4), -1, &file, 1);
    talk_expect_part (talk, "return");
    /* the name is found where it may be used: what is missing is what it must be */
    talk_say (talk, "{\"execute\":\"add_client\",\"arguments\":{\"protocol\":\"vnc\",\"fdname\":"
                    "\"nope\"},\"id\":5}");
    talk_expect_part (talk, "'nope'");
    talk_say (talk, CLOSEFD ("a", 6) CLOSEFD ("a", 7));
    talk_expect (talk, "{\"return\": {}, \"id\": 6}");
    talk_expect_part (talk, "File descriptor named 'a' not found");
    talk_send (talk, GETFD ("a", 8), -1, &file, 1);
    talk_expect_part (talk, "return");
    if (differs (rig, FORGETS_FD_NAMES)) {
        g_autoptr (Talk) other = talk_ready (rig, RIG_CAPS);

        talk_say (other, CLOSEFD ("a", 1));
        talk_expect_part (other, "File descriptor named 'a' not found");
        talk_send (other, GETFD ("a", 2), -1, &file, 1);
        talk_expect_part (other, "return");
        talk_say (other, CLOSEFD ("a", 3) CLOSEFD ("roost-1-a", 4));
        talk_expect_part (other, "return");
        talk_expect_part (other, "named 'roost-1-a' not found");
    } else {
        g_clear_pointer (&talk, talk_free);
        talk = talk_ready (rig, RIG_CAPS);
    }
    talk_say (talk, CLOSEFD ("a", 9));
    talk_expect (talk, "{\"return\": {}, \"id\": 9}");
}
END_TEST

/* A getfd name is used in each place that can refer to one. */
TEST (mx55_names_are_found_where_they_are_used)
{
    static const char *const uses[] = {
        "{\"execute\":\"chardev-add\",\"arguments\":{\"id\":\"fdx\",\"backend\":{\"type\":"
        "\"socket\",\"data\":{\"server\":false,\"addr\":{\"type\":\"fd\",\"data\":{\"str\":"
        "\"fdx\"}}}}},\"id\":1}",
        "{\"execute\":\"netdev_add\",\"arguments\":{\"type\":\"socket\",\"id\":\"fdy\",\"fd\":"
        "\"fdx\"},\"id\":1}",
        "{\"execute\":\"netdev_add\",\"arguments\":{\"type\":\"stream\",\"id\":\"fdx\",\"server\":"
        "false,\"addr\":{\"type\":\"fd\",\"str\":\"fdx\"}},\"id\":1}",
    };
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    for (gsize i = 0; i < G_N_ELEMENTS (uses); i++) {
        int ends[2];

        ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        talk_send (talk, GETFD ("fdx", 0), -1, ends, 1);
        talk_expect (talk, "{\"return\": {}, \"id\": 0}");
        talk_say (talk, uses[i]);
        for (;;) { /* beside events */
            g_autofree char *line = talk_line (talk);

            ck_assert_pstr_ne (line, NULL);
            if (strstr (line, "\"event\""))
                continue;
            ck_assert_str_eq (line, "{\"return\": {}, \"id\": 1}");
            break;
        }
        close (ends[0]);
        close (ends[1]);
    }
}
END_TEST

TEST (mx56_descriptor_sets)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_auto (AutoFd) file = make_file ("x");

    talk_send (talk, "{\"execute\":\"add-fd\",\"arguments\":{\"fdset-id\":7},\"id\":1}", -1, &file,
               1);
    talk_expect_part (talk, "\"fdset-id\": 7");
    talk_say (talk, "{\"execute\":\"query-fdsets\"}");
    talk_expect_part (talk, "\"fdset-id\": 7");
    talk_say (talk, "{\"execute\":\"remove-fd\",\"arguments\":{\"fdset-id\":7},\"id\":2}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    talk_say (talk, "{\"execute\":\"query-fdsets\"}");
    talk_expect (talk, "{\"return\": []}");
}
END_TEST

TEST (mx57_descriptor_missing)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);

    talk_say (talk, GETFD ("a", 1));
    talk_expect (talk,
                 "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \"desc\": \"" NO_FD "\"}}");
}
END_TEST

/* --- 1.5 out of band --- */

TEST (mx58_only_some_commands_run_out_of_band)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS_OOB);

    talk_say (talk, "{\"exec-oob\":\"query-name\",\"id\":1}");
    talk_expect_part (talk, "The command query-name does not support OOB");
    talk_say (talk, "{\"exec-oob\":\"query-yank\",\"id\":2}");
    talk_expect_part (talk, ID (2));
}
END_TEST

TEST (mx59_out_of_band_overtakes)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS_OOB);

    rig_hold (rig, talk);
    talk_say (talk, "{\"execute\":\"query-name\",\"id\":\"quick\"}{]"
                    "{\"exec-oob\":\"query-yank\",\"id\":\"oob\"}");
    talk_expect_part (talk, ID ("oob"));
    rig_release (rig);
    talk_expect_part (talk, ID ("held"));
    talk_expect_part (talk, ID ("quick"));
    talk_expect_part (talk, "JSON parse error");
}
END_TEST

TEST (mx60_eight_commands_may_wait)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS_OOB);

    rig_hold (rig, talk);
    for (int i = 0; i < 7; i++)
        talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}");
    talk_say (talk, "{\"exec-oob\":\"query-yank\",\"id\":\"oob\"}");
    talk_expect_part (talk, ID ("oob"));
    for (int i = 0; i < 40; i++)
        talk_say (talk, "{\"execute\":\"query-name\",\"id\":2}");
    rig_release (rig);
    talk_expect_part (talk, ID ("held"));
    for (int i = 0; i < 7; i++)
        talk_expect_part (talk, ID (1));
    for (int i = 0; i < 40; i++)
        talk_expect_part (talk, ID (2));
}
END_TEST

/* --- 1.6 events --- */

TEST (mx63_the_same_events_for_everybody)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig, RIG_CAPS);
    g_autoptr (Talk) other = NULL, observer = NULL;
    g_autofree char *event = NULL;

    if (differs (rig, SERVES_MANY)) {
        other = talk_ready (rig, RIG_CAPS_OOB);
        observer = talk_new (rig, rig->observer_path);
        talk_expect_part (observer, "QMP");
        talk_say (observer, CAPS);
        talk_expect (observer, "{\"return\": {}}");
    }
    talk_say (one, "{\"execute\":\"stop\",\"id\":1}");
    event = talk_line (one);
    ck_assert (strstr (event, "\"event\": \"STOP\""));
    talk_expect (one, "{\"return\": {}, \"id\": 1}");
    if (other)
        talk_expect (other, event);
    if (observer)
        talk_expect (observer, event);
}
END_TEST

TEST (mx65_data_is_optional)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    g_autofree char *event = NULL;

    talk_say (talk, "{\"execute\":\"stop\"}");
    event = talk_line (talk);
    ck_assert (g_str_has_prefix (event, "{\"timestamp\": {\"seconds\": "));
    ck_assert (g_str_has_suffix (event, "}, \"event\": \"STOP\"}"));
}
END_TEST

TEST (mx66_events_are_between_messages)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig, RIG_CAPS);
    int events = 0, replies = 0;

    for (int i = 0; i < 5; i++)
        talk_say (talk, "{\"execute\":\"query-qmp-schema\"}{\"execute\":\"stop\"}"
                        "{\"execute\":\"query-qmp-schema\"}{\"execute\":\"cont\"}");
    while (events < 10 || replies < 20) {
        g_autofree char *line = talk_line (talk);

        ck_assert_pstr_ne (line, NULL);
        events += g_str_has_prefix (line, "{\"timestamp\": ");
        replies += g_str_has_prefix (line, "{\"return\": ");
        ck_assert (g_str_has_suffix (line, "}"));
    }
    ck_assert_int_eq (events, 10);
    ck_assert_int_eq (replies, 20);
}
END_TEST

static Suite *
shared_suite (void)
{
    const TTest *const tests[] = {
        mx1_greeting_comes_first,
        mx10_negotiation_is_per_connection,
        mx11_commands_before_negotiation_are_refused,
        mx12_failed_negotiation_may_be_repeated,
        mx13_second_negotiation_is_refused,
        mx14_no_event_before_negotiation,
        mx16_negotiation_may_be_pipelined,
        mx17_ids_of_any_type_come_back,
        mx18_absent_id_stays_absent,
        mx19_return_values_of_any_type,
        mx20_one_id_twice,
        mx21_error_classes_are_kept,
        mx22_arguments_are_passed_as_written,
        mx27_replies_in_the_order_of_commands,
        mx28_events_come_where_the_emulator_sent_them,
        mx30_replies_for_one_who_left,
        mx33_quit_is_answered_and_ends,
        mx36_a_second_client,
        mx37_one_who_sends_no_more_gets_the_replies,
        mx39_every_message_is_one_line_in_ascii,
        mx41_input_needs_no_line_ends,
        mx44_malformed_input_as_qemu_answers_it,
        mx44_nesting_is_bounded,
        mx45_a_client_that_reads_late_gets_all,
        mx52_each_command_gets_its_own_descriptor,
        mx53_one_descriptor_for_a_command,
        mx54_stray_descriptors,
        mx55_names_of_descriptors,
        mx55_names_are_found_where_they_are_used,
        mx56_descriptor_sets,
        mx57_descriptor_missing,
        mx58_only_some_commands_run_out_of_band,
        mx59_out_of_band_overtakes,
        mx60_eight_commands_may_wait,
        mx63_the_same_events_for_everybody,
        mx65_data_is_optional,
        mx66_events_are_between_messages,
    };
    Suite *suite = suite_create ("shared-conform");
    TCase *both = tcase_create ("QEMU itself, and the shared socket");

    tcase_set_timeout (both, 60);
    for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
        tcase_add_loop_test (both, tests[i], 0, RIG_N_SERVERS);
    suite_add_tcase (suite, both);
    return suite;
}

int
main (void)
{
    if (skip_without (RIG_QEMU))
        return EXIT_SUCCESS;
    return run_tap (shared_suite ());
}
