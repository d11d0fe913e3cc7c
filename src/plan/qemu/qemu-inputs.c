/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the options of input devices and of the channels between guest and host. */
#include "plan/qemu/qemu.h"

#include "plan/qemu/emulator-check.h"

#include <string.h>

/* a controller for them alone: the disks' may be full */
#define INPUT_CONTROLLER "qemu-xhci"

/* words of the profile for devices of the emulator */
static const char *
input_model (const char *word)
{
    return strcmp (word, "usb-keyboard") == 0 ? "usb-kbd" : word;
}

static void
write_device (QemuWriter *writer, OptString *opt, const char *model, const char *key)
{
    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, model, writer->machine->place,
                    planner_key (writer->machine, "%s", key));
    qemu_add (writer, "-device", opt, writer->machine->place, key);
}

void
qemu_write_inputs (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    OptString *opt;

    if (!*machine->inputs)
        return;
    opt = opt_new (INPUT_CONTROLLER);
    opt_add (opt, "id", "inputs");
    write_device (writer, opt, INPUT_CONTROLLER, "inputs");
    writer->n_pci++;
    for (gsize i = 0; machine->inputs[i]; i++) {
        const char *model = input_model (machine->inputs[i]);

        opt = opt_new (model);
        opt_add (opt, "bus", "inputs.0");
        write_device (writer, opt, model, "inputs");
    }
}

static void
write_channel (QemuWriter *writer, const char *name, const char *id, const char *socket)
{
    OptString *opt = opt_new (socket ? "socket" : "spicevmc");

    opt_add (opt, "id", id);
    if (socket) {
        opt_add (opt, "path", socket);
        opt_add_flag (opt, "server", TRUE);
        opt_add_flag (opt, "wait", FALSE);
    } else {
        opt_add (opt, "name", "vdagent");
    }
    qemu_add (writer, "-chardev", opt, writer->machine->place, "channels");
    opt = opt_new ("virtserialport");
    opt_add (opt, "bus", "channels.0");
    opt_add (opt, "chardev", id);
    opt_add (opt, "name", socket ? name : "com.redhat.spice.0");
    write_device (writer, opt, "virtserialport", "channels");
}

void
qemu_write_channels (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    gsize socket = 0;
    OptString *opt;

    if (!*machine->channels)
        return;
    opt = opt_new ("virtio-serial-pci");
    opt_add (opt, "id", "channels");
    write_device (writer, opt, "virtio-serial-pci", "channels");
    writer->n_pci++;
    for (gsize i = 0; machine->channels[i]; i++) {
        gboolean agent = strcmp (machine->channels[i], "spicevmc") == 0;
        g_autofree char *id = g_strdup_printf ("channel%zu", i);

        write_channel (writer, machine->channels[i], id,
                       agent ? NULL : writer->step->channel_sockets[socket++]);
    }
}
