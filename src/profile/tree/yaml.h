/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML text to a tree of nodes. */
#pragma once

#include "profile/complain.h"
#include "profile/tree/node.h"

/* the largest profile, and each file that it includes */
#define YAML_MAX_BYTES (1024 * 1024)

/**
 * yaml_parse:
 * @file: interned: the name to report
 * @folder: interned, absolute: where relative paths in it start
 *
 * Refuses what profiles have no use for: several documents, tags of one's own,
 * merge keys, keys that are not text, and a key given twice.
 *
 * Returns: (transfer full) (nullable): the tree, a map; %NULL when @text is not
 * YAML or not a map.  Lesser mistakes are complained about and left out.
 */
Node *yaml_parse (const char *text, gsize length, const char *file, const char *folder,
                  Complaints *complaints);
