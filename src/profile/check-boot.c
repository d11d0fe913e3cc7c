/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the keys of firmware mean together. */
#include "profile/check.h"

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
