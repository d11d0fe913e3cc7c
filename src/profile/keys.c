/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the key table, but for switches and nics, which are in keys-network.c.  A
 * new key is a field in model.h and a row; what depends on other keys is in
 * check*.c. */
#include "profile/keys.h"

#include "profile/model.h"
#include "profile/tree/range.h"

#include <string.h>

#define MIB (1024 * 1024)
#define NOWHERE KEY_NOWHERE

static const char *const controller_words[] = {
    "nec-usb-xhci", "qemu-xhci", "usb-ehci",   "virtio-scsi", "virtio-scsi-pci", "pvscsi", "lsi",
    "lsi53c895a",   "mptsas",    "mptsas1068", NULL,
};
static const char *const format_words[] = { "qcow2", "raw", "vmdk", "vhdx",
                                            "vdi",   "vpc", "qed",  NULL };
static const char *const cache_words[] = { "none",       "writeback", "writethrough",
                                           "directsync", "unsafe",    NULL };
static const char *const aio_words[] = { "native", "threads", "io_uring", NULL };
static const char *const discard_words[] = { "ignore", "unmap", NULL };
static const char *const detect_zeroes_words[] = { "off", "on", "unmap", NULL };
static const char *const video_words[] = { "vga",    "std",    "cirrus", "qxl",
                                           "vmware", "virtio", "none",   NULL };
static const char *const pit_words[] = { "delay", "discard", NULL };

#define AT(field) G_STRUCT_OFFSET (STRUCT, field)

#define STRUCT Disk
static const Key disk_keys[] = {
    { "bus", KEY_ENUM, AT (bus), NOWHERE, .words = disk_bus_names, .initial = "ahci",
      .help = "What the disk is attached to." },
    { "media", KEY_ENUM, AT (media), NOWHERE, .words = disk_media_names, .initial = "disk",
      .help = "A hard disk, or a CD drive, which may be empty." },
    { "controller", KEY_WORD, AT (controller), NOWHERE, .words = controller_words,
      .unsaid = "nec-usb-xhci for usb, virtio-scsi for scsi",
      .help = "The controller of a usb disk (nec-usb-xhci, qemu-xhci, usb-ehci) or of a scsi disk "
              "(virtio-scsi, pvscsi, lsi, mptsas)." },
    { "image", KEY_PATH, AT (image), AT (image_place), .unsaid = "a new, empty disk",
      .help = "The file that is on the disk." },
    { "image_format", KEY_WORD, AT (image_format), NOWHERE, .words = format_words,
      .unsaid = "told by the extension of image",
      .help = "The format of image, where the disk is made from it." },
    { "clone", KEY_ENUM, AT (clone), NOWHERE, .words = disk_clone_names,
      .unsaid = "overlay for a disk with an image that can be written, else none",
      .help =
          "Whether the machine writes to image itself (none), to a layer of its own over it "
          "(overlay), to a copy that shares its blocks (reflink, where the file system can), or "
          "to a full copy (copy)." },
    { "size", KEY_SIZE, AT (size), NOWHERE, .min = 512, .max = G_MAXINT64, .step = 512,
      .example = "16G", .unsaid = "that of image",
      .help =
          "The size of a new disk, or of one that is to be larger than its image. A disk that is "
          "there already grows; none is shrunk." },
    { "format", KEY_WORD, AT (format), NOWHERE, .words = format_words,
      .unsaid = "qcow2 for new disks and overlays, else that of image",
      .help = "The format of the file that the machine writes to." },
    { "nocow", KEY_BOOL, AT (nocow), NOWHERE, .unsaid = "true for a qcow2 that roost makes",
      .help = "Turns copy-on-write of the file system (btrfs) off for a file that roost makes." },
    { "read_only", KEY_BOOL, AT (read_only), NOWHERE, .initial = "false",
      .help = "The machine can only read the disk." },
    { "cache", KEY_WORD, AT (cache), NOWHERE, .words = cache_words,
      .unsaid = "the emulator's own, writeback", .help = "How the host caches the disk." },
    { "aio", KEY_WORD, AT (aio), NOWHERE, .words = aio_words,
      .unsaid = "the emulator's own, threads",
      .help = "How the host reads and writes; native needs cache none or directsync." },
    { "discard", KEY_WORD, AT (discard), NOWHERE, .words = discard_words,
      .unsaid = "the emulator's own, ignore",
      .help = "Whether what the machine discards is given back to the host." },
    { "detect_zeroes", KEY_WORD, AT (detect_zeroes), NOWHERE, .words = detect_zeroes_words,
      .unsaid = "the emulator's own, off",
      .help = "Whether zeroes that the machine writes take no room on the host; unmap also gives "
              "back what was there, and needs discard: unmap." },
    { "iops", KEY_INT, AT (iops), NOWHERE, .min = 1, .max = G_MAXINT32, .example = "1000",
      .unsaid = "no limit", .help = "How many requests a second the disk takes." },
    { "bps", KEY_SIZE, AT (bps), NOWHERE, .min = 512, .max = G_MAXINT32 * 1024LL, .step = 1,
      .example = "50M", .unsaid = "no limit", .help = "How many bytes a second the disk takes." },
    { "serial", KEY_STRING, AT (serial), NOWHERE, .max = 20, .example = "WD-1234",
      .unsaid = "the emulator's own", .help = "The serial number that the machine sees." },
    { "bootindex", KEY_INT, AT (bootindex), AT (bootindex_place), .min = 0, .max = G_MAXINT32,
      .example = "1", .unsaid = "after those that have one",
      .help = "The place in the boot order, across all buses; the lowest comes first." },
    { "hotplug", KEY_BOOL, AT (hotplug), NOWHERE, .initial = "false",
      .help = "On q35 a virtio or nvme disk gets a PCI Express port of its own, so that it can be "
              "removed while the machine runs; elsewhere, and on usb and scsi, it can be anyway." },
    { "hooks", KEY_OBJECT, AT (hooks), NOWHERE, .section = &hooks_section, .unsaid = "none",
      .help = "Programs that run before and after the disk is made, and when its lab is down." },
    { 0 }
};
#undef STRUCT

#define STRUCT Boot
static const Key boot_keys[] = {
    { "once", KEY_STRINGS, AT (once), NOWHERE, .example = "cdrom",
      .unsaid = "every boot is in the order of bootindex",
      .help =
          "What the first boot begins with, until the guest reboots or switches itself off: disks "
          "by name, cdrom, nic. To install and then boot what was installed; `roost status` tells "
          "while it is still to come, and `roost start --once` does it again." },
    { 0 }
};
#undef STRUCT

#define STRUCT Clock
static const Key clock_keys[] = {
    { "base", KEY_DATE, AT (base), NOWHERE, .example = "utc", .unsaid = "the emulator's own, utc",
      .help = "What the machine's clock shows at its start: utc, localtime or a date." },
    { "catchup", KEY_BOOL, AT (catchup), NOWHERE, .initial = "false",
      .help = "Ticks of the real time clock that the machine missed are made up for." },
    { "pit", KEY_WORD, AT (pit), NOWHERE, .words = pit_words, .unsaid = "the emulator's own",
      .help = "What becomes of ticks of the interval timer that the machine missed." },
    { 0 }
};
#undef STRUCT

#define STRUCT Ssh
static const Key ssh_keys[] = {
    { "user", KEY_STRING, AT (user), NOWHERE, .example = "root", .unsaid = "as ssh has it",
      .help = "Who logs in, unless `roost ssh --user` says otherwise." },
    { "key", KEY_PATH, AT (key), NOWHERE, .example = "~/.ssh/lab", .unsaid = "as ssh has it",
      .help = "The private key that ssh offers, and no other." },
    { "address", KEY_STRING, AT (address), NOWHERE, .example = "10.0.0.11",
      .unsaid = "through a forward to port, which is made when there is none",
      .help = "Where the machine is reached: an address or a name, in a private lab in its own "
              "network." },
    { "port", KEY_INT, AT (port), NOWHERE, .min = 1, .max = 65535, .initial = "22", .example = "22",
      .help = "The port of the server in the machine." },
    { 0 }
};
#undef STRUCT

#define STRUCT Ready
static const Key ready_keys[] = {
    { "tcp", KEY_STRINGS, AT (tcp), NOWHERE, .example = "https",
      .help = "Forwards, by name or guest port, at which the machine itself takes connections." },
    { "https", KEY_STRINGS, AT (https), NOWHERE, .example = "https",
      .help = "Forwards, by name or guest port, at which a server answers a TLS handshake; "
              "certificates are not looked at." },
    { "serial", KEY_STRINGS, AT (serial), NOWHERE,
      .example = "login:", .help = "Regular expressions that were seen on the first serial port." },
    { "screen_stable", KEY_DURATION, AT (screen_stable_ms), NOWHERE, .min = 1000, .example = "5s",
      .unsaid = "the screen does not matter",
      .help = "How long the screen has stood still, but for something of the size of a cursor." },
    { "qmp_event", KEY_STRINGS, AT (qmp_event), NOWHERE, .example = "NIC_RX_FILTER_CHANGED",
      .help = "Events that the emulator has told of since the machine ran; `*` is any text." },
    { "timeout", KEY_DURATION, AT (timeout_ms), NOWHERE, .min = 1, .initial = "5m", .example = "5m",
      .help = "Not ready after this long is a failure." },
    { 0 }
};
#undef STRUCT

static gpointer
create_disk (void)
{
    return model_disk_new ();
}

static gpointer
create_ready (void)
{
    return model_ready_new ();
}

static gpointer
create_machine (void)
{
    return model_machine_new ();
}

const Section disk_section = { "disk",
                               disk_keys,
                               sizeof (Disk),
                               create_disk,
                               G_STRUCT_OFFSET (Disk, name),
                               G_STRUCT_OFFSET (Disk, place),
                               KEY_SHORT_NAME };
const Section boot_section = { "boot", boot_keys, sizeof (Boot), NULL, NOWHERE, NOWHERE, 0 };
const Section clock_section = { "clock", clock_keys, sizeof (Clock), NULL, NOWHERE, NOWHERE, 0 };
const Section ssh_section = { "ssh", ssh_keys, sizeof (Ssh), NULL, NOWHERE, NOWHERE, 0 };
const Section ready_section = {
    "ready", ready_keys, sizeof (Ready), create_ready, NOWHERE, G_STRUCT_OFFSET (Ready, place), 0
};

#define STRUCT Machine
static const Key machine_keys[] = {
    { "template", KEY_TEMPLATE, NOWHERE, NOWHERE, .example = "esxi-6.5",
      .help = "The template that is underneath: maps are merged, null removes, the rest "
              "replaces." },
    { "machine", KEY_STRING, AT (machine), AT (machine_place), .initial = "q35", .example = "q35",
      .help = "The board: q35, i440fx, or an exact type of the emulator's, as pc-q35-7.2." },
    { "guest", KEY_STRING, AT (guest), NOWHERE, .max = 64, .example = "esxi-8.0",
      .unsaid = "nothing is known of it",
      .help = "What runs in the machine. With esxi-5.5, esxi-6.0 … esxi-9.0 there is a warning for "
              "what is known not to work there, and `roost doctor` looks for what ESXi needs of "
              "the host; other names are only names." },
    { "emulator", KEY_PROGRAM, AT (emulator), AT (emulator_place), .initial = DEFAULT_EMULATOR,
      .example = DEFAULT_EMULATOR, .help = "The program, by name or by path." },
    { "accel", KEY_STRINGS, AT (accel), AT (accel_place), .example = "[kvm, tcg]",
      .unsaid = "the best that the host has",
      .help = "The accelerators to try, in this order: kvm, tcg or another of the emulator's." },
    { "cpu", KEY_STRING, AT (cpu), AT (cpu_place), .example = "host",
      .unsaid = "host under kvm, else max",
      .help = "The CPU model with its flags, as the emulator writes it." },
    { "smp", KEY_INT, AT (smp), NOWHERE, .min = 1, .max = 255, .initial = "1", .example = "2",
      .help = "How many CPUs." },
    { "memory", KEY_SIZE, AT (memory), NOWHERE, .min = MIB, .max = G_MAXINT64, .step = MIB,
      .initial = "512M", .example = "4G", .help = "How much memory." },
    { "nested", KEY_CHOICE, AT (nested), AT (nested_place), .unsaid = "as the CPU model has it",
      .help = "Whether the machine can run hypervisors itself; true is refused where the host "
              "cannot." },
    { "firmware", KEY_OBJECT, AT (firmware), NOWHERE, .section = &firmware_section,
      .example = "uefi", .unsaid = "the emulator's BIOS",
      .help = "What the machine starts with: bios, uefi, uefi-secure, or { code: FILE, vars: FILE "
              "}." },
    { "cloud_init", KEY_OBJECT, AT (cloud_init), NOWHERE, .section = &cloud_init_section,
      .unsaid = "no seed",
      .help = "What cloud-init in the machine is told, on a volume that roost makes." },
    { "kickstart", KEY_OBJECT, AT (kickstart), NOWHERE, .section = &kickstart_section,
      .example = "ks.cfg", .unsaid = "none",
      .help = "The answers for an installer, as KS.CFG on a volume that roost makes." },
    { "kernel", KEY_PATH, AT (kernel), AT (kernel_place), .unsaid = "boot from a disk",
      .help = "A kernel to start directly." },
    { "initrd", KEY_PATH, AT (initrd), AT (initrd_place), .unsaid = "none",
      .help = "The initial ramdisk for kernel." },
    { "append", KEY_TEXT, AT (append), NOWHERE, .example = "console=ttyS0", .unsaid = "empty",
      .help = "The command line for kernel." },
    { "disks", KEY_ITEMS, AT (disks), NOWHERE, .section = &disk_section,
      .help = "Disks and CD drives by name." },
    { "nics", KEY_ITEMS, AT (nics), NOWHERE, .section = &nic_section,
      .help = "Network cards by name." },
    { "forwards", KEY_FORWARDS, AT (forwards), NOWHERE,
      .example = "[\"tcp:127.0.0.1:0-:443 as https\"]",
      .help = "Ports of the host that lead to ports of the machine through its user switch; host "
              "port 0 is any free one." },
    { "hotplug", KEY_INT, AT (hotplug), NOWHERE, .min = 0, .max = 16, .initial = "4",
      .example = "8",
      .help = "On q35, how many PCI Express ports are kept free for NICs and disks that `up` adds "
              "while the machine runs; i440fx needs none." },
    { "serial", KEY_INT, AT (serials), NOWHERE, .min = 0, .max = 4, .initial = "1", .example = "1",
      .help = "How many serial ports." },
    { "display", KEY_ENUM, AT (display), NOWHERE, .words = display_type_names, .initial = "none",
      .help = "How the screen can be seen: not at all, through VNC or through SPICE." },
    { "display_address", KEY_STRING, AT (display_address), NOWHERE, .example = "127.0.0.1:5901",
      .unsaid = "a Unix socket of the lab's",
      .help = "The address and port of the host on which the screen is shown; nobody is asked for "
              "a password." },
    { "video", KEY_WORD, AT (video), NOWHERE, .words = video_words,
      .unsaid = "std with a display, else none", .help = "The graphics card." },
    { "video_memory", KEY_SIZE, AT (video_memory), NOWHERE, .min = MIB, .max = 256 * MIB,
      .step = MIB, .example = "16M", .unsaid = "the emulator's own",
      .help = "The memory of the graphics card; the emulator rounds it up to a power of two." },
    { "inputs", KEY_STRINGS, AT (inputs), NOWHERE, .example = "[usb-tablet]",
      .help = "Input devices beside the PS/2 keyboard and mouse that every machine has: "
              "usb-tablet, usb-mouse, usb-keyboard." },
    { "channels", KEY_STRINGS, AT (channels), NOWHERE, .example = "[org.qemu.guest_agent.0]",
      .help = "Ports between guest and host by name, each a Unix socket MACHINE.NAME of the lab's; "
              "spicevmc is the one of the SPICE agent." },
    { "suspend", KEY_CHOICE, AT (suspend), NOWHERE, .unsaid = "as the board has it",
      .help = "Whether the machine can suspend to memory and to disk." },
    { "boot", KEY_GROUP, AT (boot), NOWHERE, .section = &boot_section, .help = "What is booted." },
    { "clock", KEY_GROUP, AT (clock), NOWHERE, .section = &clock_section,
      .help = "Clocks and timers." },
    { "ssh", KEY_GROUP, AT (ssh), NOWHERE, .section = &ssh_section,
      .help = "How `roost ssh` and `roost cp` reach the machine." },
    { "hpet", KEY_CHOICE, AT (hpet), NOWHERE, .unsaid = "as the board has it",
      .help = "Whether there is a high precision event timer." },
    { "vmport", KEY_CHOICE, AT (vmport), NOWHERE, .unsaid = "as the board has it",
      .help = "Whether there is VMware's I/O port, by which ESXi 5.5 knows where it runs." },
    { "pvpanic", KEY_CHOICE, AT (pvpanic), NOWHERE,
      .unsaid = "true where the board has room for it",
      .help =
          "Whether there is the device by which guests tell that they panicked (see on_crash)." },
    { "sandbox", KEY_CHOICE, AT (sandbox), NOWHERE, .unsaid = "true where the emulator has it",
      .help = "Whether the kernel refuses the emulator what it does not need: other users' rights, "
              "starting programs, priorities." },
    { "uuid", KEY_UUID, AT (uuid), AT (uuid_place),
      .example = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      .unsaid = "made from the names of lab and machine", .help = "The machine's UUID." },
    { "on_poweroff", KEY_ENUM, AT (on_poweroff), NOWHERE, .words = poweroff_policy_names,
      .initial = "destroy",
      .help = "When the machine turns itself off: it is stopped, kept as it is, or begins again." },
    { "on_reboot", KEY_ENUM, AT (on_reboot), NOWHERE, .words = reboot_policy_names,
      .initial = "restart", .help = "When the machine reboots: it does, or is stopped." },
    { "on_crash", KEY_ENUM, AT (on_crash), NOWHERE, .words = crash_policy_names,
      .initial = "destroy",
      .help = "When the guest panics or the emulator dies: it is stopped, kept as it is, or begins "
              "again; not more than three times a minute." },
    { "ready", KEY_OBJECT, AT (ready), NOWHERE, .section = &ready_section,
      .unsaid = "ready as soon as it runs",
      .help = "How to tell that the machine is ready: all that is said here holds." },
    { "after", KEY_STRINGS, AT (after), NOWHERE, .example = "[storage]",
      .help = "Machines that must be ready before this one starts." },
    { "hooks", KEY_OBJECT, AT (hooks), NOWHERE, .section = &hooks_section, .unsaid = "none",
      .help =
          "Programs that run before and after the machine comes up and goes down with its lab." },
    { "args", KEY_LIST, AT (args), NOWHERE, .example = "[-device, edu]",
      .help = "More arguments for the emulator; they come last." },
    { 0 }
};
#undef STRUCT

const Section machine_section = { "machine",
                                  machine_keys,
                                  sizeof (Machine),
                                  create_machine,
                                  G_STRUCT_OFFSET (Machine, name),
                                  G_STRUCT_OFFSET (Machine, place),
                                  0 };

#define STRUCT Lab
static const Key lab_keys[] = {
    { "lab", KEY_NAME, AT (name), AT (place), .required = TRUE, .example = "web",
      .help = "The name of the lab." },
    { "include", KEY_FILES, NOWHERE, NOWHERE, .example = "[esxi.yaml]",
      .help = "Files that are underneath this one, looked for beside it and among the shipped "
              "profiles." },
    { "vars", KEY_VARS, NOWHERE, NOWHERE,
      .help = "Variables: ${NAME} in any value; --set NAME=VALUE overrides; one without a value "
              "must be set." },
    { "emulators", KEY_PROGRAMS, AT (emulators), NOWHERE,
      .example = "{ patched: /opt/qemu/bin/qemu-system-x86_64 }",
      .help = "Programs that machines can name as their emulator, by name." },
    { "templates", KEY_TEMPLATES, NOWHERE, NOWHERE, .section = &machine_section,
      .help = "What machines have in common, by name." },
    { "isolation", KEY_ENUM, AT (isolation), AT (isolation_place), .words = isolation_names,
      .initial = "none",
      .help = "none: bridges and addresses are the host's, which needs root. private: the lab gets "
              "a network of its own, which needs none; `roost exec` leads into it, and what "
              "the host sees of it are forwards." },
    { "user", KEY_STRING, AT (user), AT (user_place), .max = 96, .example = "qemu",
      .unsaid = "the user that runs roost",
      .help = "As whom machines, switches and uplinks run where roost runs as root: NAME or "
              "NAME:GROUP, or their numbers. The user's own groups come along, and that of "
              "/dev/kvm. Disks that roost makes belong to that user; what else a machine opens "
              "has to be open to that user, which is looked at before anything starts." },
    { "hooks", KEY_OBJECT, AT (hooks), NOWHERE, .section = &hooks_section, .unsaid = "none",
      .help = "Programs that run before and after the lab comes up and goes down." },
    { "switches", KEY_ITEMS, AT (switches), NOWHERE, .section = &switch_section,
      .help = "Switches by name." },
    { "machines", KEY_MACHINES, NOWHERE, NOWHERE, .section = &machine_section, .required = TRUE,
      .example = "{ web: { memory: 1G } }",
      .help = "Machines by name; web[1-3] is three of them, ${n} is the number and ${machine} the "
              "name." },
    { 0 }
};
#undef STRUCT

const Section lab_section = {
    "lab", lab_keys, sizeof (Lab), NULL, NOWHERE, NOWHERE, 0,
};

const Section *const key_sections[] = {
    &lab_section,      &switch_section,     &tunnel_section,    &machine_section, &disk_section,
    &nic_section,      &boot_section,       &clock_section,     &ready_section,   &ssh_section,
    &firmware_section, &cloud_init_section, &kickstart_section, &hooks_section,   NULL,
};

const Key *
section_find_key (const Section *section, const char *name)
{
    for (const Key *key = section->keys; key->name; key++)
        if (strcmp (key->name, name) == 0)
            return key;
    return NULL;
}

const char **
section_key_names (const Section *section)
{
    GPtrArray *names = g_ptr_array_new ();

    for (const Key *key = section->keys; key->name; key++)
        g_ptr_array_add (names, (gpointer)key->name);
    g_ptr_array_add (names, NULL);
    return (const char **)g_ptr_array_free (names, FALSE);
}
