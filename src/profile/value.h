/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One text to one field of the model. */
#pragma once

#include "profile/keys.h"

/**
 * value_parse:
 * @key: a row for a single value, from %KEY_NAME to %KEY_DATE
 * @text: what was written, variables replaced
 * @folder: absolute: where a relative path starts
 * @field: (out): where the value goes; a string that is there is freed
 *
 * Returns: (transfer full) (nullable): %NULL when @field was set, else what is
 * wrong with @text and how to mend it
 */
char *value_parse (const Key *key, const char *text, const char *folder, gpointer field);

/**
 * value_check_line:
 *
 * Returns: (transfer full) (nullable): why @text cannot be a value of one line
 */
char *value_check_line (const char *text);
