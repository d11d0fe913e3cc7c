/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/emulator/firmware: descriptors and usual paths, below a private root. */
#include "host/emulator/firmware.h"
#include "unit/folder.h"
#include "unit/tap.h"

static void
write_descriptor (const char *root, const char *path, const char *code)
{
    g_autofree char *text = g_strdup_printf (
        "{\"interface-types\":[\"uefi\"],\"mapping\":{\"device\":\"flash\","
        "\"executable\":{\"filename\":\"%s\",\"format\":\"raw\"},"
        "\"nvram-template\":{\"filename\":\"/vars\",\"format\":\"qcow2\"}},"
        "\"targets\":[{\"architecture\":\"x86_64\",\"machines\":[\"pc-q35-*\",\"pc-i440fx-*\"]}],"
        "\"features\":[\"secure-boot\",7]}",
        code);

    folder_write (root, path, text);
}

static const FirmwareFacts *
nth (const HostFacts *facts, guint i)
{
    ck_assert_uint_lt (i, facts->firmwares->len);
    return g_ptr_array_index (facts->firmwares, i);
}

START_TEST (descriptors_by_name)
{
    g_autofree char *root = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autoptr (HostFacts) facts = host_facts_new ();

    write_descriptor (root, "usr/share/qemu/firmware/60-b.json", "/second");
    write_descriptor (root, "usr/share/qemu/firmware/50-a.json", "/hidden");
    write_descriptor (root, "etc/qemu/firmware/50-a.json", "/first");
    write_descriptor (root, "usr/share/qemu/firmware/70-c.json", "/masked");
    folder_write (root, "etc/qemu/firmware/70-c.json", "");
    firmware_find (facts, root);
    ck_assert_uint_eq (facts->firmwares->len, 2);
    ck_assert_str_eq (nth (facts, 0)->code, "/first");
    ck_assert_str_eq (nth (facts, 1)->code, "/second");
    ck_assert_str_eq (nth (facts, 0)->vars_format, "qcow2");
    ck_assert_str_eq (nth (facts, 0)->targets[1], "x86_64 pc-i440fx-*");
    ck_assert_str_eq (nth (facts, 0)->features[0], "secure-boot");
    ck_assert_ptr_null (nth (facts, 0)->features[1]);
    folder_remove (root);
}
END_TEST

static const char *const wrong[] = {
    "{",
    "[]",
    "{\"mapping\":[]}",
    "{\"interface-types\":[\"bios\"],\"mapping\":{\"device\":\"memory\",\"filename\":\"/x\"}}",
    "{\"interface-types\":\"uefi\",\"mapping\":{\"device\":\"flash\"},\"targets\":7}",
    "{\"interface-types\":[\"uefi\"],\"mapping\":{\"device\":\"flash\",\"executable\":"
    "{\"filename\":1},\"nvram-template\":{\"filename\":\"/"
    "v\",\"format\":\"raw\"}},\"targets\":[7]}",
    "{\"interface-types\":[\"uefi\"],\"mapping\":{\"device\":\"flash\",\"executable\":"
    "{\"filename\":\"/c\"},\"nvram-template\":{\"filename\":\"/v\",\"format\":\"raw\"}}}",
};

START_TEST (wrong_descriptors)
{
    g_autofree char *root = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autoptr (HostFacts) facts = host_facts_new ();

    folder_write (root, "etc/qemu/firmware/x.json", wrong[_i]);
    firmware_find (facts, root);
    ck_assert_uint_eq (facts->firmwares->len, 0);
    folder_remove (root);
}
END_TEST

START_TEST (usual_paths)
{
    g_autofree char *root = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autoptr (HostFacts) facts = host_facts_new ();

    folder_write (root, "usr/share/OVMF/OVMF_CODE.fd", "code");
    folder_write (root, "usr/share/OVMF/OVMF_CODE_4M.fd", "without variables");
    folder_write (root, "usr/share/OVMF/OVMF_VARS.fd", "variables");
    write_descriptor (root, "usr/share/qemu/firmware/60-b.json", "/first");
    firmware_find (facts, root);
    ck_assert_uint_eq (facts->firmwares->len, 2);
    ck_assert_str_eq (nth (facts, 0)->code, "/first");
    ck_assert (g_str_has_suffix (nth (facts, 1)->code, "/usr/share/OVMF/OVMF_CODE.fd"));
    ck_assert_str_eq (nth (facts, 1)->code_format, "raw");
    folder_remove (root);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-firmware");
    TCase *tcase = tcase_create ("firmware");

    tcase_add_test (tcase, descriptors_by_name);
    tcase_add_loop_test (tcase, wrong_descriptors, 0, G_N_ELEMENTS (wrong));
    tcase_add_test (tcase, usual_paths);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
