/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile and the files that it includes, as one tree. */
#pragma once

#include "profile/complain.h"
#include "profile/tree/node.h"

/**
 * include_load:
 * @root: the tree of the profile itself
 * @path: its absolute path, to notice files that include it
 * @search_path: (nullable): where files are looked for that are not beside the
 *   file that includes them
 *
 * Returns: (transfer full): the included files in their order, each over the
 * one before, and @root over them all
 */
Node *include_load (Node *root, const char *path, const char *const *search_path,
                    Complaints *complaints);
