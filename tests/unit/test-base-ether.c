/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/ether: MAC addresses and sets of VLANs. */
#include "base/ether.h"
#include "unit/tap.h"

START_TEST (macs)
{
    static const char *const bad[] = { "",
                                       "52:54:00:12:34",
                                       "52:54:00:12:34:5",
                                       "52:54:00:12:34:56:78",
                                       "52:54-00:12:34:56",
                                       "52.54.00.12.34.56",
                                       "g2:54:00:12:34:56" };
    g_autofree char *text = NULL;
    Mac mac, multicast;

    ck_assert (mac_parse ("52-54-00-AB-cd-eF", &mac));
    text = mac_format (&mac);
    ck_assert_str_eq (text, "52:54:00:ab:cd:ef");
    ck_assert (!mac_is_multicast (&mac));
    ck_assert (mac_parse ("ff:ff:ff:ff:ff:ff", &multicast) && mac_is_multicast (&multicast));
    ck_assert (!mac_parse (NULL, &mac));
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        ck_assert_msg (!mac_parse (bad[i], &mac), "%s", bad[i]);
}
END_TEST

START_TEST (vlans)
{
    static const char *const bad[] = { "0", "4095", "20-10", "10,", "a", "-1", "1--2", "1-2-3" };
    g_autofree char *text = NULL, *all = NULL;
    VlanSet set;

    ck_assert (vlan_set_parse ("", &set) && vlan_set_is_empty (&set));
    ck_assert (vlan_set_parse ("10, 20-29,11,4094", &set));
    text = vlan_set_format (&set);
    ck_assert_str_eq (text, "10-11,20-29,4094");
    ck_assert (vlan_set_has (&set, 4094) && !vlan_set_has (&set, 4095) && !vlan_set_has (&set, 0));
    ck_assert (!vlan_set_is_empty (&set));
    ck_assert (vlan_set_parse ("1-4094", &set));
    all = vlan_set_format (&set);
    ck_assert_str_eq (all, "1-4094");
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
        ck_assert_msg (!vlan_set_parse (bad[i], &set), "%s", bad[i]);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-ether");
    TCase *tcase = tcase_create ("ether");

    tcase_add_test (tcase, macs);
    tcase_add_test (tcase, vlans);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
