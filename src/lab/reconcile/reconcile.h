/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lab that is up becomes one that is wanted, and what does not differ is left
 * alone.  In this order, each of them undone when a later one fails:
 *
 *   close     host ports of machines that nobody wants any more
 *   unplug    NICs and disks that nobody wants any more, or not as they are
 *   adjust    bridges and taps in use: other settings
 *   add       steps that are new: the walk of an `up`
 *   switches  that have other ports now start anew; machines do not notice
 *   move      taps to other bridges or VLANs
 *   plug      NICs and disks that are new
 *   open      host ports of machines that are new
 *   restart   machines that need a new process, when that was asked for
 *   settings  policies and the like of machines that run
 *   remove    steps that nobody wants any more: the walk of a `down`.  From here
 *             on there is no way back.
 *
 * The plan in the state file says at each moment what there is or is being made,
 * so that a supervisor that takes over in between finds a lab that is whole.
 */
#pragma once

#include "lab/lab.h"

/**
 * reconcile_find_changes:
 * @state: of the lab, which may have no supervisor
 * @wanted: is adapted to machines that may not be restarted
 *
 * Looks and changes nothing but @wanted.
 *
 * Returns: (transfer full) (element-type Change): what `up` would change
 */
GPtrArray *reconcile_find_changes (const State *state, Plan *wanted, gboolean restart);

/**
 * reconcile_changes_to_json:
 *
 * Returns: (transfer full): a list of objects
 */
JsonNode *reconcile_changes_to_json (GPtrArray *changes);
