/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Framing: what is a message, and what malformed input is answered with. */
#include "integration/shared-conform.h"

#include <stdio.h>

#include "integration/qmp-conform-rows.h"

/* --- 1.3 framing --- */

START_TEST (cl39_every_message_is_one_line_in_ascii)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":"
                    "\"n\xc3\xa9\"}}\n{\"execute\":\"stop\"}");
    talk_expect_part (talk, "{\"return\": \"");
    talk_expect_part (talk, "\"STOP\"");
    talk_expect (talk, "{\"return\": {}}");
    for (gsize i = 0; i < talk->got->len; i++)
        ck_assert ((guchar)talk->got->str[i] < 0x7f);
}
END_TEST

START_TEST (cl41_input_needs_no_line_ends)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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

START_TEST (cl42_a_scalar_ends_where_something_follows)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    talk_say (talk, "5");
    wait_settle ();
    ck_assert_str_eq (talk->got->str + talk->at, "");
    talk_say (talk, "6 ");
    talk_expect_part (talk, "QMP input must be a JSON object");
    talk_expect_nothing (talk);
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
    g_autoptr (Talk) talk = talk_new (rig->path);
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

/* Returns: the first row from @start on that @server answers otherwise than QEMU; or the number of
 * rows */
static gsize
compare_rows (RigServer server, gsize start)
{
    g_autoptr (Rig) theirs = rig_new (RIG_QEMU_ITSELF);
    g_autoptr (Rig) rig = rig_new (server);

    for (gsize i = start; i < G_N_ELEMENTS (ALIKE); i++) {
        gsize length = ALIKE[i].length ? ALIKE[i].length : strlen (ALIKE[i].in);
        gboolean any_order = strstr (ALIKE[i].in, "exec-oob") != NULL;
        g_autofree char *expected = converse (theirs, ALIKE[i].in, length, any_order);
        g_autofree char *got = converse (rig, ALIKE[i].in, length, any_order);

        if (g_str_equal (got, expected))
            continue;
        printf ("# %s\n# expected %s\n# got %s\n", ALIKE[i].in, expected, got);
        return i;
    }
    return G_N_ELEMENTS (ALIKE);
}

/* 23-26, 44, 46-51: which inputs are errors, how many, in which words, and where reading goes on.
 * The two must be equal, of at most five pairs of emulators: see expect_malformed() */
START_TEST (cl44_malformed_input_as_qemu_answers_it)
{
    gsize at = 0;

    for (int attempt = 0; at < G_N_ELEMENTS (ALIKE) && attempt < 5; attempt++)
        at = compare_rows (_i, at);
    ck_assert_uint_eq (at, G_N_ELEMENTS (ALIKE));
}
END_TEST

START_TEST (cl44_nesting_is_bounded)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);
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
START_TEST (mx45_a_client_that_reads_late_gets_all)
{
    g_autoptr (Rig) rig = rig_new (_i);
    g_autoptr (Talk) talk = talk_ready (rig->path, TALK_CAPS);

    g_source_remove (talk->watch);
    talk->watch = 0;
    for (int i = 0; i < 20; i++)
        talk_say (talk, "{\"execute\":\"query-qmp-schema\",\"id\":1}");
    g_clear_pointer (&talk, talk_free);
    talk = talk_ready (rig->path, TALK_CAPS);
    talk_expect_nothing (talk);
}
END_TEST

void
conform_add_framing (Conform *conform)
{
    conform_add (conform, cl39_every_message_is_one_line_in_ascii);
    conform_add (conform, cl41_input_needs_no_line_ends);
    conform_add (conform, cl42_a_scalar_ends_where_something_follows);
    conform_add (conform, cl44_malformed_input_as_qemu_answers_it);
    conform_add (conform, cl44_nesting_is_bounded);
    conform_add (conform, mx45_a_client_that_reads_late_gets_all);
}
