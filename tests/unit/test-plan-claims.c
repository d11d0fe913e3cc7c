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

static void
add_nic (MachineStep *machine, const char *name, const char *sw, const char *mac)
{
    NicRecord *nic = record_new (&nic_record);

    nic->name = g_strdup (name);
    nic->place = g_strdup ("lab.yaml:9");
    nic->switch_name = g_strdup (sw);
    nic->mac = g_strdup (mac);
    g_ptr_array_add (machine->nics, nic);
}

static Step *
add_step (Plan *plan, StepKind kind, const char *id)
{
    Step *step = record_new (&step_record);

    step->kind = kind;
    step->id = g_strdup (id);
    g_ptr_array_add (plan->steps, step);
    return step;
}

static NetworkStep *
make_network (const char *sw, const char *bridge, gboolean existing)
{
    NetworkStep *network = record_new (&network_record);

    network->name = g_strdup (sw);
    network->place = g_strdup ("lab.yaml:2");
    network->bridge = g_strdup (bridge);
    network->existing = existing;
    network->mark = g_strdup ("roost /r/lab step");
    return network;
}

static TapStep *
add_tap (Plan *plan, const char *owner, const char *sw, const char *name, const char *parent)
{
    g_autofree char *id = g_strconcat ("tap:", owner, NULL);
    TapStep *tap = add_step (plan, STEP_TAP, id)->tap = record_new (&tap_record);

    tap->owner = g_strdup (owner);
    tap->place = g_strdup ("lab.yaml:9");
    tap->switch_name = g_strdup (sw);
    tap->name = g_strdup (name);
    tap->parent = g_strdup (parent);
    tap->mark = g_strdup ("roost /r/lab tap");
    return tap;
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
    ck_assert_str_eq (nth (claims, 0)->owner, "machine web");
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

START_TEST (a_screen_is_a_port)
{
    g_autoptr (Plan) plan = plan_new ();
    MachineStep *machine = add_machine (plan, "web");
    g_autoptr (GPtrArray) claims = NULL;

    machine->screen_address = g_strdup ("localhost:5901");
    add_forward (machine, "tcp", "127.0.0.1", 5901);
    claims = claims_of_plan (plan);
    ck_assert_uint_eq (claims->len, 2);
    ck_assert_int_eq (nth (claims, 1)->kind, CLAIM_PORT);
    ck_assert_str_eq (nth (claims, 1)->name, "tcp:localhost:5901");
    ck_assert_str_eq (nth (claims, 1)->owner, "machine web, display");
    ck_assert_str_eq (nth (claims, 1)->place, "lab.yaml:3");
    ck_assert (claims_clash (nth (claims, 0), nth (claims, 1)));
}
END_TEST

#define MAC "52:54:00:00:00:01"

static const struct {
    const char *sw;
    const char *segment; /* NULL: nobody else gets there */
} segments[] = {
    { "old", "bridge br0" }, { "ovs", "bridge br1" },
    { "new", "bridge br2" }, { "mac", "interface eth1" },
    { "private", NULL },     { "lan", NULL },
    { NULL, NULL },
};

START_TEST (an_address_is_claimed_on_its_segment)
{
    g_autoptr (Plan) plan = plan_new ();
    g_autoptr (GPtrArray) claims = NULL;
    const Claim *mac = NULL;
    NetworkStep *inside = make_network ("private", "br0", FALSE);
    OvsStep *ovs = record_new (&ovs_record);

    add_step (plan, STEP_NETWORK, "network:old")->network = make_network ("old", "br0", TRUE);
    add_step (plan, STEP_NETWORK, "network:new")->network = make_network ("new", "br2", FALSE);
    add_step (plan, STEP_NETWORK, "network:private")->network = inside;
    inside->net = g_strdup ("/r/lab/net.sock");
    add_tap (plan, "web/nic", "mac", "web-nic-abc", "eth1");
    add_step (plan, STEP_OVS, "ovs:lab")->ovs = ovs;
    g_ptr_array_add (ovs->bridges, make_network ("ovs", "br1", TRUE));
    add_nic (add_machine (plan, "web"), "nic", segments[_i].sw, MAC);
    claims = claims_of_plan (plan);
    for (guint i = 0; i < claims->len; i++)
        if (nth (claims, i)->kind == CLAIM_MAC)
            mac = nth (claims, i);
    ck_assert_int_eq (mac != NULL, segments[_i].segment != NULL);
    if (!mac)
        return;
    ck_assert_str_eq (mac->scope, segments[_i].segment);
    ck_assert_str_eq (mac->value, MAC);
    ck_assert_str_eq (mac->owner, "machine web, nic nic");
    ck_assert_str_eq (mac->machine, "web");
    ck_assert_str_eq (mac->place, "lab.yaml:9");
}
END_TEST

START_TEST (addresses_clash)
{
    g_autoptr (Plan) plan = plan_new ();
    MachineStep *web = add_machine (plan, "web");
    g_autoptr (GPtrArray) claims = NULL;
    g_autofree char *one = NULL, *other = NULL;

    add_step (plan, STEP_NETWORK, "network:a")->network = make_network ("a", "br0", TRUE);
    add_step (plan, STEP_NETWORK, "network:b")->network = make_network ("b", "br1", TRUE);
    add_nic (web, "n0", "a", MAC);
    add_nic (web, "n1", "a", MAC);
    add_nic (web, "n2", "b", MAC);
    add_nic (web, "n3", "a", "52:54:00:00:00:02");
    claims = claims_of_plan (plan);
    ck_assert_uint_eq (claims->len, 4); /* and none of a bridge that exists */
    ck_assert (claims_clash (nth (claims, 0), nth (claims, 1)));
    ck_assert (!claims_clash (nth (claims, 0), nth (claims, 2)));
    ck_assert (!claims_clash (nth (claims, 0), nth (claims, 3)));
    one = claim_key (nth (claims, 0));
    other = claim_key (nth (claims, 1));
    ck_assert_str_eq (one, other);
}
END_TEST

START_TEST (names_are_claimed)
{
    g_autoptr (Plan) plan = plan_new ();
    g_autoptr (GPtrArray) claims = NULL;
    OvsStep *ovs = record_new (&ovs_record);
    NetworkStep *bridge = make_network ("lan", "br0", FALSE), *same;
    TunnelRecord *tunnel = record_new (&tunnel_record);
    static const char *const wanted[][3] = {
        { "br0", "switch lan", "network:lan" },
        { "lan-east-abc", "switch lan, tunnel east", "network:lan" },
        { "web-lan-abc", "machine web, nic lan", "tap:web/lan" },
        { "lan-user-abc", "switch lan, uplink", "tap:.uplink/lan" },
        { "br0", "switch dmz", "ovs:lab" },
    };

    tunnel->name = g_strdup ("east");
    tunnel->place = g_strdup ("lab.yaml:2");
    tunnel->device = g_strdup ("lan-east-abc");
    g_ptr_array_add (bridge->tunnels, tunnel);
    add_step (plan, STEP_NETWORK, "network:lan")->network = bridge;
    add_tap (plan, "web/lan", "lan", "web-lan-abc", NULL);
    add_tap (plan, ".uplink/lan", "lan", "lan-user-abc", NULL);
    add_tap (plan, "web/in", "in", "web-in-abc", NULL)->net = g_strdup ("/r/lab/net.sock");
    add_step (plan, STEP_OVS, "ovs:lab")->ovs = ovs;
    g_ptr_array_add (ovs->bridges, same = make_network ("dmz", "br0", FALSE));
    g_ptr_array_add (ovs->bridges, make_network ("old", "br9", TRUE));
    claims = claims_of_plan (plan);
    ck_assert_uint_eq (claims->len, G_N_ELEMENTS (wanted));
    for (guint i = 0; i < claims->len; i++) {
        ck_assert_int_eq (nth (claims, i)->kind, CLAIM_INTERFACE);
        ck_assert_str_eq (nth (claims, i)->value, wanted[i][0]);
        ck_assert_str_eq (nth (claims, i)->owner, wanted[i][1]);
        ck_assert_str_eq (nth (claims, i)->step, wanted[i][2]);
        ck_assert (nth (claims, i)->place && nth (claims, i)->mark && nth (claims, i)->mend);
    }
    ck_assert (claims_clash (nth (claims, 0), nth (claims, 4)));
    ck_assert (!claims_clash (nth (claims, 0), nth (claims, 1)));
    ck_assert_str_eq (nth (claims, 4)->mark, same->mark);
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
    tcase_add_test (tcase, a_screen_is_a_port);
    tcase_add_loop_test (tcase, an_address_is_claimed_on_its_segment, 0, G_N_ELEMENTS (segments));
    tcase_add_test (tcase, addresses_clash);
    tcase_add_test (tcase, names_are_claimed);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
