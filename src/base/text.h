/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names: what one may be called, and which one was probably meant. */
#pragma once

#include <glib.h>

#define NAME_MAX_LENGTH 48

/**
 * name_is_valid:
 *
 * Returns: whether @name can name a lab, machine, disk, nic or switch: letters,
 * digits, `-` and `_`, beginning with a letter or digit, at most
 * %NAME_MAX_LENGTH.  Such a name is safe in paths and option strings.
 */
gboolean name_is_valid (const char *name);

/**
 * text_suggest:
 * @word: what was written
 * @candidates: (array zero-terminated=1): what could have been meant
 *
 * Returns: (transfer none) (nullable): the nearest candidate by edit distance,
 * when it is near enough to be a slip
 */
const char *text_suggest (const char *word, const char *const *candidates);

/**
 * text_quote:
 *
 * Returns: (transfer full): @text in double quotes for an error sentence, cut
 * to a readable length, with control characters escaped
 */
char *text_quote (const char *text);

/**
 * text_last_line:
 *
 * Returns: (transfer full): the last line of @text that is not blank
 */
char *text_last_line (const char *text);
