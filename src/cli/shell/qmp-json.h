/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON text as nodes that know their place. */
#pragma once

#include "cli/shell/qmp-node.h"

/**
 * qmp_json_parse:
 * @text: a whole source, valid UTF-8
 * @at: (inout): where the value begins; where it ended
 * @end: the value ends here at the latest
 *
 * Parses one value; white space before it is skipped.  Keys that an object has
 * twice are refused, as QEMU refuses them.
 *
 * Returns: (transfer full) (nullable): the value; %NULL with @fault, which is
 * open when the text ended too early
 */
QmpNode *qmp_json_parse (const char *text, gsize *at, gsize end, QmpFault *fault);

/**
 * qmp_json_is_number:
 * @integer: whether a fraction or an exponent is refused
 *
 * Returns: whether @text is a number as JSON writes it
 */
gboolean qmp_json_is_number (const char *text, gsize length, gboolean integer);

/**
 * qmp_json_pretty:
 * @json: one valid value
 *
 * Returns: (transfer full): the same value over several lines; numbers and
 * strings keep their bytes
 */
char *qmp_json_pretty (const char *json, gsize length);
