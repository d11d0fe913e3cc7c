/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NICs and disks as parts of a machine's record: where there is a place for them, and
 * what the record is when they have come or gone.
 */
#include "plan/diff/diff.h"
#include "plan/qemu/part.h"

#include "unit/make-lab.h"
#include "unit/tap.h"

static Machine *
first (Lab *lab)
{
    return g_ptr_array_index (lab->machines, 0);
}

/* A machine of @board with a NIC on a bridge, one on the NAT and a virtio disk. */
static Lab *
make_one (const char *board, int hotplug)
{
    Lab *lab = make_lab ();
    Machine *machine = add_machine (lab, "m");

    add_switch (lab, "lan", SWITCH_BRIDGE);
    g_free (machine->machine);
    machine->machine = g_strdup (board);
    machine->hotplug = hotplug;
    add_nic (machine, "lan", "lan", "e1000");
    add_nic (machine, "nat", "user", "virtio-net-pci");
    add_disk (machine, "d", BUS_VIRTIO, NULL);
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
diff_text (Plan *running, Plan *wanted)
{
    DiffInput input = { running, wanted, FALSE, NULL, NULL };
    g_autoptr (GPtrArray) changes = plan_diff (&input);
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < changes->len; i++) {
        const Change *change = g_ptr_array_index (changes, i);

        g_string_append_printf (
            text, "%s%s %s%s%s%s", i ? " | " : "", change_kind_names[change->kind], change->step,
            change->part ? " " : "", change->part ? change->part : "", change->held ? " held" : "");
    }
    return g_string_free (text, FALSE);
}

#define check_diff(running, wanted, expected)                                                      \
    do {                                                                                           \
        g_autofree char *text_ = diff_text ((running), (wanted));                                  \
        ck_assert_str_eq (text_, (expected));                                                      \
    } while (0)

static void
check_has (const MachineStep *step, const char *word)
{
    if (!g_strv_contains ((const char *const *)step->argv, word)) {
        g_autofree char *all = g_strjoinv (" ", step->argv);

        ck_abort_msg ("no %s in %s", word, all);
    }
}

START_TEST (they_come_where_there_is_a_port)
{
    g_autoptr (Plan) none = plan_of (make_one ("q35", 0)), one = plan_of (make_one ("q35", 1));
    g_autoptr (Plan) pc = plan_of (make_one ("i440fx", 0)), wanted = NULL, more = NULL;
    Lab *lab = make_one ("q35", 0);

    add_nic (first (lab), "new", "user", "e1000");
    wanted = plan_of (lab);
    check_diff (none, wanted, "machine machine:m held");
    lab = make_one ("q35", 1);
    add_nic (first (lab), "new", "user", "e1000");
    add_disk (first (lab), "more", BUS_NVME, "/img.raw");
    more = plan_of (lab);
    check_diff (one, more, "plug machine:m nic new | machine machine:m held");
    lab = make_one ("i440fx", 0);
    add_nic (first (lab), "new", "lan", "e1000");
    add_disk (first (lab), "more", BUS_VIRTIO, NULL);
    plan_free (wanted);
    wanted = plan_of (lab);
    check_diff (pc, wanted,
                "add image:m/more | add tap:m/new | plug machine:m nic new | plug machine:m disk "
                "more");
}
END_TEST

START_TEST (they_go_where_the_board_lets_them)
{
    g_autoptr (Plan) running = plan_of (make_one ("i440fx", 0)), wanted = NULL;
    g_autoptr (Plan) q35 = plan_of (make_one ("q35", 4)), other = NULL;
    Lab *lab = make_one ("i440fx", 0);

    g_ptr_array_remove_index (first (lab)->nics, 0);
    g_ptr_array_set_size (first (lab)->disks, 0);
    wanted = plan_of (lab);
    check_diff (running, wanted,
                "unplug machine:m nic lan | unplug machine:m disk d | remove image:m/d | remove "
                "network:lan | remove tap:m/lan");
    lab = make_one ("q35", 4);
    g_ptr_array_remove_index (first (lab)->nics, 0);
    other = plan_of (lab);
    check_diff (q35, other, "machine machine:m held");
}
END_TEST

/* what comes takes a port and the next descriptor; the places of others are as they were */
START_TEST (the_record_follows)
{
    g_autoptr (Plan) running = plan_of (make_one ("q35", 2)), wanted = NULL;
    MachineStep *step = plan_find_machine (running, "m"), *is;
    Lab *lab = make_one ("q35", 2);
    Nic *nic = add_nic (first (lab), "new", "lan", "virtio-net-pci");
    gpointer last = g_ptr_array_steal_index (first (lab)->nics, 2);

    nic->queues = 2;
    g_ptr_array_insert (first (lab)->nics, 0, last); /* so that it has the first descriptors */
    wanted = plan_of (lab);
    is = plan_find_machine (wanted, "m");
    ck_assert_ptr_null (part_come_problem (step, is, "nic new"));
    part_add (step, is, "nic new");
    check_has (step, "tap,id=net-lan,fd=4");
    check_has (step, "tap,id=net-new,fds=5:6");
    ck_assert_uint_eq (step->fds->len, 4);
    ck_assert_uint_eq (step->nics->len, 3);
    {
        g_autofree char *device =
            g_strdup_printf ("virtio-net-pci,netdev=net-new,id=nic-new,mac=%s,mq=on,vectors=6,"
                             "bus=spare-1",
                             part_find_nic (is, "nic new")->mac);

        check_has (step, device);
    }
    ck_assert_int_eq (part_compare (step, is, "nic new"), PART_SAME);
    ck_assert_int_eq (part_compare (step, is, "nic lan"), PART_SAME);
    ck_assert_ptr_null (part_go_problem (step, "nic new"));
    part_remove (step, "nic new");
    ck_assert_uint_eq (step->fds->len, 2);
    ck_assert_uint_eq (step->nics->len, 2);
    ck_assert_int_eq (part_compare (step, is, "nic lan"), PART_SAME);
}
END_TEST

START_TEST (a_port_of_its_own_stays)
{
    Lab *lab = make_one ("q35", 0);
    g_autoptr (Plan) running = NULL, wanted = NULL;
    MachineStep *step;

    ((Nic *)g_ptr_array_index (first (lab)->nics, 0))->hotplug = TRUE;
    running = plan_of (lab);
    step = plan_find_machine (running, "m");
    check_has (step, "pcie-root-port,id=port-nic-lan,chassis=128");
    lab = make_one ("q35", 0);
    g_ptr_array_remove_index (first (lab)->nics, 0);
    wanted = plan_of (lab);
    check_diff (running, wanted,
                "unplug machine:m nic lan | remove network:lan | remove tap:m/lan");
    part_remove (step, "nic lan");
    check_has (step, "pcie-root-port,id=port-nic-lan,chassis=128");
}
END_TEST

START_TEST (taps_move)
{
    Lab *lab = make_one ("q35", 0);
    g_autoptr (Plan) running = NULL, moved = NULL, other = NULL;
    Nic *nic;

    add_switch (lab, "other", SWITCH_BRIDGE);
    add_nic (first (lab), "x", "other", "e1000");
    running = plan_of (lab);
    lab = make_one ("q35", 0);
    add_switch (lab, "other", SWITCH_BRIDGE);
    add_nic (first (lab), "x", "other", "e1000");
    nic = g_ptr_array_index (first (lab)->nics, 0);
    g_free (nic->switch_name);
    nic->switch_name = g_strdup ("other");
    moved = plan_of (lab);
    check_diff (running, moved, "move tap:m/lan | remove network:lan");
    /* from the first VLAN on the bridge minds them */
    lab = make_one ("q35", 0);
    add_switch (lab, "other", SWITCH_BRIDGE);
    add_nic (first (lab), "x", "other", "e1000");
    ((Nic *)g_ptr_array_index (first (lab)->nics, 0))->vlan = 5;
    other = plan_of (lab);
    check_diff (running, other, "adjust network:lan | move tap:m/lan");
    check_diff (other, running, "adjust network:lan | move tap:m/lan");
}
END_TEST

static Plan *
plan_with (int mtu, int nic_vlan, int switch_vlan)
{
    Lab *lab = make_one ("q35", 0);
    Switch *sw = g_ptr_array_index (lab->switches, 0);

    sw->mtu = mtu;
    sw->vlan = switch_vlan;
    ((Nic *)g_ptr_array_index (first (lab)->nics, 0))->vlan = nic_vlan;
    return plan_of (lab);
}

START_TEST (bridges_and_taps_are_set)
{
    g_autoptr (Plan) running = plan_with (1400, VLAN_UNSET, VLAN_UNSET);
    g_autoptr (Plan) mtu = plan_with (9000, VLAN_UNSET, VLAN_UNSET);
    g_autoptr (Plan) none = plan_with (MTU_UNSET, VLAN_UNSET, VLAN_UNSET);
    g_autoptr (Plan) host = plan_with (1400, VLAN_UNSET, 252);
    g_autoptr (Plan) both = plan_with (9000, 252, VLAN_UNSET);
    DiffInput input = { running, mtu, FALSE, NULL, NULL };
    g_autoptr (GPtrArray) changes = plan_diff (&input);

    check_diff (running, mtu, "adjust network:lan | adjust tap:m/lan");
    ck_assert_ptr_nonnull (
        strstr (((Change *)g_ptr_array_index (changes, 0))->text, ", mtu 1400 → 9000"));
    ck_assert_ptr_nonnull (
        strstr (((Change *)g_ptr_array_index (changes, 1))->text,
                ", mtu 1400 → 9000 (a guest that runs is not told: set it there as well)"));
    check_diff (running, none, "adjust network:lan | adjust tap:m/lan");
    check_diff (running, host, "adjust network:lan");
    check_diff (running, both, "adjust network:lan | move tap:m/lan");
}
END_TEST

/* What the kernel does not let be changed in use: machines are told of it, also when they
 * stand on it by a tap only, and it is made anew with all that stands on it. */
START_TEST (bridges_are_made_anew)
{
    g_autoptr (Plan) running = plan_with (MTU_UNSET, VLAN_UNSET, VLAN_UNSET), wanted = NULL;
    Lab *lab = make_one ("q35", 0);

    ((Switch *)g_ptr_array_index (lab->switches, 0))->stp = STP_STP;
    wanted = plan_of (lab);
    check_diff (running, wanted, "machine machine:m held");
    {
        DiffInput input = { running, wanted, TRUE, NULL, NULL };
        g_autoptr (GPtrArray) changes = plan_diff (&input);

        ck_assert_uint_eq (changes->len, 3);
        ck_assert_str_eq (((Change *)changes->pdata[0])->step, "network:lan");
        ck_assert_str_eq (((Change *)changes->pdata[1])->step, "tap:m/lan");
        ck_assert_int_eq (((Change *)changes->pdata[1])->kind, CHANGE_REPLACE);
        ck_assert_int_eq (((Change *)changes->pdata[2])->kind, CHANGE_MACHINE);
    }
}
END_TEST

/* Where a thing is written makes no difference, in lists either. */
START_TEST (places_of_tunnels)
{
    Plan *plans[2];

    for (int i = 0; i < 2; i++) {
        Lab *lab = make_one ("q35", 0);
        Tunnel *tunnel = model_tunnel_new ();

        tunnel->name = g_strdup ("east");
        tunnel->remote = g_strdup ("192.0.2.1");
        tunnel->key = 7;
        tunnel->place = place_at (i + 1);
        g_ptr_array_add (((Switch *)g_ptr_array_index (lab->switches, 0))->tunnels, tunnel);
        plans[i] = plan_of (lab);
    }
    check_diff (plans[0], plans[1], "");
    plan_free (plans[0]);
    plan_free (plans[1]);
}
END_TEST

/* A machine that is held keeps a NIC in a VLAN: the bridge minds it as long. */
START_TEST (vlans_count_while_one_is_held)
{
    g_autoptr (Plan) running = plan_with (MTU_UNSET, 252, VLAN_UNSET), wanted = NULL;
    g_autoptr (Plan) live = plan_with (MTU_UNSET, VLAN_UNSET, VLAN_UNSET);
    Lab *lab = make_one ("q35", 0);
    Nic *nic = g_ptr_array_index (first (lab)->nics, 0);

    check_diff (running, live, "adjust network:lan | move tap:m/lan");
    nic->queues = 2; /* it goes and comes, which needs a port */
    wanted = plan_of (lab);
    check_diff (running, wanted, "machine machine:m held");
    for (guint i = 0; i < wanted->steps->len; i++) {
        const Step *step = g_ptr_array_index (wanted->steps, i);

        ck_assert (step->kind != STEP_NETWORK || step->network->filter);
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan-part");
    TCase *tcase = tcase_create ("part");

    tcase_add_test (tcase, they_come_where_there_is_a_port);
    tcase_add_test (tcase, they_go_where_the_board_lets_them);
    tcase_add_test (tcase, the_record_follows);
    tcase_add_test (tcase, a_port_of_its_own_stays);
    tcase_add_test (tcase, taps_move);
    tcase_add_test (tcase, bridges_and_taps_are_set);
    tcase_add_test (tcase, bridges_are_made_anew);
    tcase_add_test (tcase, places_of_tunnels);
    tcase_add_test (tcase, vlans_count_while_one_is_held);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
