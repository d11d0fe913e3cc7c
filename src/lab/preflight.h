/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host must have before a lab begins to come up. */
#pragma once

#include "plan/step.h"

/**
 * preflight:
 * @force: too little memory is not refused
 * @error: all that is missing, one line each, every holder named
 *
 * Looks and changes nothing.
 *
 * Returns: %FALSE when something is missing; the class is %ROOST_ERROR_PROFILE
 * when the profile names what is not there, else %ROOST_ERROR_HOST
 */
gboolean preflight (const Plan *plan, gboolean force, GError **error);

/**
 * preflight_port:
 *
 * Returns: (transfer full) (nullable): why the host port of @forward cannot be
 * had and who has it; %NULL when it is free
 */
char *preflight_port (const ForwardRecord *forward, GPtrArray *states);
