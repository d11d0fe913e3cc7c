/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pure way from a checked lab to the ordered list of steps. */
#pragma once

#include "base/diag.h"
#include "plan/facts.h"
#include "plan/step.h"
#include "profile/model.h"

typedef struct {
    const char *run_root;   /* absolute */
    const char *state_root; /* absolute */
    gboolean force;         /* what the host cannot do becomes a warning */
    const char
        *identity; /* the lab whose addresses and UUIDs the machines have; NULL = their own */
} PlanOptions;

/**
 * plan_build:
 * @lab: a checked lab
 * @facts: what the host and its emulators offer
 * @diags: what @facts or the limits of the system refuse, each with its place
 *
 * Equal input gives an equal plan, byte for byte.
 *
 * Returns: (transfer full) (nullable): the plan, %NULL when @diags has errors
 */
Plan *plan_build (const Lab *lab, const HostFacts *facts, const PlanOptions *options,
                  DiagList *diags);
