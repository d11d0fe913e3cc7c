/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-shot commands, scripts and events, with the real emulator: what they
 * print and the status they end with.
 */
#include "integration/shell-world.h"
#include "unit/tap.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 6

/* words after `roost qmp SOCKET`, status, a part of the output, of the complaints */
static const struct {
    const char *words[WORDS_MAX];
    int status;
    const char *output, *errors;
} shots[] = {
    { { "query-status" }, 0, "{\n  \"status\": \"running\",", "" },
    { { "query-status", "--json" }, 0, "\"running\": true}\n", "" },
    { { "{\"execute\": \"query-name\", \"id\": [1e2]}", "--json" },
      0,
      "{\"return\": {}, \"id\": [1e2]}\n",
      "" },
    { { "no-such" }, 10, "", "there is no command no-such" },
    { { "device_del", "id=no" }, 12, "", "DeviceNotFound: Device 'no' not found" },
    { { "device_del", "no" }, 2, "", "  device_del no\n             ^~" },
    { { "device_del" }, 2, "", "device_del needs id (string)" },
    { { "device_del", "id:=5" }, 2, "", "put it in quotes" },
    /* 5 is sent as a number first, refused, and sent as the string that is wanted */
    { { "device_del", "id=5" }, 12, "", "Device '5' not found" },
    { { "blockdev-add", "driver=null-co", "size=18446744073709551615" },
      1,
      "",
      "driver=null-co size=18446744073709551615\n" },
    { { "--hmp", "info", "name" }, 0, "", "" },
    { { "--hmp", "nope" }, 1, "", "unknown command: 'nope'" },
    { { "--hmp", "device_add", "nope" }, 1, "", "Error: 'nope' is not a valid device" },
    { { "query-named-block-nodes", "flat=on", "--json" }, 0, "[]\n", "" },
    { { "getfd", "fdname=a", "@open:/dev/null" }, 0, "{}\n", "" },
    { { "query-name", "--read-only" }, 0, "{}\n", "" },
    { { "stop", "--read-only" }, 2, "", "stop is no query-* command" },
    { { "--hmp", "info", "name", "--read-only" }, 2, "", "this session is read-only" },
};

START_TEST (one_shots)
{
    g_autoptr (World) world = world_with_emulator ();

    for (gsize i = 0; i < G_N_ELEMENTS (shots); i++) {
        const char *argv[WORDS_MAX + 3] = { "qmp", world->first };
        g_autofree char *output = NULL, *errors = NULL;
        int status;

        for (gsize j = 0; j < WORDS_MAX && shots[i].words[j]; j++)
            argv[j + 2] = shots[i].words[j];
        status = world_run (world, argv, NULL, &output, &errors);
        ck_assert_msg (status == shots[i].status, "%s: ended with %d: %s", shots[i].words[0],
                       status, errors);
        ck_assert_msg (strstr (output, shots[i].output) != NULL, "%s: %s", shots[i].words[0],
                       output);
        ck_assert_msg (strstr (errors, shots[i].errors) != NULL, "%s: %s", shots[i].words[0],
                       errors);
    }
}
END_TEST

/* input, status, a part of the output, what must not be in it, of the complaints */
static const struct {
    const char *input;
    int status;
    const char *output, *without, *errors;
} scripts[] = {
    { "", 0, "", "first", "" },
    { "# nothing\n\nquery-name\n", 0, "{}\n", "nothing", "" },
    { "query-name\nexit\nquery-status\n", 0, "{}\n", "running", "" },
    { "stop\ndevice_del id=no\nquery-status\n", 12, "{}\n", "running", "DeviceNotFound" },
    { "device_del id=5\n", 12, "", "return", "Device '5'" },
    { "no-such\nquery-status\n", 10, "", "running", "no-such" },
    { "query-name x=1\nquery-status\n", 2, "", "running", "argument x is unknown" },
    { "hmp nope\nquery-status\n", 1, "", "running", "unknown command" },
    { "stop\nwait STOP 20s\n", 0, "\"event\": \"STOP\"", "RESUME", "" },
    { "wait SHUTDOWN guest=true 10ms\nquery-status\n", 6, "", "running", "in time" },
    { "transaction(\n  abort\n)\nquery-status\n", 1, "", "running", "Transaction aborted" },
    { "{\"execute\":\n\"query-status\"\n}\n", 0, "running", "return", "" },
    { "query-name", 0, "{}\n", "return", "" },
    { "{\"execute\":", 2, "", "return", "missing" },
    { "events on\nstop\ncont\n", 0, "] STOP\n", "return", "" },
    { "events RES*\nstop\ncont\n", 0, "] RESUME\n", "STOP", "" },
    { "stop\nquery-name\ncont\nevents last 1\n", 0, "] RESUME\n", "STOP", "" },
    { "stop\ncont\nevents last\n", 0, "] STOP\n[", "return", "" },
    { "events JOB* --data status=created id=j\n"
      "blockdev-add driver=null-co node-name=n size=1048576\n"
      "blockdev-add driver=null-co node-name=m size=1048576\n"
      "blockdev-mirror device=n target=m sync=full job-id=j\n"
      "wait BLOCK_JOB_READY 60s\nblock-job-cancel device=j\nwait JOB_STATUS_CHANGE status=null "
      "60s\n",
      0, "] JOB_STATUS_CHANGE {\"status\": \"created\", \"id\": \"j\"}",
      "] JOB_STATUS_CHANGE {\"status\": \"ready", "" },
    { "events --data status\n", 2, "", "]", "status is not KEY=VALUE" },
    { "getfd fdname=a @open:/dev/null\nclosefd fdname=a\n", 0, "{}\n{}\n", "error", "" },
    { "add-fd fdset-id=7 @fd:0\nquery-fdsets\n", 0, "\"fdset-id\": 7", "error", "" },
    { "getfd fdname=a @open:/no/such\nquery-name\n", 2, "", "{}",
      "  getfd fdname=a @open:/no/such\n                 ^~~" },
    { "getfd fdname=a @fd:77\nquery-name\n", 2, "", "{}", "descriptor 77: Bad file" },
    { "getfd fdname=a\n", 1, "", "{}", "No file descriptor supplied" },
    /* a transcript: what clients sent is sent again */
    { "{\"time\":\"2026-01-31T12:00:00.1Z\",\"client\":3,\"id\":5,\"execute\":\"stop\"}\n"
      "{\"time\":\"2026-01-31T12:00:00.2Z\",\"event\":{\"event\":\"STOP\"}}\n"
      "{\"time\":\"2026-01-31T12:00:00.3Z\",\"client\":3,\"id\":5,\"return\":{}}\n"
      "{\"time\":\"2026-01-31T12:00:00.4Z\",\"client\":\"supervisor\",\"execute\":\"quit\"}\n"
      "{\"time\":\"2026-01-31T12:00:00.5Z\",\"client\":4,\"execute\":\"query-status\","
      "\"arguments\":{}}\n",
      0, "{}\n{\n  \"status\": \"paused\"", "quit", "" },
    { "{\"time\":\"2026-01-31T12:00:00.1Z\",\"client\":3,\"execute\":\"set_password\","
      "\"arguments\":{\"password\":\"***\"}}\nquery-name\n",
      2, "", "{}", "does not have the secret of this command" },
    { "object-add qom-type=iothread id=t poll-max-ns=9223372036854775807\n"
      "qom-get path=/objects/t property=poll-max-ns\n",
      0, "9223372036854775807\n", "return", "" },
};

START_TEST (script)
{
    g_autoptr (World) world = world_with_emulator ();
    const char *const shell[] = { "shell", world->first, NULL };
    const char *const qmp[] = { "qmp", world->first, "-", NULL };
    g_autofree char *output = NULL, *errors = NULL;
    int status = world_run (world, _i % 2 ? shell : qmp, scripts[_i].input, &output, &errors);

    ck_assert_msg (status == scripts[_i].status, "ended with %d: %s", status, errors);
    ck_assert_msg (strstr (output, scripts[_i].output) != NULL, "%s", output);
    ck_assert_msg (strstr (output, scripts[_i].without) == NULL, "%s", output);
    ck_assert_msg (strstr (errors, scripts[_i].errors) != NULL, "%s", errors);
}
END_TEST

START_TEST (files)
{
    g_autoptr (World) world = world_with_emulator ();
    g_autofree char *path = g_build_filename (world->dir, "lines", NULL);
    g_autofree char *arguments = g_build_filename (world->dir, "arguments", NULL);
    g_autofree char *input = g_strdup_printf ("@%s\nquery-status\n", path);
    g_autofree char *word = g_strdup_printf ("driver:=@%s", arguments);
    const char *const qmp[] = { "qmp", world->first, "-", NULL };
    const char *const shot[] = { "qmp", world->first, "blockdev-add", word, "node-name=n", NULL };
    g_autofree char *output = NULL;

    ck_assert (g_file_set_contents (path, "stop\n# more\n", -1, NULL));
    ck_assert_int_eq (world_run (world, qmp, input, &output, NULL), 0);
    ck_assert (g_str_has_prefix (output, "{}\n{\n  \"status\": \"paused\""));
    ck_assert (g_file_set_contents (path, input, -1, NULL)); /* it names itself */
    ck_assert_int_eq (world_run (world, qmp, input, NULL, NULL), 2);
    ck_assert (g_file_set_contents (arguments, "\"null-co\"\n", -1, NULL));
    ck_assert_int_eq (world_run (world, shot, NULL, NULL, NULL), 0);
}
END_TEST

START_TEST (human_monitor)
{
    g_autoptr (World) world = world_with_emulator ();
    const char *const good[] = { "hmp", world->first, "info", "status", NULL };
    const char *const bad[] = { "hmp", world->first, "device_del", "no", NULL };
    g_autofree char *output = NULL, *errors = NULL;

    ck_assert_int_eq (world_run (world, good, NULL, &output, NULL), 0);
    ck_assert_str_eq (output, "VM status: running\n");
    ck_assert_int_eq (world_run (world, bad, NULL, NULL, &errors), 1);
    ck_assert (strstr (errors, "Error: Device 'no' not found") != NULL);
}
END_TEST

START_TEST (nobody_is_there)
{
    g_autoptr (World) world = world_new ();
    const char *const none[] = { "qmp", world->first, "stop", NULL };
    const char *const lab[] = { "shell", "lab/machine", NULL };
    g_autofree char *errors = NULL, *no_lab = NULL;

    ck_assert_int_eq (world_run (world, none, NULL, NULL, &errors), 1);
    ck_assert (strstr (errors, "there is no socket") != NULL);
    ck_assert_int_eq (world_run (world, lab, "", NULL, &no_lab), 1);
    ck_assert (strstr (no_lab, "lab lab is not up") != NULL);
}
END_TEST

/* Changes the state until @follower has ended: it may not listen yet. */
static int
bother (World *world, GSubprocess *follower)
{
    const char *const stop[] = { "qmp", world->second, "stop", NULL };
    const char *const cont[] = { "qmp", world->second, "cont", NULL };

    while (g_subprocess_get_identifier (follower)) {
        ck_assert_int_eq (world_run (world, stop, NULL, NULL, NULL), 0);
        ck_assert_int_eq (world_run (world, cont, NULL, NULL, NULL), 0);
        while (g_main_context_iteration (NULL, FALSE))
            ;
    }
    return g_subprocess_get_exit_status (follower);
}

START_TEST (events_until_one_comes)
{
    g_autoptr (World) world = world_with_emulator ();
    const char *const argv[] = { "events", world->first, "--wait", "RES*", NULL };
    const char *const late[] = { "events",    world->first, "--wait", "NEVER",
                                 "--timeout", "50ms",       NULL };
    g_autoptr (GSubprocess) follower = world_spawn (world, argv);
    g_autofree char *output = NULL, *errors = NULL;

    g_subprocess_wait_async (follower, NULL, NULL, NULL);
    ck_assert_int_eq (bother (world, follower), 0);
    ck_assert (g_subprocess_communicate_utf8 (follower, NULL, NULL, &output, NULL, NULL));
    ck_assert (strstr (output, "\"event\": \"RESUME\"}\n") != NULL);
    ck_assert (g_str_has_suffix (output, "}\n"));
    ck_assert_int_eq (world_run (world, late, NULL, NULL, &errors), 6);
    ck_assert (strstr (errors, "NEVER did not come within 50ms") != NULL);
}
END_TEST

int
main (void)
{
    g_autofree char *emulator = g_find_program_in_path (EMULATOR);
    Suite *suite = suite_create ("shell-script");
    TCase *tcase = tcase_create ("script");

    if (!emulator || !g_getenv ("ROOST")) {
        printf ("1..0 # SKIP " EMULATOR " is not installed, or ROOST is not set\n");
        return EXIT_SUCCESS;
    }
    tcase_set_timeout (tcase, 120);
    tcase_add_test (tcase, one_shots);
    tcase_add_loop_test (tcase, script, 0, G_N_ELEMENTS (scripts));
    tcase_add_test (tcase, files);
    tcase_add_test (tcase, human_monitor);
    tcase_add_test (tcase, nobody_is_there);
    tcase_add_test (tcase, events_until_one_comes);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
