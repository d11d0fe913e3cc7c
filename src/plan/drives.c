/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the allocation of controllers and of places on them; writes no option. */
#include "plan/drives.h"

#include <string.h>

/* The emulator plugs a hub into the last free USB port of a controller, so one
 * port always stays free and disks are seen where they were put. */
#define XHCI_PORTS 4 /* when not told otherwise */
#define XHCI_PORTS_MAX 15
#define EHCI_PORTS 6

typedef struct {
    DiskBus bus;
    const char *model;
    const char *id;
    guint capacity;
} ControllerModel;

/* The first row of a bus is its default. */
static const ControllerModel models[] = {
    { BUS_AHCI, "ich9-ahci", "ahci", 6 },
    { BUS_USB, "nec-usb-xhci", "xhci", XHCI_PORTS_MAX - 1 },
    { BUS_USB, "qemu-xhci", "xhci", XHCI_PORTS_MAX - 1 },
    { BUS_USB, "usb-ehci", "ehci", EHCI_PORTS - 1 },
    { BUS_SCSI, "virtio-scsi-pci", "scsi", 255 },
    { BUS_SCSI, "pvscsi", "scsi", 64 },
    { BUS_SCSI, "lsi53c895a", "scsi", 7 },
    { BUS_SCSI, "mptsas1068", "scsi", 8 },
};

/* for models that have no row: what the least of their kind has */
static const ControllerModel others[] = {
    { BUS_AHCI, NULL, "ahci", 6 },
    { BUS_USB, NULL, "usb", 1 },
    { BUS_SCSI, NULL, "scsi", 7 },
};

/* Where `-hda` and `-cdrom` put them: disks from the first port on, cdroms from
 * the third on. */
static const guint ide_disk_order[] = { 0, 1, 2, 3, 4, 5 };
static const guint ide_cdrom_order[] = { 2, 3, 4, 5, 1, 0 };

static const ControllerModel *
find_model (DiskBus bus, const char *model)
{
    for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
        if (models[i].bus == bus && (!model || strcmp (models[i].model, model) == 0))
            return &models[i];
    for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
        if (others[i].bus == bus)
            return &others[i];
    return NULL;
}

static gboolean
begins (const char *type, const char *prefix)
{
    return g_str_has_prefix (type, prefix);
}

OnBoardIde
drive_layout_ide (const char *type)
{
    if (strcmp (type, "q35") == 0 || begins (type, "pc-q35-"))
        return IDE_ICH9;
    if (strcmp (type, "i440fx") == 0 || strcmp (type, "pc") == 0 || begins (type, "pc-i440fx-"))
        return IDE_PIIX3;
    return IDE_NONE;
}

static void
controller_free (gpointer data)
{
    Controller *controller = data;

    g_free (controller->model);
    g_free (controller->id);
    g_free (controller);
}

static Controller *
add_controller (DriveLayout *layout, const Disk *disk, const char *model, char *id)
{
    Controller *controller = g_new0 (Controller, 1);

    *controller = (Controller){
        .bus = disk->bus, .model = g_strdup (model), .id = id, .place = disk->place, .first = disk
    };
    g_ptr_array_add (layout->controllers, controller);
    return controller;
}

/* `ahci`, then `ahci1`, `ahci2` … */
static char *
next_id (const DriveLayout *layout, const char *base)
{
    guint n = 0;

    for (guint i = 0; i < layout->controllers->len; i++) {
        const Controller *controller = g_ptr_array_index (layout->controllers, i);

        n += g_str_has_prefix (controller->id, base);
    }
    return n == 0 ? g_strdup (base) : g_strdup_printf ("%s%u", base, n);
}

/* the controller of this disk's model that has room, a new one when none has */
static Controller *
controller_with_room (DriveLayout *layout, const Disk *disk)
{
    const ControllerModel *row = find_model (disk->bus, disk->controller);
    const char *model = disk->controller ? disk->controller : row->model;

    for (guint i = layout->controllers->len; i > 0; i--) {
        Controller *controller = g_ptr_array_index (layout->controllers, i - 1);

        if (controller->bus == disk->bus && g_strcmp0 (controller->model, model) == 0 &&
            controller->n_devices < row->capacity)
            return controller;
    }
    return add_controller (layout, disk, model, next_id (layout, row->id));
}

static Controller *
on_board_ide (DriveLayout *layout, const Disk *disk)
{
    for (guint i = 0; i < layout->controllers->len; i++) {
        Controller *controller = g_ptr_array_index (layout->controllers, i);

        if (controller->bus == BUS_IDE)
            return controller;
    }
    return add_controller (layout, disk, NULL, g_strdup ("ide"));
}

/* Disks choose before cdroms do, so that both find the ports that they would
 * have without each other as long as there are enough. */
static void
place_on_ide (DriveLayout *layout, const Machine *machine, DiskMedia media, gboolean *taken)
{
    const guint *order = media == MEDIA_DISK ? ide_disk_order : ide_cdrom_order;
    OnBoardIde kind = drive_layout_ide (machine->machine);
    guint n_slots = kind == IDE_ICH9 ? 6 : kind == IDE_PIIX3 ? 4 : 0;

    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        guint at = 0;

        if (disk->bus != BUS_IDE || disk->media != media)
            continue;
        while (at < G_N_ELEMENTS (ide_disk_order) && (order[at] >= n_slots || taken[order[at]]))
            at++;
        if (at == G_N_ELEMENTS (ide_disk_order)) {
            layout->homeless = layout->homeless ? layout->homeless : disk;
            continue;
        }
        taken[order[at]] = TRUE;
        layout->drives[i].controller = on_board_ide (layout, disk);
        layout->drives[i].slot = order[at];
    }
}

void
drive_layout_init (DriveLayout *layout, const Machine *machine)
{
    gboolean taken[G_N_ELEMENTS (ide_disk_order)] = { FALSE };

    *layout = (DriveLayout){ 0 };
    layout->controllers = g_ptr_array_new_with_free_func (controller_free);
    layout->drives = g_new0 (Drive, machine->disks->len);
    place_on_ide (layout, machine, MEDIA_DISK, taken);
    place_on_ide (layout, machine, MEDIA_CDROM, taken);
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        Controller *controller;

        if (disk->bus != BUS_AHCI && disk->bus != BUS_USB && disk->bus != BUS_SCSI)
            continue;
        controller = controller_with_room (layout, disk);
        layout->drives[i].controller = controller;
        layout->drives[i].slot = controller->n_devices++;
    }
}

void
drive_layout_clear (DriveLayout *layout)
{
    g_ptr_array_unref (layout->controllers);
    g_free (layout->drives);
    *layout = (DriveLayout){ 0 };
}

guint
controller_usb_ports (const Controller *controller)
{
    gboolean xhci = controller->bus == BUS_USB && g_str_has_suffix (controller->model, "-xhci");

    return xhci && controller->n_devices + 1 > XHCI_PORTS ? controller->n_devices + 1 : 0;
}
