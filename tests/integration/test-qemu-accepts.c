/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every form of command line that planning writes, given to the real emulator:
 * it must start, greet on descriptor 3 and see what was meant.  One machine per
 * case, paused, under tcg; nothing is booted.
 */
#include "integration/one-machine.h"

#include "unit/tap.h"

static const char *const types[] = { "q35", "i440fx" };

static const struct {
    DiskBus bus;
    const char *controller;
    gboolean cdroms;
} places[] = {
    { BUS_IDE, NULL, TRUE },          { BUS_AHCI, NULL, TRUE },
    { BUS_USB, NULL, TRUE },          { BUS_USB, "qemu-xhci", TRUE },
    { BUS_USB, "usb-ehci", TRUE },    { BUS_NVME, NULL, FALSE },
    { BUS_VIRTIO, NULL, FALSE },      { BUS_SCSI, NULL, TRUE },
    { BUS_SCSI, "pvscsi", TRUE },     { BUS_SCSI, "lsi53c895a", TRUE },
    { BUS_SCSI, "mptsas1068", TRUE },
};

START_TEST (test_disk_places)
{
    g_autoptr (Case) c = case_new (types[_i % G_N_ELEMENTS (types)]);
    guint place = _i / G_N_ELEMENTS (types);
    g_autofree char *image = g_build_filename (c->dir, "cd.iso", NULL);
    Disk *disk;

    for (int i = 0; i < 2; i++) {
        disk = add_disk (c->machine, i == 0 ? "boot" : "data", places[place].bus, NULL);
        disk->controller = g_strdup (places[place].controller);
        set (&disk->format, "raw");
        set (&disk->serial, i == 0 ? "SER,IAL=1" : NULL);
        set (&disk->cache, i == 0 ? "unsafe" : NULL);
        set (&disk->discard, i == 0 ? "unmap" : NULL);
        disk->bootindex = i == 0 ? 5 : BOOTINDEX_UNSET;
        disk->read_only = i == 1 && places[place].bus != BUS_IDE && places[place].bus != BUS_AHCI;
    }
    if (places[place].cdroms) {
        add_cdrom (c->machine, "cd", places[place].bus, image)->controller =
            g_strdup (places[place].controller);
        add_cdrom (c->machine, "empty", places[place].bus, NULL)->controller =
            g_strdup (places[place].controller);
    }
    accept_with (c, "query-block", "\"node-name\": \"drive-data\"");
}
END_TEST

/* more disks than one controller holds, and as many as the machine's own does */
START_TEST (test_many_disks)
{
    const struct {
        DiskBus bus;
        int n;
        const char *controller, *last;
    } cases[] = {
        { BUS_USB, 20, NULL, "d19" },        { BUS_USB, 14, "qemu-xhci", "d13" },
        { BUS_USB, 7, "usb-ehci", "d6" },    { BUS_AHCI, 14, NULL, "d13" },
        { BUS_IDE, 4, NULL, "d3" },          { BUS_SCSI, 9, "lsi53c895a", "d8" },
        { BUS_SCSI, 9, "mptsas1068", "d8" }, { BUS_SCSI, 66, "pvscsi", "d65" },
    };
    guint which = _i / G_N_ELEMENTS (types);
    g_autoptr (Case) c = case_new (types[_i % G_N_ELEMENTS (types)]);
    g_autofree char *node = g_strdup_printf ("\"drive-%s\"", cases[which].last);

    for (int i = 0; i < cases[which].n; i++) {
        g_autofree char *name = g_strdup_printf ("d%d", i);
        Disk *disk = add_disk (c->machine, name, cases[which].bus, NULL);

        set (&disk->format, "raw");
        disk->controller = g_strdup (cases[which].controller);
        disk->bootindex = i == 0 ? 1 : BOOTINDEX_UNSET;
    }
    accept_with (c, "query-block", node);
}
END_TEST

/* the bus is as full as planning lets it be */
START_TEST (test_full_pci)
{
    g_autoptr (Case) c = case_new (types[_i]);

    for (int i = 0; i < 30; i++) {
        g_autofree char *name = g_strdup_printf ("n%d", i);

        add_nic (c->machine, name, "user", "e1000");
    }
    accept_case (c);
}
END_TEST

static const char *const nics[] = { "e1000",          "e1000e",  "vmxnet3",
                                    "virtio-net-pci", "rtl8139", "pcnet" };

START_TEST (test_nics)
{
    g_autoptr (Case) c = case_new (types[_i % G_N_ELEMENTS (types)]);
    const char *model = nics[_i / G_N_ELEMENTS (types)];
    Switch *nat = add_switch (c->lab, "nat", SWITCH_USER);

    add_switch (c->lab, "lan", SWITCH_INTERNAL);
    set (&nat->subnet, "10.9.0.0/24");
    nat->restrict_ = TRUE;
    add_nic (c->machine, "lan", "lan", model)->bootindex = 1;
    add_nic (c->machine, "out", "nat", model);
    add_nic (c->machine, "user", "user", model);
    add_forward (c->machine, PROTO_TCP, 0, 80);
    set (&add_forward (c->machine, PROTO_UDP, 0, 53)->guest_address, "10.9.0.15");
    accept_case (c);
}
END_TEST

static const char *const videos[] = { "none", "vga", "std", "cirrus", "qxl", "vmware", "virtio" };

START_TEST (test_screens)
{
    g_autoptr (Case) c = case_new (types[_i % G_N_ELEMENTS (types)]);

    set (&c->machine->video, videos[_i / G_N_ELEMENTS (types)]);
    c->machine->display = DISPLAY_VNC;
    accept_with (c, "query-vnc", "\"family\": \"unix\"");
}
END_TEST

START_TEST (test_clock_and_choices)
{
    static const char *const bases[] = { "utc", "localtime", "2024-02-29T12:34:56" };

    for (gsize i = 0; i < G_N_ELEMENTS (bases); i++) {
        g_autoptr (Case) c = case_new (types[_i]);
        Machine *m = c->machine;

        set (&m->clock.base, bases[i]);
        m->clock.catchup = i == 0;
        set (&m->clock.pit, i == 0 ? "delay" : "discard");
        m->hpet = i == 0 ? CHOICE_NO : CHOICE_YES;
        m->vmport = i == 0 ? CHOICE_YES : CHOICE_NO;
        m->nested = i == 0 ? CHOICE_YES : CHOICE_NO;
        m->on_reboot = i == 0 ? REBOOT_DESTROY : REBOOT_RESTART;
        m->memory = (64 << 20) + (i == 0 ? 4096 : 0);
        m->smp = 2;
        m->serials = 4;
        g_strfreev (m->args);
        m->args = g_strsplit ("-device|isa-debug-exit", "|", -1);
        accept_case (c);
    }
}
END_TEST

/* the file of the first disk in a reply to query-block */
static char *
opened_file (const char *reply)
{
    g_autoptr (JsonNode) root = json_from_string (reply, NULL);
    JsonArray *disks = json_object_get_array_member (json_node_get_object (root), "return");
    JsonObject *disk = json_array_get_object_element (disks, 0);

    return g_strdup (
        json_object_get_string_member (json_object_get_object_member (disk, "inserted"), "file"));
}

/* a path is what it says, with every character that means something to QEMU */
START_TEST (test_nasty_paths)
{
    static const char *const names[] = {
        "comma, space",
        "two,,commas",
        ",first",
        "last,",
        "equals=on",
        "x,read-only=on",
        "quote\"and'this",
        "back\\slash",
        "json:{\"driver\": 1}",
        "nbd:localhost",
        "per%cent %s",
        "größe",
        "{brace}",
        "-dash",
        "help",
        "?",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (Case) c = case_new (types[i % G_N_ELEMENTS (types)]);
        g_autofree char *path = g_build_filename (c->dir, names[i], NULL);
        g_autofree char *reply = NULL, *file = NULL;

        add_disk (c->machine, "d", BUS_VIRTIO, path);
        reply = reply_to (c, "query-block");
        file = opened_file (reply);
        ck_assert_str_eq (file, path);
    }
}
END_TEST

/* so is every other value: the directories are the user's to name */
START_TEST (test_nasty_directories)
{
    g_autoptr (Case) c = case_new (types[_i]);

    g_free (c->run_root);
    g_free (c->state_root);
    c->run_root = g_build_filename (c->dir, "r, =\"x", NULL);
    c->state_root = g_build_filename (c->dir, "s,logappend=off, \"'", NULL);
    c->machine->serials = 1;
    c->machine->display = DISPLAY_VNC;
    add_switch (c->lab, "lan", SWITCH_INTERNAL);
    add_nic (c->machine, "lan", "lan", "e1000");
    set (&add_disk (c->machine, "d", BUS_AHCI, NULL)->format, "raw");
    accept_with (c, "query-chardev", "r, =\\\"x/lab/m.serial0");
}
END_TEST

START_TEST (test_identity)
{
    g_autoptr (Case) c = case_new (types[_i]);

    accept_with (c, "query-name", "\"name\": \"lab/m\"");
}
END_TEST

int
main (void)
{
    Suite *suite;
    TCase *tcase;
    g_autofree char *emulator = g_find_program_in_path (EMULATOR);
    const int n_types = G_N_ELEMENTS (types);

    if (!emulator) {
        puts ("1..0 # SKIP " EMULATOR " is not installed");
        return EXIT_SUCCESS;
    }
    suite = suite_create ("qemu-accepts");
    tcase = tcase_create ("accepts");
    tcase_set_timeout (tcase, 5 * ANSWER_SECONDS);
    tcase_add_loop_test (tcase, test_disk_places, 0, n_types * (int)G_N_ELEMENTS (places));
    tcase_add_loop_test (tcase, test_many_disks, 0, n_types * 8);
    tcase_add_loop_test (tcase, test_full_pci, 0, n_types);
    tcase_add_loop_test (tcase, test_nics, 0, n_types * (int)G_N_ELEMENTS (nics));
    tcase_add_loop_test (tcase, test_screens, 0, n_types * (int)G_N_ELEMENTS (videos));
    tcase_add_loop_test (tcase, test_clock_and_choices, 0, n_types);
    tcase_add_test (tcase, test_nasty_paths);
    tcase_add_loop_test (tcase, test_nasty_directories, 0, n_types);
    tcase_add_loop_test (tcase, test_identity, 0, n_types);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
