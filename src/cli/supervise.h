/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor: the process that each lab has of its own. */
#pragma once

#include "host/process/process.h"
#include "lab/effects/effects.h"

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

/**
 * supervisor_run:
 * @first_client: (transfer full): descriptor of a client that is there already; -1 = none
 *
 * Is the supervisor of @lab, until that is down or SIGTERM comes.  A lab that is
 * up and has none is taken over; one that is not up ends it at once, unless the
 * first client brings it up.
 */
gboolean supervisor_run (const char *lab, int first_client, GError **error);

/* Returns: (transfer none): what carries out the steps of labs */
const Effects *supervisor_effects (void);
