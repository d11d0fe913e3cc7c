/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the options of UEFI firmware: the code, which the machine cannot write,
 * and its own store of variables, as two flash chips.
 */
#include "plan/qemu/qemu.h"

static void
write_flash (QemuWriter *writer, const char *node, const char *format, const char *path,
             gboolean read_only)
{
    OptString *opt = opt_new (NULL);

    opt_add (opt, "driver", format);
    opt_add (opt, "node-name", node);
    if (read_only)
        opt_add_flag (opt, "read-only", TRUE);
    opt_add (opt, "file.driver", "file");
    opt_add (opt, "file.filename", path);
    qemu_add (writer, "-blockdev", opt, writer->machine->firmware->place, "firmware");
}

void
qemu_add_flash (QemuWriter *writer, OptString *machine)
{
    if (!writer->step->firmware_code)
        return;
    /* with signatures only the firmware itself may write to the store, which it
     * does in a mode that the system cannot enter */
    if (writer->machine->firmware->type == FIRMWARE_UEFI_SECURE)
        opt_add_flag (machine, "smm", TRUE);
    opt_add (machine, "pflash0", "firmware-code");
    opt_add (machine, "pflash1", "firmware-vars");
}

void
qemu_write_firmware (QemuWriter *writer)
{
    const MachineStep *step = writer->step;
    OptString *opt;

    if (!step->firmware_code)
        return;
    write_flash (writer, "firmware-code", step->firmware_format, step->firmware_code, TRUE);
    write_flash (writer, "firmware-vars", step->firmware_vars_format, step->firmware_vars, FALSE);
    if (writer->machine->firmware->type != FIRMWARE_UEFI_SECURE)
        return;
    opt = opt_new (NULL);
    opt_add (opt, "driver", "cfi.pflash01");
    opt_add (opt, "property", "secure");
    opt_add (opt, "value", "on");
    qemu_add (writer, "-global", opt, writer->machine->firmware->place, "firmware");
}
