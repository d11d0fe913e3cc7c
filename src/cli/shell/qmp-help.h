/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shell's `help` says. */
#pragma once

#include "cli/shell/qmp-schema.h"

/**
 * qmp_help_overview:
 * @schema: (nullable)
 *
 * Returns: (transfer full): how to write a line, and all commands
 */
char *qmp_help_overview (const QmpSchema *schema);

/**
 * qmp_help_command:
 * @words: (array zero-terminated=1): a command and perhaps KEY=VALUE, which
 *   choose the branches of unions
 *
 * Returns: (transfer full) (nullable): the arguments of the command as a table;
 * NULL when there is no such command
 */
char *qmp_help_command (const QmpSchema *schema, const char *const *words);
