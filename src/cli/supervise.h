/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor: the process that each lab has of its own. */
#pragma once

#include <glib.h>

#define CONTROL_SOCKET "lab.sock"

/**
 * supervisor_spawn:
 * @lab: a valid name
 *
 * Starts the supervisor of @lab in the background.
 *
 * Returns: one end of a connection to its control server; -1 on error
 */
int supervisor_spawn (const char *lab, GError **error);

/**
 * supervisor_log_path:
 *
 * Returns: (transfer full): where the supervisor of @lab writes what it has to say
 */
char *supervisor_log_path (const char *lab);
