/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connection, negotiation, commands, ids, replies. */
#include "integration/shared-conform.h"

#define ENABLE(text) "{\"execute\":\"qmp_capabilities\",\"arguments\":" text "}"

#include <sys/socket.h>

/* --- 1.1 connection and negotiation --- */

START_TEST (cl1_greeting_comes_first)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig->path);
    g_autofree char *line = talk_line (talk);

    ck_assert (g_str_has_prefix (line, "{\"QMP\": {\"version\": {\"qemu\": {"));
    ck_assert (g_str_has_suffix (line, "\"capabilities\": [\"oob\"]}}"));
}
END_TEST

START_TEST (cl10_negotiation_is_per_connection)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig->path, TALK_CAPS_OOB);
    g_autoptr (Talk) other = NULL;

    g_clear_pointer (&one, talk_free);
    other = talk_new (rig->path);
    talk_expect_part (other, "QMP");
    talk_say (other, "{\"execute\":\"query-name\",\"id\":1}");
    talk_expect_part (other, "Expecting capabilities negotiation");
    talk_say (other, CAPS);
    talk_expect (other, "{\"return\": {}}");
    talk_say (other, "{\"exec-oob\":\"query-yank\",\"id\":2}");
    talk_expect_part (other, "QMP input member 'exec-oob' is unexpected");
}
END_TEST

START_TEST (mx11_commands_before_negotiation_are_refused)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig->path);

    talk_expect_part (talk, "QMP");
    talk_say (talk, "{\"execute\":\"query-version\",\"id\":7}");
    talk_expect (talk, "{\"id\": 7, \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"Expecting capabilities negotiation with 'qmp_capabilities'\"}}");
}
END_TEST

START_TEST (mx12_failed_negotiation_may_be_repeated)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig->path);

    talk_expect_part (talk, "QMP");
    talk_say (talk, ENABLE ("{\"enable\":[\"nope\"]}"));
    talk_expect_part (talk, "does not accept value 'nope'");
    talk_say (talk, ENABLE ("{\"enable\":[\"oob\",\"oob\"]}"));
    talk_expect (talk, "{\"return\": {}}");
}
END_TEST

START_TEST (mx13_second_negotiation_is_refused)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"qmp_capabilities\",\"id\":\"y\"}");
    talk_expect_part (talk, "already complete");
}
END_TEST

START_TEST (cl14_no_event_before_negotiation)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"stop\",\"id\":1}");
    talk_expect_part (talk, "\"STOP\"");
    talk_expect_part (talk, ID (1));
    if (differs (rig, SERVES_MANY)) {
        g_autoptr (Talk) late = talk_new (rig->path);

        talk_expect_part (late, "QMP");
        talk_say (talk, "{\"execute\":\"cont\",\"id\":2}");
        talk_expect_part (talk, "\"RESUME\"");
        talk_expect_part (talk, ID (2));
        talk_say (late, CAPS);
        talk_expect (late, "{\"return\": {}}");
    } else {
        g_clear_pointer (&talk, talk_free);
        talk = talk_new (rig->path);
        talk_expect_part (talk, "QMP");
        talk_say (talk, CAPS);
        talk_expect (talk, "{\"return\": {}}");
    }
}
END_TEST

START_TEST (cl16_negotiation_may_be_pipelined)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_new (rig->path);

    talk_say (talk, CAPS "{\"execute\":\"query-name\",\"id\":2}"
                         "{\"execute\":\"query-status\",\"id\":3}\n");
    talk_expect_part (talk, "QMP");
    talk_expect (talk, "{\"return\": {}}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    talk_expect_part (talk, ID (3));
}
END_TEST

/* --- 1.2 commands, ids, replies --- */

START_TEST (mx17_ids_of_any_type_come_back)
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
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
        g_autofree char *in = g_strdup_printf ("{\"execute\":\"query-name\",\"id\":%s}", ids[i]);
        g_autofree char *out = g_strdup_printf ("{\"return\": {}, \"id\": %s}", ids[i]);
        g_autofree char *got = NULL;

        talk_say (talk, in);
        got = talk_line (talk);
        if (differs (rig, KEEPS_ID_BYTES)) /* the client's own bytes: the space is dropped */
            ck_assert (g_str_equal (got, out) || strchr (ids[i], ' '));
        else
            ck_assert_str_eq (got, out);
    }
}
END_TEST

START_TEST (cl18_absent_id_stays_absent)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, NAME "{\"execute\":\"no-such\"}{\"execute\":\"no-such\",\"id\":10}");
    talk_expect (talk, "{\"return\": {}}");
    talk_expect (talk, "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"The command no-such has not been found\"}}");
    talk_expect (talk, "{\"id\": 10, \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"The command no-such has not been found\"}}");
}
END_TEST

START_TEST (cl19_return_values_of_any_type)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

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

START_TEST (mx20_one_id_twice)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}{\"execute\":\"query-status\",\"id\":1}");
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect_part (talk, "\"status\"");
}
END_TEST

START_TEST (cl21_error_classes_are_kept)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"nope\"},\"id\":11}");
    talk_expect_part (talk, "{\"id\": 11, \"error\": {\"class\": \"DeviceNotFound\", ");
}
END_TEST

START_TEST (cl22_arguments_are_passed_as_written)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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

START_TEST (cl27_replies_in_the_order_of_commands)
{
    g_autoptr (Rig) rig = rig_new (_i);

    for (int oob = 0; oob < 2; oob++) {
        g_autoptr (Talk) talk = talk_ready (rig->path, oob ? TALK_CAPS_OOB : TALK_CAPS);

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

START_TEST (cl28_events_come_where_the_emulator_sent_them)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    for (int i = 0; i < 20; i++) {
        talk_say (talk, "{\"execute\":\"stop\",\"id\":1}{\"execute\":\"cont\",\"id\":2}");
        talk_expect_part (talk, "\"event\": \"STOP\"");
        talk_expect (talk, "{\"return\": {}, \"id\": 1}");
        talk_expect_part (talk, "\"event\": \"RESUME\"");
        talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    }
}
END_TEST

START_TEST (mx30_replies_for_one_who_left)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig->path, TALK_CAPS);
    g_autoptr (Talk) other = NULL;

    rig_hold (rig, one);
    talk_say (one, "{\"execute\":\"query-status\",\"id\":\"queued\"}");
    wait_settle ();
    g_clear_pointer (&one, talk_free);
    other = talk_new (rig->path);
    talk_expect_part (other, "QMP");
    talk_say (other, TALK_CAPS);
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

START_TEST (cl33_quit_is_answered_and_ends)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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

START_TEST (cl36_a_second_client)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) one = talk_ready (rig->path, TALK_CAPS);
    g_autoptr (Talk) other = talk_new (rig->path);

    if (!differs (rig, SERVES_MANY)) {
        talk_expect_nothing (one);
        ck_assert_uint_eq (other->got->len, 0);
        g_clear_pointer (&one, talk_free);
    }
    talk_expect_part (other, "QMP");
    talk_say (other, TALK_CAPS);
    talk_expect (other, "{\"return\": {}, \"id\": \"caps\"}");
    if (one)
        talk_expect_nothing (one);
}
END_TEST

START_TEST (cl37_one_who_sends_no_more_gets_the_replies)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"query-name\",\"id\":1}{\"execute\":\"query-name\",\"id\":2}");
    if (differs (rig,
                 WAITS_FOR_ANSWERS)) /* with QEMU this is a race: it drops what it has not begun */
        shutdown (talk->fd, SHUT_WR);
    talk_expect (talk, "{\"return\": {}, \"id\": 1}");
    talk_expect (talk, "{\"return\": {}, \"id\": 2}");
    if (differs (rig, WAITS_FOR_ANSWERS))
        talk_expect_end (talk);
}
END_TEST

void
conform_add_commands (Conform *conform)
{
    conform_add (conform, cl1_greeting_comes_first);
    conform_add (conform, cl10_negotiation_is_per_connection);
    conform_add (conform, mx11_commands_before_negotiation_are_refused);
    conform_add (conform, mx12_failed_negotiation_may_be_repeated);
    conform_add (conform, mx13_second_negotiation_is_refused);
    conform_add (conform, cl14_no_event_before_negotiation);
    conform_add (conform, cl16_negotiation_may_be_pipelined);
    conform_add (conform, mx17_ids_of_any_type_come_back);
    conform_add (conform, cl18_absent_id_stays_absent);
    conform_add (conform, cl19_return_values_of_any_type);
    conform_add (conform, mx20_one_id_twice);
    conform_add (conform, cl21_error_classes_are_kept);
    conform_add (conform, cl22_arguments_are_passed_as_written);
    conform_add (conform, cl27_replies_in_the_order_of_commands);
    conform_add (conform, cl28_events_come_where_the_emulator_sent_them);
    conform_add (conform, mx30_replies_for_one_who_left);
    conform_add (conform, cl33_quit_is_answered_and_ends);
    conform_add (conform, cl36_a_second_client);
    conform_add (conform, cl37_one_who_sends_no_more_gets_the_replies);
}
