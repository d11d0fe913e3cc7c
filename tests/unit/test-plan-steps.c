/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of steps: what is in it, in what order, and that it is the same
 * after a journey through its JSON.
 */
#include "unit/make-lab.h"

#include "unit/tap.h"

#include <stdio.h>
#include <time.h>

/* the budget of a plan of a thousand machines, in seconds; checked with room for
 * a loaded machine and for sanitizers, the ratio below is the real proof */
#define THOUSAND_SECONDS 5.0

static Lab *
two_machines (void)
{
    Lab *lab = make_lab ();
    Machine *a = add_machine (lab, "a"), *b;
    Disk *disk;
    Nic *nic;

    b = add_machine (lab, "b");
    add_switch (lab, "lan", SWITCH_INTERNAL)->ageing_ms = 1500;
    add_switch (lab, "unused", SWITCH_INTERNAL);
    add_switch (lab, "nat", SWITCH_USER);
    disk = add_disk (a, "boot", BUS_USB, "/img/base.VMDK");
    disk->clone = CLONE_OVERLAY;
    set (&disk->format, "qcow2");
    disk->nocow = TRUE;
    disk->bootindex = 1;
    add_disk (a, "data", BUS_AHCI, NULL);
    add_disk (b, "root", BUS_AHCI, "/img/b.raw");
    add_cdrom (b, "cd", BUS_AHCI, NULL);
    nic = add_nic (a, "lan", "lan", "e1000");
    nic->vlan = 5;
    vlan_set_parse ("10,20-29", &nic->trunk);
    add_nic (b, "lan", "lan", "e1000")->vlan = 252;
    add_nic (b, "out", "user", "e1000");
    add_forward (b, PROTO_TCP, 0, 443);
    set (&b->kernel, "/boot/k");
    b->serials = 2;
    b->ready = model_ready_new ();
    b->ready->tcp = g_strsplit ("443", " ", -1);
    b->ready->timeout_ms = 1000;
    g_strfreev (b->after);
    b->after = g_strsplit ("a", " ", -1);
    return lab;
}

/* `id <- needs` of every step */
static char *
outline (const Plan *plan)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        g_autofree char *needs = g_strjoinv (" ", step->needs);

        g_string_append_printf (text, "%s <- %s\n", step->id, needs);
    }
    return g_string_free (text, FALSE);
}

static const Step *
find (const Plan *plan, const char *id)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (strcmp (step->id, id) == 0)
            return step;
    }
    ck_abort_msg ("no step %s", id);
    return NULL;
}

START_TEST (test_order)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts);
    g_autofree char *text = outline (plan);

    ck_assert_str_eq (text, "directory:run <- \n"
                            "directory:state <- \n"
                            "directory:disks <- directory:state\n"
                            "directory:logs <- directory:state\n"
                            "image:a/boot <- directory:disks\n"
                            "image:a/data <- directory:disks\n"
                            "switch:lan <- directory:run directory:logs\n"
                            "machine:a <- directory:run directory:logs image:a/boot image:a/data "
                            "switch:lan\n"
                            "machine:b <- directory:run directory:logs switch:lan machine:a\n");
}
END_TEST

START_TEST (test_directories)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts);

    ck_assert_str_eq (find (plan, "directory:run")->directory->path, "/run/roost/lab");
    ck_assert (!find (plan, "directory:run")->directory->keep);
    ck_assert_str_eq (find (plan, "directory:state")->directory->path, "/var/lib/roost/lab");
    ck_assert (find (plan, "directory:state")->directory->keep);
    ck_assert (find (plan, "directory:disks")->directory->keep);
    ck_assert (find (plan, "directory:logs")->directory->keep);
    ck_assert_str_eq (plan->run_dir, "/run/roost/lab");
    ck_assert_str_eq (plan->state_dir, "/var/lib/roost/lab");
}
END_TEST

/* Another user gets at sockets and disks; the rest stays ours. */
START_TEST (test_user)
{
    static const char *const groups[] = { "108", NULL };
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = NULL;
    const MachineStep *a;

    facts->user = record_new (&run_as_record);
    facts->user->name = g_strdup ("qemu");
    facts->user->uid = 107;
    facts->user->gid = 109;
    facts->user->groups = g_strdupv ((GStrv)groups);
    ((Machine *)g_ptr_array_index (lab->machines, 0))->serials = 1;
    plan = make_plan (lab, facts);
    ck_assert (run_as_equal (plan_find_user (plan), facts->user));
    ck_assert (!find (plan, "directory:run")->directory->theirs);
    ck_assert (!find (plan, "directory:disks")->directory->theirs);
    ck_assert (find (plan, "directory:sockets")->directory->theirs);
    ck_assert_str_eq (find (plan, "directory:sockets")->directory->path, "/run/roost/lab/sockets");
    ck_assert (run_as_equal (find (plan, "image:a/data")->image->user, facts->user));
    ck_assert (run_as_equal (find (plan, "switch:lan")->sw->user, facts->user));
    ck_assert_str_eq (find (plan, "switch:lan")->sw->control, "/run/roost/lab/sockets/lan.switch");
    a = find (plan, "machine:a")->machine;
    ck_assert (run_as_equal (a->user, facts->user));
    ck_assert_str_eq (a->qmp, "/run/roost/lab/a.qmp");
    ck_assert_str_eq (a->monitor, "/run/roost/lab/a.monitor");
    ck_assert_str_eq (a->serial_sockets[0], "/run/roost/lab/sockets/a.serial0");
    ck_assert (g_strv_contains ((const char *const *)a->reads, "/img/base.VMDK"));
    facts->user->uid = 1;
    ck_assert (!run_as_equal (plan_find_user (plan), facts->user));
}
END_TEST

/* As it cannot be: told with the line that asks for it. */
START_TEST (test_user_problem)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (DiagList) diags = diag_list_new ();
    PlanOptions options = { RUN_ROOT, STATE_ROOT, FALSE };
    g_autofree char *text = NULL;

    lab->user_place = place_at (2);
    facts->user_problem = g_strdup ("there is no user x");
    ck_assert_ptr_null (plan_build (lab, facts, &options, diags));
    text = diag_list_format (diags);
    ck_assert_str_eq (text, "lab.yaml:2:1: user: there is no user x\n");
}
END_TEST

START_TEST (test_images)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts);
    const ImageStep *overlay = find (plan, "image:a/boot")->image;
    const ImageStep *empty = find (plan, "image:a/data")->image;

    ck_assert_str_eq (overlay->path, "/var/lib/roost/lab/disks/a.boot.qcow2");
    ck_assert_str_eq (overlay->backing, "/img/base.VMDK");
    ck_assert_str_eq (overlay->backing_format, "vmdk");
    ck_assert_int_eq (overlay->size, 0);
    ck_assert (overlay->nocow);
    ck_assert_str_eq (overlay->owner, "a/boot");
    ck_assert_ptr_null (empty->backing);
    ck_assert_int_eq (empty->size, G_GINT64_CONSTANT (1) << 40);
    ck_assert_str_eq (empty->place, "lab.yaml:17");
}
END_TEST

START_TEST (test_switch)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts);
    const SwitchStep *sw = find (plan, "switch:lan")->sw;
    g_autofree char *argv = g_strjoinv (" ", sw->argv);

    ck_assert_str_eq (argv, "roost-switch --name lan --control /run/roost/lab/lan.switch "
                            "--ageing 1.5 "
                            "--port a/lan --local /run/roost/lab/lan.a.lan.s "
                            "--remote /run/roost/lab/lan.a.lan.m --vlan 5 --trunk 10,20-29 "
                            "--port b/lan --local /run/roost/lab/lan.b.lan.s "
                            "--remote /run/roost/lab/lan.b.lan.m --vlan 252");
    ck_assert_str_eq (sw->control, "/run/roost/lab/lan.switch");
    ck_assert_str_eq (sw->log, "/var/lib/roost/lab/logs/lan.switch.log");
}
END_TEST

START_TEST (test_machine)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts);
    const MachineStep *a = plan_find_machine (plan, "a"), *b = plan_find_machine (plan, "b");
    const NicRecord *nic = g_ptr_array_index (a->nics, 0);
    const DiskRecord *disk = g_ptr_array_index (a->disks, 1);
    g_autofree char *files = g_strjoinv (" ", b->files);

    ck_assert_ptr_null (plan_find_machine (plan, "c"));
    ck_assert_str_eq (b->qmp, "/run/roost/lab/b.qmp");
    ck_assert_str_eq (b->qmp_ro, "/run/roost/lab/b.qmp-ro");
    ck_assert_str_eq (b->monitor, "/run/roost/lab/b.monitor");
    ck_assert_str_eq (b->serial_sockets[1], "/run/roost/lab/b.serial1");
    ck_assert_str_eq (b->serial_logs[1], "/var/lib/roost/lab/logs/b.serial1.log");
    ck_assert_str_eq (b->log_dir, "/var/lib/roost/lab/logs");
    ck_assert_str_eq (files, "/boot/k /img/b.raw");
    ck_assert_str_eq (a->files[0], "/img/base.VMDK");
    ck_assert_str_eq (b->after[0], "a");
    ck_assert_ptr_null (a->after[0]);
    ck_assert_uint_eq (b->ready->conditions->len, 1);
    ck_assert_str_eq (((ConditionRecord *)b->ready->conditions->pdata[0])->word, "443");
    ck_assert_ptr_null (a->ready);
    ck_assert_str_eq (a->on_poweroff, "destroy");
    ck_assert_str_eq (a->on_reboot, "restart");
    ck_assert_str_eq (nic->vlan, "trunk 10,20-29, native 5");
    ck_assert_int_eq (nic->bootindex, 3);
    nic = g_ptr_array_index (b->nics, 0);
    ck_assert_str_eq (nic->vlan, "252");
    ck_assert_int_eq (disk->bootindex, 2);
    ck_assert (disk->ours);
    disk = g_ptr_array_index (b->disks, 0);
    ck_assert (!disk->ours);
    ck_assert_str_eq (disk->path, "/img/b.raw");
    disk = g_ptr_array_index (b->disks, 1);
    ck_assert_ptr_null (disk->path);
    ck_assert (!disk->ours);
}
END_TEST

START_TEST (test_descriptions)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts);
    const struct {
        const char *id, *text;
    } cases[] = {
        { "directory:run", "directory /run/roost/lab" },
        { "directory:state", "directory /var/lib/roost/lab (kept)" },
        { "image:a/boot", "image a/boot: qcow2, over /img/base.VMDK, "
                          "/var/lib/roost/lab/disks/a.boot.qcow2" },
        { "image:a/data", "image a/data: qcow2, 1T, /var/lib/roost/lab/disks/a.data.qcow2" },
        { "switch:lan", "switch lan: internal, 2 ports" },
        { "machine:a", "machine a: kvm, 1 CPU, 64M, 2 disks, 1 nic" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = step_describe (find (plan, cases[i].id));

        ck_assert_str_eq (text, cases[i].text);
    }
}
END_TEST

static char *
to_text (const Plan *plan)
{
    g_autoptr (JsonNode) node = record_to_json (&plan_record, plan);

    return json_to_text (node);
}

START_TEST (test_json)
{
    g_autoptr (Lab) lab = two_machines ();
    g_autoptr (HostFacts) facts = make_facts (TRUE);
    g_autoptr (Plan) plan = make_plan (lab, facts), again = make_plan (lab, facts), read = NULL;
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = to_text (plan), *second = to_text (again), *back = NULL;

    ck_assert_str_eq (text, second);
    node = json_from_string (text, NULL);
    read = record_from_json (&plan_record, node, &error);
    ck_assert_msg (read != NULL, "%s", error ? error->message : "");
    back = to_text (read);
    ck_assert_str_eq (back, text);
    ck_assert_int_eq (read->version, PLAN_VERSION);
    ck_assert_ptr_nonnull (strstr (text, "\"kind\":\"qmp-listener\""));
}
END_TEST

/* seconds for a plan of @n machines, each on one switch */
static double
time_of (guint n)
{
    g_autoptr (Lab) lab = make_lab ();
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    g_autoptr (Plan) plan = NULL;
    EmulatorFacts *emulator = g_ptr_array_index (facts->emulators, 0);
    g_autoptr (GStrvBuilder) devices = g_strv_builder_new ();
    clock_t start;

    /* as many as a real emulator has, those in use last */
    for (int i = 0; i < 500; i++)
        g_strv_builder_add (devices, "a-device-that-is-not-used");
    g_strv_builder_add_many (devices, "e1000", "ich9-ahci", "ide-hd", "nec-usb-xhci", "usb-storage",
                             NULL);
    emulator->devices = g_strv_builder_end (devices);
    add_switch (lab, "lan", SWITCH_INTERNAL);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf ("m%u", i);
        Machine *machine = add_machine (lab, name);

        add_disk (machine, "boot", BUS_USB, NULL)->bootindex = 1;
        add_disk (machine, "data", BUS_AHCI, NULL);
        add_nic (machine, "lan", "lan", "e1000");
        add_nic (machine, "out", "user", "e1000");
        add_forward (machine, PROTO_TCP, 0, 443);
    }
    start = clock (); /* of this process alone: the machine may have other work */
    plan = make_plan (lab, facts);
    ck_assert_uint_eq (plan->steps->len, 4 + 2 * n + 1 + n);
    ck_assert_ptr_null (plan->notes[1]);
    return (double)(clock () - start) / CLOCKS_PER_SEC;
}

START_TEST (test_thousand)
{
    double hundred = time_of (100), thousand = time_of (1000);

    printf ("# plan of 100 machines %.4f s, of 1000 machines %.4f s\n", hundred, thousand);
    ck_assert_double_lt (thousand, THOUSAND_SECONDS);
    /* ten times the work; a hundred times would be quadratic */
    ck_assert_double_lt (thousand, 40 * MAX (hundred, 0.001));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/steps");
    TCase *tcase = tcase_create ("steps");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, test_order);
    tcase_add_test (tcase, test_directories);
    tcase_add_test (tcase, test_user);
    tcase_add_test (tcase, test_user_problem);
    tcase_add_test (tcase, test_images);
    tcase_add_test (tcase, test_switch);
    tcase_add_test (tcase, test_machine);
    tcase_add_test (tcase, test_descriptions);
    tcase_add_test (tcase, test_json);
    tcase_add_test (tcase, test_thousand);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
