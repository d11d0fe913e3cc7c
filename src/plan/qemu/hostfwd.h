/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host ports as the emulator's command line has them. */
#pragma once

#include "plan/step.h"

/**
 * hostfwd_rule:
 *
 * Returns: (transfer full): `tcp:127.0.0.1:8080-:80`
 */
char *hostfwd_rule (const ForwardRecord *forward);

/**
 * hostfwd_rewrite:
 *
 * Makes the command line of @step say the forwards that it has, but those that
 * end with the process, so that the next start opens the same.
 */
void hostfwd_rewrite (MachineStep *step);
