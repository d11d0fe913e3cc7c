/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the choice of what carries steps out.  It is alone in its file so that the
 * program of the fault tests can be linked with another choice.
 */
#include "cli/supervise.h"

const Effects *
supervisor_effects (void)
{
    return &real_effects;
}
