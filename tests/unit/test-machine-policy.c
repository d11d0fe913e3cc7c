/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine/policy: what becomes of what, and how often. */
#include "machine/policy.h"
#include "unit/tap.h"

static const struct {
    const char *on_poweroff, *on_reboot, *on_crash;
    Happening what;
    PolicyAction action;
} rows[] = {
    { "destroy", "restart", "restart", HAPPENED_POWEROFF, POLICY_QUIT },
    { "preserve", "restart", "restart", HAPPENED_POWEROFF, POLICY_KEEP },
    { "restart", "restart", "destroy", HAPPENED_POWEROFF, POLICY_RESET },
    /* a reset would be an end again */
    { "restart", "destroy", "destroy", HAPPENED_POWEROFF, POLICY_REPLACE },
    { "preserve", "destroy", "preserve", HAPPENED_REBOOT, POLICY_QUIT },
    { "destroy", "destroy", "destroy", HAPPENED_RESET, POLICY_REPLACE },
    { "restart", "restart", "destroy", HAPPENED_CRASH, POLICY_QUIT },
    { "restart", "restart", "preserve", HAPPENED_CRASH, POLICY_KEEP },
    { "destroy", "restart", "restart", HAPPENED_CRASH, POLICY_RESET },
    { "destroy", "destroy", "restart", HAPPENED_CRASH, POLICY_REPLACE },
    { "restart", "restart", "destroy", HAPPENED_DEATH, POLICY_NOTHING },
    { "restart", "restart", "preserve", HAPPENED_DEATH, POLICY_NOTHING },
    { "destroy", "restart", "restart", HAPPENED_DEATH, POLICY_REPLACE },
};

START_TEST (decides)
{
    MachineStep record = { .on_poweroff = (char *)rows[_i].on_poweroff,
                           .on_reboot = (char *)rows[_i].on_reboot,
                           .on_crash = (char *)rows[_i].on_crash };

    ck_assert_int_eq (policy_decide (&record, rows[_i].what), rows[_i].action);
}
END_TEST

START_TEST (three_a_minute)
{
    PolicyRate rate = { { 0 } };
    gint64 now = 5 * G_USEC_PER_SEC; /* a host that has just booted */

    for (int i = 0; i < 3; i++)
        ck_assert (policy_rate_take (&rate, now + i));
    ck_assert (!policy_rate_take (&rate, now + 3));
    ck_assert (!policy_rate_take (&rate, now + POLICY_WINDOW_US - 1));
    /* the first of them is a minute ago, the second is not */
    ck_assert (policy_rate_take (&rate, now + POLICY_WINDOW_US));
    ck_assert (!policy_rate_take (&rate, now + POLICY_WINDOW_US));
    ck_assert (policy_rate_take (&rate, now + POLICY_WINDOW_US + 1));
}
END_TEST

/* A supervisor that comes after another counts on. */
START_TEST (counts_on)
{
    PolicyRate rate = { { 0 } }, next;
    gint64 now = 90 * G_USEC_PER_SEC;
    g_auto (GStrv) none = policy_rate_save (&rate), two = NULL, three = NULL;

    ck_assert_uint_eq (g_strv_length (none), 0);
    ck_assert (policy_rate_take (&rate, now));
    ck_assert (policy_rate_take (&rate, now + 1));
    two = policy_rate_save (&rate);
    policy_rate_load (&next, two, now + 2);
    ck_assert (policy_rate_take (&next, now + 2));
    ck_assert (!policy_rate_take (&next, now + 3));
    three = policy_rate_save (&next);
    ck_assert_uint_eq (g_strv_length (three), 3);
    ck_assert_str_eq (three[0], "90000000");
    policy_rate_load (&next, three, now + 4);
    ck_assert (!policy_rate_take (&next, now + 4));
    ck_assert (policy_rate_take (&next, now + POLICY_WINDOW_US));
    /* the host has started anew since, and its clock with it */
    policy_rate_load (&next, three, 5);
    ck_assert (policy_rate_take (&next, 5));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab/policy");
    TCase *tests = tcase_create ("policy");

    tcase_add_loop_test (tests, decides, 0, G_N_ELEMENTS (rows));
    tcase_add_test (tests, three_a_minute);
    tcase_add_test (tests, counts_on);
    suite_add_tcase (suite, tests);
    return run_tap (suite);
}
