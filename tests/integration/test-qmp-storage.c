/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QmpClient against a real qemu-storage-daemon. */
#include "qmp/qmp-error.h"
#include "tests/fault/qmp-peer.h"
#include "tests/integration/qmp-process.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

#define DAEMON "qemu-storage-daemon"

static const char *const argv_daemon[] = {
    DAEMON, "--chardev", "socket,id=qmp,fd=3,server=on,wait=off", "--monitor", "chardev=qmp", NULL
};

START_TEST (answers_and_quits)
{
    Process *daemon = process_start (argv_daemon);
    QmpClient *client = process_connect (daemon, QMP_CLIENT_WANT_OOB);
    Outcome outcome = { 0 };

    qmp_client_execute_async (client, "query-status", NULL, 0, NULL, outcome_executed, &outcome);
    ck_wait (outcome.n_calls);
    ck_assert (g_error_matches (outcome.error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND));
    outcome_clear (&outcome);
    qmp_client_execute_async (client, "query-commands", NULL, 0, NULL, outcome_executed, &outcome);
    ck_wait (outcome.done);
    ck_assert_uint_gt (json_array_get_length (json_node_get_array (outcome.node)), 20);
    outcome_clear (&outcome);
    qmp_client_execute_async (client, "quit", NULL, 0, NULL, outcome_executed, &outcome);
    ck_wait (outcome.n_calls && daemon->exited);
    ck_assert (outcome.done);
    outcome_clear (&outcome);
    g_object_unref (client);
    process_free (daemon);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-storage");
    TCase *tcase = tcase_create ("daemon");

    if (skip_without (DAEMON))
        return EXIT_SUCCESS;
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, answers_and_quits);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
