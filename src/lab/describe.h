/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clients are told of a lab and its machines, as JSON. */
#pragma once

#include "lab/lab.h"

/**
 * describe_machine:
 *
 * Returns: (transfer full): name, state, readiness, process, sockets, forwards, nics
 */
JsonNode *describe_machine (LiveMachine *machine);

/**
 * describe_lab:
 *
 * Returns: (transfer full): the lab with its machines in the order of the plan
 */
JsonNode *describe_lab (LiveLab *lab);

/**
 * describe_pair:
 *
 * Returns: (transfer full): an object of two strings; the second may be left out
 */
JsonNode *describe_pair (const char *name, const char *value, const char *name2,
                         const char *value2);
