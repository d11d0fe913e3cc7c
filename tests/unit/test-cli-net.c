/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How `roost net` tells what was learned: each address once, with its VLANs. */
#include "cli/net-macs.h"
#include "unit/tap.h"

#define A "72:00:00:00:00:01"
#define B "72:00:00:00:00:02"

static const char *const sw = "{ 'macs': [ { 'mac': '" A "', 'port': 'a/lan', 'vlan': 252 },"
                              "            { 'mac': '" B "', 'port': 'b/lan', 'vlan': 10 },"
                              "            { 'mac': '" B "', 'port': 'b/lan', 'vlan': 252 },"
                              "            { 'mac': '" A "', 'port': 'b/lan' },"
                              "            { 'mac': '" B "', 'port': 'b/lan', 'vlan': 11 },"
                              "            { 'mac': '" B "', 'port': 'c/lan' },"
                              "            { 'mac': '" B "', 'port': 'c/lan', 'vlan': 5 } ] }";

static void
check_text (const char *port, guint access, const char *wanted)
{
    g_auto (GStrv) parts = g_strsplit (sw, "'", -1);
    g_autofree char *text = g_strjoinv ("\"", parts);
    g_autoptr (JsonNode) node = json_from_string (text, NULL);
    g_autofree char *told = net_macs_text (json_node_get_object (node), port, access);

    ck_assert_str_eq (told, wanted);
}

START_TEST (each_address_once)
{
    check_text ("a/lan", 252, A);
    check_text ("a/lan", 0, A "(252)");
    check_text ("b/lan", 0, B "(10-11,252) " A);
    check_text ("c/lan", 0, B "(none,5)");
    check_text ("c/lan", 5, B "(none,5)");
    check_text ("d/lan", 0, "");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("cli-net");
    TCase *tcase = tcase_create ("net");

    tcase_add_test (tcase, each_address_once);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
