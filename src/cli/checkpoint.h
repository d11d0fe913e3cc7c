/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going on from a checkpoint, for `up --from` as well. */
#pragma once

#include "cli/verb.h"
#include "lab/checkpoint.h"

/**
 * checkpoint_take:
 * @plan: (nullable): what the profile says now; it must not differ
 * @force: it may
 *
 * Makes the disks of a lab that is down what they were.
 *
 * Returns: (transfer full): the plan with which it goes on
 */
Plan *checkpoint_take (Checkpoint *checkpoint, const Plan *plan, gboolean force, GError **error);
