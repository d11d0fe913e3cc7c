/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of interfaces: a person recognises them, and nobody else has them. */
#include "plan/network/ifnames.h"

#include "unit/tap.h"

#include <string.h>

/* what a name begins with: all but the three characters that tell labs apart */
static char *
head_of (const char *first, const char *second)
{
    g_autoptr (IfNames) names = ifnames_new ("lab");
    char *name = ifnames_make (names, "tap", first, second);

    ck_assert_msg (ifname_is_valid (name), "%s", name);
    ck_assert_msg (name[strlen (name) - 4] == '-', "%s", name);
    name[strlen (name) - 3] = '\0';
    return name;
}

START_TEST (both_words_are_seen)
{
    static const struct {
        const char *first, *second, *head;
    } cases[] = {
        { "web1", "lan", "web1-lan-" },
        { "a", "b", "a-b-" },
        { "webse1", "uplk", "webse1-uplk-" },
        /* numbers are at the end, and tell machines apart */
        { "esxi-controller-2", "lan", "esxi--2-lan-" },
        { "esxi-controller-12", "management", "esxi12-mana-" },
        { "a", "management", "a-managemnt-" },
        { "abcdefgh", "lan", "abcdegh-lan-" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *head = head_of (cases[i].first, cases[i].second);

        ck_assert_str_eq (head, cases[i].head);
    }
}
END_TEST

START_TEST (as_long_as_may_be)
{
    char first[64], second[64];

    for (gsize i = 1; i < sizeof first; i++) {
        for (gsize j = 1; j < sizeof second; j++) {
            g_autofree char *head = NULL;

            memset (first, 'm', sizeof first);
            memset (second, 'n', sizeof second);
            first[i] = second[j] = '\0';
            head = head_of (first, second);
            ck_assert (strchr (head, 'm') && strchr (head, 'n'));
        }
    }
}
END_TEST

START_TEST (labs_and_kinds_differ)
{
    g_autoptr (IfNames) one = ifnames_new ("one"), again = ifnames_new ("one"),
                        two = ifnames_new ("two");
    g_autofree char *name = ifnames_make (one, "tap", "web", "lan");
    g_autofree char *same = ifnames_make (again, "tap", "web", "lan");
    g_autofree char *other = ifnames_make (two, "tap", "web", "lan");
    g_autofree char *bridge = ifnames_make (one, "bridge", "web", "lan");

    ck_assert_str_eq (name, same);
    ck_assert_str_ne (name, other);
    ck_assert_str_ne (name, bridge);
}
END_TEST

START_TEST (words_do_not_run_together)
{
    g_autoptr (IfNames) one = ifnames_new ("lab"), two = ifnames_new ("lab");
    g_autofree char *name = ifnames_make (one, "tap", "a-b", "c");
    g_autofree char *other = ifnames_make (two, "tap", "a", "b-c");

    ck_assert_str_ne (name, other);
}
END_TEST

START_TEST (what_is_given_is_not_made)
{
    g_autoptr (IfNames) free_names = ifnames_new ("lab"), names = ifnames_new ("lab");
    g_autofree char *given = ifnames_make (free_names, "tap", "web", "lan");
    g_autofree char *made = NULL, *third = NULL;

    ifnames_claim (names, given);
    made = ifnames_make (names, "tap", "web", "lan");
    third = ifnames_make (names, "tap", "web", "lan");
    ck_assert_str_ne (made, given);
    ck_assert_str_ne (third, given);
    ck_assert_str_ne (third, made);
    ck_assert (g_str_has_prefix (made, "web-lan-"));
}
END_TEST

START_TEST (a_thousand)
{
    g_autoptr (IfNames) names = ifnames_new ("lab");
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < 1000; i++) {
        g_autofree char *machine = g_strdup_printf ("hypervisor-number-%u", i);

        ck_assert (g_hash_table_add (seen, ifnames_make (names, "tap", machine, "storage")));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("ifnames");
    TCase *tcase = tcase_create ("ifnames");

    tcase_add_test (tcase, both_words_are_seen);
    tcase_add_test (tcase, as_long_as_may_be);
    tcase_add_test (tcase, labs_and_kinds_differ);
    tcase_add_test (tcase, words_do_not_run_together);
    tcase_add_test (tcase, what_is_given_is_not_made);
    tcase_add_test (tcase, a_thousand);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
