/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the keys of a disk mean together: which controller, what is made
 * and in which format, how many fit. */
#include "profile/check/check.h"

#include <string.h>

#define IDE_PLACES_I440FX 4 /* two channels of two */
#define IDE_PLACES_Q35 6    /* the ports of the board's AHCI */

typedef struct {
    DiskBus bus;
    const char *word;
    const char *device;
} Controller;

/* the first of a bus is its default */
static const Controller controllers[] = {
    { BUS_USB, "nec-usb-xhci", "nec-usb-xhci" },
    { BUS_USB, "qemu-xhci", "qemu-xhci" },
    { BUS_USB, "usb-ehci", "usb-ehci" },
    { BUS_SCSI, "virtio-scsi", "virtio-scsi-pci" },
    { BUS_SCSI, "virtio-scsi-pci", "virtio-scsi-pci" },
    { BUS_SCSI, "pvscsi", "pvscsi" },
    { BUS_SCSI, "lsi", "lsi53c895a" },
    { BUS_SCSI, "lsi53c895a", "lsi53c895a" },
    { BUS_SCSI, "mptsas", "mptsas1068" },
    { BUS_SCSI, "mptsas1068", "mptsas1068" },
};

static const char *const extensions[][2] = {
    { ".qcow2", "qcow2" }, { ".raw", "raw" },   { ".img", "raw" }, { ".iso", "raw" },
    { ".vmdk", "vmdk" },   { ".vhdx", "vhdx" }, { ".vdi", "vdi" },
};

/* the format that the extension of @path stands for; NULL when it says nothing */
static const char *
format_by_name (const char *path)
{
    g_autofree char *lower = g_ascii_strdown (path, -1);

    for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
        if (g_str_has_suffix (lower, extensions[i][0]))
            return extensions[i][1];
    return NULL;
}

static void
set_string (char **field, const char *text)
{
    char *copy = g_strdup (text);

    g_free (*field);
    *field = copy;
}

static void
check_controller (Check *check, const CheckAt *at, Disk *disk)
{
    const Controller *fits = NULL;

    if (check_is_bad (check, at, "bus") || check_is_bad (check, at, "controller"))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS (controllers) && !fits; i++)
        if (controllers[i].bus == disk->bus &&
            (!disk->controller || strcmp (disk->controller, controllers[i].word) == 0))
            fits = &controllers[i];
    if (fits)
        set_string (&disk->controller, fits->device);
    else if (disk->bus == BUS_USB)
        check_fail (check, at, "controller",
                    "%s is no controller for usb; use nec-usb-xhci, "
                    "qemu-xhci or usb-ehci",
                    disk->controller);
    else if (disk->bus == BUS_SCSI)
        check_fail (check, at, "controller",
                    "%s is no controller for scsi; use virtio-scsi, "
                    "pvscsi, lsi or mptsas",
                    disk->controller);
    else if (disk->controller)
        check_fail (check, at, "controller",
                    "a disk on %s has no controller to choose; remove it, or use bus: usb or scsi",
                    disk_bus_names[disk->bus]);
}

static void
check_cdrom (Check *check, const CheckAt *at, Disk *disk)
{
    if ((disk->bus == BUS_NVME || disk->bus == BUS_VIRTIO) && !check_is_bad (check, at, "bus"))
        check_fail (check, at, "bus", "there is no CD drive on %s; use ide, ahci, usb or scsi",
                    disk_bus_names[disk->bus]);
    if (check_said (check, at, "size"))
        check_fail (check, at, "size", "a CD has the size of its image; remove it");
    if (disk->clone != CLONE_NONE)
        check_fail (check, at, "clone", "a CD is not written to and needs no %s; remove it",
                    disk_clone_names[disk->clone]);
    disk->clone = CLONE_NONE;
    disk->read_only = TRUE;
}

/* A reflink is the image's very bytes, so it has its format, and whether it is
 * nocow follows the image as well unless the profile insists. */
static void
check_reflink (Check *check, const CheckAt *at, Disk *disk)
{
    if (disk->format && disk->image_format && strcmp (disk->format, disk->image_format) != 0)
        check_fail (check, at, "format",
                    "a reflink has the format of its image, %s, and cannot be %s; remove the key, "
                    "or use clone: copy",
                    disk->image_format, disk->format);
    if (!check_said (check, at, "nocow"))
        disk->nocow = FALSE;
}

/* A disk that roost makes: new, a layer over an image, or a copy of one. */
static void
check_made (Check *check, const CheckAt *at, Disk *disk)
{
    gboolean said_format = check_said (check, at, "format");
    gboolean copied = disk->clone == CLONE_REFLINK || disk->clone == CLONE_COPY;

    if (!disk->format)
        disk->format = g_strdup (copied && disk->image_format ? disk->image_format : "qcow2");
    if (disk->clone == CLONE_REFLINK) {
        check_reflink (check, at, disk);
        return;
    }
    if (disk->clone == CLONE_OVERLAY && strcmp (disk->format, "qcow2") != 0)
        check_fail (check, at, "format",
                    "an overlay is a qcow2, not %s; remove the key, or say image_format if it is "
                    "about the image",
                    disk->format);
    if (!check_said (check, at, "nocow"))
        disk->nocow = strcmp (disk->format, "qcow2") == 0;
    else if (disk->nocow && said_format && strcmp (disk->format, "qcow2") != 0 &&
             strcmp (disk->format, "raw") != 0)
        check_fail (check, at, "nocow", "only a qcow2 or raw file can be made with nocow, not %s",
                    disk->format);
}

/* The user's own file, which the machine opens as it is. */
static void
check_used (Check *check, const CheckAt *at, Disk *disk)
{
    const char *format = disk->image ? format_by_name (disk->image) : "raw";

    if (check_said (check, at, "size") && disk->media == MEDIA_DISK)
        check_fail (check, at, "size",
                    "the image is used as it is (clone: none) and keeps its size; remove one of "
                    "the two");
    if (disk->nocow)
        check_fail (check, at, "nocow",
                    "only a file that roost makes can have nocow, and here the image is used as "
                    "it is; set it to false");
    if (check_said (check, at, "image_format"))
        check_fail (
            check, at, "image_format",
            "is for a disk that is made from image, and here the image is used as it is; use "
            "format");
    if (!disk->format && !format)
        check_fail (check, at, "image",
                    "the format cannot be told by the extension; add format, as format: raw");
    if (!disk->format)
        disk->format = g_strdup (format ? format : "raw");
}

static void
check_clone (Check *check, const CheckAt *at, Disk *disk)
{
    gboolean said_clone = check_said (check, at, "clone");

    if (!disk->image && said_clone && disk->clone != CLONE_NONE)
        check_fail (check, at, "clone", "%s needs an image; add image: FILE",
                    disk_clone_names[disk->clone]);
    if (!disk->image && check_said (check, at, "image_format"))
        check_fail (check, at, "image_format", "there is no image; add one or remove the key");
    if (!disk->image)
        disk->clone = CLONE_NONE;
    else if (!said_clone)
        disk->clone = disk->read_only ? CLONE_NONE : CLONE_OVERLAY;
    if (!disk->image && !check_said (check, at, "size"))
        check_fail (check, at, NULL,
                    "a disk needs a size or an image; add size: 16G or image: FILE");
    if (disk->image && disk->clone != CLONE_NONE && !disk->image_format)
        disk->image_format = g_strdup (format_by_name (disk->image));
}

static void
check_tuning (Check *check, const CheckAt *at, const Disk *disk)
{
    gboolean direct = disk->cache && (strcmp (disk->cache, "none") == 0 ||
                                      strcmp (disk->cache, "directsync") == 0);

    if (disk->aio && strcmp (disk->aio, "native") == 0 && !direct &&
        !check_is_bad (check, at, "cache"))
        check_fail (check, at, "aio",
                    "native needs a cache that goes around the host's; add cache: none");
    if (disk->detect_zeroes && strcmp (disk->detect_zeroes, "unmap") == 0 &&
        g_strcmp0 (disk->discard, "unmap") != 0 && !check_is_bad (check, at, "discard"))
        check_fail (check, at, "detect_zeroes", "unmap needs discard: unmap; add it, or say on");
    for (const char *c = disk->serial; c && *c; c++) {
        if ((guchar)*c < 0x80)
            continue;
        check_fail (check, at, "serial", "a serial number has ASCII characters only");
        return;
    }
}

void
check_disk (Check *check, const Machine *machine, Disk *disk)
{
    CheckAt at = check_at_disk (machine, disk);

    check_controller (check, &at, disk);
    check_tuning (check, &at, disk);
    /* what is made and in which format hangs on these */
    if (check_is_bad (check, &at, "image") || check_is_bad (check, &at, "media") ||
        check_is_bad (check, &at, "clone") || check_is_bad (check, &at, "format") ||
        check_is_bad (check, &at, "nocow"))
        return;
    if (disk->media == MEDIA_CDROM)
        check_cdrom (check, &at, disk);
    else
        check_clone (check, &at, disk);
    if (disk->media == MEDIA_DISK && (!disk->image || disk->clone != CLONE_NONE))
        check_made (check, &at, disk);
    else
        check_used (check, &at, disk);
}

void
check_disk_places (Check *check, const Machine *machine)
{
    guint places = strstr (machine->machine, "q35")      ? IDE_PLACES_Q35
                   : strstr (machine->machine, "i440fx") ? IDE_PLACES_I440FX
                                                         : G_MAXUINT;
    guint used = 0;

    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        CheckAt at = check_at_disk (machine, disk);

        if (disk->bus != BUS_IDE || ++used <= places)
            continue;
        check_fail (check, &at, "bus", "%s has %u places on ide, all taken; use another bus",
                    machine->machine, places);
    }
}
