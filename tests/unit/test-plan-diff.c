/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to change so that a lab that runs becomes the one that is wanted. */
#include "plan/qemu/argv-diff.h"
#include "plan/diff/diff.h"
#include "plan/qemu/hostfwd.h"

#include "unit/make-lab.h"
#include "unit/tap.h"

/* A lab of two machines on a switch and on the NAT. */
static Lab *
make_two (void)
{
    Lab *lab = make_lab ();

    add_switch (lab, "lan", SWITCH_INTERNAL);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *name = g_strdup_printf ("m%d", i);
        Machine *machine = add_machine (lab, name);

        add_nic (machine, "lan", "lan", "e1000");
        add_nic (machine, "nat", "user", "e1000");
    }
    return lab;
}

static Plan *
plan_of (Lab *lab)
{
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    Plan *plan = make_plan (lab, facts);

    lab_free (lab);
    return plan;
}

static char *
diff_text (Plan *running, Plan *wanted, gboolean restart, GHashTable *off, GHashTable *undone)
{
    DiffInput input = { running, wanted, restart, off, undone };
    g_autoptr (GPtrArray) changes = plan_diff (&input);
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < changes->len; i++) {
        const Change *change = g_ptr_array_index (changes, i);

        g_string_append_printf (text, "%s%s %s%s%s", i ? " | " : "",
                                change_kind_names[change->kind], change->step,
                                change->held ? " held" : "", change->off ? " off" : "");
    }
    return g_string_free (text, FALSE);
}

#define check_diff(running, wanted, restart, expected)                                             \
    do {                                                                                           \
        g_autofree char *text_ = diff_text ((running), (wanted), (restart), NULL, NULL);           \
        ck_assert_str_eq (text_, (expected));                                                      \
    } while (0)

START_TEST (nothing_differs)
{
    g_autoptr (Plan) running = plan_of (make_two ()), wanted = plan_of (make_two ());

    ((Step *)g_ptr_array_index (wanted->steps, wanted->steps->len - 1))->machine->place[0] = 'x';
    check_diff (running, wanted, FALSE, "");
}
END_TEST

START_TEST (a_machine_comes_and_goes)
{
    g_autoptr (Plan) two = plan_of (make_two ()), again = plan_of (make_two ());
    Lab *lab = make_two ();
    g_autoptr (Plan) one = NULL, one_again = NULL;

    g_ptr_array_remove_index (lab->machines, 1);
    one = plan_of (lab);
    lab = make_two ();
    g_ptr_array_remove_index (lab->machines, 1);
    one_again = plan_of (lab);
    check_diff (one, two, FALSE, "add machine:m2 | replace switch:lan");
    check_diff (again, one_again, FALSE, "replace switch:lan | remove machine:m2");
}
END_TEST

static Machine *
first (Lab *lab)
{
    return g_ptr_array_index (lab->machines, 0);
}

START_TEST (memory_needs_a_restart)
{
    g_autoptr (Plan) running = plan_of (make_two ()), wanted = NULL;
    g_autoptr (GHashTable) off = g_hash_table_new (g_str_hash, g_str_equal);
    g_autofree char *text = NULL;
    Lab *lab = make_two ();

    first (lab)->memory *= 2;
    wanted = plan_of (lab);
    check_diff (running, wanted, FALSE, "machine machine:m1 held");
    check_diff (running, wanted, TRUE, "machine machine:m1");
    g_hash_table_add (off, (gpointer) "m1");
    text = diff_text (running, wanted, FALSE, off, NULL);
    ck_assert_str_eq (text, "machine machine:m1 off");
}
END_TEST

/* the port of a machine that keeps its NIC stays on the switch */
START_TEST (held_machines_keep_their_links)
{
    g_autoptr (Plan) running = plan_of (make_two ()), wanted = NULL, restarted = NULL;
    Lab *lab = make_two ();

    g_ptr_array_remove_index (first (lab)->nics, 0);
    wanted = plan_of (lab);
    check_diff (running, wanted, FALSE, "machine machine:m1 held");
    lab = make_two ();
    g_ptr_array_remove_index (first (lab)->nics, 0);
    restarted = plan_of (lab);
    check_diff (running, restarted, TRUE, "replace switch:lan | machine machine:m1");
}
END_TEST

START_TEST (what_held_machines_need_stays)
{
    g_autoptr (Plan) running = plan_of (make_two ()), wanted = NULL;
    Lab *lab = make_two ();

    for (guint i = 0; i < 2; i++)
        g_ptr_array_remove_index (((Machine *)g_ptr_array_index (lab->machines, i))->nics, 0);
    g_ptr_array_set_size (lab->switches, 0);
    wanted = plan_of (lab);
    check_diff (running, wanted, FALSE, "machine machine:m1 held | machine machine:m2 held");
    check_diff (running, wanted, TRUE,
                "machine machine:m1 | machine machine:m2 | remove switch:lan");
}
END_TEST

START_TEST (forwards_and_policies)
{
    g_autoptr (Plan) running = NULL, wanted = NULL;
    Lab *lab = make_two ();

    add_forward (first (lab), PROTO_TCP, 8080, 80);
    running = plan_of (lab);
    lab = make_two ();
    add_forward (first (lab), PROTO_TCP, 8081, 80);
    first (lab)->on_crash = CRASH_PRESERVE;
    first (lab)->on_reboot = REBOOT_DESTROY;
    wanted = plan_of (lab);
    check_diff (running, wanted, FALSE,
                "forward-remove machine:m1 | forward-add machine:m1 | settings machine:m1");
}
END_TEST

START_TEST (steps_that_were_never_done)
{
    g_autoptr (Plan) running = plan_of (make_two ()), wanted = plan_of (make_two ());
    g_autoptr (GHashTable) undone = g_hash_table_new (g_str_hash, g_str_equal);
    g_autofree char *text = NULL;

    g_hash_table_add (undone, (gpointer) "machine:m2");
    text = diff_text (running, wanted, FALSE, NULL, undone);
    ck_assert_str_eq (text, "add machine:m2");
}
END_TEST

START_TEST (command_lines_in_words)
{
    g_auto (GStrv) old = g_strsplit ("/q -S -m size=1G -netdev user,id=net-a,hostfwd=x -device "
                                     "e1000,netdev=net-a,id=nic-a -action reboot=reset",
                                     " ", -1);
    g_auto (GStrv) new =
        g_strsplit ("/q -S -m size=2G -netdev user,id=net-a,hostfwd=y -device "
                    "e1000e,netdev=net-a,id=nic-a -blockdev driver=raw,node-name="
                    "drive-d -device nvme,id=disk-d -device edu,id=b -action reboot=shutdown -x",
                    " ", -1);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *joined = NULL;

    argv_diff (old, new, texts);
    g_ptr_array_add (texts, NULL);
    joined = g_strjoinv (" | ", (char **)texts->pdata);
    ck_assert_str_eq (joined, "memory size=1G → size=2G | -x  is new | device b is new");
}
END_TEST

START_TEST (rules_are_rewritten)
{
    Lab *lab = make_two ();
    g_autoptr (Plan) plan = NULL;
    MachineStep *machine;

    add_forward (first (lab), PROTO_TCP, 8080, 80);
    plan = plan_of (lab);
    machine = plan_find_machine (plan, "m1");
    ((ForwardRecord *)g_ptr_array_index (machine->forwards, 0))->host_port = 8081;
    hostfwd_rewrite (machine);
    ck_assert (g_strv_contains ((const char *const *)machine->argv,
                                "user,id=net-nat,hostfwd=tcp:127.0.0.1:8081-:80"));
    g_ptr_array_set_size (machine->forwards, 0);
    hostfwd_rewrite (machine);
    ck_assert (g_strv_contains ((const char *const *)machine->argv, "user,id=net-nat"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan-diff");
    TCase *tcase = tcase_create ("diff");

    tcase_add_test (tcase, nothing_differs);
    tcase_add_test (tcase, a_machine_comes_and_goes);
    tcase_add_test (tcase, memory_needs_a_restart);
    tcase_add_test (tcase, held_machines_keep_their_links);
    tcase_add_test (tcase, what_held_machines_need_stays);
    tcase_add_test (tcase, forwards_and_policies);
    tcase_add_test (tcase, steps_that_were_never_done);
    tcase_add_test (tcase, command_lines_in_words);
    tcase_add_test (tcase, rules_are_rewritten);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
