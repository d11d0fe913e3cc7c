/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the host must have before a lab begins to come up. */
#pragma once

#include "plan/step.h"

typedef struct {
    const Plan *plan;
    const Plan *running; /* the same lab as it is now; NULL while it is down */
    gboolean force;      /* too little memory and addresses that others have are not refused */
} Preflight;

/**
 * preflight_check:
 * @error: all that is missing, one line each, every holder named
 *
 * Looks and changes nothing.
 *
 * Returns: %FALSE when something is missing; the class is %ROOST_ERROR_PROFILE
 * when the profile names what is not there, else %ROOST_ERROR_HOST
 */
gboolean preflight_check (const Preflight *preflight, GError **error);
