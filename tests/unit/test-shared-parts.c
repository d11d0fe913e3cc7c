/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the shared socket that need no socket: names of descriptors, secrets, the
 * transcript's file. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>

#include "control/shared/fd-names.h"
#include "control/shared/json-replace.h"
#include "control/shared/secrets.h"
#include "control/shared/transcript.h"
#include "unit/tap.h"
#include "unit/wait.h"

/* --- replacing --- */

static char *
replace_x (const JsonPlace *place, const char *value, gsize length, gpointer user_data)
{
    return g_str_equal (place->key, "x") ? g_strdup ("0") : NULL;
}

START_TEST (what_is_not_replaced_keeps_its_bytes)
{
    static const char *const rows[][2] = {
        { "{}", NULL },
        { "{\"a\":1}", NULL },
        { "{\"x\":1}", "{\"x\":0}" },
        { "{\"\\u0078\":1}", "{\"\\u0078\":0}" },
        { "{\"a\":1e400,\"x\":[{\"x\":1}],\"b\":18446744073709551615}",
          "{\"a\":1e400,\"x\":0,\"b\":18446744073709551615}" },
        { "{\"a\":[1,[{\"x\":\"}\\\"]\"},{}],\"x\"]}", "{\"a\":[1,[{\"x\":0},{}],\"x\"]}" },
        { "{\"a\":\"\\\\\",\"x\":{},\"x\":[]}", "{\"a\":\"\\\\\",\"x\":0,\"x\":0}" },
        { "{\"a\":{\"b\":{\"x\":true}},\"c\":null}", "{\"a\":{\"b\":{\"x\":0}},\"c\":null}" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
        gboolean complete;
        g_autofree char *got =
            json_replace (rows[i][0], strlen (rows[i][0]), replace_x, NULL, &complete);

        ck_assert_pstr_eq (got, rows[i][1]);
        ck_assert (complete);
    }
}
END_TEST

START_TEST (depth_is_bounded)
{
    g_autoptr (GString) deep = g_string_new ("{\"a\":");
    g_autofree char *got = NULL;
    gboolean complete;

    for (int i = 0; i < 1000; i++)
        g_string_append_c (deep, '[');
    g_string_append (deep, "{\"x\":1}");
    for (int i = 0; i < 1000; i++)
        g_string_append_c (deep, ']');
    g_string_append_c (deep, '}');
    got = json_replace (deep->str, deep->len, replace_x, NULL, &complete);
    ck_assert_pstr_eq (got, NULL);
    ck_assert (!complete);
}
END_TEST

/* --- names of descriptors --- */

START_TEST (names_are_each_clients_own)
{
    static const struct {
        const char *command, *in, *out;
    } rows[] = {
        { "netdev_add", "{\"fd\":\"a\"}", NULL },
        { "getfd", "{\"fdname\":\"a\"}", "{\"fdname\":\"roost-7-a\"}" },
        { "getfd", "{\"fdname\":\"b\"}", "{\"fdname\":\"roost-7-b\"}" },
        { "getfd", "{\"fdname\":\"1\"}", NULL },
        { "getfd", "{\"fdname\":1}", NULL },
        { "netdev_add", "{\"type\":\"tap\",\"id\":\"a\",\"fd\":\"a\",\"vhostfds\":\"a:b:c\"}",
          "{\"type\":\"tap\",\"id\":\"a\",\"fd\":\"roost-7-a\",\"vhostfds\":"
          "\"roost-7-a:roost-7-b:c\"}" },
        { "device_add", "{\"driver\":\"a\",\"id\":\"b\"}", NULL },
        { "migrate", "{\"uri\":\"fd:a\"}", "{\"uri\":\"fd:roost-7-a\"}" },
        { "migrate", "{\"uri\":\"tcp:a\"}", NULL },
        { "netdev_add", "{\"type\":\"user\",\"dnssearch\":[{\"str\":\"a\"}]}", NULL },
        { "netdev_add", "{\"addr\":{\"type\":\"fd\",\"str\":\"a\"}}",
          "{\"addr\":{\"type\":\"fd\",\"str\":\"roost-7-a\"}}" },
        { "chardev-add", "{\"addr\":{\"data\":{\"str\":\"a\"},\"type\":\"fd\"}}",
          "{\"addr\":{\"data\":{\"str\":\"roost-7-a\"},\"type\":\"fd\"}}" },
        { "closefd", "{\"fdname\":\"x\"}", NULL },
        { "closefd", "{\"fdname\":\"roost-6-a\"}", "{\"fdname\":\"roost-7-roost-6-a\"}" },
        { "closefd", "{\"fdname\":\"a\"}", "{\"fdname\":\"roost-7-a\"}" },
        { "closefd", "{\"fdname\":\"a\"}", NULL },
        { "netdev_add", "{\"fd\":\"a\"}", NULL },
        { "query-status", NULL, NULL },
    };
    FdNames *names = fd_names_new (7);
    g_autoptr (GPtrArray) left = NULL;
    g_autofree char *error = fd_names_translate_error (names, "{\"desc\":\"'roost-7-b'\"}", 22);

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *got = fd_names_translate (names, rows[i].command, rows[i].in);

        ck_assert_pstr_eq (got, rows[i].out);
    }
    left = fd_names_list (names);
    ck_assert_uint_eq (left->len, 1);
    ck_assert_str_eq (g_ptr_array_index (left, 0), "roost-7-b");
    ck_assert_str_eq (error, "{\"desc\":\"'b'\"}");
    fd_names_free (names);
}
END_TEST

/* --- secrets --- */

START_TEST (secrets_are_masked)
{
    static const struct {
        const char *command, *in, *out;
    } rows[] = {
        { "set_password", "{\"protocol\":\"vnc\",\"password\":\"p\"}",
          "{\"protocol\":\"vnc\",\"password\":\"***\"}" },
        { "set_password", "{\"p\\u0061ssword\":17}", "{\"p\\u0061ssword\":\"***\"}" },
        { "object-add", "{\"qom-type\":\"secret\",\"id\":\"s\",\"data\":\"p\"}",
          "{\"qom-type\":\"secret\",\"id\":\"s\",\"data\":\"***\"}" },
        { "object-add", "{\"props\":{\"data\":\"p\"}}", "{\"props\":{\"data\":\"***\"}}" },
        { "blockdev-add", "{\"driver\":\"luks\",\"key-secret\":\"id\",\"data\":\"kept\"}", NULL },
        { "blockdev-add", "{\"file\":{\"driver\":\"https\",\"cookie\":\"c\"}}",
          "{\"file\":{\"driver\":\"https\",\"cookie\":\"***\"}}" },
        { "human-monitor-command", "{\"command-line\":\"info block\"}", NULL },
        { "human-monitor-command", "{\"command-line\":\" set_password vnc p\"}",
          "{\"command-line\":\"set_password ***\"}" },
        { "human-monitor-command", "{\"command-line\":\"object_add secret,data=p\"}",
          "{\"command-line\":\"object_add ***\"}" },
        { "human-monitor-command", "{\"command-line\":\"change vnc password p\"}",
          "{\"command-line\":\"change ***\"}" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autofree char *got = secrets_mask (rows[i].command, rows[i].in, strlen (rows[i].in));

        ck_assert_pstr_eq (got, rows[i].out);
    }
}
END_TEST

/* --- the transcript --- */

START_TEST (the_transcript_is_bounded_and_private)
{
    g_autofree char *dir = g_dir_make_tmp ("transcript-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "m.qmp.log", NULL);
    g_autofree char *older = g_strconcat (path, ".1", NULL);
    g_autofree char *value = g_strnfill (60000, '1'), *large = g_strnfill (70000, '1');
    QmpTraffic reply = {
        .kind = QMP_TRAFFIC_REPLY, .origin = 3, .id = 5, .text = value, .length = 60000
    };
    Transcript *transcript = transcript_new (path);
    g_auto (GStrv) lines = NULL;
    g_autofree char *text = NULL;
    struct stat info;

    for (int i = 0; i < 500; i++) /* 30 MB */
        transcript_traffic (transcript, &reply);
    reply.text = large;
    reply.length = 70000;
    transcript_traffic (transcript, &reply);
    transcript_refused (transcript, 4, "quit\"\n");
    transcript_free (transcript);
    ck_assert_int_eq (stat (path, &info), 0);
    ck_assert_int_le (info.st_size, 8 << 20);
    ck_assert_int_eq (info.st_mode & 0777, 0600);
    ck_assert_int_eq (stat (older, &info), 0);
    ck_assert_int_le (info.st_size, 8 << 20);
    ck_assert_int_gt (info.st_size, 7 << 20);
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] && *lines[i]; i++) {
        g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);

        ck_assert_msg (node && JSON_NODE_HOLDS_OBJECT (node), "%.100s", lines[i]);
    }
    ck_assert (strstr (text, "\"client\":3,\"id\":5,\"return-omitted\":70000}\n"));
    ck_assert (strstr (text, "\"client\":4,\"refused\":\"quit\\\"\\n\"}\n"));
    g_unlink (path);
    g_unlink (older);
    g_rmdir (dir);
}
END_TEST

START_TEST (the_transcript_goes_on_where_nothing_can_be_written)
{
    Transcript *transcript = transcript_new ("/nonexistent/m.qmp.log");

    g_log_set_always_fatal (0);
    for (int i = 0; i < 10; i++) {
        transcript_refused (transcript, 4, "quit");
        transcript_flush (transcript);
    }
    transcript_free (transcript);
}
END_TEST

static Suite *
parts_suite (void)
{
    Suite *suite = suite_create ("shared-parts");
    TCase *tests = tcase_create ("parts of the shared socket");

    tcase_add_test (tests, what_is_not_replaced_keeps_its_bytes);
    tcase_add_test (tests, depth_is_bounded);
    tcase_add_test (tests, names_are_each_clients_own);
    tcase_add_test (tests, secrets_are_masked);
    tcase_add_test (tests, the_transcript_is_bounded_and_private);
    tcase_add_test (tests, the_transcript_goes_on_where_nothing_can_be_written);
    suite_add_tcase (suite, tests);
    return suite;
}

int
main (void)
{
    return run_tap (parts_suite ());
}
