/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lab that is down can have left, when its supervisor was killed on the
 * last step.
 */
#pragma once

#include <glib.h>

/**
 * remains_lock:
 * @run_dir: of a lab
 *
 * The lock is the directory itself, so that there is no file of it to be left.
 * It goes when the descriptor is closed or its owner dies.
 *
 * Returns: a descriptor; -1 with %G_FILE_ERROR_NOENT when there is no directory,
 * with %G_FILE_ERROR_AGAIN when somebody else has it
 */
int remains_lock (const char *run_dir, GError **error);

/**
 * remains_list:
 *
 * Returns: (transfer full): a line for each thing that remains_remove() would
 * remove, as `socket /run/…`; empty when the lab is up or being brought up
 */
GPtrArray *remains_list (const char *run_dir);

/**
 * remains_remove:
 *
 * Ends the processes that a lab without a state has left, and removes its
 * sockets, what its supervisor wrote, and its run directory.  Anything else
 * stays, and the directory with it.  A lab that has a state or a supervisor is
 * not touched.
 */
void remains_remove (const char *run_dir);
