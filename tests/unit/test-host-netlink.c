/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/network/netlink: links, addresses and VLANs by the kernel's route socket, in a
 * network namespace of each case's own.
 */
#include "base/error.h"
#include "base/file.h"
#include "unit/network.h"

#include <string.h>

START_TEST (what_is_read)
{
    int index = make_bridge ("b0", FALSE);
    LinkChange change = { .up = TRUE, .mtu = 1400, .alias = "roost x network:lan" };
    g_autoptr (Link) link = NULL;
    g_autoptr (GPtrArray) links = NULL;

    ck_assert (netlink_change (netlink, index, &change, NULL));
    link = find ("b0");
    ck_assert_str_eq (link->name, "b0");
    ck_assert_str_eq (link->kind, "bridge");
    ck_assert_str_eq (link->mac, MAC);
    ck_assert_str_eq (link->alias, "roost x network:lan");
    ck_assert_int_eq (link->mtu, 1400);
    ck_assert (link->up && !link->filters);
    ck_assert_int_eq (link->master, 0);
    links = netlink_list (netlink, NULL);
    ck_assert_int_ge (links->len, 2);
    ck_assert_ptr_null (find ("nosuch"));
}
END_TEST

START_TEST (whose_it_is)
{
    Link marked = { .alias = (char *)"roost x", .mac = (char *)MAC };
    Link bare = { .mac = (char *)MAC };

    ck_assert (link_is_ours (&marked, "roost x", NULL));
    /* whoever has marked it otherwise has taken it */
    ck_assert (!link_is_ours (&marked, "roost y", MAC));
    ck_assert (link_is_ours (&bare, "roost x", MAC));
    ck_assert (!link_is_ours (&bare, "roost x", "72:00:00:00:00:08"));
    ck_assert (!link_is_ours (&bare, "roost x", NULL));
}
END_TEST

START_TEST (twice_is_an_error)
{
    g_autoptr (GError) error = NULL;

    make_bridge ("b0", FALSE);
    ck_assert (!netlink_add_bridge (netlink, "b0", MAC, FALSE, FALSE, &error));
    ck_assert (g_error_matches (error, ROOST_ERROR, ROOST_ERROR_HOST));
    ck_assert_msg (strstr (error->message, "making bridge b0: ") == error->message, "%s",
                   error->message);
}
END_TEST

START_TEST (masters)
{
    int bridge = make_bridge ("b0", FALSE), port;
    LinkChange plug = { .master = 0, .up = TRUE }, pull = { .release = TRUE, .down = TRUE };
    g_autoptr (Link) lower = NULL, plugged = NULL, pulled = NULL;

    ck_assert (
        netlink_add_vxlan (netlink, "x0", "72:00:00:00:00:09", 42, "192.0.2.1", NULL, 4789, NULL));
    lower = find ("x0");
    ck_assert_str_eq (lower->kind, "vxlan");
    port = lower->index;
    plug.master = bridge;
    ck_assert (netlink_change (netlink, port, &plug, NULL));
    plugged = find ("x0");
    ck_assert_int_eq (plugged->master, bridge);
    ck_assert (plugged->up);
    ck_assert (netlink_change (netlink, port, &pull, NULL));
    pulled = find ("x0");
    ck_assert (pulled->master == 0 && !pulled->up);
    ck_assert (netlink_delete (netlink, port, NULL));
    ck_assert_ptr_null (find ("x0"));
    ck_assert (!netlink_delete (netlink, port, NULL));
}
END_TEST

START_TEST (addresses)
{
    int index = make_bridge ("b0", FALSE);
    static const char *const own[] = { "192.0.2.1/24", "192.0.2.2/32", "fd00::1/64", "10.0.0.0/31",
                                       NULL };
    gboolean there;

    for (gsize i = 0; own[i]; i++) {
        ck_assert (netlink_has_address (netlink, index, own[i], &there, NULL) && !there);
        ck_assert (netlink_add_address (netlink, index, own[i], NULL));
        ck_assert (netlink_add_address (netlink, index, own[i], NULL));
        ck_assert (netlink_has_address (netlink, index, own[i], &there, NULL) && there);
        ck_assert (netlink_has_address (netlink, 1, own[i], &there, NULL) && !there);
    }
    for (gsize i = 0; own[i]; i++) {
        ck_assert (netlink_remove_address (netlink, index, own[i], NULL));
        ck_assert (netlink_remove_address (netlink, index, own[i], NULL));
        ck_assert (netlink_has_address (netlink, index, own[i], &there, NULL) && !there);
    }
    ck_assert (!netlink_has_address (netlink, index, "nonsense", &there, NULL));
}
END_TEST

/* A kernel without them says so, and a bridge is none that filters. */
START_TEST (vlans)
{
    int bridge = make_bridge ("b0", TRUE), port;
    LinkChange plug = { .master = bridge };
    VlanSet trunk = { 0 };
    g_autoptr (Link) link = find ("b0"), lower = NULL;

    ck_assert (link->filters);
    ck_assert_int_eq (link->default_vlan, 1);
    netlink_add_vxlan (netlink, "x0", "72:00:00:00:00:09", 42, "192.0.2.1", NULL, 4789, NULL);
    lower = find ("x0");
    port = lower->index;
    ck_assert (netlink_change (netlink, port, &plug, NULL));
    ck_assert (vlan_set_parse ("10,20-29,31,4000-4094", &trunk));
    for (guint i = 0; i < 2; i++) {
        ck_assert (netlink_set_vlans (netlink, port, FALSE, 252, NULL, NULL));
        ck_assert (netlink_set_vlans (netlink, port, FALSE, 25, &trunk, NULL));
        ck_assert (netlink_set_vlans (netlink, port, FALSE, 0, &vlan_set_all, NULL));
        ck_assert (netlink_set_vlans (netlink, bridge, TRUE, 252, NULL, NULL));
    }
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-netlink");
    TCase *tcase = tcase_create ("netlink");

    if (network_is_lacking ())
        return 0;
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, what_is_read);
    tcase_add_test (tcase, whose_it_is);
    tcase_add_test (tcase, twice_is_an_error);
    tcase_add_test (tcase, masters);
    tcase_add_test (tcase, addresses);
    if (has_filtering)
        tcase_add_test (tcase, vlans);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
