/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes and durations as people write them: "4G", "512 MiB", "10m", "1.5s". */
#pragma once

#include <glib.h>

/**
 * quantity_parse_size:
 * @text: digits, optionally with a fraction, and a suffix: none or B for bytes,
 *   K M G T P (also KB, KiB …), all of them powers of 1,024
 * @ret_bytes: (out): set on success only
 *
 * Returns: %FALSE when @text is not a size or passes 2^63 - 1 bytes
 */
gboolean quantity_parse_size (const char *text, guint64 *ret_bytes);

/**
 * quantity_parse_duration:
 * @text: digits, optionally with a fraction, and a unit: ms, s, m, h, d; a bare
 *   number counts seconds
 * @ret_ms: (out): milliseconds, set on success only
 *
 * Returns: %FALSE when @text is not a duration or passes 2^31 - 1 ms
 */
gboolean quantity_parse_duration (const char *text, guint *ret_ms);

/**
 * quantity_format_size:
 *
 * Returns: (transfer full): the shortest text that says exactly @bytes in the
 * words of quantity_parse_size() and of QEMU, as `4G` or `1536M`
 */
char *quantity_format_size (guint64 bytes);

/**
 * quantity_format_amount:
 *
 * Returns: (transfer full): about how much @bytes is, for a person, as `23.9 MiB`
 */
char *quantity_format_amount (guint64 bytes);

/**
 * quantity_format_duration:
 *
 * Returns: (transfer full): @ms for a person, as `350 ms`, `2.4 s`, `3 m 20 s`
 */
char *quantity_format_duration (guint64 ms);

/**
 * quantity_parse_int:
 * @text: an optionally signed decimal or 0x number and nothing else
 *
 * Returns: %FALSE when @text is no such number or outside @min to @max
 */
gboolean quantity_parse_int (const char *text, gint64 min, gint64 max, gint64 *ret);
