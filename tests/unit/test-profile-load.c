/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles to models: defaults, templates, variables, paths, includes. */
#include "profile/profile.h"
#include "tests/unit/find.h"
#include "tests/unit/folder.h"
#include "tests/unit/tap.h"

#include <string.h>

#define MIB (G_GUINT64_CONSTANT (1024) * 1024)
#define GIB (1024 * MIB)

static Lab *
load_with (const char *text, const char *const *set)
{
    g_autoptr (DiagList) diags = diag_list_new ();
    ProfileOptions options = { .set = set };
    Lab *lab = profile_load_text (text, strlen (text), "/labs/t.yaml", &options, diags);
    g_autofree char *said = diag_list_format (diags);

    ck_assert_msg (lab != NULL, "%s", said);
    return lab;
}

static Lab *
load (const char *text)
{
    return load_with (text, NULL);
}

static Machine *
first_machine (Lab *lab)
{
    return g_ptr_array_index (lab->machines, 0);
}

/* the first disk of the first machine, whose keys are @keys */
static Disk *
load_disk (const char *keys, Lab **ret_lab)
{
    g_autofree char *text =
        g_strdup_printf ("lab: t\nmachines: { web: { disks: { d: { %s } } } }\n", keys);

    *ret_lab = load (text);
    return g_ptr_array_index (first_machine (*ret_lab)->disks, 0);
}

START_TEST (machine_defaults)
{
    g_autoptr (Lab) lab = load ("lab: t\nmachines:\n  web:\n");
    Machine *web = first_machine (lab);

    ck_assert_str_eq (lab->name, "t");
    ck_assert_str_eq (lab->file, "/labs/t.yaml");
    ck_assert_str_eq (web->name, "web");
    ck_assert_int_eq (web->place.line, 3);
    ck_assert_str_eq (web->machine, "q35");
    ck_assert_str_eq (web->emulator, "qemu-system-x86_64");
    ck_assert_ptr_null (web->accel);
    ck_assert_ptr_null (web->cpu);
    ck_assert_int_eq (web->smp, 1);
    ck_assert_uint_eq (web->memory, 512 * MIB);
    ck_assert_int_eq (web->nested, CHOICE_UNSET);
    ck_assert_int_eq (web->serials, 1);
    ck_assert_int_eq (web->display, DISPLAY_NONE);
    ck_assert_ptr_null (web->video);
    ck_assert_ptr_null (web->clock.base);
    ck_assert (!web->clock.catchup);
    ck_assert_int_eq (web->on_poweroff, POWEROFF_DESTROY);
    ck_assert_int_eq (web->on_reboot, REBOOT_RESTART);
    ck_assert_int_eq (web->on_crash, CRASH_DESTROY);
    ck_assert_ptr_null (web->ready);
    ck_assert_uint_eq (g_strv_length (web->after), 0);
    ck_assert_uint_eq (g_strv_length (web->args), 0);
}
END_TEST

START_TEST (machine_everything)
{
    g_autoptr (Lab) lab = load (
        "lab: t\nswitches: { lan: { ageing: 2m }, out: { type: user, subnet: 10.7.0.0/24, "
        "restrict: yes } }\nmachines:\n  web:\n    machine: pc-q35-7.2\n    emulator: bin/qemu\n"
        "    accel: [kvm, tcg]\n    cpu: host,+vmx\n    smp: 255\n    memory: 1.5G\n"
        "    nested: true\n    kernel: vmlinux\n    initrd: ../initrd\n    append: a=1,b \"c\"\n"
        "    nics:\n      lan: { switch: lan, mac: \"52-54-00-AB-CD-EF\", vlan: 7,\n"
        "             trunk: [10, 20-29], bootindex: 0 }\n      nat: { switch: out }\n"
        "    forwards: [\"tcp:127.0.0.1:0-:443 as https\", \"udp::69-:69\"]\n    serial: 4\n"
        "    display: vnc\n    video: qxl\n"
        "    clock: { base: 2024-02-29T12:00:00, catchup: on, pit: delay }\n    hpet: off\n"
        "    vmport: on\n    uuid: 6F9619FF-8B86-4D01-B42D-00CF4FC964FF\n"
        "    on_poweroff: restart\n    on_reboot: destroy\n    on_crash: preserve\n"
        "    ready: { tcp: 443, serial: 'login:$', timeout: 90 }\n    after: db\n"
        "    args: [-device, \"edu,x=1\\ny\"]\n  db: {}\n");
    Machine *web = first_machine (lab);
    Nic *nic = g_ptr_array_index (web->nics, 0);
    Switch *out = find_switch (lab, "out");
    g_autofree char *trunk = vlan_set_format (&nic->trunk);

    ck_assert_uint_eq (find_switch (lab, "lan")->ageing_ms, 120000);
    ck_assert_int_eq (out->type, SWITCH_USER);
    ck_assert_str_eq (out->subnet, "10.7.0.0/24");
    ck_assert (out->restrict_);
    ck_assert_str_eq (web->emulator, "/labs/bin/qemu");
    ck_assert_int_eq (web->emulator_place.line, 6);
    ck_assert_str_eq (web->accel[1], "tcg");
    ck_assert_uint_eq (web->memory, 1536 * MIB);
    ck_assert_int_eq (web->nested, CHOICE_YES);
    ck_assert_str_eq (web->kernel, "/labs/vmlinux");
    ck_assert_str_eq (web->initrd, "/initrd");
    ck_assert_str_eq (web->append, "a=1,b \"c\"");
    ck_assert_str_eq (nic->mac, "52:54:00:ab:cd:ef");
    ck_assert_int_eq (nic->vlan, 7);
    ck_assert_str_eq (trunk, "10,20-29");
    ck_assert_int_eq (nic->bootindex, 0);
    ck_assert_str_eq (nic->model, "e1000");
    ck_assert_uint_eq (web->forwards->len, 2);
    ck_assert_str_eq (web->clock.base, "2024-02-29T12:00:00");
    ck_assert (web->clock.catchup);
    ck_assert_str_eq (web->clock.pit, "delay");
    ck_assert_int_eq (web->hpet, CHOICE_NO);
    ck_assert_int_eq (web->vmport, CHOICE_YES);
    ck_assert_str_eq (web->uuid, "6f9619ff-8b86-4d01-b42d-00cf4fc964ff");
    ck_assert_int_eq (web->on_crash, CRASH_PRESERVE);
    ck_assert_str_eq (web->ready->tcp[0], "443");
    ck_assert_str_eq (web->ready->serial[0], "login:$");
    ck_assert_uint_eq (web->ready->timeout_ms, 90000);
    ck_assert_str_eq (web->after[0], "db");
    ck_assert_str_eq (web->args[1], "edu,x=1\ny");
}
END_TEST

START_TEST (disk_defaults)
{
    static const struct {
        const char *keys;
        DiskClone clone;
        const char *format, *image_format, *controller;
        gboolean nocow, read_only;
    } rows[] = {
        { "size: 1G", CLONE_NONE, "qcow2", NULL, NULL, TRUE, FALSE },
        { "size: 1G, format: raw", CLONE_NONE, "raw", NULL, NULL, FALSE, FALSE },
        { "size: 1G, nocow: false", CLONE_NONE, "qcow2", NULL, NULL, FALSE, FALSE },
        { "image: a.vmdk", CLONE_OVERLAY, "qcow2", "vmdk", NULL, TRUE, FALSE },
        { "image: a.disk", CLONE_OVERLAY, "qcow2", NULL, NULL, TRUE, FALSE },
        { "image: a.disk, image_format: raw", CLONE_OVERLAY, "qcow2", "raw", NULL, TRUE, FALSE },
        { "image: a.IMG, clone: none", CLONE_NONE, "raw", NULL, NULL, FALSE, FALSE },
        { "image: a.qcow2, read_only: true", CLONE_NONE, "qcow2", NULL, NULL, FALSE, TRUE },
        { "media: cdrom, image: a.iso", CLONE_NONE, "raw", NULL, NULL, FALSE, TRUE },
        { "media: cdrom", CLONE_NONE, "raw", NULL, NULL, FALSE, TRUE },
        { "bus: usb, size: 1G", CLONE_NONE, "qcow2", NULL, "nec-usb-xhci", TRUE, FALSE },
        { "bus: scsi, size: 1G", CLONE_NONE, "qcow2", NULL, "virtio-scsi-pci", TRUE, FALSE },
        { "bus: scsi, controller: lsi, size: 1G", CLONE_NONE, "qcow2", NULL, "lsi53c895a", TRUE,
          FALSE },
        { "bus: scsi, controller: mptsas, size: 1G", CLONE_NONE, "qcow2", NULL, "mptsas1068", TRUE,
          FALSE },
    };
    g_autoptr (Lab) lab = NULL;
    Disk *disk = load_disk (rows[_i].keys, &lab);

    ck_assert_int_eq (disk->clone, rows[_i].clone);
    ck_assert_str_eq (disk->format, rows[_i].format);
    ck_assert_pstr_eq (disk->image_format, rows[_i].image_format);
    ck_assert_pstr_eq (disk->controller, rows[_i].controller);
    ck_assert_int_eq (disk->nocow, rows[_i].nocow);
    ck_assert_int_eq (disk->read_only, rows[_i].read_only);
}
END_TEST

START_TEST (disk_values)
{
    g_autoptr (Lab) lab = NULL;
    Disk *disk = load_disk ("bus: nvme, image: 'a, b.qcow2', size: 1T, cache: none, aio: native, "
                            "discard: unmap, serial: \"x,1\", bootindex: 3",
                            &lab);

    ck_assert_int_eq (disk->bus, BUS_NVME);
    ck_assert_str_eq (disk->image, "/labs/a, b.qcow2");
    ck_assert_uint_eq (disk->size, 1024 * GIB);
    ck_assert_str_eq (disk->cache, "none");
    ck_assert_str_eq (disk->aio, "native");
    ck_assert_str_eq (disk->discard, "unmap");
    ck_assert_str_eq (disk->serial, "x,1");
    ck_assert_int_eq (disk->bootindex, 3);
    ck_assert_int_eq (disk->bootindex_place.line, 2);
}
END_TEST

START_TEST (templates_and_ranges)
{
    g_autoptr (Lab) lab = load (
        "lab: t\nvars: { dir: img }\ntemplates:\n"
        "  a: { memory: 1G, smp: 2, append: x, kernel: k, disks: { boot: { size: 1G, bus: usb },\n"
        "       data: { size: 2G } } }\n"
        "  b: { template: a, memory: 2G, disks: { data: , boot: { bus: nvme } } }\n"
        "machines:\n  n[08-10]:\n    template: b\n    append: null\n"
        "    disks: { x: { image: \"${dir}/${machine}-${n}.qcow2\" } }\n");
    Machine *n8 = find_machine (lab, "n08"), *n10 = find_machine (lab, "n10");
    Disk *boot = g_ptr_array_index (n8->disks, 0), *x = g_ptr_array_index (n10->disks, 1);

    ck_assert_uint_eq (lab->machines->len, 3);
    ck_assert_uint_eq (n8->memory, 2 * GIB);
    ck_assert_int_eq (n8->smp, 2);
    ck_assert_ptr_null (n8->append);
    ck_assert_uint_eq (n8->disks->len, 2);
    ck_assert_str_eq (boot->name, "boot");
    ck_assert_int_eq (boot->bus, BUS_NVME);
    ck_assert_uint_eq (boot->size, GIB);
    ck_assert_str_eq (x->image, "/labs/img/n10-10.qcow2");
}
END_TEST

START_TEST (variables)
{
    static const char *const set[] = { "b=B${a}", "file=rel.iso", NULL };
    g_autofree char *cwd = g_get_current_dir (), *rel = g_build_filename (cwd, "rel.iso", NULL);
    g_autoptr (Lab) lab = NULL;
    Machine *web;
    Disk *cd;

    g_setenv ("ROOST_TEST_VALUE", "env", TRUE);
    lab = load_with ("lab: t\nvars: { a: \"1${c}\", b: x, c: 2, file: }\nmachines:\n  web:\n"
                     "    kernel: k\n"
                     "    append: ${a} ${b} ${env:ROOST_TEST_VALUE} $${a} $a ${machine}\n"
                     "    disks: { cd: { media: cdrom, image: \"${file}\" } }\n",
                     set);
    web = first_machine (lab);
    cd = g_ptr_array_index (web->disks, 0);
    ck_assert_str_eq (web->append, "12 B${a} env ${a} $a web");
    /* what the command line says starts where the command was given */
    ck_assert_str_eq (cd->image, rel);
}
END_TEST

START_TEST (home_directory)
{
    g_autofree char *expected = g_build_filename (g_get_home_dir (), "x", NULL);
    g_autoptr (Lab) lab = load ("lab: t\nmachines: { web: { kernel: ~/x } }\n");

    ck_assert_str_eq (first_machine (lab)->kernel, expected);
}
END_TEST

START_TEST (includes)
{
    g_autofree char *folder = g_dir_make_tmp ("roost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (folder, "lab.yaml", NULL);
    g_autofree char *ship = g_build_filename (folder, "ship", NULL);
    g_autofree char *kernel = g_build_filename (folder, "sub", "k", NULL);
    g_autofree char *initrd = g_build_filename (folder, "i", NULL), *said = NULL;
    const char *const search_path[] = { ship, NULL };
    ProfileOptions options = { .search_path = search_path };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Lab) lab = NULL;
    Machine *web;

    folder_write (folder, "sub/b.yaml", "machines: { old: { smp: 9 } }\nvars: { v: b }\n");
    folder_write (folder, "sub/a.yaml",
                  "include: b.yaml\nvars: { v: a }\ntemplates: { t: { kernel: k, smp: 3 } }\n");
    folder_write (folder, "ship/s.yaml", "templates: { t: { smp: 4 } }\n");
    folder_write (folder, "lab.yaml",
                  "lab: t\ninclude: [sub/a.yaml, s.yaml, sub/b.yaml]\nmachines:\n"
                  "  web: { template: t, initrd: i, append: \"${v}\" }\n  old:\n");
    lab = profile_load (path, &options, diags);
    said = diag_list_format (diags);
    folder_remove (folder);
    ck_assert_msg (lab != NULL, "%s", said);
    ck_assert_uint_eq (lab->machines->len, 1);
    web = first_machine (lab);
    ck_assert_str_eq (web->kernel, kernel);
    ck_assert_str_eq (web->initrd, initrd);
    ck_assert_int_eq (web->smp, 4);
    ck_assert_str_eq (web->append, "b");
    ck_assert_str_eq (lab->file, path);
}
END_TEST

START_TEST (json_works)
{
    g_autoptr (Lab) lab = load ("{\"lab\": \"t\", \"machines\": {\"web\": {\"smp\": 2, \"nested\": "
                                "true, \"append\": null}}}");

    ck_assert_int_eq (first_machine (lab)->smp, 2);
}
END_TEST

/* The same port on different addresses is no conflict, and the same nic may be
 * on the switch that is there without being declared. */
START_TEST (no_conflict)
{
    g_autoptr (Lab) lab =
        load ("lab: t\nmachines:\n  web[1-2]:\n    nics: { nat: { switch: user } }\n"
              "    forwards: [\"tcp:127.0.0.${n}:80-:80\", \"udp:127.0.0.${n}:80-:80\", tcp:0-:81, "
              "tcp:0-:82]\n");

    ck_assert_uint_eq (lab->machines->len, 2);
    ck_assert_uint_eq (lab->switches->len, 0);
}
END_TEST

START_TEST (unreadable)
{
    g_autoptr (DiagList) diags = diag_list_new ();

    ck_assert_ptr_null (profile_load ("/nowhere/lab.yaml", NULL, diags));
    ck_assert_uint_eq (diag_list_n_errors (diags), 1);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("profile-load");
    TCase *tcase = tcase_create ("load");

    suite_add_tcase (suite, tcase);
    tcase_add_test (tcase, machine_defaults);
    tcase_add_test (tcase, machine_everything);
    tcase_add_loop_test (tcase, disk_defaults, 0, 14);
    tcase_add_test (tcase, disk_values);
    tcase_add_test (tcase, templates_and_ranges);
    tcase_add_test (tcase, variables);
    tcase_add_test (tcase, home_directory);
    tcase_add_test (tcase, includes);
    tcase_add_test (tcase, json_works);
    tcase_add_test (tcase, no_conflict);
    tcase_add_test (tcase, unreadable);
    return run_tap (suite);
}
