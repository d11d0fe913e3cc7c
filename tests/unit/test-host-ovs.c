/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said to Open vSwitch, and what is made of its answers. */
#include "host/network/ovs.h"

#include "base/error.h"
#include "unit/tap.h"

#include <string.h>

static OvsStep *step;

static NetworkStep *
add_bridge (const char *name)
{
    NetworkStep *bridge = record_new (&network_record);

    bridge->name = g_strdup ("lan");
    bridge->bridge = g_strdup (name);
    bridge->mac = g_strdup ("72:00:00:00:00:01");
    bridge->datapath = g_strdup ("netdev");
    bridge->stp = g_strdup ("off");
    g_ptr_array_add (step->bridges, bridge);
    return bridge;
}

static void
setup (void)
{
    step = record_new (&ovs_record);
    step->mark = g_strdup ("roost /run/r/lab ovs:lab");
}

static void
teardown (void)
{
    record_free (&ovs_record, step);
}

static void
add_port (NetworkStep *bridge, const char *device, gint64 vlan, const char *trunk)
{
    PortRecord *port = record_new (&port_record);

    port->device = g_strdup (device);
    port->vlan = vlan;
    port->trunk = g_strdup (trunk);
    g_ptr_array_add (bridge->ports, port);
}

/* The words as one line; @argv is freed. */
static char *
join (GStrv argv)
{
    char *line = argv ? g_strjoinv (" ", argv) : NULL;

    g_strfreev (argv);
    return line;
}

static void
has (const char *line, const char *part)
{
    ck_assert_msg (strstr (line, part) != NULL, "no \"%s\" in: %s", part, line);
}

static void
has_not (const char *line, const char *part)
{
    ck_assert_msg (strstr (line, part) == NULL, "\"%s\" in: %s", part, line);
}

#define MARK "external_ids:roost=\"roost /run/r/lab ovs:lab\""

START_TEST (one_transaction)
{
    NetworkStep *bridge = add_bridge ("rov");
    g_autofree char *line = NULL;

    add_port (bridge, "a-lan-abc", 252, NULL);
    add_bridge ("second");
    bridge->uplink = g_strdup ("eth1");
    line = join (ovs_make_argv (step));
    ck_assert (g_str_has_prefix (line,
                                 "ovs-vsctl --timeout=20 -- add-br rov -- set Bridge rov " MARK
                                 " datapath_type=netdev"));
    has (line, "other_config:hwaddr=\"72:00:00:00:00:01\"");
    has (line, "stp_enable=false rstp_enable=false");
    has (line, " -- add-port rov a-lan-abc tag=252 -- set Port a-lan-abc " MARK);
    has (line, " -- add-port rov eth1 -- set Port eth1 " MARK);
    has (line, " -- add-br second ");
    has_not (line, "fail_mode");
}
END_TEST

START_TEST (vlans_of_ports)
{
    NetworkStep *bridge = add_bridge ("rov");
    g_autofree char *line = NULL;

    add_port (bridge, "t0", 0, "10,20-22");
    add_port (bridge, "t1", 7, "4094");
    add_port (bridge, "t2", 0, NULL);
    bridge->vlan = 252;
    bridge->mtu = 9000;
    line = join (ovs_make_argv (step));
    has (line, " -- add-port rov t0 vlan_mode=trunk trunks=10,20,21,22 -- set");
    has (line, " -- add-port rov t1 vlan_mode=native-untagged trunks=4094 tag=7 -- set");
    has (line, " -- add-port rov t2 -- set");
    has (line, " -- set Port rov tag=252 ");
    has (line, " -- set Interface rov mtu_request=9000");
}
END_TEST

START_TEST (bridge_that_exists)
{
    NetworkStep *bridge = add_bridge ("br0");
    g_autofree char *line = NULL;

    bridge->existing = TRUE;
    add_port (bridge, "t0", 0, NULL);
    line = join (ovs_make_argv (step));
    has_not (line, "add-br");
    has_not (line, "set Bridge");
    has (line, " -- add-port br0 t0 -- set Port t0 " MARK);
}
END_TEST

START_TEST (spanning_trees)
{
    NetworkStep *bridge = add_bridge ("rov");
    g_autofree char *line = NULL, *other = NULL;

    g_free (bridge->stp);
    bridge->stp = g_strdup ("stp");
    line = join (ovs_make_argv (step));
    has (line, "stp_enable=true rstp_enable=false");
    g_free (bridge->stp);
    bridge->stp = g_strdup ("rstp");
    other = join (ovs_make_argv (step));
    has (other, " stp_enable=false rstp_enable=true");
}
END_TEST

START_TEST (tunnels)
{
    NetworkStep *bridge = add_bridge ("rov");
    TunnelRecord *vxlan = record_new (&tunnel_record), *gre = record_new (&tunnel_record);
    g_autofree char *line = NULL;

    *vxlan = (TunnelRecord){ .device = g_strdup ("x0"),
                             .type = g_strdup ("vxlan"),
                             .remote = g_strdup ("fd00::1"),
                             .local = g_strdup ("fd00::2"),
                             .key = 42,
                             .port = 4790 };
    *gre = (TunnelRecord){ .device = g_strdup ("g0"),
                           .type = g_strdup ("gre"),
                           .remote = g_strdup ("192.0.2.1"),
                           .key = -1,
                           .port = 4789 };
    g_ptr_array_add (bridge->tunnels, vxlan);
    g_ptr_array_add (bridge->tunnels, gre);
    line = join (ovs_make_argv (step));
    has (line, " -- set Interface x0 type=vxlan options:remote_ip=\"fd00::1\" "
               "options:local_ip=\"fd00::2\" options:key=42 options:dst_port=4790");
    ck_assert (
        g_str_has_suffix (line, " -- set Interface g0 type=gre options:remote_ip=\"192.0.2.1\""));
}
END_TEST

/* a path may have what means something to the database */
START_TEST (marks_are_quoted)
{
    g_autofree char *make = NULL, *find = NULL;

    g_free (step->mark);
    step->mark = g_strdup ("roost /run/a \"b\"\\c ovs:lab");
    add_bridge ("rov");
    make = join (ovs_make_argv (step));
    find = join (ovs_find_argv (step, "Port"));
    has (make, "external_ids:roost=\"roost /run/a \\\"b\\\"\\\\c ovs:lab\"");
    ck_assert (g_str_has_suffix (
        find, "find Port external_ids:roost=\"roost /run/a \\\"b\\\"\\\\c ovs:lab\""));
}
END_TEST

START_TEST (rules)
{
    NetworkStep *bridge = add_bridge ("rov");
    g_autofree char *make = NULL, *host = NULL, *private = NULL;

    bridge->flows = g_strdup ("/lab/my rules.txt");
    make = join (ovs_make_argv (step));
    has (make, " fail_mode=secure");
    host = join (ovs_flows_argv (step, bridge));
    ck_assert_str_eq (host, "ovs-ofctl replace-flows rov /lab/my rules.txt");
    step->net = g_strdup ("/run/r/lab/net.sock");
    private = join (ovs_flows_argv (step, bridge));
    has (private, "replace-flows unix:/run/r/lab/");
    has (private, "/rov.mgmt /lab/my rules.txt");
}
END_TEST

START_TEST (private_labs_have_a_database)
{
    GStrv argv;

    step->net = g_strdup ("/run/r/lab/net.sock");
    add_bridge ("rov");
    argv = ovs_make_argv (step);
    ck_assert (g_str_has_prefix (argv[2], "--db=unix:/run/r/lab/"));
    g_strfreev (argv);
}
END_TEST

START_TEST (errors_of_interfaces)
{
    NetworkStep *bridge = add_bridge ("rov");
    g_autofree char *line = NULL;
    g_autoptr (GError) error = NULL;
    static const char *const none[] = { "", "{}", "[]", "{\"data\":7}", "no JSON", NULL };

    add_port (bridge, "t0", 0, NULL);
    bridge->uplink = g_strdup ("eth1");
    line = join (ovs_errors_argv (step));
    ck_assert (g_str_has_suffix (line, "--columns=name,error list Interface rov t0 eth1"));
    ck_assert (ovs_check_errors (
        "{\"data\":[[\"rov\",[\"set\",[]]],[\"t0\",\"\"]],\"headings\":[\"name\",\"error\"]}",
        &error));
    ck_assert (
        !ovs_check_errors ("{\"data\":[[\"rov\",[\"set\",[]]],[\"t0\",\"could not open network "
                           "device t0 (No such device)\"]]}",
                           &error));
    ck_assert_str_eq (error->message, "Open vSwitch could not use interface t0: could not open "
                                      "network device t0 (No such device)");
    ck_assert (g_error_matches (error, ROOST_ERROR, ROOST_ERROR_HOST));
    for (gsize i = 0; none[i]; i++) {
        g_autoptr (GError) local = NULL;

        ck_assert_msg (!ovs_check_errors (none[i], &local), "%s", none[i]);
        ck_assert_ptr_nonnull (local);
    }
    /* rows that are too short, and cells that are something else */
    ck_assert (ovs_check_errors ("{\"data\":[[],[1,2],{},[\"x\"]]}", NULL));
}
END_TEST

START_TEST (numbers_of_ports)
{
    NetworkStep *bridge = add_bridge ("rov"), *other = add_bridge ("two");
    static const char told[] = "{\"data\":[[\"t0\",1],[\"t1\",1],[\"eth1\",3],[\"rov\",65534],"
                               "[\"gone\",[\"set\",[]]]]}";
    g_autofree char *first = NULL, *second = NULL, *uplink = NULL;

    add_port (bridge, "t0", 0, NULL);
    add_port (other, "t1", 0, NULL);
    bridge->uplink = g_strdup ("eth1");
    /* numbers are those of one bridge */
    first = ovs_find_port (told, 1, bridge);
    second = ovs_find_port (told, 1, other);
    uplink = ovs_find_port (told, 3, bridge);
    ck_assert_str_eq (first, "t0");
    ck_assert_str_eq (second, "t1");
    ck_assert_str_eq (uplink, "eth1");
    ck_assert_ptr_null (ovs_find_port (told, 3, other));
    ck_assert_ptr_null (ovs_find_port (told, 9, bridge));
    ck_assert_ptr_null (ovs_find_port ("nonsense", 1, bridge));
}
END_TEST

START_TEST (removing)
{
    g_autofree char *line = NULL;
    static const char nothing[] = "{\"data\":[]}";

    ck_assert_ptr_null (ovs_remove_argv (step, nothing, nothing));
    ck_assert_ptr_null (ovs_remove_argv (step, "", "nonsense"));
    line =
        join (ovs_remove_argv (step, "{\"data\":[[\"rov\"]]}", "{\"data\":[[\"t0\"],[\"eth1\"]]}"));
    ck_assert (g_str_has_suffix (line, " -- --if-exists del-port t0 -- --if-exists del-port eth1 "
                                       "-- --if-exists del-br rov"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("ovs");
    TCase *tcase = tcase_create ("ovs");

    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, one_transaction);
    tcase_add_test (tcase, vlans_of_ports);
    tcase_add_test (tcase, bridge_that_exists);
    tcase_add_test (tcase, spanning_trees);
    tcase_add_test (tcase, tunnels);
    tcase_add_test (tcase, marks_are_quoted);
    tcase_add_test (tcase, rules);
    tcase_add_test (tcase, private_labs_have_a_database);
    tcase_add_test (tcase, errors_of_interfaces);
    tcase_add_test (tcase, numbers_of_ports);
    tcase_add_test (tcase, removing);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
