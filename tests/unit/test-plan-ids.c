/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UUIDs, MAC addresses and serial numbers that follow from names. */
#include "plan/ids.h"

#include "unit/tap.h"

#include <string.h>
#include <uuid/uuid.h>

START_TEST (test_uuid_is_stable)
{
    g_autofree char *uuid = ids_machine_uuid ("lab", "web");
    g_autofree char *again = ids_machine_uuid ("lab", "web");
    g_autofree char *other = ids_machine_uuid ("lab", "web2");
    uuid_t parsed;

    ck_assert_str_eq (uuid, again);
    ck_assert_str_ne (uuid, other);
    ck_assert_int_eq (uuid_parse (uuid, parsed), 0);
    ck_assert_int_eq (uuid_type (parsed), 5);
    /* guests remember it: the day it changes is the day they notice */
    ck_assert_str_eq (uuid, "9a8503cf-9f1c-5004-80ae-d37f1d94f668");
}
END_TEST

START_TEST (test_mac_is_stable)
{
    g_autoptr (MacPool) pool = mac_pool_new ("lab");
    g_autoptr (MacPool) pool2 = mac_pool_new ("lab");
    Mac mac = mac_pool_derive (pool, "web", "lan");
    Mac again = mac_pool_derive (pool2, "web", "lan");
    g_autofree char *text = mac_format (&mac);

    ck_assert_mem_eq (&mac, &again, sizeof mac);
    ck_assert (!mac_is_multicast (&mac));
    ck_assert_int_eq (mac.bytes[0] & 2, 2);
    ck_assert_str_eq (text, "72:c1:82:56:80:b8");
}
END_TEST

START_TEST (test_mac_avoids_given)
{
    g_autoptr (MacPool) free_pool = mac_pool_new ("lab");
    g_autoptr (MacPool) pool = mac_pool_new ("lab");
    Mac taken = mac_pool_derive (free_pool, "web", "lan"), mac, again;

    ck_assert_ptr_null (mac_pool_claim (pool, &taken, "db/lan"));
    ck_assert_str_eq (mac_pool_claim (pool, &taken, "third/lan"), "db/lan");
    mac = mac_pool_derive (pool, "web", "lan");
    ck_assert_mem_ne (&mac, &taken, sizeof mac);
    ck_assert_int_eq (mac.bytes[0], taken.bytes[0]);
    /* asked again it is one that nobody has, not the same one twice */
    again = mac_pool_derive (pool, "web", "lan");
    ck_assert_mem_ne (&mac, &again, sizeof mac);
}
END_TEST

START_TEST (test_macs_are_unique)
{
    g_autoptr (MacPool) pool = mac_pool_new ("lab");
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 5000; i++) {
        g_autofree char *name = g_strdup_printf ("m%d", i);
        Mac mac = mac_pool_derive (pool, name, "lan");

        ck_assert (g_hash_table_add (seen, mac_format (&mac)));
    }
}
END_TEST

START_TEST (test_serial)
{
    g_autofree char *serial = ids_disk_serial ("lab", "web", "data");
    g_autofree char *other = ids_disk_serial ("lab", "web", "data2");

    ck_assert_uint_eq (strlen (serial), 16);
    ck_assert_str_ne (serial, other);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/ids");
    TCase *tcase = tcase_create ("ids");

    tcase_add_test (tcase, test_uuid_is_stable);
    tcase_add_test (tcase, test_mac_is_stable);
    tcase_add_test (tcase, test_mac_avoids_given);
    tcase_add_test (tcase, test_macs_are_unique);
    tcase_add_test (tcase, test_serial);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
