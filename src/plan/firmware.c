/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of a firmware for a machine; see firmware.h. */
#include "plan/firmware.h"

#include <string.h>

#define PROGRAM_PREFIX "qemu-system-"

gboolean
firmware_is_uefi (const Machine *machine)
{
    return machine->firmware && machine->firmware->type != FIRMWARE_BIOS;
}

/* `x86_64`, as the emulator's name says; what has another name is taken for it */
static const char *
architecture (const Machine *machine)
{
    const char *slash = strrchr (machine->emulator, '/');
    const char *name = slash ? slash + 1 : machine->emulator;

    return g_str_has_prefix (name, PROGRAM_PREFIX) ? name + strlen (PROGRAM_PREFIX) : "x86_64";
}

/* Descriptors name versioned types by patterns; ours stand for the newest. */
static const char *
versioned (const Machine *machine)
{
    if (strcmp (machine->machine, "q35") == 0)
        return "pc-q35-9999.0";
    if (strcmp (machine->machine, "i440fx") == 0 || strcmp (machine->machine, "pc") == 0)
        return "pc-i440fx-9999.0";
    return machine->machine;
}

static gboolean
is_for (const FirmwareFacts *firmware, const Machine *machine)
{
    g_autofree char *target =
        g_strdup_printf ("%s %s", architecture (machine), versioned (machine));

    for (gsize i = 0; firmware->targets && firmware->targets[i]; i++)
        if (g_pattern_match_simple (firmware->targets[i], target))
            return TRUE;
    return FALSE;
}

static gboolean
has (const FirmwareFacts *firmware, const char *feature)
{
    return firmware->features && g_strv_contains ((const char *const *)firmware->features, feature);
}

/* One that boots everything must not check signatures; one that checks them is
 * of no use without keys. */
static gboolean
fits (const FirmwareFacts *firmware, const Machine *machine)
{
    gboolean secure = has (firmware, "secure-boot");

    if (machine->firmware->type == FIRMWARE_UEFI_SECURE)
        return secure && has (firmware, "enrolled-keys");
    return !secure && !has (firmware, "requires-smm");
}

const FirmwareFacts *
firmware_choose (Planner *planner, const Machine *machine, FirmwareFacts *ret_made)
{
    const Firmware *wanted = machine->firmware;
    GPtrArray *known = planner->facts->firmwares;

    if (wanted->code && wanted->vars) {
        *ret_made = (FirmwareFacts){ .code = wanted->code,
                                     .code_format = (char *)"raw",
                                     .vars = wanted->vars,
                                     .vars_format = (char *)"raw" };
        return ret_made;
    }
    for (guint i = 0; i < known->len; i++) {
        const FirmwareFacts *firmware = g_ptr_array_index (known, i);

        if (is_for (firmware, machine) && fits (firmware, machine))
            return firmware;
    }
    planner_complain (planner, DIAG_ERROR, wanted->place, planner_key (machine, "firmware"),
                      "this host has no %s firmware for %s on %s: install one (the package ovmf or "
                      "edk2-ovmf), or name its files, as { code: FILE, vars: FILE }",
                      firmware_type_names[wanted->type], machine->machine, architecture (machine));
    return NULL;
}

char *
firmware_vars_path (const Planner *planner, const Machine *machine, const FirmwareFacts *firmware)
{
    return paths_disk (&planner->paths, machine->name, FIRMWARE_VARS_DISK, firmware->vars_format);
}
