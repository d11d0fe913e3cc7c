/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writers of QEMU's command line.  What they write follows from the model
 * and from the records of the step, so that what a person reads in the plan is
 * what runs.
 */
#pragma once

#include "plan/qemu/argv.h"
#include "plan/qemu/optstr.h"
#include "plan/planner.h"

typedef struct {
    Planner *planner;
    const Machine *machine;
    const EmulatorFacts *emulator; /* NULL = not found, which was told */
    const MachineStep *step;       /* paths, addresses and boot order */
    Argv *argv;
    guint n_pci;   /* devices that take a slot of the PCI bus */
    guint n_ports; /* PCI Express ports that devices have of their own */
} QemuWriter;

/**
 * qemu_write_machine:
 * @step: all but the command line is filled in; argv and fds are added
 */
void qemu_write_machine (Planner *planner, const Machine *machine, MachineStep *step);

/**
 * qemu_write_process:
 * @guest: by what name its process is known
 *
 * Writes what comes first and is the same for every emulator, also one without a
 * machine.
 */
void qemu_write_process (Argv *argv, const char *guest);

/**
 * qemu_sandbox_new:
 * @spawn: it may start programs
 *
 * Returns: (transfer full): the value of -sandbox
 */
OptString *qemu_sandbox_new (gboolean spawn);

/**
 * qemu_add:
 * @option: as `-device`
 * @opt: (transfer full): its value
 * @key: what the value comes from, below the machine, for the complaint when
 *   it cannot be written
 */
void qemu_add (QemuWriter *writer, const char *option, OptString *opt, Place place,
               const char *key);

/* the members of `-machine` that flash chips need, and the chips */
void qemu_add_flash (QemuWriter *writer, OptString *machine);
void qemu_write_firmware (QemuWriter *writer);
/* Returns: the board in the emulator's words */
const char *qemu_machine_type (const Machine *machine);

/**
 * qemu_write_port:
 * @device: the id of the device that comes next
 *
 * Writes a port for that device alone, where the board needs one for the device to be
 * removed while the machine runs, and puts the device on it.
 */
void qemu_write_port (QemuWriter *writer, const char *device, OptString *opt, Place place,
                      const char *key);
/* the ports that stay free, after all that has a place of its own */
void qemu_write_spare_ports (QemuWriter *writer);
void qemu_write_sandbox (QemuWriter *writer);
void qemu_write_watch (QemuWriter *writer);
void qemu_write_serials (QemuWriter *writer);
void qemu_write_screen (QemuWriter *writer);
void qemu_write_inputs (QemuWriter *writer);
void qemu_write_channels (QemuWriter *writer);
void qemu_write_disks (QemuWriter *writer);
void qemu_write_nics (QemuWriter *writer);
