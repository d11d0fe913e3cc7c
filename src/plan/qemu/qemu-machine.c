/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of the command line and the options that concern the machine
 * as a whole.
 */
#include "plan/qemu/qemu.h"

#include "base/quantity.h"
#include "plan/accel.h"
#include "plan/drives.h"
#include "plan/qemu/emulator-check.h"

#include <string.h>

/* Free slots of the one PCI bus: 32 less the host bridge and the machine's own
 * chipset, on q35 as on i440fx. */
#define PCI_SLOTS 30

/* The kernel takes no single argument longer than this (MAX_ARG_STRLEN), with
 * its NUL. */
#define WORD_MAX (128 * 1024)

void
qemu_add (QemuWriter *writer, const char *option, OptString *opt, Place place, const char *key)
{
    g_autofree char *problem = NULL;
    g_autofree char *value = opt_end (opt, &problem);

    if (value)
        argv_add_pair (writer->argv, option, value);
    else
        planner_complain (writer->planner, DIAG_ERROR, place,
                          planner_key (writer->machine, "%s", key), "%s", problem);
}

const char *
qemu_machine_type (const Machine *machine)
{
    return strcmp (machine->machine, "i440fx") == 0 ? "pc" : machine->machine;
}

static void
add_choice (OptString *opt, const char *key, Choice choice)
{
    switch (choice) {
    case CHOICE_UNSET:
        break;
    case CHOICE_NO:
    case CHOICE_YES:
        opt_add_flag (opt, key, choice == CHOICE_YES);
        break;
    }
}

static void
write_type (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    OptString *opt = opt_new (qemu_machine_type (machine));

    emulator_check (writer->planner, writer->emulator, OFFER_MACHINE, qemu_machine_type (machine),
                    machine->machine_place, planner_key (machine, "machine"));
    add_choice (opt, "vmport", machine->vmport);
    add_choice (opt, "hpet", machine->hpet);
    qemu_add_flash (writer, opt);
    qemu_add (writer, "-machine", opt, machine->machine_place, "machine");
}

static void
write_accels (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    const char *const *accels = accel_choose (machine, writer->planner->facts);

    for (gsize i = 0; accels[i]; i++) {
        emulator_check (writer->planner, writer->emulator, OFFER_ACCEL, accels[i],
                        machine->accel_place, planner_key (machine, "accel"));
        qemu_add (writer, "-accel", opt_new (accels[i]), machine->accel_place, "accel");
    }
}

static void
check_nested (QemuWriter *writer)
{
    const Planner *planner = writer->planner;
    const char *remedy = planner->facts->kvm_nested_remedy;

    if (!accel_nested_refused (writer->machine, planner->facts))
        return;
    planner_complain (writer->planner, planner->options->force ? DIAG_WARNING : DIAG_ERROR,
                      writer->machine->nested_place, planner_key (writer->machine, "nested"),
                      "the host's kvm gives guests no virtualization of their own%s%s%s",
                      remedy ? ": " : "", remedy ? remedy : "",
                      planner->options->force ? "" : " (--force starts it all the same)");
}

static void
write_cpu (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    g_autofree char *cpu = accel_cpu (machine, writer->planner->facts);
    g_autofree char *smp = g_strdup_printf ("%d", machine->smp);
    g_autofree char *model = g_strndup (cpu, strcspn (cpu, ","));

    emulator_check (writer->planner, writer->emulator, OFFER_CPU, model, machine->cpu_place,
                    planner_key (machine, "cpu"));
    check_nested (writer);
    argv_add_pair (writer->argv, "-cpu", cpu);
    argv_add_pair (writer->argv, "-smp", smp);
}

/* without a suffix QEMU counts megabytes */
static void
write_memory (QemuWriter *writer)
{
    g_autofree char *size = quantity_format_size (writer->machine->memory);
    g_autofree char *text =
        g_strconcat ("size=", size, g_ascii_isdigit (size[strlen (size) - 1]) ? "B" : "", NULL);

    argv_add_pair (writer->argv, "-m", text);
}

static void
write_identity (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    g_autofree char *derived = NULL;

    if (!machine->uuid)
        derived = ids_machine_uuid (writer->planner->identity, machine->name);
    argv_add_pair (writer->argv, "-uuid", derived ? derived : machine->uuid);
}

static void
write_kernel (QemuWriter *writer)
{
    const Machine *machine = writer->machine;

    if (!machine->kernel)
        return;
    argv_add_pair (writer->argv, "-kernel", machine->kernel);
    if (machine->initrd)
        argv_add_pair (writer->argv, "-initrd", machine->initrd);
    if (machine->append)
        argv_add_pair (writer->argv, "-append", machine->append);
}

static void
write_clock (QemuWriter *writer)
{
    const Clock *clock = &writer->machine->clock;
    OptString *opt;

    if (clock->base || clock->catchup) {
        opt = opt_new (NULL);
        if (clock->base)
            opt_add (opt, "base", clock->base);
        if (clock->catchup)
            opt_add (opt, "driftfix", "slew");
        qemu_add (writer, "-rtc", opt, writer->machine->place, "clock");
    }
    if (clock->pit) {
        opt = opt_new (NULL);
        opt_add (opt, "kvm-pit.lost_tick_policy", clock->pit);
        qemu_add (writer, "-global", opt, writer->machine->place, "clock.pit");
    }
}

/* S3 and S4, as the board's chip calls them. */
static void
write_suspend (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    const char *chip = NULL;

    if (machine->suspend == CHOICE_UNSET)
        return;
    switch (drive_layout_ide (machine->machine)) {
    case IDE_NONE:
        return;
    case IDE_PIIX3:
        chip = "PIIX4_PM";
        break;
    case IDE_ICH9:
        chip = "ICH9-LPC";
        break;
    }
    for (int state = 3; state <= 4; state++) {
        g_autofree char *key = g_strdup_printf ("%s.disable_s%d", chip, state);
        OptString *opt = opt_new (NULL);

        opt_add (opt, key, machine->suspend == CHOICE_NO ? "1" : "0");
        qemu_add (writer, "-global", opt, machine->place, "suspend");
    }
}

void
qemu_write_process (Argv *argv, const char *guest)
{
    OptString *opt = opt_new (NULL);
    g_autofree char *problem = NULL, *value = NULL;

    opt_add (opt, "guest", guest);
    opt_add_flag (opt, "debug-threads", TRUE);
    value = opt_end (opt, &problem);
    g_assert (value); /* made of names, which have no strange characters */
    argv_add_pair (argv, "-name", value);
    argv_add (argv, "-no-user-config");
    argv_add (argv, "-nodefaults");
}

static void
write_head (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    g_autofree char *guest = g_strdup_printf ("%s/%s", writer->planner->lab->name, machine->name);

    qemu_write_process (writer->argv, guest);
    argv_add (writer->argv, "-S");
    qemu_write_sandbox (writer);
}

/* what each part accepted may still be too much together */
static void
check_whole (QemuWriter *writer)
{
    const Machine *machine = writer->machine;

    if (writer->n_pci > PCI_SLOTS)
        planner_complain (writer->planner, DIAG_ERROR, machine->place,
                          planner_key (machine, "disks"),
                          "disks, NICs and video take %u slots of the PCI bus, which has %d free: "
                          "put disks on bus ahci, usb or scsi",
                          writer->n_pci, PCI_SLOTS);
    for (guint i = 0; i < writer->argv->words->len; i++) {
        const char *word = g_ptr_array_index (writer->argv->words, i);

        if (strlen (word) >= WORD_MAX)
            planner_complain (writer->planner, DIAG_ERROR, machine->place,
                              planner_key (machine, "args"),
                              "the argument %.32s… has %zu bytes, the system allows %d", word,
                              strlen (word), WORD_MAX - 1);
    }
}

void
qemu_write_machine (Planner *planner, const Machine *machine, MachineStep *step)
{
    const EmulatorFacts *emulator = emulator_find (planner, machine);
    g_autoptr (Argv) argv = argv_new (emulator ? emulator->path : machine->emulator);
    QemuWriter writer = { planner, machine, emulator, step, argv, 0, 0 };

    write_head (&writer);
    write_type (&writer);
    write_accels (&writer);
    write_cpu (&writer);
    write_memory (&writer);
    write_identity (&writer);
    qemu_write_firmware (&writer);
    write_kernel (&writer);
    write_clock (&writer);
    write_suspend (&writer);
    qemu_write_watch (&writer);
    qemu_write_serials (&writer);
    qemu_write_screen (&writer);
    qemu_write_inputs (&writer);
    qemu_write_channels (&writer);
    qemu_write_disks (&writer);
    qemu_write_nics (&writer);
    qemu_write_spare_ports (&writer);
    for (gsize i = 0; machine->args && machine->args[i]; i++)
        argv_add (argv, machine->args[i]);
    check_whole (&writer);
    g_ptr_array_unref (step->fds);
    step->argv = argv_steal (argv, &step->fds);
}
