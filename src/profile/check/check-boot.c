/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the keys of firmware mean together, and the disks that cloud_init and
 * kickstart stand for. */
#include "profile/check/check.h"

#include <string.h>

void
check_firmware (Check *check, const Machine *machine)
{
    const Firmware *firmware = machine->firmware;
    CheckAt machine_at = check_at_machine (machine);
    CheckAt at = { .machine = machine, .data = firmware };

    if (!firmware || check_is_bad (check, &machine_at, "firmware"))
        return;
    at.place = firmware->place;
    if (!firmware->code != !firmware->vars)
        check_fail_at (check, &machine_at, "firmware", at.place,
                       "code and vars belong together; add %s", firmware->code ? "vars" : "code");
    if (firmware->type == FIRMWARE_BIOS && firmware->code)
        check_fail_at (check, &machine_at, "firmware", at.place,
                       "a BIOS has no code and vars; remove them, or say uefi");
    if (firmware->type == FIRMWARE_UEFI_SECURE && !strstr (machine->machine, "q35"))
        check_fail_at (check, &machine_at, "firmware", at.place,
                       "uefi-secure needs machine: q35, as %s cannot protect the store of "
                       "variables",
                       machine->machine);
}

/* The volume is a disk like others from here on. */
static void
add_seed (Check *check, Machine *machine, SeedKind kind, const char *name, Place place,
          gboolean usb)
{
    CheckAt at = check_at_machine (machine);
    Disk *disk;

    for (guint i = 0; i < machine->disks->len; i++) {
        if (strcmp (((Disk *)g_ptr_array_index (machine->disks, i))->name, name) != 0)
            continue;
        check_fail_at (check, &at, "disks", place,
                       "\"%s\" is the name of the volume that this makes; call the disk otherwise",
                       name);
        return;
    }
    disk = model_disk_new ();
    disk->name = g_strdup (name);
    disk->place = place;
    disk->bootindex_place = disk->image_place = place;
    disk->seed = kind;
    disk->bus = usb ? BUS_USB : BUS_IDE;
    disk->media = usb ? MEDIA_DISK : MEDIA_CDROM;
    disk->controller = usb ? g_strdup ("nec-usb-xhci") : NULL;
    disk->format = g_strdup ("raw");
    disk->read_only = TRUE;
    disk->bootindex = BOOTINDEX_UNSET;
    g_ptr_array_add (machine->disks, disk);
}

void
check_seeds (Check *check, Machine *machine)
{
    const CloudInit *init = machine->cloud_init;
    CheckAt at = check_at_machine (machine);

    if (init && init->keys && init->user_data)
        check_fail_at (check, &at, "cloud_init", init->place,
                       "keys is short for user_data; say one of them, and put the keys into it");
    if (init)
        add_seed (check, machine, SEED_CLOUD_INIT, "seed", init->place, FALSE);
    if (machine->kickstart && machine->kickstart->file)
        add_seed (check, machine, SEED_KICKSTART, "kickstart", machine->kickstart->place,
                  machine->kickstart->volume == VOLUME_USB);
}
