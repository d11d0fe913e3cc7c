/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is known not to work with the system that runs in a machine (`guest`):
 * warnings, each with its reason and what to use instead.  Nothing is refused, as
 * people have reasons to try, and versions change. */
#include "profile/check/check.h"

#include <string.h>

#define ESXI "esxi"
#define ESXI_SYSTEM_SIZE (G_GUINT64_CONSTANT (32) << 30)

/* The version of ESXi in `esxi-7.0`, `esxi-7.0u3`: 70; 0 when it is not said, or
 * when the guest is another. */
static int
esxi_version (const Machine *machine)
{
    const char *text = guest_is_esxi (machine) ? machine->guest + strlen (ESXI) : "";
    char *end;
    guint64 major;

    if (*text != '-')
        return 0;
    major = g_ascii_strtoull (text + 1, &end, 10);
    if (major > 99)
        return 0;
    return (int)major * 10 + (end[0] == '.' && g_ascii_isdigit (end[1]) ? end[1] - '0' : 0);
}

/* Seen by people who built such labs, with whatever guest. */
static void
check_user_nic (Check *check, const CheckAt *at, const Nic *nic, gboolean has_e1000)
{
    const char *instead = has_e1000 ? "use e1000, or another switch" : "use another switch";

    if (g_strcmp0 (nic->model, "e1000e") == 0)
        check_warn (check, at, "model",
                    "forwarded ports do not work with e1000e on a user switch; %s", instead);
    else if (g_strcmp0 (nic->model, "vmxnet3") == 0)
        check_warn (check, at, "model",
                    "half of the packets are lost with vmxnet3 on a user switch; %s", instead);
}

static void
check_esxi_nic (Check *check, const CheckAt *at, const Nic *nic, int version)
{
    if (g_str_has_prefix (nic->model, "virtio"))
        check_warn (check, at, "model", "ESXi has no driver for %s; use %s", nic->model,
                    version >= 70 || version == 55 ? "vmxnet3" : "e1000");
    else if (strcmp (nic->model, "e1000") == 0 && version >= 70)
        check_warn (check, at, "model",
                    "ESXi has had no driver for e1000 since 7.0; use vmxnet3 or e1000e, on another "
                    "switch than a user one");
    else if (strcmp (nic->model, "e1000") == 0 && version == 55)
        check_warn (check, at, "model",
                    "ESXi 5.5 has trouble with e1000; use vmxnet3, on another switch than a user "
                    "one");
}

void
check_guest_nic (Check *check, const Machine *machine, const Nic *nic, const Switch *sw)
{
    CheckAt at = check_at_nic (machine, nic);
    int version = esxi_version (machine);

    if (!sw || sw->type == SWITCH_USER)
        check_user_nic (check, &at, nic, version != 55 && version < 70);
    if (guest_is_esxi (machine) && nic->model)
        check_esxi_nic (check, &at, nic, version);
    if (sw && sw->type == SWITCH_MACVTAP && sw->mode != MACVTAP_PASSTHRU &&
        (guest_is_esxi (machine) || machine->nested == CHOICE_YES))
        check_warn (check, &at, "switch",
                    "macvtap delivers what is sent to the machine's own address, and nothing to "
                    "machines inside of it; use bridge or ovs, or mode: passthru on %s",
                    sw->name);
}

/* The disk that is booted from: that with the lowest bootindex, else the first. */
static const Disk *
system_disk (const Machine *machine)
{
    const Disk *found = NULL;

    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);

        if (disk->media != MEDIA_DISK || disk->seed != SEED_NONE)
            continue;
        if (!found || (disk->bootindex != BOOTINDEX_UNSET &&
                       (found->bootindex == BOOTINDEX_UNSET || disk->bootindex < found->bootindex)))
            found = disk;
    }
    return found;
}

static void
check_system_disk (Check *check, const Machine *machine, int version)
{
    const Disk *disk = system_disk (machine);
    CheckAt at;

    if (!disk || version < 70 || disk->size == 0 || disk->size >= ESXI_SYSTEM_SIZE)
        return;
    at = check_at_disk (machine, disk);
    if (version >= 80)
        check_warn (check, &at, "size",
                    "the installer of ESXi 8.0 and later refuses a system disk below 32G (\"disk "
                    "device does not support OSDATA\"); use size: 32G or more");
    else
        check_warn (check, &at, "size",
                    "ESXi 7.0 wants a system disk of 32G or more, and keeps neither logs nor dumps "
                    "on a smaller one; use size: 32G or more");
}

/* The `ide` of q35 is AHCI: the board has no other. */
static gboolean
is_ahci (const Machine *machine, const Disk *disk)
{
    return disk->bus == BUS_AHCI || (disk->bus == BUS_IDE && strstr (machine->machine, "q35"));
}

static void
check_esxi_disk (Check *check, const Machine *machine, const Disk *disk, int version)
{
    CheckAt at = check_at_disk (machine, disk);
    gboolean usb_cdrom = disk->media == MEDIA_CDROM && disk->bus == BUS_USB;

    if (disk->bus == BUS_VIRTIO ||
        (disk->controller && g_str_has_prefix (disk->controller, "virtio")))
        check_warn (check, &at, "bus", "ESXi has no driver for virtio; use ahci");
    else if (version >= 90 && !is_ahci (machine, disk) && !usb_cdrom)
        check_warn (check, &at, "bus",
                    "ESXi 9.0 finds disks on ahci only; IDE and the rest stopped working; use "
                    "ahci");
}

void
check_guest (Check *check, const Machine *machine)
{
    int version = esxi_version (machine);

    if (!guest_is_esxi (machine))
        return;
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);

        if (disk->seed == SEED_NONE)
            check_esxi_disk (check, machine, disk, version);
    }
    check_system_disk (check, machine, version);
}
