/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/diag: complaints with their places, sorted and as text. */
#include "base/diag.h"
#include "unit/tap.h"

START_TEST (diag_formats)
{
    g_autoptr (DiagList) list = diag_list_new ();
    Place nowhere = { NULL, 0, 0 };
    Place file = { g_intern_static_string ("a.yaml"), 0, 0 };
    Place later = { g_intern_static_string ("a.yaml"), 12, 9 };
    Place earlier = { g_intern_static_string ("a.yaml"), 12, 3 };
    g_autofree char *text = NULL, *line = NULL, *whole = NULL, *none = NULL;

    diag_error (list, later, "machines.web.memory", "\"%s\" is not a size (try 4G)", "4X");
    diag_warning (list, earlier, NULL, "odd");
    diag_error (list, file, "", "empty");
    diag_error (list, nowhere, "key", "lost");
    ck_assert_uint_eq (diag_list_n_errors (list), 3);
    ck_assert_uint_eq (diag_list_length (list), 4);
    diag_list_sort (list);
    text = diag_list_format (list);
    ck_assert_str_eq (text, "key: lost\n"
                            "a.yaml: empty\n"
                            "a.yaml:12:3: warning: odd\n"
                            "a.yaml:12:9: machines.web.memory: \"4X\" is not a size (try 4G)\n");
    ck_assert_ptr_eq (diag_list_get (list, 3)->place.file, later.file);
    line = place_format (later);
    whole = place_format (file);
    none = place_format (nowhere);
    ck_assert_str_eq (line, "a.yaml:12");
    ck_assert_str_eq (whole, "a.yaml");
    ck_assert_str_eq (none, "");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-diag");
    TCase *tcase = tcase_create ("diag");

    tcase_add_test (tcase, diag_formats);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
