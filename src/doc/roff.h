/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program's tables say, as the text of a manual page. */
#pragma once

#include <glib.h>

/**
 * roff_text:
 * @text: plain text in one or more lines
 *
 * Appends @text so that a page shows it as it is, with a line's end behind it.
 */
void roff_text (GString *out, const char *text);

/**
 * roff_item:
 * @bold: (nullable): what stands in bold letters
 * @italic: (nullable): what follows in italic ones
 *
 * Begins a paragraph with a tag; the text comes after.
 */
void roff_item (GString *out, const char *bold, const char *italic);

/**
 * roff_example:
 *
 * Appends @text as it would be typed.
 */
void roff_example (GString *out, const char *text);
