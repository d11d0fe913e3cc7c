/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large labs, and the shipped profiles. */
#include "profile/profile.h"
#include "tests/unit/find.h"
#include "tests/unit/tap.h"

#include <string.h>

START_TEST (thousand_machines)
{
    g_autoptr (GString) text = g_string_new ("lab: t\nmachines:\n");
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Lab) lab = NULL;
    gint64 start;

    for (int i = 1; i <= 1000; i++)
        g_string_append_printf (text,
                                "  m%d:\n    after: [m%d]\n    nics: { nat: { switch: user, mac: "
                                "\"52:54:00:00:%02x:%02x\" } }\n"
                                "    forwards: [\"tcp:%d-:80\"]\n    disks: { d: { size: 1G } }\n",
                                i, i < 1000 ? i + 1 : 1000, i >> 8, i & 255, 2000 + i);
    /* the last one waits for itself: take that out */
    g_string_replace (text,
                      "after: [m1000]\n    nics: { nat: { switch: user, mac: "
                      "\"52:54:00:00:03:e8\"",
                      "nics: { nat: { switch: user, mac: \"52:54:00:00:03:e8\"", 0);
    start = g_get_monotonic_time ();
    lab = profile_load_text (text->str, text->len, "/labs/t.yaml", NULL, diags);
    ck_assert_ptr_nonnull (lab);
    ck_assert_uint_eq (lab->machines->len, 1000);
    /* it takes some 20 ms; quadratic work would take far more than this */
    ck_assert_int_lt (g_get_monotonic_time () - start, 20 * G_TIME_SPAN_SECOND);
}
END_TEST

/* A large template under many others is refused, and they are not made. */
START_TEST (templates_without_end)
{
    g_autoptr (GString) text = g_string_new ("lab: t\ntemplates:\n  a: { args: [");
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autofree char *said = NULL;

    for (int i = 0; i < 5000; i++)
        g_string_append (text, "x,");
    g_string_append (text, "] }\n");
    for (int i = 0; i < 500; i++)
        g_string_append_printf (text, "  t%d: { template: a }\n", i);
    g_string_append (text, "  plain: { smp: 1 }\nmachines: { web: }\n");
    ck_assert_ptr_null (profile_load_text (text->str, text->len, "/t.yaml", NULL, diags));
    said = diag_list_format (diags);
    ck_assert_msg (strstr (said, "the templates have more than 2000000 values"), "%s", said);
}
END_TEST

START_TEST (shipped_profiles)
{
    static const char *const names[] = { "quickstart.yaml", "esxi-first-boot.yaml",
                                         "esxi-cluster.yaml", "esxi-install.yaml",
                                         "esxi-5.5-libvirt.yaml" };
    const char *profiles = g_getenv ("ROOST_PROFILES");
    g_autofree char *path = g_build_filename (profiles ? profiles : "profiles", names[_i], NULL);
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Lab) lab = profile_load (path, NULL, diags);
    g_autofree char *said = diag_list_format (diags);

    ck_assert_msg (lab != NULL, "%s", said);
    ck_assert_uint_eq (diag_list_length (diags), 0);
}
END_TEST

/* each template of esxi.yaml makes a machine when disks are added */
START_TEST (shipped_templates)
{
    static const char *const names[] = { "esxi-5.5", "esxi-6.0", "esxi-6.5", "esxi-6.7",
                                         "esxi-7.0", "esxi-8.0", "esxi-9.0" };
    const char *profiles = g_getenv ("ROOST_PROFILES");
    const char *const search_path[] = { profiles ? profiles : "profiles", NULL };
    ProfileOptions options = { .search_path = search_path };
    g_autofree char *text = g_strdup_printf (
        "lab: t\ninclude: esxi.yaml\nmachines: { esxi: { template: %s, disks: { boot: { size: 32G "
        "} } } }\n",
        names[_i]);
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Lab) lab = profile_load_text (text, strlen (text), "/labs/t.yaml", &options, diags);
    g_autofree char *said = diag_list_format (diags);

    ck_assert_msg (lab != NULL, "%s", said);
    ck_assert_uint_eq (diag_list_length (diags), 0);
    ck_assert_str_eq (find_machine (lab, "esxi")->guest, names[_i]);
    ck_assert_int_eq (find_machine (lab, "esxi")->pvpanic, CHOICE_NO);
    ck_assert_int_eq (find_machine (lab, "esxi")->nested, CHOICE_YES);
    ck_assert_uint_ge (find_machine (lab, "esxi")->memory, G_GUINT64_CONSTANT (4) << 30);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("profile-large");
    TCase *tcase = tcase_create ("large");

    suite_add_tcase (suite, tcase);
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, thousand_machines);
    tcase_add_test (tcase, templates_without_end);
    tcase_add_loop_test (tcase, shipped_profiles, 0, 5);
    tcase_add_loop_test (tcase, shipped_templates, 0, 7);
    return run_tap (suite);
}
