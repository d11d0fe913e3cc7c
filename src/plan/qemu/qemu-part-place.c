/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where there is a place for a NIC or a disk of a machine that runs, and what
 * keeps one from coming or going.
 */
#include "plan/qemu/part-private.h"

#include "plan/qemu/argv-diff.h"
#include "plan/drives.h"

#include <string.h>

/* Slots of i440fx's bus that are filled from the end, while the emulator fills it
 * from the beginning. */
#define LAST_SLOT 0x1f
#define FIRST_SLOT 0x10

gboolean
part_model_is_usb (const char *model)
{
    return g_str_has_prefix (model, "usb-");
}

gboolean
part_model_is_pci (const char *model)
{
    return !part_model_is_usb (model) && !strstr (model, "isa");
}

static OnBoardIde
board_of (const MachineStep *step)
{
    char **value = argv_find_value (step->argv, "-machine");
    g_autofree char *type = value ? g_strndup (*value, strcspn (*value, ",")) : g_strdup ("");

    return drive_layout_ide (type);
}

gboolean
part_is_pci (GPtrArray *device)
{
    const char *model = ((OptItem *)g_ptr_array_index (device, 0))->value;

    return opt_get (device, "netdev")
               ? part_model_is_pci (model)
               : strcmp (model, "nvme") == 0 || g_str_has_prefix (model, "virtio-blk");
}

static gboolean
is_port_name (const char *bus)
{
    return g_str_has_prefix (bus, "spare-") || g_str_has_prefix (bus, "port-");
}

/* a place that is not the controller of disks */
gboolean
part_is_slot (const char *bus)
{
    return is_port_name (bus) || strcmp (bus, "pci.0") == 0;
}

static gboolean
is_taken (const MachineStep *step, const char *key, const char *place)
{
    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++) {
        g_autoptr (GPtrArray) items =
            strcmp (step->argv[i], "-device") == 0 ? opt_read (step->argv[i + 1]) : NULL;
        const char *value = items ? opt_get (items, key) : NULL;

        /* 1f, 1f.0 */
        if (value && g_str_has_prefix (value, place) &&
            (value[strlen (place)] == '\0' || value[strlen (place)] == '.'))
            return TRUE;
    }
    return FALSE;
}

/* Its own port before the others. */
static char *
find_port (const MachineStep *step, const char *part)
{
    g_autofree char *device = part_device (part), *own = g_strconcat ("port-", device, NULL);
    char *found = NULL;

    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++) {
        g_autoptr (GPtrArray) items =
            strcmp (step->argv[i], "-device") == 0 ? opt_read (step->argv[i + 1]) : NULL;
        const char *id = items && part_is_port (items) ? opt_get (items, "id") : NULL;

        if (!id || !is_port_name (id) || is_taken (step, "bus", id) ||
            (found && strcmp (id, own) != 0))
            continue;
        g_free (found);
        found = g_strdup (id);
    }
    return found;
}

static char *
find_slot (const MachineStep *step)
{
    for (int slot = LAST_SLOT; slot >= FIRST_SLOT; slot--) {
        g_autofree char *text = g_strdup_printf ("%x", slot);

        if (!is_taken (step, "addr", text))
            return g_steal_pointer (&text);
    }
    return NULL;
}

static char *
pci_problem (const MachineStep *step, const char *part)
{
    g_autofree char *place = NULL;

    switch (board_of (step)) {
    case IDE_NONE:
        return g_strdup ("this board takes nothing while it runs");
    case IDE_PIIX3:
        place = find_slot (step);
        return place ? NULL : g_strdup ("no slot of the PCI bus is free");
    case IDE_ICH9:
        place = find_port (step, part);
        return place ? NULL
                     : g_strdup ("no port is free for it: hotplug of the machine says how many "
                                 "there are");
    }
    g_assert_not_reached ();
}

/* Returns: (transfer full): the option that makes the controller; NULL = there is none */
static char *
find_controller (const MachineStep *step, const char *bus)
{
    g_autofree char *id = g_strndup (bus, strcspn (bus, "."));

    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++) {
        g_autoptr (GPtrArray) items =
            strcmp (step->argv[i], "-device") == 0 ? opt_read (step->argv[i + 1]) : NULL;

        if (items && g_strcmp0 (opt_get (items, "id"), id) == 0)
            return g_strdup (step->argv[i + 1]);
    }
    return NULL;
}

static char *
drive_problem (GPtrArray *device)
{
    const char *model = ((OptItem *)g_ptr_array_index (device, 0))->value;
    const char *bus = opt_get (device, "bus");

    if (g_str_has_prefix (model, "ide-"))
        return g_strdup ("the emulator's IDE and SATA ports are fixed: virtio, nvme, scsi and usb "
                         "disks come and go");
    if (bus && g_str_has_prefix (bus, "bot-"))
        return g_strdup ("a CD drive on USB stays where it is: scsi drives come and go");
    return NULL;
}

/* of one that is not of PCI */
static char *
card_problem (GPtrArray *device)
{
    const char *model = ((OptItem *)g_ptr_array_index (device, 0))->value;

    return part_model_is_usb (model) ? NULL : g_strdup ("only cards of PCI and USB come and go");
}

static char *
controller_problem (const MachineStep *step, const MachineStep *from, GPtrArray *device)
{
    const char *bus = opt_get (device, "bus");
    g_autofree char *is = bus ? find_controller (step, bus) : NULL;
    g_autofree char *wanted = bus ? find_controller (from, bus) : NULL;

    if (!is)
        return g_strdup ("the machine has no controller for it");
    return g_strcmp0 (is, wanted) == 0 ? NULL
                                       : g_strdup ("its controller has not enough ports for it");
}

char *
part_come_problem (const MachineStep *step, const MachineStep *from, const char *part)
{
    g_autoptr (GPtrArray) device = part_read_device (from, part);
    char *problem;

    if (!device)
        return g_strdup ("it is not made by roost");
    if (part_is_pci (device))
        return pci_problem (step, part);
    problem = part_is_nic (part) ? card_problem (device) : drive_problem (device);
    return problem ? problem : controller_problem (step, from, device);
}

char *
part_go_problem (const MachineStep *step, const char *part)
{
    g_autoptr (GPtrArray) device = part_read_device (step, part);
    const char *bus = device ? opt_get (device, "bus") : NULL;

    if (!device)
        return g_strdup ("it is not made by roost");
    if (!part_is_pci (device))
        return part_is_nic (part) ? card_problem (device) : drive_problem (device);
    switch (board_of (step)) {
    case IDE_NONE:
        return g_strdup ("this board lets nothing go while it runs");
    case IDE_PIIX3:
        return NULL;
    case IDE_ICH9:
        return bus && is_port_name (bus)
                   ? NULL
                   : g_strdup ("it is on q35's root bus, which lets nothing go: with hotplug: true "
                               "it gets a port of its own");
    }
    g_assert_not_reached ();
}

gboolean
part_needs_guest (const MachineStep *step, const char *part)
{
    g_autoptr (GPtrArray) device = part_read_device (step, part);

    return device && part_is_pci (device);
}

void
part_add_place (const MachineStep *step, const char *part, OptString *opt)
{
    g_autofree char *place = NULL;

    switch (board_of (step)) {
    case IDE_NONE:
        break;
    case IDE_PIIX3:
        place = find_slot (step);
        opt_add (opt, "bus", "pci.0");
        opt_add (opt, "addr", place ? place : "");
        break;
    case IDE_ICH9:
        place = find_port (step, part);
        opt_add (opt, "bus", place ? place : "");
        break;
    }
}

static gboolean
has_scsi_id (const MachineStep *step, const char *bus, const char *id)
{
    for (gsize i = 0; step->argv[i] && step->argv[i + 1]; i++) {
        g_autoptr (GPtrArray) items =
            strcmp (step->argv[i], "-device") == 0 ? opt_read (step->argv[i + 1]) : NULL;

        if (items && g_strcmp0 (opt_get (items, "bus"), bus) == 0 &&
            g_strcmp0 (opt_get (items, "scsi-id"), id) == 0)
            return TRUE;
    }
    return FALSE;
}

void
part_add_scsi_id (const MachineStep *step, GPtrArray *items, OptString *opt)
{
    g_autofree char *id = g_strdup (opt_get (items, "scsi-id"));

    for (int next = 0; has_scsi_id (step, opt_get (items, "bus"), id); next++) {
        g_free (id);
        id = g_strdup_printf ("%d", next);
    }
    opt_add (opt, "scsi-id", id);
}
