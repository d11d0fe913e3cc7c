/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree of values as YAML that a person goes on with. */
#pragma once

#include <json-glib/json-glib.h>

/**
 * yaml_write:
 *
 * Returns: (transfer full): @node as one YAML document in block style
 */
char *yaml_write (JsonNode *node);
