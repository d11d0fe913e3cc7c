/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going on from a checkpoint, for `up --from` as well. */
#pragma once

#include "cli/verb.h"
#include "lab/checkpoints/checkpoint.h"

/**
 * checkpoint_plan:
 * @plan: of load_plan() with --from; it must not differ from what was saved, unless
 *   --force
 *
 * Makes the disks of a lab that is down what they were at the checkpoint of --from,
 * or looks whether it can be copied.  --from is the whole name of it then.
 *
 * Returns: (transfer full): the plan with which the lab goes on
 */
Plan *checkpoint_plan (const Plan *plan, Options *options, GError **error);
