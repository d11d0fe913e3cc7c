/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/network/bridge: the bridge of a step, made, undone and not mixed up with those of
 * others.
 */
#include "host/network/bridge.h"

#include "base/error.h"
#include "unit/network.h"

#include <string.h>

static NetworkStep *
step_new (const char *bridge)
{
    NetworkStep *step = record_new (&network_record);

    step->name = g_strdup ("lan");
    step->bridge = g_strdup (bridge);
    step->mark = g_strdup ("roost /r/lab network:lan");
    step->mac = g_strdup (MAC);
    step->stp = g_strdup ("off");
    step->addresses = g_strsplit ("192.0.2.1/24 fd00::1/64", " ", -1);
    return step;
}

static char *
survey (const NetworkStep *step, GStrv *before)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) error = NULL;
    gboolean done = bridge_survey (netlink, step, words, &error);

    g_ptr_array_add (words, NULL);
    *before = (GStrv)g_ptr_array_free (words, FALSE);
    return done ? NULL : g_strdup (error->message);
}

START_TEST (bridge_of_a_step)
{
    NetworkStep *step = step_new ("b0");
    g_auto (GStrv) before = NULL, again = NULL;
    g_autofree char *problem = survey (step, &before), *second = NULL, *third = NULL;
    g_autoptr (Link) link = NULL, gone = NULL;
    gboolean there;

    ck_assert_ptr_null (problem);
    ck_assert (bridge_make (netlink, step, NULL) && bridge_settle (netlink, step, NULL));
    link = find ("b0");
    ck_assert_str_eq (link->alias, step->mark);
    ck_assert (link->up);
    ck_assert (netlink_has_address (netlink, link->index, "fd00::1/64", &there, NULL) && there);
    /* found again by its own step, and by no other */
    second = survey (step, &again);
    ck_assert_ptr_null (second);
    g_free (step->mark);
    step->mark = g_strdup ("roost /r/other network:lan");
    g_clear_pointer (&again, g_strfreev);
    third = survey (step, &again);
    ck_assert_ptr_nonnull (strstr (third, "there is an interface b0 already (of lab /r/lab"));
    ck_assert (bridge_remove (netlink, step, NULL));
    gone = find ("b0");
    ck_assert_ptr_nonnull (gone);
    g_free (step->mark);
    step->mark = g_strdup ("roost /r/lab network:lan");
    ck_assert (bridge_remove (netlink, step, NULL));
    ck_assert_ptr_null (find ("b0"));
    ck_assert (bridge_remove (netlink, step, NULL));
    record_free (&network_record, step);
}
END_TEST

START_TEST (bridge_that_exists)
{
    NetworkStep *step = step_new ("b0");
    g_auto (GStrv) before = NULL;
    g_autofree char *problem = NULL;
    g_autoptr (Link) down = NULL;
    int index = make_bridge ("b0", FALSE);
    gboolean first, second;

    step->existing = TRUE;
    ck_assert (netlink_add_address (netlink, index, "192.0.2.1/24", NULL));
    problem = survey (step, &before);
    ck_assert_ptr_null (problem);
    ck_assert (bridge_make (netlink, step, NULL) && bridge_settle (netlink, step, NULL));
    ck_assert (bridge_restore (netlink, step, (const char *const *)before, NULL) &&
               bridge_remove (netlink, step, NULL));
    down = find ("b0");
    ck_assert_ptr_nonnull (down);
    ck_assert (!down->up);
    ck_assert (netlink_has_address (netlink, index, "192.0.2.1/24", &first, NULL) &&
               netlink_has_address (netlink, index, "fd00::1/64", &second, NULL));
    ck_assert (first && !second);
    record_free (&network_record, step);
}
END_TEST

START_TEST (bridge_that_does_not_filter)
{
    NetworkStep *step = step_new ("b0");
    g_auto (GStrv) before = NULL;
    g_autofree char *problem = NULL;

    make_bridge ("b0", FALSE);
    step->existing = step->filter = TRUE;
    problem = survey (step, &before);
    ck_assert_ptr_nonnull (problem);
    ck_assert_msg (g_str_has_prefix (problem, "bridge b0 does not filter VLANs: "), "%s", problem);
    record_free (&network_record, step);
}
END_TEST

START_TEST (uplinks)
{
    NetworkStep *step = step_new ("b0");
    g_auto (GStrv) before = NULL, other = NULL;
    g_autofree char *problem = NULL, *missing = NULL;
    g_autoptr (Link) plugged = NULL, pulled = NULL;

    step->uplink = g_strdup ("nosuch");
    missing = survey (step, &other);
    ck_assert_ptr_nonnull (strstr (missing, "there is no interface nosuch: "));
    g_free (step->uplink);
    step->uplink = g_strdup ("x0");
    netlink_add_vxlan (netlink, "x0", "72:00:00:00:00:09", 42, "192.0.2.1", NULL, 4789, NULL);
    problem = survey (step, &before);
    ck_assert_ptr_null (problem);
    ck_assert_str_eq (before[0], "uplink x0 down");
    ck_assert (bridge_make (netlink, step, NULL) && bridge_settle (netlink, step, NULL));
    plugged = find ("x0");
    ck_assert (plugged->master != 0 && plugged->up);
    ck_assert (bridge_restore (netlink, step, (const char *const *)before, NULL));
    pulled = find ("x0");
    ck_assert (pulled->master == 0 && !pulled->up);
    ck_assert (bridge_remove (netlink, step, NULL));
    record_free (&network_record, step);
}
END_TEST

/* Frames become longer and shorter below those who send them, and the uplink is as it was. */
START_TEST (bridge_in_use)
{
    NetworkStep *was = step_new ("b0"), *is = step_new ("b0");
    TunnelRecord *tunnel = record_new (&tunnel_record);
    g_auto (GStrv) before = NULL;
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *problem = NULL;
    g_autoptr (GError) error = NULL;
    LinkChange low = { .mtu = 1300 };

    netlink_add_vxlan (netlink, "x0", "72:00:00:00:00:09", 42, "192.0.2.1", NULL, 4789, NULL);
    {
        g_autoptr (Link) uplink = find ("x0");

        ck_assert (netlink_change (netlink, uplink->index, &low, NULL));
    }
    tunnel->device = g_strdup ("t0");
    tunnel->mac = g_strdup ("72:00:00:00:00:0a");
    tunnel->remote = g_strdup ("192.0.2.2");
    tunnel->key = 43;
    tunnel->port = 4790;
    g_ptr_array_add (was->tunnels, tunnel);
    was->uplink = g_strdup ("x0");
    is->uplink = g_strdup ("x0");
    problem = survey (was, &before);
    ck_assert_ptr_null (problem);
    ck_assert (bridge_make (netlink, was, NULL) && bridge_settle (netlink, was, NULL));
    for (gsize i = 0; before[i]; i++)
        g_ptr_array_add (words, g_strdup (before[i]));
    is->mtu = 1450;
    ck_assert (bridge_foresee (netlink, was, is, words, NULL));
    g_ptr_array_add (words, NULL);
    g_ptr_array_add (is->tunnels, tunnel);
    ck_assert (bridge_adjust (netlink, was, is, (const char *const *)words->pdata, NULL));
    ck_assert_uint_eq (mtu_of ("b0"), 1450);
    ck_assert_uint_eq (mtu_of ("t0"), 1450);
    ck_assert_uint_eq (mtu_of ("x0"), 1450);
    /* it is not made to carry less than it did */
    was->mtu = 1290;
    ck_assert (bridge_adjust (netlink, is, was, (const char *const *)words->pdata, NULL));
    ck_assert_uint_eq (mtu_of ("b0"), 1290);
    ck_assert_uint_eq (mtu_of ("x0"), 1300);
    ck_assert (bridge_adjust (netlink, was, is, (const char *const *)words->pdata, NULL));
    is->mtu = 70000;
    ck_assert (!bridge_adjust (netlink, was, is, (const char *const *)words->pdata, &error));
    ck_assert_msg (strstr (error->message, "for frames of 70000 bytes: ") != NULL, "%s",
                   error->message);
    ck_assert (bridge_restore (netlink, was, (const char *const *)words->pdata, NULL));
    ck_assert_uint_eq (mtu_of ("x0"), 1300);
    g_ptr_array_set_free_func (is->tunnels, NULL);
    g_ptr_array_unref (words);
    record_free (&network_record, is);
    record_free (&network_record, was);
}
END_TEST

/* From the first VLAN on; a kernel that cannot says so, and all is as it was. */
START_TEST (vlans_begin_to_count)
{
    NetworkStep *was = step_new ("b0"), *is = step_new ("b0");
    g_auto (GStrv) before = NULL;
    g_autofree char *problem = survey (was, &before);
    g_autoptr (GError) error = NULL;
    g_autoptr (Link) link = NULL, back = NULL;
    gboolean done;

    ck_assert_ptr_null (problem);
    ck_assert (bridge_make (netlink, was, NULL) && bridge_settle (netlink, was, NULL));
    is->filter = TRUE;
    is->vlan = 252;
    done = bridge_adjust (netlink, was, is, (const char *const *)before, &error);
    link = find ("b0");
    ck_assert_int_eq (link->filters, done);
    if (!done)
        ck_assert_msg (g_str_has_prefix (error->message, "the bridges of this kernel mind no "),
                       "%s", error->message);
    if (done)
        ck_assert (bridge_adjust (netlink, is, was, (const char *const *)before, NULL));
    back = find ("b0");
    ck_assert (!back->filters);
    record_free (&network_record, is);
    record_free (&network_record, was);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-bridge");
    TCase *tcase = tcase_create ("bridge");

    if (network_is_lacking ())
        return 0;
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, bridge_of_a_step);
    tcase_add_test (tcase, bridge_that_exists);
    tcase_add_test (tcase, bridge_that_does_not_filter);
    tcase_add_test (tcase, uplinks);
    tcase_add_test (tcase, bridge_in_use);
    tcase_add_test (tcase, vlans_begin_to_count);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
