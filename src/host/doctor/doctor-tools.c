/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what `roost doctor` looks at among programs and their files: emulators,
 * qemu-img, xorriso, the UEFI firmware.
 */
#include "host/doctor/doctor-private.h"

static void
look_emulators (Doctor *doctor)
{
    const GPtrArray *emulators = doctor->input->facts->emulators;

    for (guint i = 0; i < emulators->len; i++) {
        const EmulatorFacts *emulator = g_ptr_array_index (emulators, i);

        if (emulator->path)
            doctor_ok (doctor, g_strdup_printf ("%s: %s", emulator->path,
                                                emulator->version ? emulator->version
                                                                  : "does not tell its version"));
        else
            doctor_lack (doctor, TRUE, g_strdup_printf ("%s is not there", emulator->name),
                         "no machine can be started",
                         g_path_is_absolute (emulator->name)
                             ? NULL
                             : g_strdup ("apt install qemu-system-x86"));
    }
}

static void
look_for (Doctor *doctor, gboolean needed, const char *program, const char *why,
          const char *package)
{
    g_autofree char *path = doctor_find_program (doctor, program);

    if (path)
        doctor_ok (doctor, g_steal_pointer (&path));
    else
        doctor_lack (doctor, needed, g_strdup_printf ("%s is not installed", program), why,
                     g_strconcat ("apt install ", package, NULL));
}

static void
look_qemu_img (Doctor *doctor)
{
    look_for (doctor, TRUE, "qemu-img", "no disk can be made", "qemu-utils");
}

static void
look_xorriso (Doctor *doctor)
{
    look_for (doctor, doctor->input->needs.iso, "xorriso",
              "cloud_init and kickstart cannot be given to machines", "xorriso");
}

/* QEMU's descriptors of firmware, or the paths of before there were any. */
static void
look_uefi (Doctor *doctor)
{
    static const char *const files[] = { "usr/share/OVMF/OVMF_CODE_4M.fd",
                                         "usr/share/OVMF/OVMF_CODE.fd",
                                         "usr/share/edk2/ovmf/OVMF_CODE.fd",
                                         "usr/share/qemu/edk2-x86_64-code.fd" };

    for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
        if (doctor_exists (doctor, files[i])) {
            doctor_ok (doctor, g_strconcat ("/", files[i], NULL));
            return;
        }
    }
    doctor_lack (doctor, doctor->input->needs.uefi, g_strdup ("no OVMF is installed"),
                 "`firmware: uefi` cannot be had", g_strdup ("apt install ovmf"));
}

const DoctorCheck doctor_tool_checks[] = {
    { "emulator", look_emulators },
    { "qemu-img", look_qemu_img },
    { "xorriso", look_xorriso },
    { "uefi", look_uefi },
    { NULL },
};
