/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QmpClient against a real QEMU without a machine. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qmp/qmp-error.h"
#include "tests/fault/qmp-peer.h"
#include "tests/integration/qmp-process.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

#define QEMU "qemu-system-x86_64"
#define MONITOR "-chardev", "socket,id=qmp,fd=3,server=on,wait=off", "-mon"

static const char *const argv_plain[] = { QEMU,       "-machine",
                                          "none",     "-nodefaults",
                                          "-display", "none",
                                          MONITOR,    "chardev=qmp,mode=control",
                                          NULL };
static const char *const argv_pretty[] = { QEMU,       "-machine",
                                           "none",     "-nodefaults",
                                           "-display", "none",
                                           MONITOR,    "chardev=qmp,mode=control,pretty=on",
                                           NULL };

typedef struct {
    Process *qemu;
    QmpClient *client;
    GString *order; /* of what came */
    guint n_closed;
    Outcome calls[3];
} Fixture;

static Fixture fix;

static void
note_event (QmpClient *client, QmpEvent *event, gpointer data)
{
    g_string_append_printf (fix.order, "%s ", event->name);
}

static void
note_closed (QmpClient *client, const GError *reason, gpointer data)
{
    fix.n_closed++;
}

static void
note_reply (GObject *source, GAsyncResult *result, gpointer outcome)
{
    outcome_executed (source, result, outcome);
    g_string_append (fix.order, "reply ");
}

static void
start (const char *const *argv, QmpClientFlags flags)
{
    fix.qemu = process_start (argv);
    fix.client = process_connect (fix.qemu, flags);
    fix.order = g_string_new (NULL);
    g_signal_connect (fix.client, "event", G_CALLBACK (note_event), NULL);
    g_signal_connect (fix.client, "closed", G_CALLBACK (note_closed), NULL);
}

static void
setup (void)
{
    start (argv_plain, QMP_CLIENT_WANT_OOB);
}

static void
teardown (void)
{
    g_clear_object (&fix.client);
    g_clear_pointer (&fix.qemu, process_free);
    for (guint i = 0; i < G_N_ELEMENTS (fix.calls); i++)
        outcome_clear (&fix.calls[i]);
    g_string_free (fix.order, TRUE);
}

static void
execute (const char *command, const char *arguments, guint i)
{
    g_autoptr (JsonNode) node = arguments ? json_from_string (arguments, NULL) : NULL;

    outcome_clear (&fix.calls[i]);
    qmp_client_execute_async (fix.client, command, node, 0, NULL, note_reply, &fix.calls[i]);
}

START_TEST (answers)
{
    ck_assert (qmp_client_has_oob (fix.client));
    ck_assert_ptr_nonnull (qmp_client_get_greeting (fix.client));
    execute ("query-status", NULL, 0);
    ck_wait (fix.calls[0].done);
    ck_assert (json_object_has_member (json_node_get_object (fix.calls[0].node), "running"));
}
END_TEST

START_TEST (error_class_is_kept)
{
    execute ("device_del", "{\"id\":\"nope\"}", 0);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND));
    ck_assert_str_eq (qmp_error_get_description (fix.calls[0].error), "Device 'nope' not found");
    execute ("no-such", NULL, 1);
    ck_wait (fix.calls[1].n_calls);
    ck_assert (g_error_matches (fix.calls[1].error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND));
}
END_TEST

START_TEST (events_come_before_replies)
{
    execute ("cont", NULL, 0);
    ck_wait (fix.calls[0].n_calls);
    g_string_truncate (fix.order, 0);
    execute ("stop", NULL, 0);
    ck_wait (fix.calls[0].done);
    ck_assert_str_eq (fix.order->str, "STOP reply ");
}
END_TEST

START_TEST (schema_is_read)
{
    execute ("query-qmp-schema", NULL, 0);
    ck_wait (fix.calls[0].done);
    ck_assert_uint_gt (json_array_get_length (json_node_get_array (fix.calls[0].node)), 500);
}
END_TEST

START_TEST (pretty_monitor)
{
    teardown ();
    start (argv_pretty, QMP_CLIENT_DEFAULT);
    execute ("query-status", NULL, 0);
    ck_wait (fix.calls[0].done);
}
END_TEST

START_TEST (many_calls)
{
    for (guint i = 0; i < 500; i++)
        qmp_client_execute_async (fix.client, "query-name", NULL, 0, NULL, outcome_executed,
                                  &fix.calls[0]);
    ck_wait (fix.calls[0].n_calls == 500);
    ck_assert_uint_eq (qmp_client_get_n_pending (fix.client), 0);
}
END_TEST

/* Makes QEMU hang in a command, until release_qemu(). Returns: the FIFO */
static char *
block_qemu (guint i)
{
    char *fifo = g_build_filename (fix.qemu->dir, "fifo", NULL);
    g_autofree char *arguments =
        g_strdup_printf ("{\"node-name\":\"b\",\"driver\":\"blkdebug\",\"config\":\"%s\","
                         "\"image\":{\"driver\":\"null-co\"}}",
                         fifo);

    ck_assert_int_eq (mkfifo (fifo, 0600), 0);
    execute ("blockdev-add", arguments, i);
    return fifo;
}

/* Opens as soon as QEMU reads there: then it hangs. */
static int
open_fifo (const char *fifo)
{
    int fd = -1;

    ck_wait ((fd = open (fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) >= 0);
    return fd;
}

static gboolean
keep_turning (gpointer data)
{
    return G_SOURCE_CONTINUE;
}

START_TEST (oob_overtakes)
{
    guint turning = g_timeout_add (1, keep_turning, NULL);
    g_autofree char *fifo = block_qemu (0);
    QmpCallOptions oob = { .oob = TRUE };
    int fd = open_fifo (fifo);

    execute ("query-name", NULL, 1);
    qmp_client_call_async (fix.client, "migrate-pause", NULL, 0, &oob, NULL, outcome_called,
                           &fix.calls[2]);
    ck_wait (fix.calls[2].n_calls);
    ck_assert_ptr_nonnull (fix.calls[2].reply->error);
    ck_assert_uint_eq (fix.calls[0].n_calls + fix.calls[1].n_calls, 0);
    close (fd);
    ck_wait (fix.calls[0].done && fix.calls[1].done);
    g_source_remove (turning);
}
END_TEST

/* The reply to a departed client comes between our greeting and our negotiation. */
START_TEST (stale_reply)
{
    guint turning = g_timeout_add (1, keep_turning, NULL);
    g_autofree char *fifo = block_qemu (0);
    QmpClientCounters counters;
    Outcome connected = { 0 };
    int fd = open_fifo (fifo);

    qmp_client_close (fix.client, NULL);
    qmp_client_connect_path_async (fix.client, fix.qemu->path, 10000, NULL, outcome_connected,
                                   &connected);
    ck_wait (qmp_client_get_state (fix.client) == QMP_CLIENT_NEGOTIATING);
    close (fd);
    ck_wait (connected.done);
    qmp_client_get_counters (fix.client, &counters);
    ck_assert_uint_eq (counters.unknown_replies, 1);
    execute ("query-status", NULL, 1);
    ck_wait (fix.calls[1].done);
    g_source_remove (turning);
}
END_TEST

START_TEST (second_client)
{
    QmpClient *second = qmp_client_new (QMP_CLIENT_DEFAULT);
    Outcome connected = { 0 };

    qmp_client_connect_path_async (second, fix.qemu->path, 100, NULL, outcome_connected,
                                   &connected);
    ck_wait (connected.n_calls);
    ck_assert (g_error_matches (connected.error, QMP_ERROR, QMP_ERROR_NO_REPLY));
    ck_assert_ptr_nonnull (strstr (connected.error->message, "in use by another client"));
    outcome_clear (&connected);
    qmp_client_connect_path_async (second, fix.qemu->path, 10000, NULL, outcome_connected,
                                   &connected);
    qmp_client_close (fix.client, NULL);
    ck_wait (connected.done);
    g_object_unref (second);
}
END_TEST

START_TEST (quit)
{
    execute ("quit", NULL, 0);
    execute ("query-name", NULL, 1);
    ck_wait (fix.n_closed && fix.qemu->exited);
    ck_assert (fix.calls[0].done);
    ck_assert_uint_eq (fix.calls[1].n_calls, 1);
}
END_TEST

START_TEST (killed)
{
    execute ("query-name", NULL, 0);
    ck_wait (fix.calls[0].done);
    process_stop (fix.qemu);
    execute ("query-name", NULL, 0);
    g_subprocess_send_signal (fix.qemu->process, SIGKILL);
    ck_wait (fix.n_closed);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_CLOSED));
}
END_TEST

START_TEST (stopped)
{
    QmpClientCounters counters = { 0 };

    process_stop (fix.qemu);
    qmp_client_execute_async (fix.client, "query-name", NULL, 50, NULL, note_reply, &fix.calls[0]);
    ck_wait (fix.calls[0].n_calls);
    ck_assert (g_error_matches (fix.calls[0].error, QMP_ERROR, QMP_ERROR_NO_REPLY));
    g_subprocess_send_signal (fix.qemu->process, SIGCONT);
    execute ("query-status", NULL, 1);
    ck_wait (fix.calls[1].done);
    qmp_client_get_counters (fix.client, &counters);
    ck_assert_uint_eq (counters.late_replies, 1);
}
END_TEST

START_TEST (dies_at_start)
{
    static const char *const argv[] = { QEMU,       "-nodefaults",
                                        "-display", "none",
                                        "-device",  "nope",
                                        MONITOR,    "chardev=qmp,mode=control",
                                        NULL };
    Process *qemu = process_start (argv);
    QmpClient *client = qmp_client_new (QMP_CLIENT_DEFAULT);
    Outcome connected = { 0 };

    qmp_client_connect_path_async (client, qemu->path, 2000, NULL, outcome_connected, &connected);
    ck_wait (connected.n_calls);
    ck_assert_msg (g_error_matches (connected.error, QMP_ERROR, QMP_ERROR_CLOSED), "%s",
                   connected.error ? connected.error->message : "connected");
    outcome_clear (&connected);
    g_object_unref (client);
    process_free (qemu);
}
END_TEST

/* QEMU makes its socket itself, some time after it was started. */
START_TEST (socket_comes_later)
{
    Process *qemu = process_new ();
    g_autofree char *where = g_strdup_printf ("unix:%s,server=on,wait=off", qemu->path);
    const char *argv[] = { QEMU,   "-machine", "none", "-nodefaults", "-display",
                           "none", "-qmp",     where,  NULL };
    QmpClient *client;

    process_run (qemu, argv, -1);
    client = process_connect (qemu, QMP_CLIENT_DEFAULT);
    g_object_unref (client);
    process_free (qemu);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-real");
    TCase *tcase = tcase_create ("qemu");

    if (skip_without (QEMU))
        return EXIT_SUCCESS;
    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, answers);
    tcase_add_test (tcase, error_class_is_kept);
    tcase_add_test (tcase, events_come_before_replies);
    tcase_add_test (tcase, schema_is_read);
    tcase_add_test (tcase, pretty_monitor);
    tcase_add_test (tcase, many_calls);
    tcase_add_test (tcase, oob_overtakes);
    tcase_add_test (tcase, stale_reply);
    tcase_add_test (tcase, second_client);
    tcase_add_test (tcase, quit);
    tcase_add_test (tcase, killed);
    tcase_add_test (tcase, stopped);
    tcase_add_test (tcase, dies_at_start);
    tcase_add_test (tcase, socket_comes_later);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
