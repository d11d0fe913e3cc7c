/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QMP asks of a server, statement by statement: the same body against QEMU itself (the first
 * run of each test) and against the shared socket in front of it (the second).  What differs on
 * purpose is in one table, in shared-conform.h.  The texts of malformed input are rows that
 * test-qmp-conform has as well. */
#include "integration/shared-conform.h"
#include "unit/tap.h"

static Suite *
shared_suite (void)
{
    Suite *suite = suite_create ("shared-conform");
    TCase *both = tcase_create ("QEMU itself, and the shared socket");

    tcase_set_timeout (both, 60);
    conform_add_commands (both);
    conform_add_framing (both);
    conform_add_passing (both);
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
