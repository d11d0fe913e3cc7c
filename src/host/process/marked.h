/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that say in their environment which step of which lab started
 * them.  A supervisor that was killed between starting one and writing down its
 * pid has lost it; this is how it is found again.
 */
#pragma once

#include "host/process/process.h"

#define MARKER_VARIABLE "ROOST_STEP"

typedef struct {
    char *step; /* its id */
    ProcessId id;
} MarkedProcess;

/**
 * marker_new:
 *
 * Returns: (transfer full): `ROOST_STEP=RUN_DIR:STEP`, for #ProcessSpec
 */
char *marker_new (const char *run_dir, const char *step);

/**
 * marked_list:
 * @run_dir: of a lab
 *
 * Looks at every process that this user may look at.
 *
 * Returns: (transfer full) (element-type MarkedProcess): the processes of that
 * lab that live
 */
GPtrArray *marked_list (const char *run_dir);

/**
 * marked_list_all:
 * @run_root: where labs keep their run directories
 *
 * Returns: (transfer full) (element-type MarkedProcess): the processes of all
 * labs that live; their steps are `LAB:STEP`
 */
GPtrArray *marked_list_all (const char *run_root);
