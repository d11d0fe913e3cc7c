/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of the binder: see bind.h. */
#pragma once

#include "profile/bind.h"

/**
 * binder_fail:
 * @node: is wrong, and is marked so
 */
void binder_fail (Binder *binder, Node *node, const char *format, ...) G_GNUC_PRINTF (3, 4);

/**
 * binder_text:
 * @node: should be a scalar
 * @example: (nullable): for the complaint that it is none
 * @ret_folder: (out) (transfer none): of the file that the text is from
 *
 * Returns: (transfer full) (nullable): its text; %NULL when it is wrong or cannot be
 * known yet
 */
char *binder_text (Binder *binder, Node *node, const char *example, const char **ret_folder);

/**
 * bind_list:
 * @key: of %KEY_STRINGS, %KEY_LIST, %KEY_ARGV, %KEY_VLANS or %KEY_FORWARDS
 * @field: what stores it
 */
void bind_list (Binder *binder, const Key *key, Node *node, gpointer field);
