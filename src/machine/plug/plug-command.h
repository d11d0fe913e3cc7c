/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the monitor is told so that a NIC or a disk comes or goes: the options of the
 * command line in the words of QMP.
 */
#pragma once

#include "plan/qemu/part.h"

typedef struct {
    const char *execute;
    JsonNode *arguments; /* owned */
    GPtrArray *fds;      /* owned container of FdRecord: handed over before, see plug_fd_name() */
} PlugCommand;

/**
 * plug_commands:
 *
 * Returns: (transfer full) (element-type PlugCommand): what makes a machine have the
 * part that @step has, in order
 */
GPtrArray *plug_commands (const MachineStep *step, const char *part);

/**
 * plug_rest_commands:
 *
 * Returns: (transfer full) (element-type PlugCommand): what removes the rest of the part
 * when its device is gone, in order
 */
GPtrArray *plug_rest_commands (const MachineStep *step, const char *part);

/* Returns: (transfer full): by which name the monitor knows the descriptor */
char *plug_fd_name (const FdRecord *fd);
