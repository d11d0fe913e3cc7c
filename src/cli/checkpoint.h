/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going on from a checkpoint, for `up --from` as well. */
#pragma once

#include "cli/verb.h"
#include "lab/checkpoint.h"

/**
 * checkpoint_plan:
 * @plan: what the profile says now; it must not differ, unless --force
 *
 * Makes the disks of a lab that is down what they were at the checkpoint of --from.
 *
 * Returns: (transfer full): the plan with which it goes on
 */
Plan *checkpoint_plan (const Plan *plan, const Options *options, GError **error);
