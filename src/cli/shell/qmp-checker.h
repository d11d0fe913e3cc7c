/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the arguments of a command out of what was written, and finds what the
 * server would refuse before it is sent.
 */
#pragma once

#include "cli/shell/qmp-line.h"
#include "cli/shell/qmp-schema.h"

/**
 * qmp_checker_write:
 * @schema: (nullable): what the server can do; without it nothing is refused,
 *   and a bare word is a number, true, false or null where it looks like one
 * @out: the arguments as one JSON object are appended here
 * @fault: (out caller-allocates): the first thing that is wrong
 *
 * With @line->anyway the schema only decides what bare words are.
 *
 * Returns: whether the arguments may be sent
 */
gboolean qmp_checker_write (const QmpSchema *schema, const QmpLine *line, GString *out,
                            QmpFault *fault);
