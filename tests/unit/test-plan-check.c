/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What planning refuses, sentence for sentence. */
/* Requirements: R1, R4. */
#include "unit/make-lab.h"

#include "unit/tap.h"

/* one machine on a host whose emulator has been asked what it offers */
typedef struct {
    Lab *lab;
    Machine *machine;
    HostFacts *facts;
} Case;

static GStrv
words (const char *text)
{
    return g_strsplit (text, " ", -1);
}

static Case *
case_new (void)
{
    Case *c = g_new0 (Case, 1);
    EmulatorFacts *emulator;

    c->lab = make_lab ();
    c->machine = add_machine (c->lab, "m");
    c->facts = make_facts (FALSE);
    emulator = g_ptr_array_index (c->facts->emulators, 0);
    emulator->version = g_strdup ("7.2.22 (Debian 1:7.2+dfsg-7)");
    emulator->machines = words ("microvm none pc pc-i440fx-7.2 pc-q35-7.1 pc-q35-7.2 q35");
    emulator->devices = words ("VGA cirrus-vga e1000 e1000e ich9-ahci ide-cd ide-hd nec-usb-xhci "
                               "nvme rtl8139 scsi-cd scsi-hd usb-bot usb-storage virtio-blk-pci "
                               "virtio-scsi-pci vmxnet3");
    emulator->cpus = words ("EPYC EPYC-Rome host max qemu64");
    emulator->accels = words ("kvm tcg");
    return c;
}

static void
case_free (Case *c)
{
    lab_free (c->lab);
    host_facts_free (c->facts);
    g_free (c);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

static void
complains (Case *c, const char *wanted)
{
    g_autofree char *text = make_complaint (c->lab, c->facts);

    ck_assert_str_eq (text, wanted);
}

static void
is_fine (Case *c)
{
    g_autoptr (Plan) plan = make_plan (c->lab, c->facts);

    ck_assert_ptr_nonnull (plan);
}

START_TEST (test_offered)
{
    g_autoptr (Case) c = case_new ();

    is_fine (c);
    add_disk (c->machine, "a", BUS_AHCI, NULL);
    add_disk (c->machine, "b", BUS_USB, NULL);
    add_cdrom (c->machine, "c", BUS_USB, NULL);
    add_nic (c->machine, "n", "user", "vmxnet3");
    set (&c->machine->video, "cirrus");
    set (&c->machine->cpu, "EPYC,+svm");
    c->machine->accel = words ("kvm tcg");
    is_fine (c);
}
END_TEST

START_TEST (test_machine_type)
{
    g_autoptr (Case) c = case_new ();

    set (&c->machine->machine, "pc-q35-7.9");
    complains (c, "lab.yaml:11:1: machines.m.machine: qemu-system-x86_64 7.2.22 has no machine "
                  "type \"pc-q35-7.9\": did you mean pc-q35-7.1? (it has q35, pc, pc-q35-7.1, "
                  "pc-q35-7.2)\n");
}
END_TEST

START_TEST (test_nic_model)
{
    g_autoptr (Case) c = case_new ();

    add_nic (c->machine, "lan", "user", "e10000");
    complains (c, "lab.yaml:22:1: machines.m.nics.lan.model: qemu-system-x86_64 7.2.22 has no NIC "
                  "model \"e10000\": did you mean e1000? (it has e1000, e1000e, vmxnet3, "
                  "rtl8139)\n");
}
END_TEST

START_TEST (test_controller)
{
    g_autoptr (Case) c = case_new ();

    set (&add_disk (c->machine, "d", BUS_SCSI, NULL)->controller, "pvscsi");
    complains (c, "lab.yaml:16:1: machines.m.disks.d.controller: qemu-system-x86_64 7.2.22 has no "
                  "disk controller \"pvscsi\" (it has ich9-ahci, nec-usb-xhci, "
                  "virtio-scsi-pci)\n");
}
END_TEST

/* what a bus stands on, though nobody named it */
START_TEST (test_devices)
{
    g_autoptr (Case) c = case_new ();
    EmulatorFacts *emulator = g_ptr_array_index (c->facts->emulators, 0);

    add_cdrom (c->machine, "d", BUS_USB, NULL);
    g_strfreev (emulator->devices);
    emulator->devices = words ("nec-usb-xhci scsi-cd");
    complains (c, "lab.yaml:16:1: machines.m.disks.d: qemu-system-x86_64 7.2.22 has no device "
                  "\"usb-bot\"\n");
    g_strfreev (emulator->devices);
    emulator->devices = words ("nec-usb-xhci usb-bot");
    complains (c, "lab.yaml:16:1: machines.m.disks.d: qemu-system-x86_64 7.2.22 has no device "
                  "\"scsi-cd\"\n");
}
END_TEST

START_TEST (test_cpu_model)
{
    g_autoptr (Case) c = case_new ();

    set (&c->machine->cpu, "EPYC-Roma,+svm");
    complains (c, "lab.yaml:14:1: machines.m.cpu: qemu-system-x86_64 7.2.22 has no CPU model "
                  "\"EPYC-Roma\": did you mean EPYC-Rome? (it has host, max, qemu64, EPYC, "
                  "EPYC-Rome)\n");
}
END_TEST

START_TEST (test_accel)
{
    g_autoptr (Case) c = case_new ();

    c->machine->accel = words ("kwm");
    complains (c, "lab.yaml:13:1: machines.m.accel: qemu-system-x86_64 7.2.22 has no accelerator "
                  "\"kwm\": did you mean kvm? (it has kvm, tcg)\n");
}
END_TEST

START_TEST (test_video)
{
    g_autoptr (Case) c = case_new ();

    set (&c->machine->video, "qxl");
    complains (c, "lab.yaml:10:1: machines.m.video: qemu-system-x86_64 7.2.22 has no video device "
                  "\"qxl-vga\" (it has VGA, cirrus-vga)\n");
}
END_TEST

START_TEST (test_emulator)
{
    g_autoptr (Case) c = case_new ();

    set (&c->machine->emulator, "qemu-system-x86-64");
    complains (c, "lab.yaml:12:1: machines.m.emulator: qemu-system-x86-64 is not installed: "
                  "apt-get install qemu-system-x86, or give the path of an emulator\n");
    set (&c->machine->emulator, "/opt/qemu");
    complains (c, "lab.yaml:12:1: machines.m.emulator: /opt/qemu is no program that can be run: "
                  "give the path of an emulator\n");
}
END_TEST

START_TEST (test_nested)
{
    g_autoptr (Case) c = case_new ();
    const PlanOptions force = { RUN_ROOT, STATE_ROOT, TRUE };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Plan) plan = NULL;

    c->machine->nested = CHOICE_YES;
    is_fine (c); /* tcg has it */
    c->machine->accel = words ("kvm");
    c->facts->kvm_nested_remedy = g_strdup ("modprobe kvm-intel nested=1");
    complains (c, "lab.yaml:15:1: machines.m.nested: the host's kvm gives guests no virtualization "
                  "of their own: modprobe kvm-intel nested=1 (--force starts it all the same)\n");
    plan = plan_build (c->lab, c->facts, &force, diags);
    ck_assert_ptr_nonnull (plan);
    ck_assert_uint_eq (diag_list_length (diags), 1);
    ck_assert_int_eq (diag_list_get (diags, 0)->level, DIAG_WARNING);
    c->facts->kvm_nested = TRUE;
    is_fine (c);
}
END_TEST

START_TEST (test_socket_path)
{
    g_autoptr (Case) c = case_new ();
    g_autofree char *root = g_strnfill (120, 'r'), *fits = NULL, *just_not = NULL;
    const gsize tail = strlen ("/lab/m.monitor");
    g_autoptr (DiagList) none = diag_list_new (), one = diag_list_new ();
    g_autoptr (Plan) plan = NULL, refused = NULL;
    PlanOptions options = { NULL, STATE_ROOT, FALSE };

    root[0] = '/';
    fits = g_strndup (root, 107 - tail);
    just_not = g_strndup (root, 108 - tail);
    options.run_root = fits;
    plan = plan_build (c->lab, c->facts, &options, none);
    ck_assert_ptr_nonnull (plan);
    options.run_root = just_not;
    refused = plan_build (c->lab, c->facts, &options, one);
    ck_assert_ptr_null (refused);
    ck_assert_uint_eq (diag_list_length (one), 1);
    ck_assert_ptr_nonnull (strstr (diag_list_get (one, 0)->text, "has 108 bytes, 1 more than"));
    ck_assert_ptr_nonnull (strstr (diag_list_get (one, 0)->text,
                                   "set ROOST_RUN_DIR to a directory whose path has at most 93,"));
}
END_TEST

START_TEST (test_macs)
{
    g_autoptr (Case) c = case_new ();

    set (&add_nic (c->machine, "a", "user", "e1000")->mac, "DE:AD:BE:EF:16:B6");
    set (&add_nic (c->machine, "b", "user", "e1000")->mac, "de-ad-be-ef-16-b6");
    complains (c, "lab.yaml:23:1: machines.m.nics.b.mac: de-ad-be-ef-16-b6 is the address of m/a "
                  "already: leave mac out and each gets one of its own\n");
}
END_TEST

START_TEST (test_given_mac_wins)
{
    g_autoptr (Case) c = case_new ();
    g_autoptr (Plan) before = NULL, after = NULL;
    const NicRecord *derived, *given;
    Nic *nic;

    add_nic (c->machine, "a", "user", "e1000");
    nic = add_nic (c->machine, "b", "user", "e1000");
    before = make_plan (c->lab, c->facts);
    derived = g_ptr_array_index (plan_find_machine (before, "m")->nics, 0);
    set (&nic->mac, derived->mac);
    after = make_plan (c->lab, c->facts);
    given = g_ptr_array_index (plan_find_machine (after, "m")->nics, 1);
    ck_assert_str_eq (given->mac, derived->mac);
    given = g_ptr_array_index (plan_find_machine (after, "m")->nics, 0);
    ck_assert_str_ne (given->mac, derived->mac);
}
END_TEST

START_TEST (test_forwards)
{
    g_autoptr (Case) c = case_new ();
    Forward *forward;

    add_switch (c->lab, "lan", SWITCH_INTERNAL);
    add_nic (c->machine, "a", "lan", "e1000");
    forward = add_forward (c->machine, PROTO_TCP, 80, 80);
    complains (c, "lab.yaml:28:1: machines.m.forwards: forwards need a NIC on a switch of type "
                  "user: add one with switch: user\n");
    add_nic (c->machine, "b", "user", "e1000");
    set (&forward->host_address, "::1");
    complains (c, "lab.yaml:28:1: machines.m.forwards: \"::1\" is not an IPv4 address, and QEMU's "
                  "NAT forwards no others\n");
    set (&forward->host_address, "127.0.0.1");
    set (&forward->guest_address, "10.0.2.15:1-:2,x=y");
    complains (c, "lab.yaml:28:1: machines.m.forwards: \"10.0.2.15:1-:2,x=y\" is not an IPv4 "
                  "address, and QEMU's NAT forwards no others\n");
}
END_TEST

START_TEST (test_disks)
{
    g_autoptr (Case) c = case_new ();
    Disk *disk = add_disk (c->machine, "d", BUS_AHCI, "/x.raw");

    disk->read_only = TRUE;
    complains (c, "lab.yaml:16:1: machines.m.disks.d: the emulator has no read-only IDE or AHCI "
                  "disks: use bus usb, nvme, virtio or scsi\n");
    disk->read_only = FALSE;
    set (&disk->aio, "native");
    complains (c, "lab.yaml:16:1: machines.m.disks.d: aio: native needs cache: none or cache: "
                  "directsync\n");
    set (&disk->cache, "directsync");
    is_fine (c);
    disk->bus = BUS_NVME;
    disk->media = MEDIA_CDROM;
    complains (c, "lab.yaml:16:1: machines.m.disks.d: there are no cdroms on this bus: use ide, "
                  "ahci, usb or scsi\n");
    disk->media = MEDIA_DISK;
    set (&disk->image, "/a\nb.raw");
    complains (c, "lab.yaml:16:1: machines.m.disks.d: file.filename \"/a\\nb.raw\" has a control "
                  "character, which cannot be given to the emulator\n");
}
END_TEST

START_TEST (test_room)
{
    g_autoptr (Case) c = case_new ();

    for (int i = 0; i < 7; i++)
        add_disk (c->machine, "d", BUS_IDE, "/x.raw");
    complains (c, "lab.yaml:22:1: machines.m.disks.d: all 6 IDE ports of the machine are taken: "
                  "use bus ahci\n");
    set (&c->machine->machine, "microvm");
    complains (c, "lab.yaml:16:1: machines.m.disks.d: this machine type has no IDE ports of its "
                  "own: use bus ahci\n");
    g_ptr_array_set_size (c->machine->disks, 0);
    for (int i = 0; i < 31; i++)
        add_disk (c->machine, "d", BUS_NVME, "/x.raw");
    complains (c, "lab.yaml:10:1: machines.m.disks: disks, NICs and video take 31 slots of the PCI "
                  "bus, which has 30 free: put disks on bus ahci, usb or scsi\n");
}
END_TEST

START_TEST (test_long_argument)
{
    g_autoptr (Case) c = case_new ();

    set (&c->machine->kernel, "/k");
    c->machine->append = g_strnfill (128 * 1024 - 1, 'x');
    is_fine (c);
    g_free (c->machine->append);
    c->machine->append = g_strnfill (128 * 1024, 'x');
    complains (c, "lab.yaml:10:1: machines.m.args: the argument "
                  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… has 131072 bytes, the system allows 131071\n");
}
END_TEST

START_TEST (test_backing_format)
{
    g_autoptr (Case) c = case_new ();
    Disk *disk = add_disk (c->machine, "d", BUS_AHCI, "/base.disk");

    disk->clone = CLONE_OVERLAY;
    set (&disk->format, "qcow2");
    complains (c, "lab.yaml:16:1: machines.m.disks.d.image: the format of /base.disk cannot be "
                  "told from its name: say image_format\n");
    set (&disk->image_format, "raw");
    is_fine (c);
}
END_TEST

/* a template's mistake has one place, and is told once */
START_TEST (test_once)
{
    g_autoptr (Case) c = case_new ();

    for (int i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf ("m%d", i);
        Machine *machine = add_machine (c->lab, name);

        machine->machine_place = place_at (3);
        set (&machine->machine, "q36");
    }
    complains (c, "lab.yaml:3:1: machines.m0.machine: qemu-system-x86_64 7.2.22 has no machine "
                  "type \"q36\": did you mean q35? (it has q35, pc)\n");
}
END_TEST

START_TEST (test_switch_ports)
{
    g_autoptr (Case) c = case_new ();

    add_switch (c->lab, "lan", SWITCH_INTERNAL);
    for (int i = 0; i < 1025; i++) {
        g_autofree char *name = g_strdup_printf ("m%d", i);

        add_nic (i == 0 ? c->machine : add_machine (c->lab, name), "n", "lan", "e1000");
    }
    complains (c, "lab.yaml:2:1: switches.lan: more than 1024 NICs are plugged into it: use "
                  "several switches\n");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/check");
    TCase *tcase = tcase_create ("check");

    tcase_add_test (tcase, test_offered);
    tcase_add_test (tcase, test_machine_type);
    tcase_add_test (tcase, test_nic_model);
    tcase_add_test (tcase, test_controller);
    tcase_add_test (tcase, test_devices);
    tcase_add_test (tcase, test_cpu_model);
    tcase_add_test (tcase, test_accel);
    tcase_add_test (tcase, test_video);
    tcase_add_test (tcase, test_emulator);
    tcase_add_test (tcase, test_nested);
    tcase_add_test (tcase, test_socket_path);
    tcase_add_test (tcase, test_macs);
    tcase_add_test (tcase, test_given_mac_wins);
    tcase_add_test (tcase, test_forwards);
    tcase_add_test (tcase, test_disks);
    tcase_add_test (tcase, test_room);
    tcase_add_test (tcase, test_long_argument);
    tcase_add_test (tcase, test_backing_format);
    tcase_add_test (tcase, test_once);
    tcase_add_test (tcase, test_switch_ports);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
