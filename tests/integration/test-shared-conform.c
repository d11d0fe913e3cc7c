/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QMP asks of a server, statement by statement: the same body against QEMU itself (the first
 * run of each test) and against the shared socket in front of it (the second).  What differs on
 * purpose is in one table, in shared-conform.h.  The texts of malformed input are rows that
 * test-qmp-conform has as well. */
#include "integration/shared-conform.h"
#include <stdio.h>

#include "unit/tap.h"

/* The statements without a test here, and why. */
static const struct {
    guint statement;
    const char *reason;
} ELSEWHERE[] = {
    { 3, "of a supervisor: tests/integration/test-qmp-real, dies_at_start" },
    { 4, "of a supervisor: tests/integration/test-qmp-real, dies_at_start" },
    { 5, "of a supervisor: it does not use a socketpair" },
    { 6, "of a supervisor: every test here connects before QEMU runs" },
    { 7, "of a supervisor: its sockets are its own" },
    { 8, "of a supervisor: QEMU is given a socket, never a path" },
    { 9, "of a supervisor: tests/fault/test-qmp-dial, path_is_stale" },
    { 15, "of a client: tests/fault/test-qmp-handshake, events_in_handshake" },
    { 29, "of a supervisor: what a reply means" },
    { 31, "of a client: tests/fault/test-qmp-calls, late_reply and reply_twice" },
    { 32, "of a client: tests/fault/test-qmp-calls, error_without_id" },
    { 34, "of a supervisor: tests/integration/test-shared.sh" },
    { 40, "another server: tests/integration/test-shell-peers.sh" },
    { 64, "events that need a guest; the limit is QEMU's, and all clients get the same (63)" },
    { 67, "another server: tests/integration/test-qmp-storage" },
    { 68, "another server: tests/integration/test-shell-peers.sh" },
    { 69, "another way to start: no machine of ours does" },
    { 70, "of the shell: it asks each machine for its schema" },
    { 75, "of a client: tests/fault/test-qmp-owner and test-qmp-calls" },
};

/* Returns: whether each statement has a test or a reason, and none has both */
static gboolean
is_complete (const Conform *conform)
{
    gboolean told[STATEMENTS] = { FALSE }, complete = TRUE;

    for (gsize i = 0; i < G_N_ELEMENTS (ELSEWHERE); i++)
        told[ELSEWHERE[i].statement] = TRUE;
    for (guint i = 1; i < STATEMENTS; i++) {
        if (told[i] != conform->has[i])
            continue;
        printf ("# statement %u has %s\n", i, told[i] ? "a test and a reason" : "neither");
        complete = FALSE;
    }
    return complete;
}

static Suite *
shared_suite (Conform *conform)
{
    Suite *suite = suite_create ("shared-conform");

    conform->both = tcase_create ("QEMU itself, and the shared socket");
    tcase_set_timeout (conform->both, 120);
    conform_add_commands (conform);
    conform_add_dispatch (conform);
    conform_add_framing (conform);
    conform_add_malformed (conform);
    conform_add_passing (conform);
    suite_add_tcase (suite, conform->both);
    return suite;
}

int
main (void)
{
    Conform conform = { 0 };
    Suite *suite;

    if (skip_without (RIG_QEMU))
        return EXIT_SUCCESS;
    suite = shared_suite (&conform);
    if (!is_complete (&conform)) {
        puts ("Bail out! statements are missing");
        return EXIT_FAILURE;
    }
    return run_tap (suite);
}
