/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an emulator says of the files that it has open, read. */
#pragma once

#include <json-glib/json-glib.h>

/**
 * disk_find_node:
 * @nodes: (nullable): the answer to query-named-block-nodes
 * @format: (nullable): %NULL = whatever it is
 *
 * Returns: (transfer none) (nullable): the node that has @path open in @format
 */
JsonObject *disk_find_node (JsonNode *nodes, const char *path, const char *format);

/* Returns: (transfer none) (nullable): the node @name */
JsonObject *disk_find_named_node (JsonNode *nodes, const char *name);

/* Returns: (transfer none) (nullable): the name of disk_find_node() */
const char *disk_find_node_name (JsonNode *nodes, const char *path, const char *format);

/**
 * disk_find_head:
 * @devices: (nullable): the answer to query-block
 * @ret_root: (out) (transfer full): the node that the device sees, which may be one
 *   above that of the file
 *
 * Returns: (transfer full) (nullable): the file to which @disk is written; %NULL
 * when that cannot be told
 */
char *disk_find_head (JsonNode *devices, const char *disk, char **ret_root);
