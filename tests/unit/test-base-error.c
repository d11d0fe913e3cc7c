/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/error: the class of an error is the exit status. */
#include "base/error.h"
#include "unit/tap.h"

#include <gio/gio.h>

START_TEST (error_classes)
{
    GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "text");

    ck_assert_int_eq (roost_error_status (NULL), 0);
    ck_assert_int_eq (roost_error_status (error), 1);
    roost_error_reclass (&error, ROOST_ERROR_HOST);
    ck_assert_int_eq (roost_error_status (error), 4);
    ck_assert_str_eq (error->message, "text");
    roost_error_reclass (&error, ROOST_ERROR_USAGE);
    ck_assert_int_eq (roost_error_status (error), 4);
    g_clear_error (&error);
    roost_error_reclass (&error, ROOST_ERROR_HOST);
    ck_assert_ptr_null (error);
    for (int code = ROOST_ERROR_FAILED; code <= ROOST_ERROR_TIMEOUT; code++)
        ck_assert_int_eq (roost_error_from_class (roost_error_class (code)), code);
    ck_assert_int_eq (roost_error_from_class ("CommandNotFound"), ROOST_ERROR_FAILED);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-error");
    TCase *tcase = tcase_create ("error");

    tcase_add_test (tcase, error_classes);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
