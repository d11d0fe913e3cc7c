/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `up` and `run` share. */
#pragma once

#include "cli/common/client.h"
#include "plan/step.h"

/**
 * up_is_up:
 *
 * Returns: %TRUE, with @error, when there is a lab of that name
 */
gboolean up_is_up (const Plan *plan, GError **error);

/**
 * up_bring_up:
 *
 * Has the supervisor carry out @plan; returns when it has, or has undone it.
 */
gboolean up_bring_up (LabClient *client, const Plan *plan, const Options *options, GError **error);

/**
 * up_carry_out:
 *
 * All of `up` once there is a plan: a supervisor, the steps, the wait, the table.
 */
gboolean up_carry_out (const Plan *plan, const Options *options, GError **error);

/* The one time that a person is told, as which accelerator was chosen and why. */
void up_print_notes (const Plan *plan);
