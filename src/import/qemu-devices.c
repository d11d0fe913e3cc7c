/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of a command line are disks: -hda and its like, -drive, -blockdev,
 * the devices on them and the controllers that these are on.
 */
#include "import/qemu-private.h"

#include "base/quantity.h"

#include <string.h>

#define USUAL_SPARE_PORTS 4 /* as profiles have it */

/* Devices that carry disks, and the key of profiles for those on them. */
static const struct {
    const char *model;
    const char *bus;
    const char *controller; /* NULL = the bus has no choice of them */
} controllers[] = {
    { "ich9-ahci", "ahci", NULL },
    { "ahci", "ahci", NULL },
    { "nec-usb-xhci", "usb", "nec-usb-xhci" },
    { "qemu-xhci", "usb", "qemu-xhci" },
    { "usb-ehci", "usb", "usb-ehci" },
    { "virtio-scsi-pci", "scsi", "virtio-scsi" },
    { "pvscsi", "scsi", "pvscsi" },
    { "lsi53c895a", "scsi", "lsi" },
    { "lsi", "scsi", "lsi" },
    { "mptsas1068", "scsi", "mptsas" },
    { "usb-bot", "usb", NULL },
};

/* Devices that are disks. */
static const struct {
    const char *model;
    const char *bus; /* NULL = that of its controller */
    gboolean cdrom;
} disks[] = {
    { "ide-hd", "ide", FALSE },        { "ide-drive", "ide", FALSE },
    { "ide-cd", "ide", TRUE },         { "scsi-hd", "scsi", FALSE },
    { "scsi-cd", "scsi", TRUE },       { "usb-storage", "usb", FALSE },
    { "nvme", "nvme", FALSE },         { "virtio-blk-pci", "virtio", FALSE },
    { "virtio-blk", "virtio", FALSE },
};

static QemuOption *
find_controller (QemuLine *line, const char *bus)
{
    g_autofree char *id = bus ? g_strndup (bus, strcspn (bus, ".")) : NULL;

    return qemu_line_find (line, "device", "id", id);
}

/* The controller that @device hangs on tells its bus. */
static void
set_bus (QemuLine *line, QemuOption *device, const char *usual, JsonObject *disk)
{
    QemuOption *found = find_controller (line, qemu_opts_get (device->opts, "bus"));
    const char *model = found ? qemu_opts_get (found->opts, "") : NULL;

    draft_set (disk, "bus", usual);
    for (gsize i = 0; model && i < G_N_ELEMENTS (controllers); i++) {
        if (strcmp (controllers[i].model, model) != 0)
            continue;
        draft_set (disk, "bus", controllers[i].bus);
        draft_set (disk, "controller", controllers[i].controller);
        if (strcmp (model, "usb-bot") == 0) {
            found->taken = TRUE;
            set_bus (line, found, "usb", disk);
        }
    }
}

static void
set_image (QemuLine *line, JsonObject *disk, const char *path, gboolean cdrom)
{
    g_autofree char *full = path ? draft_path (line->draft, path) : NULL;

    draft_set (disk, "image", full);
    if (cdrom) {
        draft_set (disk, "media", "cdrom");
    } else if (path) {
        draft_set (disk, "clone", "none"); /* the machine goes on with its own disk */
    } else {
        draft_set (disk, "size", "16G");
        draft_note (line->draft, "a disk without a file: an empty one of 16G is made");
    }
}

/* --- what is behind a device --- */

static void
take_drive_options (QemuOption *drive, JsonObject *disk)
{
    const char *read_only = qemu_opts_get (drive->opts, "readonly");

    draft_set (disk, "format", qemu_opts_get (drive->opts, "format"));
    draft_set (disk, "cache", qemu_opts_get (drive->opts, "cache"));
    draft_set (disk, "aio", qemu_opts_get (drive->opts, "aio"));
    draft_set (disk, "discard", qemu_opts_get (drive->opts, "discard"));
    draft_set (disk, "detect_zeroes", qemu_opts_get (drive->opts, "detect-zeroes"));
    draft_set (disk, "serial", qemu_opts_get (drive->opts, "serial"));
    if (read_only && strcmp (read_only, "on") == 0)
        draft_set_bool (disk, "read_only", TRUE);
}

static void
take_cache_of_node (QemuOption *node, JsonObject *disk)
{
    const char *direct = qemu_opts_get (node->opts, "cache.direct");
    const char *no_flush = qemu_opts_get (node->opts, "cache.no-flush");

    if (g_strcmp0 (no_flush, "on") == 0)
        draft_set (disk, "cache", "unsafe");
    else if (g_strcmp0 (direct, "on") == 0)
        draft_set (disk, "cache", "none");
}

/* Only a node with its file in one option is understood. */
static gboolean
take_node (QemuLine *line, QemuOption *node, JsonObject *disk, gboolean cdrom)
{
    const char *file = qemu_opts_get (node->opts, "file.filename");
    const char *read_only = qemu_opts_get (node->opts, "read-only");

    if (!file)
        return FALSE;
    set_image (line, disk, file, cdrom);
    qemu_opts_get (node->opts, "file.driver");
    draft_set (disk, "format", qemu_opts_get (node->opts, "driver"));
    draft_set (disk, "aio", qemu_opts_get (node->opts, "file.aio"));
    draft_set (disk, "discard", qemu_opts_get (node->opts, "discard"));
    draft_set (disk, "detect_zeroes", qemu_opts_get (node->opts, "detect-zeroes"));
    take_cache_of_node (node, disk);
    if (g_strcmp0 (read_only, "on") == 0 && !cdrom)
        draft_set_bool (disk, "read_only", TRUE);
    return TRUE;
}

/* --- devices --- */

static void
set_bootindex (QemuLine *line, QemuOption *device, JsonObject *item)
{
    const char *text = qemu_opts_get (device->opts, "bootindex");
    gint64 index;

    if (text && quantity_parse_int (text, 0, G_MAXINT32, &index)) {
        draft_set_int (item, "bootindex", index);
        line->ordered = TRUE;
    }
}

static gboolean
take_backing (QemuLine *line, QemuOption *device, JsonObject *disk, gboolean cdrom)
{
    const char *drive = qemu_opts_get (device->opts, "drive");
    QemuOption *behind = qemu_line_find (line, "drive", "id", drive);

    if (!behind && !(behind = qemu_line_find (line, "blockdev", "node-name", drive))) {
        set_image (line, disk, NULL, cdrom);
        return !drive;
    }
    if (strcmp (behind->name, "blockdev") == 0) {
        if (!take_node (line, behind, disk, cdrom))
            return FALSE;
    } else {
        const char *media = qemu_opts_get (behind->opts, "media");

        qemu_opts_get (behind->opts, "if");
        set_image (line, disk, qemu_opts_get (behind->opts, "file"),
                   cdrom || g_strcmp0 (media, "cdrom") == 0);
        take_drive_options (behind, disk);
    }
    qemu_line_take (line, behind);
    return TRUE;
}

static void
take_device (QemuLine *line, QemuOption *device, gsize kind)
{
    const char *id = qemu_opts_get (device->opts, "id");
    const char *drive = qemu_opts_get (device->opts, "drive");
    const char *serial = qemu_opts_get (device->opts, "serial");
    JsonObject *disk;

    if (id && g_str_has_prefix (id, "disk-"))
        id += strlen ("disk-"); /* as roost calls it */
    else if (!id)
        id = drive;
    disk = draft_add_disk (line->draft, id);
    set_bus (line, device, disks[kind].bus, disk);
    if (!take_backing (line, device, disk, disks[kind].cdrom))
        draft_note (line->draft, "-device %s: its drive was not understood", device->value);
    draft_set (disk, "serial", serial);
    set_bootindex (line, device, disk);
    /* places on busses are roost's to give */
    qemu_opts_get (device->opts, "unit");
    qemu_opts_get (device->opts, "lun");
    qemu_opts_get (device->opts, "scsi-id");
    qemu_opts_get (device->opts, "write-cache");
    qemu_line_take (line, device);
}

static void
take_devices (QemuLine *line)
{
    for (guint i = 0; i < line->options->len; i++) {
        QemuOption *device = g_ptr_array_index (line->options, i);
        const char *model;

        if (device->taken || strcmp (device->name, "device") != 0 || !device->opts)
            continue;
        model = qemu_opts_get (device->opts, "");
        for (gsize k = 0; model && k < G_N_ELEMENTS (disks); k++) {
            if (strcmp (disks[k].model, model) == 0) {
                take_device (line, device, k);
                break;
            }
        }
    }
}

/* A controller comes with its disks. */
static void
take_controllers (QemuLine *line)
{
    for (guint i = 0; i < line->options->len; i++) {
        QemuOption *device = g_ptr_array_index (line->options, i);
        const char *model = strcmp (device->name, "device") == 0 && device->opts
                                ? qemu_opts_get (device->opts, "")
                                : NULL;

        for (gsize k = 0; model && !device->taken && k < G_N_ELEMENTS (controllers); k++)
            if (strcmp (controllers[k].model, model) == 0)
                device->taken = TRUE;
    }
}

/* Ports that roost keeps free: the profile has their number, unless that is usual. */
static void
take_spare_ports (QemuLine *line)
{
    int n = 0;

    for (guint i = 0; i < line->options->len; i++) {
        QemuOption *device = g_ptr_array_index (line->options, i);
        const char *id = strcmp (device->name, "device") == 0 && device->opts &&
                                 g_strcmp0 (qemu_opts_get (device->opts, ""), "pcie-root-port") == 0
                             ? qemu_opts_get (device->opts, "id")
                             : NULL;

        if (!id || !g_str_has_prefix (id, "spare-"))
            continue;
        device->taken = TRUE;
        n++;
    }
    if (n > 0 && n != USUAL_SPARE_PORTS)
        draft_set_int (line->draft->machine, "hotplug", n);
}

/* --- drives with a device of their own --- */

static void
take_drive (QemuLine *line, QemuOption *drive)
{
    static const char *const known[] = { "ide", "virtio", "scsi", NULL };
    const char *interface = qemu_opts_get (drive->opts, "if");
    const char *media = qemu_opts_get (drive->opts, "media");
    gboolean cdrom = g_strcmp0 (media, "cdrom") == 0;
    JsonObject *disk;

    if (interface && !g_strv_contains (known, interface))
        return; /* pflash, sd, none without a device: it goes into args */
    disk = draft_add_disk (line->draft, qemu_opts_get (drive->opts, "id"));
    draft_set (disk, "bus", interface ? interface : "ide");
    set_image (line, disk, qemu_opts_get (drive->opts, "file"), cdrom);
    take_drive_options (drive, disk);
    qemu_opts_get (drive->opts, "index");
    qemu_line_take (line, drive);
}

static void
take_old (QemuLine *line, QemuOption *option)
{
    gboolean cdrom = strcmp (option->name, "cdrom") == 0;
    JsonObject *disk = draft_add_disk (line->draft, option->name);

    draft_set (disk, "bus", "ide");
    set_image (line, disk, option->value, cdrom);
    option->taken = TRUE;
}

void
qemu_take_disks (QemuLine *line)
{
    static const char *const old[] = { "hda", "hdb", "hdc", "hdd", "cdrom", NULL };

    take_devices (line);
    for (guint i = 0; i < line->options->len; i++) {
        QemuOption *option = g_ptr_array_index (line->options, i);

        if (g_strv_contains (old, option->name) && option->value)
            take_old (line, option);
        else if (strcmp (option->name, "drive") == 0 && !option->taken)
            take_drive (line, option);
    }
    take_controllers (line);
    take_spare_ports (line);
}
