/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole lab as clients are told of it. */
#pragma once

#include "lab/lab.h"

/**
 * describe_lab:
 *
 * Returns: (transfer full): the lab with its machines in the order of the plan
 */
JsonNode *describe_lab (LiveLab *lab);
