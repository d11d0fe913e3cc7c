/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where disks are plugged in, and the order in which they are booted. */
#include "plan/bootorder.h"
#include "plan/drives.h"

#include "unit/make-lab.h"
#include "unit/tap.h"

/* every disk's controller and place, as `ahci:0 ahci:1 -` */
static char *
places (const Machine *machine)
{
    GString *text = g_string_new (NULL);
    DriveLayout layout;

    drive_layout_init (&layout, machine);
    for (guint i = 0; i < machine->disks->len; i++) {
        const Drive *drive = &layout.drives[i];

        g_string_append (text, i ? " " : "");
        if (drive->controller)
            g_string_append_printf (text, "%s:%u", drive->controller->id, drive->slot);
        else
            g_string_append_c (text, '-');
    }
    if (layout.homeless)
        g_string_append_printf (text, " (no place for %s)", layout.homeless->name);
    drive_layout_clear (&layout);
    return g_string_free (text, FALSE);
}

/* @disks is a word per disk: bus, `cd:` before it for cdroms, `/controller` */
static void
check_places (const char *type, const char *disks, const char *wanted)
{
    g_autoptr (Lab) lab = make_lab ();
    Machine *machine = add_machine (lab, "m");
    g_auto (GStrv) words = g_strsplit (disks, " ", -1);
    g_autofree char *text = NULL;

    set (&machine->machine, type);
    for (guint i = 0; words[i]; i++) {
        gboolean cdrom = g_str_has_prefix (words[i], "cd:");
        g_auto (GStrv) parts = g_strsplit (words[i] + (cdrom ? 3 : 0), "/", 2);
        g_autofree char *name = g_strdup_printf ("d%u", i);
        Disk *disk = cdrom ? add_cdrom (machine, name, 0, NULL) : add_disk (machine, name, 0, NULL);

        while (strcmp (disk_bus_names[disk->bus], parts[0]) != 0)
            disk->bus++;
        disk->controller = g_strdup (parts[1]);
    }
    text = places (machine);
    ck_assert_str_eq (text, wanted);
}

START_TEST (test_ide)
{
    check_places ("i440fx", "ide", "ide:0");
    /* as -hda and -cdrom put them */
    check_places ("i440fx", "ide cd:ide", "ide:0 ide:2");
    check_places ("q35", "cd:ide ide", "ide:2 ide:0");
    check_places ("i440fx", "ide ide cd:ide cd:ide", "ide:0 ide:1 ide:2 ide:3");
    check_places ("i440fx", "cd:ide ide ide ide", "ide:3 ide:0 ide:1 ide:2");
    check_places ("i440fx", "cd:ide cd:ide cd:ide cd:ide", "ide:2 ide:3 ide:1 ide:0");
    check_places ("i440fx", "ide ide ide ide ide", "ide:0 ide:1 ide:2 ide:3 - (no place for d4)");
    check_places ("pc-q35-7.2", "ide ide ide ide ide ide", "ide:0 ide:1 ide:2 ide:3 ide:4 ide:5");
    check_places ("pc-i440fx-2.1", "ide cd:ide", "ide:0 ide:2");
    check_places ("microvm", "ide", "- (no place for d0)");
}
END_TEST

START_TEST (test_controllers)
{
    check_places ("q35", "ahci ahci cd:ahci", "ahci:0 ahci:1 ahci:2");
    check_places ("q35", "ahci ahci ahci ahci ahci ahci ahci ahci",
                  "ahci:0 ahci:1 ahci:2 ahci:3 ahci:4 ahci:5 ahci1:0 ahci1:1");
    check_places ("q35", "usb ahci usb", "xhci:0 ahci:0 xhci:1");
    check_places ("q35", "usb usb/qemu-xhci usb usb/usb-ehci", "xhci:0 xhci1:0 xhci:1 ehci:0");
    check_places ("q35",
                  "usb/usb-ehci usb/usb-ehci usb/usb-ehci usb/usb-ehci usb/usb-ehci "
                  "usb/usb-ehci",
                  "ehci:0 ehci:1 ehci:2 ehci:3 ehci:4 ehci1:0");
    check_places ("q35", "scsi scsi/pvscsi scsi", "scsi:0 scsi1:0 scsi:1");
    check_places ("q35", "scsi/lsi53c895a scsi/lsi53c895a", "scsi:0 scsi:1");
    /* a model that nobody has a row for */
    check_places ("q35", "scsi/am53c974 usb/new-hci usb/new-hci", "scsi:0 usb:0 usb1:0");
    /* these are their own controllers */
    check_places ("q35", "nvme virtio", "- -");
}
END_TEST

START_TEST (test_usb_ports)
{
    for (guint n = 1; n <= 20; n++) {
        g_autoptr (Lab) lab = make_lab ();
        Machine *machine = add_machine (lab, "m");
        DriveLayout layout;
        const Controller *last;
        guint on_last = n > 14 ? n - 14 : n;

        for (guint i = 0; i < n; i++)
            add_disk (machine, "d", BUS_USB, NULL);
        drive_layout_init (&layout, machine);
        last = g_ptr_array_index (layout.controllers, layout.controllers->len - 1);
        ck_assert_uint_eq (layout.controllers->len, n > 14 ? 2 : 1);
        /* one port stays free, and four need not be asked for */
        ck_assert_uint_eq (controller_usb_ports (last), on_last > 3 ? on_last + 1 : 0);
        drive_layout_clear (&layout);
    }
}
END_TEST

/* boot indices of disks, then of NICs; @given in the same order, -1 = none */
static void
check_order (const char *media, const int *given, const int *wanted)
{
    g_autoptr (Lab) lab = make_lab ();
    Machine *machine = add_machine (lab, "m");
    guint n_disks;
    BootOrder order;

    for (const char *at = media; *at; at++) {
        int index = given[at - media];

        if (*at == 'd')
            add_disk (machine, "d", BUS_AHCI, NULL)->bootindex = index;
        else if (*at == 'c')
            add_cdrom (machine, "c", BUS_AHCI, NULL)->bootindex = index;
        else
            add_nic (machine, "n", "user", "e1000")->bootindex = index;
    }
    n_disks = machine->disks->len;
    boot_order_init (&order, machine);
    for (guint i = 0; media[i]; i++)
        ck_assert_int_eq (i < n_disks ? order.disks[i] : order.nics[i - n_disks], wanted[i]);
    boot_order_clear (&order);
}

START_TEST (test_boot_order)
{
    check_order ("dcn", (int[]){ -1, -1, -1 }, (int[]){ -1, -1, -1 });
    check_order ("dd", (int[]){ 2, 1 }, (int[]){ 2, 1 });
    check_order ("dd", (int[]){ -1, 0 }, (int[]){ 1, 0 });
    /* disks before cdroms before NICs, whatever the order of the file */
    check_order ("cdcdnn", (int[]){ -1, -1, -1, 7, -1, -1 }, (int[]){ 9, 8, 10, 7, 11, 12 });
    check_order ("dcn", (int[]){ -1, -1, 3 }, (int[]){ 4, 5, 3 });
    check_order ("dcn", (int[]){ -1, 1, 0 }, (int[]){ 2, 1, 0 });
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("plan/drives");
    TCase *tcase = tcase_create ("drives");

    tcase_add_test (tcase, test_ide);
    tcase_add_test (tcase, test_controllers);
    tcase_add_test (tcase, test_usb_ports);
    tcase_add_test (tcase, test_boot_order);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
