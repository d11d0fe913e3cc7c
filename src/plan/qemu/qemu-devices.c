/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the options of serial ports and of the screen. */
#include "plan/qemu/qemu.h"

#include "plan/qemu/emulator-check.h"

#include <stdlib.h>
#include <string.h>

#define MIB (1024 * 1024)
#define VNC_PORT_MIN 5900

/* words of the profile for devices of the emulator */
static const struct {
    const char *word;
    const char *model; /* NULL = no device */
} videos[] = {
    { "none", NULL },           { "vga", "VGA" },     { "std", "VGA" },
    { "cirrus", "cirrus-vga" }, { "qxl", "qxl-vga" }, { "vmware", "vmware-svga" },
    { "virtio", "virtio-vga" },
};

void
qemu_write_serials (QemuWriter *writer)
{
    for (int i = 0; i < writer->machine->serials; i++) {
        g_autofree char *id = g_strdup_printf ("serial%d", i);
        g_autofree char *name = g_strdup_printf ("chardev:%s", id);
        OptString *opt = opt_new ("socket");

        opt_add (opt, "id", id);
        opt_add (opt, "path", writer->step->serial_sockets[i]);
        opt_add_flag (opt, "server", TRUE);
        opt_add_flag (opt, "wait", FALSE);
        opt_add (opt, "logfile", writer->step->serial_logs[i]);
        opt_add_flag (opt, "logappend", TRUE);
        qemu_add (writer, "-chardev", opt, writer->machine->place, "serial");
        argv_add_pair (writer->argv, "-serial", name);
    }
}

static const char *
video_model (const Machine *machine)
{
    const char *fallback = NULL;

    switch (machine->display) {
    case DISPLAY_NONE:
        break;
    case DISPLAY_VNC:
    case DISPLAY_SPICE:
        fallback = "VGA";
        break;
    }
    if (!machine->video)
        return fallback;
    for (gsize i = 0; i < G_N_ELEMENTS (videos); i++)
        if (strcmp (videos[i].word, machine->video) == 0)
            return videos[i].model;
    return machine->video;
}

/* QEMU counts displays, from port 5900 on. */
static char *
vnc_address (const MachineStep *step)
{
    const char *colon = step->screen_address ? strrchr (step->screen_address, ':') : NULL;

    if (!colon)
        return g_strconcat ("unix:", step->vnc, NULL);
    return g_strdup_printf ("%.*s:%d", (int)(colon - step->screen_address), step->screen_address,
                            atoi (colon + 1) - VNC_PORT_MIN);
}

static void
write_spice (QemuWriter *writer)
{
    const char *address = writer->step->screen_address;
    const char *colon = address ? strrchr (address, ':') : NULL;
    g_autofree char *host = colon ? g_strndup (address, colon - address) : NULL;
    OptString *opt = opt_new (NULL);

    if (!colon)
        opt_add_flag (opt, "unix", TRUE);
    opt_add (opt, "addr", colon ? host : writer->step->spice);
    if (colon)
        opt_add (opt, "port", colon + 1);
    opt_add_flag (opt, "disable-ticketing", TRUE);
    qemu_add (writer, "-spice", opt, writer->machine->place, "display");
}

static void
write_display (QemuWriter *writer)
{
    g_autofree char *where = NULL;
    OptString *opt;

    switch (writer->machine->display) {
    case DISPLAY_NONE:
        argv_add_pair (writer->argv, "-display", "none");
        break;
    case DISPLAY_VNC:
        where = vnc_address (writer->step);
        opt = opt_new (NULL);
        opt_add (opt, "vnc", where);
        qemu_add (writer, "-display", opt, writer->machine->place, "display");
        break;
    case DISPLAY_SPICE:
        write_spice (writer);
        argv_add_pair (writer->argv, "-display", "none");
        break;
    }
}

void
qemu_write_screen (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    const char *model = video_model (machine);
    OptString *opt;

    write_display (writer);
    if (!model)
        return;
    emulator_check (writer->planner, writer->emulator, OFFER_VIDEO, model, machine->place,
                    planner_key (machine, "video"));
    opt = opt_new (model);
    opt_add (opt, "id", "video");
    if (machine->video_memory > 0)
        opt_add_int (opt, "vgamem_mb", machine->video_memory / MIB);
    qemu_add (writer, "-device", opt, machine->place, "video");
    writer->n_pci++;
}
