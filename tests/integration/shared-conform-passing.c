/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors, out-of-band commands and events. */
#include "integration/shared-conform.h"

#include <sys/mman.h>
#include <sys/socket.h>

/* A descriptor of a file with @text in it. */
static int
make_file (const char *text)
{
    int fd = memfd_create ("conform", MFD_CLOEXEC);

    ck_assert_int_eq (write (fd, text, strlen (text)), strlen (text));
    return fd;
}

/* --- 1.4 descriptors --- */

#define GETFD(name, id)                                                                            \
    "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"" name "\"},\"id\":" #id "}"
#define CLOSEFD(name, id)                                                                          \
    "{\"execute\":\"closefd\",\"arguments\":{\"fdname\":\"" name "\"},\"id\":" #id "}"
#define NO_FD "No file descriptor supplied via SCM_RIGHTS"

START_TEST (cl52_each_command_gets_its_own_descriptor)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk =
        talk_ready (rig->path, differs (rig, PAIRS_FDS) ? TALK_CAPS_OOB : TALK_CAPS);
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

START_TEST (cl53_one_descriptor_for_a_command)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_auto (AutoFd) file = make_file ("x");
    int fds[] = { file, file, file };

    talk_send (talk, GETFD ("a", 1), -1, fds, 3);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_say (talk, GETFD ("b", 2));
    talk_expect_part (talk, NO_FD);
}
END_TEST

START_TEST (mx54_stray_descriptors)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_auto (AutoFd) file = make_file ("x");

    talk_send (talk, "{\"execute\":\"query-name\",\"id\":1}", -1, &file, 1);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_say (talk, GETFD ("a", 2));
    talk_expect_part (talk, differs (rig, CLOSES_STRAY_FDS) ? NO_FD : "\"return\": {}");
}
END_TEST

START_TEST (mx54_descriptors_before_the_command)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_auto (AutoFd) one = make_file ("ONE"), two = make_file ("TWO");

    /* as QEMU's own Python client does: with a space of its own */
    talk_send (talk, " ", 1, &one, 1);
    talk_say (talk, GETFD ("one", 1));
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    /* on the line end of the command before */
    talk_say (talk, "{\"execute\":\"query-name\",\"id\":2}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    talk_send (talk, "\r\n", 2, &one, 1);
    talk_say (talk, GETFD ("one", 3));
    talk_expect (talk, "{\"return\": {}, \"id\": 3}");
    /* the last one counts */
    talk_send (talk, " ", 1, &one, 1);
    wait_settle ();
    talk_send (talk, " ", 1, &two, 1);
    talk_say (talk, GETFD ("two", 4) GETFD ("three", 5));
    talk_expect (talk, "{\"return\": {}, \"id\": 4}");
    talk_expect_part (talk, NO_FD);
}
END_TEST

START_TEST (cl74_a_descriptor_goes_with_the_first_byte)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_auto (AutoFd) file = make_file ("x");

    talk_send (talk, "{", 1, &file, 1);
    wait_settle ();
    talk_say (talk, GETFD ("a", 1) + 1);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
}
END_TEST

START_TEST (mx55_names_of_descriptors)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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
        g_autoptr (Talk) other = talk_ready (rig->path, TALK_CAPS);

        talk_say (other, CLOSEFD ("a", 1));
        talk_expect_part (other, "File descriptor named 'a' not found");
        talk_send (other, GETFD ("a", 2), -1, &file, 1);
        talk_expect_part (other, "return");
        talk_say (other, CLOSEFD ("a", 3) CLOSEFD ("roost-1-a", 4));
        talk_expect_part (other, "return");
        talk_expect_part (other, "named 'roost-1-a' not found");
    } else {
        g_clear_pointer (&talk, talk_free);
        talk = talk_ready (rig->path, TALK_CAPS);
    }
    talk_say (talk, CLOSEFD ("a", 9));
    talk_expect (talk, "{\"return\": {}, \"id\": 9}");
}
END_TEST

/* A getfd name is used in each place that can refer to one. */
START_TEST (mx55_names_are_found_where_they_are_used)
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
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

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

START_TEST (sv56_descriptor_sets)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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

START_TEST (cl57_descriptor_missing)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, GETFD ("a", 1));
    talk_expect (talk,
                 "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \"desc\": \"" NO_FD "\"}}");
}
END_TEST

/* --- 1.5 out of band --- */

START_TEST (cl58_only_some_commands_run_out_of_band)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS_OOB);

    talk_say (talk, "{\"exec-oob\":\"query-name\",\"id\":1}");
    talk_expect_part (talk, "The command query-name does not support OOB");
    talk_say (talk, "{\"exec-oob\":\"query-yank\",\"id\":2}");
    talk_expect_part (talk, ID (2));
}
END_TEST

START_TEST (cl59_out_of_band_overtakes)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS_OOB);

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

START_TEST (cl60_eight_commands_may_wait)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS_OOB);

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

START_TEST (mx63_the_same_events_for_everybody)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig->path, TALK_CAPS);
    g_autoptr (Talk) other = NULL, observer = NULL;
    g_autofree char *event = NULL;

    if (differs (rig, SERVES_MANY)) {
        other = talk_ready (rig->path, TALK_CAPS_OOB);
        observer = talk_new (rig->observer_path);
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

START_TEST (cl65_data_is_optional)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
    g_autofree char *event = NULL;

    talk_say (talk, "{\"execute\":\"stop\"}");
    event = talk_line (talk);
    ck_assert (g_str_has_prefix (event, "{\"timestamp\": {\"seconds\": "));
    ck_assert (g_str_has_suffix (event, "}, \"event\": \"STOP\"}"));
}
END_TEST

START_TEST (mx66_events_are_between_messages)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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

void
conform_add_passing (Conform *conform)
{
    conform_add (conform, cl52_each_command_gets_its_own_descriptor);
    conform_add (conform, cl53_one_descriptor_for_a_command);
    conform_add (conform, mx54_stray_descriptors);
    conform_add (conform, mx54_descriptors_before_the_command);
    conform_add (conform, cl74_a_descriptor_goes_with_the_first_byte);
    conform_add (conform, mx55_names_of_descriptors);
    conform_add (conform, mx55_names_are_found_where_they_are_used);
    conform_add (conform, sv56_descriptor_sets);
    conform_add (conform, cl57_descriptor_missing);
    conform_add (conform, cl58_only_some_commands_run_out_of_band);
    conform_add (conform, cl59_out_of_band_overtakes);
    conform_add (conform, cl60_eight_commands_may_wait);
    conform_add (conform, mx63_the_same_events_for_everybody);
    conform_add (conform, cl65_data_is_optional);
    conform_add (conform, mx66_events_are_between_messages);
}
