/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as text that reads well in a diff. */
#pragma once

#include "plan/step.h"

/**
 * plan_to_text:
 *
 * Returns: (transfer full): the notes and the steps with everything that is in
 * their records, a line each, but for the command lines
 */
char *plan_to_text (const Plan *plan);

/**
 * plan_to_args:
 *
 * Returns: (transfer full): the command line of every process, an option a line,
 * quoted for a shell where it has to be
 */
char *plan_to_args (const Plan *plan);
