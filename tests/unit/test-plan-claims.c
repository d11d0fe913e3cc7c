/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan claims of the host, and which claims exclude each other. */
#include "plan/claims.h"

#include "unit/tap.h"

static MachineStep *
add_machine (Plan *plan, const char *name)
{
    Step *step = record_new (&step_record);

    step->kind = STEP_MACHINE;
    step->id = g_strconcat ("machine:", name, NULL);
    step->machine = record_new (&machine_step_record);
    step->machine->name = g_strdup (name);
    step->machine->place = g_strdup ("lab.yaml:3");
    g_ptr_array_add (plan->steps, step);
    return step->machine;
}

static ForwardRecord *
add_forward (MachineStep *machine, const char *proto, const char *address, int port)
{
    ForwardRecord *forward = record_new (&forward_record);

    forward->place = g_strdup ("lab.yaml:5");
    forward->proto = g_strdup (proto);
    forward->host_address = g_strdup (address);
    forward->host_port = port;
    forward->guest_port = 22;
    g_ptr_array_add (machine->forwards, forward);
    return forward;
}

static DiskRecord *
add_disk (MachineStep *machine, const char *path, gboolean read_only)
{
    DiskRecord *disk = record_new (&disk_record);

    disk->place = g_strdup ("lab.yaml:7");
    disk->path = g_strdup (path);
    disk->read_only = read_only;
    g_ptr_array_add (machine->disks, disk);
    return disk;
}

static const Claim *
nth (GPtrArray *claims, guint n)
{
    ck_assert_uint_lt (n, claims->len);
    return g_ptr_array_index (claims, n);
}

START_TEST (a_port_is_claimed)
{
    g_autoptr (Plan) plan = plan_new ();
    MachineStep *machine = add_machine (plan, "web");
    g_autoptr (GPtrArray) claims = NULL;

    add_forward (machine, "tcp", "127.0.0.1", 8080);
    add_forward (machine, "tcp", "127.0.0.1", 0); /* any */
    add_forward (machine, "udp", "", 0)->bound_port = 40001;
    claims = claims_of_plan (plan);
    ck_assert_uint_eq (claims->len, 2);
    ck_assert_int_eq (nth (claims, 0)->kind, CLAIM_PORT);
    ck_assert_str_eq (nth (claims, 0)->name, "tcp:127.0.0.1:8080");
    ck_assert_str_eq (nth (claims, 0)->machine, "web");
    ck_assert_str_eq (nth (claims, 0)->place, "lab.yaml:5");
    ck_assert_str_eq (nth (claims, 1)->name, "udp::40001");
}
END_TEST

static const struct {
    const char *proto, *address;
    int port;
    gboolean clash; /* with tcp:127.0.0.1:8080 */
} ports[] = {
    { "tcp", "127.0.0.1", 8080, TRUE },  { "tcp", "", 8080, TRUE },
    { "tcp", "0.0.0.0", 8080, TRUE },    { "tcp", "127.0.0.2", 8080, FALSE },
    { "udp", "127.0.0.1", 8080, FALSE }, { "tcp", "127.0.0.1", 8081, FALSE },
};

START_TEST (ports_clash)
{
    g_autoptr (Plan) plan = plan_new ();
    MachineStep *machine = add_machine (plan, "web");
    g_autoptr (GPtrArray) claims = NULL;
    g_autofree char *one = NULL, *other = NULL;

    add_forward (machine, "tcp", "127.0.0.1", 8080);
    add_forward (machine, ports[_i].proto, ports[_i].address, ports[_i].port);
    claims = claims_of_plan (plan);
    ck_assert_int_eq (claims_clash (nth (claims, 0), nth (claims, 1)), ports[_i].clash);
    ck_assert_int_eq (claims_clash (nth (claims, 1), nth (claims, 0)), ports[_i].clash);
    one = claim_key (nth (claims, 0));
    other = claim_key (nth (claims, 1));
    ck_assert (!ports[_i].clash || g_str_equal (one, other));
}
END_TEST

START_TEST (images_clash)
{
    g_autoptr (Plan) plan = plan_new ();
    MachineStep *a = add_machine (plan, "a"), *b = add_machine (plan, "b");
    g_autoptr (GPtrArray) claims = NULL;

    add_disk (a, "/base.qcow2", FALSE); /* 0: a writes to it */
    add_disk (a, "/cd.iso", TRUE);      /* 1 */
    add_disk (a, NULL, TRUE);           /* an empty drive claims nothing */
    add_disk (b, "/b.qcow2", FALSE);    /* 2: over … */
    b->files = g_strsplit ("/base.qcow2 /cd.iso /b.qcow2", " ", -1); /* 3 … and 4 */
    claims = claims_of_plan (plan);
    ck_assert_uint_eq (claims->len, 5);
    ck_assert (nth (claims, 3)->shared);
    ck_assert (claims_clash (nth (claims, 0), nth (claims, 3)));
    ck_assert (!claims_clash (nth (claims, 1), nth (claims, 4)));
    ck_assert (!claims_clash (nth (claims, 0), nth (claims, 2)));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan-claims");
    TCase *tcase = tcase_create ("claims");

    tcase_add_test (tcase, a_port_is_claimed);
    tcase_add_loop_test (tcase, ports_clash, 0, G_N_ELEMENTS (ports));
    tcase_add_test (tcase, images_clash);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
