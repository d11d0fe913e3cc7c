/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clients are told of machines and steps, as JSON. */
#pragma once

#include "machine/machine.h"

/**
 * describe_machine:
 *
 * Returns: (transfer full): name, state, readiness, process, sockets, forwards, nics
 */
JsonNode *describe_machine (LiveMachine *machine);

/**
 * describe_pair:
 *
 * Returns: (transfer full): an object of two strings; the second may be left out
 */
JsonNode *describe_pair (const char *name, const char *value, const char *name2,
                         const char *value2);
