/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/facts: what a host is, below a private root. */
#include "host/facts.h"
#include "unit/folder.h"
#include "unit/tap.h"

#include <string.h>

START_TEST (facts_of_an_empty_host)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autoptr (HostFacts) facts = facts_probe (dir);

    ck_assert (!facts->kvm);
    ck_assert (g_str_has_prefix (facts->kvm_problem, "there is no /dev/kvm"));
    ck_assert (!facts->kvm_nested && !facts->cpu_amd);
    ck_assert_ptr_nonnull (strstr (facts->kvm_nested_remedy, "kvm_intel"));
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

static const struct {
    const char *module;
    const char *nested;
    const char *vendor;
    gboolean kvm, is_nested, amd;
} hosts[] = {
    { "kvm_intel", "Y\n", "GenuineIntel", TRUE, TRUE, FALSE },
    { "kvm_intel", "N\n", "GenuineIntel", TRUE, FALSE, FALSE },
    { "kvm_amd", "1\n", "AuthenticAMD", TRUE, TRUE, TRUE },
    { "kvm_amd", "0\n", "HygonGenuine", TRUE, FALSE, TRUE },
    { "kvm_pvm", "Y\n", "GenuineIntel", FALSE, FALSE, FALSE },
};

START_TEST (facts_of_hosts)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL), *cpuinfo = NULL, *nested = NULL;
    g_autoptr (HostFacts) facts = NULL;

    cpuinfo = g_strdup_printf ("processor\t: 0\nvendor_id\t: %s\n", hosts[_i].vendor);
    nested = g_build_filename ("sys/module", hosts[_i].module, "parameters/nested", NULL);
    folder_write (dir, "dev/kvm", "");
    folder_write (dir, "proc/cpuinfo", cpuinfo);
    folder_write (dir, nested, hosts[_i].nested);
    facts = facts_probe (dir);
    ck_assert_int_eq (facts->kvm, hosts[_i].kvm);
    ck_assert_int_eq (facts->kvm_problem == NULL, hosts[_i].kvm);
    ck_assert_int_eq (facts->kvm_nested, hosts[_i].is_nested);
    ck_assert_int_eq (facts->kvm_nested_remedy == NULL, hosts[_i].is_nested);
    ck_assert_int_eq (facts->cpu_amd, hosts[_i].amd);
    folder_remove (dir);
}
END_TEST

START_TEST (emulators_are_found_once)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL),
                    *path = g_build_filename (dir, "qemu", NULL);
    g_autoptr (HostFacts) facts = facts_probe (dir);
    EmulatorFacts *shell = facts_add_emulator (facts, "sh");

    ck_assert (g_path_is_absolute (shell->path));
    ck_assert_ptr_eq (facts_add_emulator (facts, "sh"), shell);
    ck_assert_ptr_null (facts_add_emulator (facts, "qemu-system-nosuch")->path);
    folder_write (dir, "qemu", "#!/bin/sh\n");
    ck_assert_ptr_null (facts_add_emulator (facts, path)->path); /* cannot be executed */
    ck_assert_uint_eq (facts->emulators->len, 3);
    ck_assert_uint_gt (facts_free_memory (), 1024 * 1024);
    folder_remove (dir);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-facts");
    TCase *tcase = tcase_create ("facts");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, facts_of_an_empty_host);
    tcase_add_loop_test (tcase, facts_of_hosts, 0, G_N_ELEMENTS (hosts));
    tcase_add_test (tcase, emulators_are_found_once);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
