/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/optread: option strings of QEMU, taken apart. */
#include "base/optread.h"
#include "unit/tap.h"

START_TEST (options_are_read)
{
    g_autoptr (GPtrArray) items = opt_read ("e1000,id=a,,b,file.name=/x=y");

    ck_assert_uint_eq (items->len, 3);
    ck_assert_ptr_null (((OptItem *)g_ptr_array_index (items, 0))->key);
    ck_assert_str_eq (((OptItem *)g_ptr_array_index (items, 0))->value, "e1000");
    ck_assert_str_eq (opt_get (items, "id"), "a,b");
    ck_assert_str_eq (opt_get (items, "file.name"), "/x=y");
    ck_assert_ptr_null (opt_get (items, "nothing"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-optread");
    TCase *tcase = tcase_create ("optread");

    tcase_add_test (tcase, options_are_read);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
