/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hooks as steps of a plan: undone when what they did has to be undone. */
#pragma once

#include "plan/planner.h"

/**
 * hook_steps_add:
 * @plan: with all other steps
 *
 * Puts the hooks of the lab, its machines and their disks around the steps of
 * each, which then need them or are needed by them.
 */
void hook_steps_add (Planner *planner, Plan *plan);

/**
 * hook_steps_bring_files:
 * @disk: (nullable): one of @machine, or %NULL for what belongs to none
 *
 * Returns: whether a hook runs first that may bring the files of it, so that they
 * need not be there before
 */
gboolean hook_steps_bring_files (const Planner *planner, const Machine *machine, const Disk *disk);
