/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor: the process that each lab has of its own. */
#pragma once

#include "host/process.h"

#include <glib.h>

#define CONTROL_SOCKET "lab.sock"

/**
 * supervisor_spawn:
 * @lab: a valid name
 * @ret_id: (out): set on success only
 *
 * Starts the supervisor of @lab in the background.
 *
 * Returns: one end of a connection to its control server; -1 on error
 */
int supervisor_spawn (const char *lab, ProcessId *ret_id, GError **error);

/**
 * supervisor_log_path:
 *
 * Returns: (transfer full): where the supervisor of @lab writes what it has to say
 */
char *supervisor_log_path (const char *lab);
