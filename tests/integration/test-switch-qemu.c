/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two real QEMUs on one switch.  There is no guest: the network card's own boot
 * ROM asks for an address by DHCP, and that is traffic enough.
 */
#include "integration/switch-rig.h"

#include "unit/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define EMULATOR "qemu-system-x86_64"
#define MAC_1 "52:54:00:12:34:01"
#define MAC_2 "52:54:00:12:34:02"

static SwitchRig rig;
static pid_t machines[2];

static pid_t
start_machine (const char *port, const char *mac)
{
    g_autofree char *local = rig_path (&rig, port, "m");
    g_autofree char *remote = rig_path (&rig, port, "s");
    g_autofree char *netdev = g_strdup_printf ("dgram,id=n,local.type=unix,local.path=%s,"
                                               "remote.type=unix,remote.path=%s",
                                               local, remote);
    g_autofree char *device = g_strdup_printf ("e1000,netdev=n,bootindex=1,mac=%s", mac);
    const char *argv[] = { EMULATOR,  "-M",   "pc",       "-m",   "64",
                           "-accel",  "tcg",  "-display", "none", "-nodefaults",
                           "-netdev", netdev, "-device",  device, NULL };
    pid_t pid = fork ();

    if (pid == 0) {
        int null = open ("/dev/null", O_RDWR);

        dup2 (null, STDIN_FILENO);
        dup2 (null, STDOUT_FILENO); /* TAP goes there */
        execvp (argv[0], (char **)argv);
        _exit (127);
    }
    return pid;
}

static void
end_machine (int i)
{
    if (machines[i] == 0)
        return;
    kill (machines[i], SIGKILL);
    waitpid (machines[i], NULL, 0);
    machines[i] = 0;
}

static void
setup (void)
{
    rig_init (&rig, "300");
    rig_add_port (&rig, "one/lan", "--vlan 252");
    rig_add_port (&rig, "two/lan", "--vlan 252");
    ck_assert (rig_start (&rig));
    machines[0] = start_machine ("one/lan", MAC_1);
    machines[1] = start_machine ("two/lan", MAC_2);
}

static void
teardown (void)
{
    end_machine (0);
    end_machine (1);
    rig_clear (&rig);
}

/* The port behind which the switch believes @mac to be. */
static char *
find_mac (const char *mac)
{
    g_autoptr (JsonNode) node = rig_status (&rig);
    JsonArray *macs = json_object_get_array_member (json_node_get_object (node), "macs");

    for (guint i = 0; i < json_array_get_length (macs); i++) {
        JsonObject *entry = json_array_get_object_element (macs, i);

        if (g_str_equal (json_object_get_string_member (entry, "mac"), mac) &&
            json_object_get_int_member (entry, "vlan") == 252)
            return g_strdup (json_object_get_string_member (entry, "port"));
    }
    return NULL;
}

START_TEST (test_two_machines)
{
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    rig_wait_counter (&rig, "one/lan", "rx_frames", 1);
    rig_wait_counter (&rig, "two/lan", "rx_frames", 1);
    /* what one says the other is given: both ROMs keep on asking */
    rig_wait_counter (&rig, "one/lan", "tx_frames", 1);
    rig_wait_counter (&rig, "two/lan", "tx_frames", 1);
    first = find_mac (MAC_1);
    second = find_mac (MAC_2);
    ck_assert_str_eq (first, "one/lan");
    ck_assert_str_eq (second, "two/lan");
    ck_assert_int_eq (rig_counter (&rig, "one/lan", "rx_errors"), 0);
}
END_TEST

/* A switch killed and started again, then a machine: nobody else does anything. */
START_TEST (test_restarts)
{
    rig_wait_counter (&rig, "one/lan", "rx_frames", 1);
    rig_end (&rig, SIGKILL);
    ck_assert (rig_start (&rig));
    rig_wait_counter (&rig, "one/lan", "rx_frames", 1);
    rig_wait_counter (&rig, "one/lan", "tx_frames", 1);

    end_machine (0);
    machines[0] = start_machine ("one/lan", MAC_1);
    rig_wait_counter (&rig, "one/lan", "rx_frames", rig_counter (&rig, "one/lan", "rx_frames") + 1);
    rig_wait_counter (&rig, "one/lan", "tx_frames", rig_counter (&rig, "one/lan", "tx_frames") + 1);
}
END_TEST

static gboolean
have_rom (void)
{
    static const char *const paths[] = {
        "/usr/lib/ipxe/qemu/pxe-e1000.rom",   "/usr/lib/ipxe/qemu/efi-e1000.rom",
        "/usr/share/qemu/pxe-e1000.rom",      "/usr/share/qemu/efi-e1000.rom",
        "/usr/share/ipxe/qemu/pxe-e1000.rom", "/usr/share/ipxe/qemu/efi-e1000.rom",
        "/usr/share/ipxe.efi/8086100e.rom",   "/usr/share/ipxe/8086100e.rom"
    };

    for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
        if (g_file_test (paths[i], G_FILE_TEST_EXISTS))
            return TRUE;
    return FALSE;
}

int
main (void)
{
    g_autofree char *emulator = g_find_program_in_path (EMULATOR);
    Suite *suite;
    TCase *machines_case;

    if (!emulator || !have_rom ()) {
        printf ("1..0 # SKIP %s\n", emulator ? "no boot ROM for e1000" : "no " EMULATOR);
        return EXIT_SUCCESS;
    }
    suite = suite_create ("switch-qemu");
    machines_case = tcase_create ("machines");
    tcase_add_checked_fixture (machines_case, setup, teardown);
    tcase_set_timeout (machines_case, 120);
    tcase_add_test (machines_case, test_two_machines);
    tcase_add_test (machines_case, test_restarts);
    suite_add_tcase (suite, machines_case);
    return run_tap (suite);
}
