/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the monitor is told when a NIC or a disk comes and goes. */
#include "machine/plug/plug-command.h"

#include "unit/make-lab.h"
#include "unit/tap.h"

static char *
commands_text (GPtrArray *commands)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < commands->len; i++) {
        const PlugCommand *command = g_ptr_array_index (commands, i);
        g_autofree char *arguments = json_to_text (command->arguments);

        g_string_append_printf (text, "%s%s %s", i ? "\n" : "", command->execute, arguments);
    }
    g_ptr_array_unref (commands);
    return g_string_free (text, FALSE);
}

static void
check_part (const MachineStep *step, const char *part, const char *plugged, const char *rest)
{
    g_autofree char *in = commands_text (plug_commands (step, part));
    g_autofree char *out = commands_text (plug_rest_commands (step, part));

    ck_assert_str_eq (in, plugged);
    ck_assert_str_eq (out, rest);
}

static Plan *
make (void)
{
    g_autoptr (HostFacts) facts = make_facts (FALSE);
    Lab *lab = make_lab ();
    Machine *machine = add_machine (lab, "m");
    Disk *disk;
    Nic *nic;
    Plan *plan;

    add_switch (lab, "br", SWITCH_BRIDGE);
    add_switch (lab, "lan", SWITCH_INTERNAL);
    nic = add_nic (machine, "t", "br", "virtio-net-pci");
    nic->mac = g_strdup ("52:54:00:00:00:01");
    nic->queues = 2;
    nic = add_nic (machine, "i", "lan", "e1000");
    nic->mac = g_strdup ("52:54:00:00:00:02");
    nic->bootindex = 7;
    nic = add_nic (machine, "u", "user", "e1000");
    nic->mac = g_strdup ("52:54:00:00:00:03");
    disk = add_disk (machine, "d", BUS_VIRTIO, "/a,b.raw");
    disk->serial = g_strdup ("0123");
    disk->cache = g_strdup ("none");
    disk->read_only = TRUE;
    disk->iops = 100;
    disk->bootindex = BOOTINDEX_UNSET;
    add_forward (machine, PROTO_TCP, 8080, 80);
    plan = make_plan (lab, facts);
    lab_free (lab);
    return plan;
}

START_TEST (nics)
{
    g_autoptr (Plan) plan = make ();
    const MachineStep *step = plan_find_machine (plan, "m");

    check_part (step, "nic t",
                "netdev_add {\"type\":\"tap\",\"id\":\"net-t\",\"fds\":\"plug-4:plug-5\"}\n"
                "device_add {\"driver\":\"virtio-net-pci\",\"netdev\":\"net-t\",\"id\":\"nic-t\","
                "\"mac\":\"52:54:00:00:00:01\",\"bootindex\":9,\"mq\":true,\"vectors\":6}",
                "netdev_del {\"id\":\"net-t\"}");
    check_part (step, "nic i",
                "netdev_add {\"type\":\"dgram\",\"id\":\"net-i\",\"local\":{\"type\":\"unix\","
                "\"path\":\"/run/roost/lab/lan.m.i.m\"},\"remote\":{\"type\":\"unix\",\"path\":"
                "\"/run/roost/lab/lan.m.i.s\"}}\n"
                "device_add {\"driver\":\"e1000\",\"netdev\":\"net-i\",\"id\":\"nic-i\",\"mac\":"
                "\"52:54:00:00:00:02\",\"bootindex\":7}",
                "netdev_del {\"id\":\"net-i\"}");
    /* ports are opened afterwards */
    check_part (step, "nic u",
                "netdev_add {\"type\":\"user\",\"id\":\"net-u\"}\n"
                "device_add {\"driver\":\"e1000\",\"netdev\":\"net-u\",\"id\":\"nic-u\",\"mac\":"
                "\"52:54:00:00:00:03\",\"bootindex\":10}",
                "netdev_del {\"id\":\"net-u\"}");
}
END_TEST

START_TEST (disks)
{
    g_autoptr (Plan) plan = make ();

    check_part (plan_find_machine (plan, "m"), "disk d",
                "blockdev-add {\"driver\":\"raw\",\"node-name\":\"drive-d\",\"read-only\":true,"
                "\"cache\":{\"direct\":true,\"no-flush\":false},\"file\":{\"driver\":\"file\","
                "\"filename\":\"/a,b.raw\"}}\n"
                "object-add {\"qom-type\":\"throttle-group\",\"id\":\"limits-d\",\"x-iops-total\":"
                "100}\n"
                "blockdev-add {\"driver\":\"throttle\",\"node-name\":\"limited-d\",\"throttle-"
                "group\":\"limits-d\",\"file\":\"drive-d\"}\n"
                "device_add {\"driver\":\"virtio-blk-pci\",\"drive\":\"limited-d\",\"id\":\"disk-"
                "d\",\"serial\":\"0123\",\"write-cache\":true,\"bootindex\":8}",
                "blockdev-del {\"node-name\":\"limited-d\"}\n"
                "object-del {\"id\":\"limits-d\"}\n"
                "blockdev-del {\"node-name\":\"drive-d\"}");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-plug");
    TCase *tcase = tcase_create ("plug");

    tcase_add_test (tcase, nics);
    tcase_add_test (tcase, disks);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
