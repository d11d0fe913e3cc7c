/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the options of disk controllers and disks. */
#include "plan/qemu/qemu.h"

#include "plan/drives.h"
#include "plan/qemu/emulator-check.h"

#include <string.h>

/* QEMU's cache modes as the three switches that they stand for */
static const struct {
    const char *mode;
    gboolean direct, no_flush, write_cache;
} caches[] = {
    { "writeback", FALSE, FALSE, TRUE },     { "none", TRUE, FALSE, TRUE },
    { "writethrough", FALSE, FALSE, FALSE }, { "directsync", TRUE, FALSE, FALSE },
    { "unsafe", FALSE, TRUE, TRUE },
};

/* One disk while its options are written. */
typedef struct {
    const Disk *disk;
    const DiskRecord *record;
    const Drive *drive;
    char *node; /* name of the block node */
    char *top;  /* of the node that the device sees: the same, unless there are limits */
    char *key;  /* for complaints */
    int cache;  /* index in caches; -1 = not said */
} DiskWriter;

static int
find_cache (const Disk *disk)
{
    for (guint i = 0; disk->cache && i < G_N_ELEMENTS (caches); i++)
        if (strcmp (caches[i].mode, disk->cache) == 0)
            return i;
    return -1;
}

static gboolean
is_read_only (const Disk *disk)
{
    return disk->read_only || disk->media == MEDIA_CDROM;
}

/* Whether a path is a device cannot be seen from here, only what its place says. */
static const char *
file_driver (const char *path)
{
    return g_str_has_prefix (path, "/dev/") && !g_str_has_prefix (path, "/dev/shm/") ? "host_device"
                                                                                     : "file";
}

static void
complain (QemuWriter *writer, const DiskWriter *d, const char *text)
{
    planner_complain (writer->planner, DIAG_ERROR, d->disk->place,
                      planner_key (writer->machine, "%s", d->key), "%s", text);
}

/* what the emulator refuses in words that do not help */
static void
check_disk (QemuWriter *writer, const DiskWriter *d)
{
    const Disk *disk = d->disk;
    gboolean direct = d->cache >= 0 && caches[d->cache].direct;

    if (disk->media == MEDIA_DISK && disk->read_only &&
        (disk->bus == BUS_IDE || disk->bus == BUS_AHCI))
        complain (writer, d,
                  "the emulator has no read-only IDE or AHCI disks: use bus usb, nvme, virtio or "
                  "scsi");
    if (disk->media == MEDIA_CDROM && (disk->bus == BUS_NVME || disk->bus == BUS_VIRTIO))
        complain (writer, d, "there are no cdroms on this bus: use ide, ahci, usb or scsi");
    if (disk->aio && strcmp (disk->aio, "native") == 0 && !direct)
        complain (writer, d, "aio: native needs cache: none or cache: directsync");
}

static void
write_node (QemuWriter *writer, const DiskWriter *d)
{
    const Disk *disk = d->disk;
    OptString *opt = opt_new (NULL);

    opt_add (opt, "driver", d->record->format);
    opt_add (opt, "node-name", d->node);
    if (is_read_only (disk))
        opt_add_flag (opt, "read-only", TRUE);
    if (d->cache >= 0) {
        opt_add_flag (opt, "cache.direct", caches[d->cache].direct);
        opt_add_flag (opt, "cache.no-flush", caches[d->cache].no_flush);
    }
    if (disk->discard)
        opt_add (opt, "discard", disk->discard);
    if (disk->detect_zeroes)
        opt_add (opt, "detect-zeroes", disk->detect_zeroes);
    opt_add (opt, "file.driver", file_driver (d->record->path));
    opt_add (opt, "file.filename", d->record->path);
    if (disk->aio)
        opt_add (opt, "file.aio", disk->aio);
    qemu_add (writer, "-blockdev", opt, disk->image ? disk->image_place : disk->place, d->key);
}

static gboolean
is_limited (const Disk *disk)
{
    return disk->iops > 0 || disk->bps > 0;
}

/* Limits are a node of their own above the disk's, where layers that are added
 * below while the machine runs stay limited as well. */
static void
write_limits (QemuWriter *writer, const DiskWriter *d)
{
    g_autofree char *group = g_strdup_printf ("limits-%s", d->disk->name);
    OptString *opt = opt_new ("throttle-group");

    opt_add (opt, "id", group);
    if (d->disk->iops > 0)
        opt_add_int (opt, "x-iops-total", d->disk->iops);
    if (d->disk->bps > 0)
        opt_add_int (opt, "x-bps-total", (gint64)d->disk->bps);
    qemu_add (writer, "-object", opt, d->disk->place, d->key);
    opt = opt_new (NULL);
    opt_add (opt, "driver", "throttle");
    opt_add (opt, "node-name", d->top);
    opt_add (opt, "throttle-group", group);
    opt_add (opt, "file", d->node);
    qemu_add (writer, "-blockdev", opt, d->disk->place, d->key);
}

static const char *
device_model (const Disk *disk)
{
    gboolean cdrom = disk->media == MEDIA_CDROM;

    switch (disk->bus) {
    case BUS_IDE:
    case BUS_AHCI:
        return cdrom ? "ide-cd" : "ide-hd";
    case BUS_USB:
        /* usb-storage is always a hard disk; a cdrom is a SCSI one in usb-bot */
        return cdrom ? "scsi-cd" : "usb-storage";
    case BUS_NVME:
        return "nvme";
    case BUS_VIRTIO:
        return "virtio-blk-pci";
    case BUS_SCSI:
        return cdrom ? "scsi-cd" : "scsi-hd";
    }
    g_assert_not_reached ();
}

/* where on its controller the disk is */
static void
add_address (QemuWriter *writer, const DiskWriter *d, OptString *opt)
{
    const Drive *drive = d->drive;
    gboolean piix3 = drive_layout_ide (writer->machine->machine) == IDE_PIIX3;
    g_autofree char *bus = NULL;

    switch (d->disk->bus) {
    case BUS_IDE:
        bus = g_strdup_printf ("ide.%u", piix3 ? drive->slot / 2 : drive->slot);
        opt_add (opt, "bus", bus);
        if (piix3)
            opt_add_int (opt, "unit", drive->slot % 2);
        break;
    case BUS_AHCI:
        bus = g_strdup_printf ("%s.%u", drive->controller->id, drive->slot);
        opt_add (opt, "bus", bus);
        break;
    case BUS_USB:
        bus = d->disk->media == MEDIA_CDROM ? g_strdup_printf ("bot-%s.0", d->disk->name)
                                            : g_strdup_printf ("%s.0", drive->controller->id);
        opt_add (opt, "bus", bus);
        break;
    case BUS_SCSI:
        bus = g_strdup_printf ("%s.0", drive->controller->id);
        opt_add (opt, "bus", bus);
        opt_add_int (opt, "scsi-id", drive->slot);
        opt_add_int (opt, "lun", 0);
        break;
    case BUS_NVME:
    case BUS_VIRTIO:
        writer->n_pci++;
        break;
    }
}

static void
write_usb_cdrom_drive (QemuWriter *writer, const DiskWriter *d)
{
    g_autofree char *id = g_strdup_printf ("bot-%s", d->disk->name);
    g_autofree char *bus = g_strdup_printf ("%s.0", d->drive->controller->id);
    OptString *opt = opt_new ("usb-bot");

    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, "usb-bot", d->disk->place,
                    planner_key (writer->machine, "%s", d->key));
    opt_add (opt, "bus", bus);
    opt_add (opt, "id", id);
    qemu_add (writer, "-device", opt, d->disk->place, d->key);
}

static void
write_device (QemuWriter *writer, const DiskWriter *d)
{
    const Disk *disk = d->disk;
    g_autofree char *id = g_strdup_printf ("disk-%s", disk->name);
    g_autofree char *serial = g_strdup (disk->serial);
    OptString *opt;

    if (disk->bus == BUS_USB && disk->media == MEDIA_CDROM)
        write_usb_cdrom_drive (writer, d);
    if (!serial && disk->bus == BUS_NVME)
        serial = ids_disk_serial (writer->planner->identity, writer->machine->name, disk->name);
    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, device_model (disk),
                    disk->place, planner_key (writer->machine, "%s", d->key));
    opt = opt_new (device_model (disk));
    add_address (writer, d, opt);
    if (d->record->path)
        opt_add (opt, "drive", d->top);
    opt_add (opt, "id", id);
    if (disk->hotplug && (disk->bus == BUS_VIRTIO || disk->bus == BUS_NVME))
        qemu_write_port (writer, id, opt, disk->place, d->key);
    if (serial)
        opt_add (opt, "serial", serial);
    if (d->cache >= 0 && disk->media == MEDIA_DISK)
        opt_add_flag (opt, "write-cache", caches[d->cache].write_cache);
    if (d->record->bootindex != BOOTINDEX_UNSET)
        opt_add_int (opt, "bootindex", d->record->bootindex);
    qemu_add (writer, "-device", opt, disk->place, d->key);
}

static void
write_controllers (QemuWriter *writer, const DriveLayout *layout)
{
    for (guint i = 0; i < layout->controllers->len; i++) {
        const Controller *controller = g_ptr_array_index (layout->controllers, i);
        g_autofree char *key = g_strdup_printf ("disks.%s", controller->first->name);
        guint ports = controller_usb_ports (controller);
        OptString *opt;

        if (!controller->model)
            continue;
        emulator_check (writer->planner, writer->emulator, OFFER_CONTROLLER, controller->model,
                        controller->place, planner_key (writer->machine, "%s.controller", key));
        opt = opt_new (controller->model);
        opt_add (opt, "id", controller->id);
        if (ports > 0) {
            opt_add_int (opt, "p2", ports);
            opt_add_int (opt, "p3", ports);
        }
        qemu_add (writer, "-device", opt, controller->place, key);
        writer->n_pci++;
    }
}

static void
check_ide_room (QemuWriter *writer, const DriveLayout *layout)
{
    const Disk *disk = layout->homeless;
    const char *why = NULL;

    if (!disk)
        return;
    switch (drive_layout_ide (writer->machine->machine)) {
    case IDE_NONE:
        why = "this machine type has no IDE ports of its own";
        break;
    case IDE_PIIX3:
        why = "all 4 IDE ports of the machine are taken";
        break;
    case IDE_ICH9:
        why = "all 6 IDE ports of the machine are taken";
        break;
    }
    planner_complain (writer->planner, DIAG_ERROR, disk->place,
                      planner_key (writer->machine, "disks.%s", disk->name), "%s: use bus ahci",
                      why);
}

void
qemu_write_disks (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    DriveLayout layout;

    drive_layout_init (&layout, machine);
    check_ide_room (writer, &layout);
    write_controllers (writer, &layout);
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        g_autofree char *node = g_strdup_printf ("drive-%s", disk->name);
        g_autofree char *limited = g_strdup_printf ("limited-%s", disk->name);
        g_autofree char *key = g_strdup_printf ("disks.%s", disk->name);
        DiskWriter d = { disk,
                         g_ptr_array_index (writer->step->disks, i),
                         &layout.drives[i],
                         node,
                         is_limited (disk) ? limited : node,
                         key,
                         find_cache (disk) };

        check_disk (writer, &d);
        if (d.record->path)
            write_node (writer, &d);
        if (d.record->path && is_limited (disk))
            write_limits (writer, &d);
        write_device (writer, &d);
    }
    drive_layout_clear (&layout);
}
