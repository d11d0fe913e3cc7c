/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole tree, includes done, to a lab. */
#pragma once

#include "profile/complain.h"
#include "profile/model.h"
#include "profile/tree/node.h"

/**
 * build_lab:
 * @tree: the profile over everything that it includes
 * @set: (nullable): `name=value` of the command line
 *
 * Variables, templates, ranges, the key table and the checks, in this order.
 *
 * Returns: (transfer full): the lab; only of use when nothing was complained
 * about
 */
Lab *build_lab (Node *tree, const char *const *set, Complaints *complaints);
