/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a command must not be written down. */
#pragma once

#include <glib.h>

/**
 * secrets_mask:
 * @arguments: of @command, valid and minified
 *
 * Returns: (transfer full) (nullable): the arguments with "***" in place of passwords and keys;
 * %NULL when there are none
 */
char *secrets_mask (const char *command, const char *arguments, gsize length);
