/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with a QMP server: at a terminal, or of a script. */
#pragma once

#include "cli/shell/qmp-target.h"

/**
 * shell_run:
 * @terminal: whether a person types the lines; otherwise they are read from
 *   standard input, and the first one that fails ends the session
 *
 * Returns: whether all went well; otherwise @error has the exit status, and no
 * text when it has been told already
 */
gboolean shell_run (const Options *options, QmpTarget *target, gboolean terminal, GError **error);
