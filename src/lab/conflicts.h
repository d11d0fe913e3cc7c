/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what a plan claims can be had: not claimed twice in the plan, not held
 * by another lab, not by any other process.
 */
#pragma once

#include "lab/findings.h"
#include "plan/step.h"

typedef struct {
    const Plan *plan;
    const Plan *running; /* the same lab as it is now; NULL while it is down */
    GPtrArray *states;   /* (element-type State): all labs, as registry_list() found them */
    gboolean force;      /* addresses that others have are not refused */
} ConflictSearch;

/**
 * conflicts_find:
 *
 * Adds a line for each claim that cannot be had, with its place and its holder.
 * What @running has already is not asked for again.
 */
void conflicts_find (const ConflictSearch *search, Findings *findings);

/**
 * conflicts_describe_port:
 *
 * Returns: (transfer full) (nullable): why the host port of @forward cannot be
 * had and which process has it; %NULL when it is free
 */
char *conflicts_describe_port (const ForwardRecord *forward, GPtrArray *states);
