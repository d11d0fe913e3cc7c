/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main() of every Check suite: prints TAP on standard output. */
#pragma once

#include <check.h>
#include <stdlib.h>

static inline int
run_tap (Suite *suite)
{
    SRunner *runner = srunner_create (suite);

    srunner_set_tap (runner, "-");
    srunner_run_all (runner, CK_SILENT);
    srunner_free (runner);
    return EXIT_SUCCESS; /* TAP says what failed */
}
