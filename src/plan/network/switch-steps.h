/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps that start the processes of internal switches. */
#pragma once

#include "plan/planner.h"

/**
 * switch_steps_add:
 * @plan: gets a step for each internal switch that a NIC is plugged into, in
 *   the order of the file
 */
void switch_steps_add (Planner *planner, Plan *plan);
