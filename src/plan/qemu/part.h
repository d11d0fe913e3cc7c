/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NICs and disks as parts of a machine's record that can come and go while the
 * machine runs: what of the command line is theirs, where there is a place for
 * them, and what the monitor is told.
 *
 * A part is named as people read it: `nic lan`, `disk data`.
 */
#pragma once

#include "plan/step.h"

/**
 * part_of_option:
 * @value: of an option of the command line
 *
 * Returns: (transfer full) (nullable): the part that it belongs to; %NULL = none
 */
char *part_of_option (const char *value);

/* Returns: (transfer full) (element-type utf8): the parts of @step, NICs first */
GPtrArray *part_list (const MachineStep *step);

/* Returns: (transfer none): the name behind `nic ` or `disk ` */
const char *part_name (const char *part);
gboolean part_is_nic (const char *part);

/* Returns: (transfer none) (nullable) */
NicRecord *part_find_nic (const MachineStep *step, const char *part);

/* Returns: whether NICs of that model sit in a slot of the PCI bus, or hang on USB */
gboolean part_model_is_pci (const char *model);
gboolean part_model_is_usb (const char *model);

typedef enum {
    PART_SAME,
    PART_OTHER,       /* it can go and come again as it is wanted */
    PART_OTHER_START, /* what differs counts when the machine is started */
} PartDifference;

/**
 * part_compare:
 *
 * Compares a part that both have.  Where on its bus it is makes no difference, as
 * that follows from what else there is.
 */
PartDifference part_compare (const MachineStep *was, const MachineStep *is, const char *part);

/**
 * part_come_problem:
 * @step: of the machine that runs
 * @from: has the part
 *
 * Returns: (transfer full) (nullable): why it cannot come while the machine runs,
 * one clause; %NULL when it can
 */
char *part_come_problem (const MachineStep *step, const MachineStep *from, const char *part);

/**
 * part_go_problem:
 *
 * Returns: (transfer full) (nullable): why it cannot go while the machine runs
 */
char *part_go_problem (const MachineStep *step, const char *part);

/**
 * part_needs_guest:
 *
 * Returns: whether the guest has to let go of the part before it is gone
 */
gboolean part_needs_guest (const MachineStep *step, const char *part);

/**
 * part_add:
 *
 * @step gets the part that @from has, at a place that is free there: descriptors,
 * command line and records are as a start of the machine needs them.
 */
void part_add (MachineStep *step, const MachineStep *from, const char *part);

/**
 * part_remove:
 *
 * @step has the part no more.  A port of its own stays, as it does in the machine.
 */
void part_remove (MachineStep *step, const char *part);

/* Returns: (transfer full): a copy of @step */
MachineStep *part_copy_step (const MachineStep *step);

typedef struct {
    const char *option; /* (not owned) as `-device` */
    GPtrArray *items;   /* owned: OptItem */
} PartOption;

/**
 * part_options:
 *
 * Returns: (transfer full) (element-type PartOption): what of the command line of @step is the
 * part's, in order, but for a port of its own
 */
GPtrArray *part_options (const MachineStep *step, const char *part);

/**
 * part_option_fds:
 *
 * Returns: (transfer container) (element-type FdRecord): the descriptors that an option
 * names, in its order
 */
GPtrArray *part_option_fds (const MachineStep *step, GPtrArray *items);

/**
 * part_device:
 *
 * Returns: (transfer full): the id of the device that the guest sees
 */
char *part_device (const char *part);
