/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the PCI Express ports of q35: what is on its root bus stays as long as the
 * machine runs, so that what is to come or to go needs a port.
 */
#include "plan/qemu/qemu.h"

#include "plan/drives.h"
#include "plan/qemu/emulator-check.h"

#define MODEL "pcie-root-port"

/* Each port has a number that no other has; those of the user's own arguments begin
 * at the other end. */
#define FIRST_OWN 128
#define FIRST_SPARE 240

/* From the last free slot of the bus on downwards, eight in each: so the places of
 * what is put there by the emulator stay what they would be without. */
#define LAST_SLOT 0x1e
#define FUNCTIONS 8

static gboolean
needs_ports (const QemuWriter *writer)
{
    return drive_layout_ide (writer->machine->machine) == IDE_ICH9;
}

void
qemu_write_port (QemuWriter *writer, const char *device, OptString *opt, Place place,
                 const char *key)
{
    g_autofree char *id = g_strconcat ("port-", device, NULL);
    OptString *port;

    if (!needs_ports (writer))
        return;
    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, MODEL, place,
                    planner_key (writer->machine, "%s.hotplug", key));
    port = opt_new (MODEL);
    opt_add (port, "id", id);
    opt_add_int (port, "chassis", FIRST_OWN + writer->n_ports++);
    qemu_add (writer, "-device", port, place, key);
    opt_add (opt, "bus", id);
}

void
qemu_write_spare_ports (QemuWriter *writer)
{
    const Machine *machine = writer->machine;

    if (!needs_ports (writer) || machine->hotplug == 0)
        return;
    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, MODEL, machine->place,
                    planner_key (machine, "hotplug"));
    for (int i = 0; i < machine->hotplug; i++) {
        g_autofree char *id = g_strdup_printf ("spare-%d", i + 1);
        g_autofree char *address =
            g_strdup_printf ("%x.%d", LAST_SLOT - i / FUNCTIONS, i % FUNCTIONS);
        OptString *opt = opt_new (MODEL);

        opt_add (opt, "id", id);
        opt_add_int (opt, "chassis", FIRST_SPARE - i);
        opt_add (opt, "addr", address);
        if (i % FUNCTIONS == 0) {
            opt_add_flag (opt, "multifunction", TRUE);
            writer->n_pci++;
        }
        qemu_add (writer, "-device", opt, machine->place, "hotplug");
    }
}
