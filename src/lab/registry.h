/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The labs of this user on this host, as their state files tell. */
#pragma once

#include "lab/state.h"

/**
 * registry_list:
 * @run_root: where labs keep their run directories
 *
 * Returns: (transfer full) (element-type State): the states of all labs that
 * have one, by name; a state that cannot be read is left out
 */
GPtrArray *registry_list (const char *run_root);

/**
 * registry_glance:
 * @run_root: as registry_list()
 *
 * Returns: (transfer full) (element-type State): as registry_list(), of
 * state_glance(): without their plans
 */
GPtrArray *registry_glance (const char *run_root);

/**
 * registry_find_process:
 *
 * Returns: (transfer full) (nullable): `machine web of lab demo`, when @pid is
 * a process of one of @states
 */
char *registry_find_process (GPtrArray *states, gint64 pid);

/**
 * registry_holds:
 *
 * Returns: whether @machine of the lab of @state has what its plan claims: it
 * lives, or is about to be started
 */
gboolean registry_holds (const State *state, const char *machine);

/**
 * registry_has_made:
 *
 * Returns: whether step @id of the lab of @state was begun and not undone, or is
 * about to be
 */
gboolean registry_has_made (const State *state, const char *id);

/**
 * registry_shares_network:
 *
 * Returns: whether the lab of @state is in the network of the host that this process
 * is in: two network namespaces have ports, bridges and segments of their own
 */
gboolean registry_shares_network (const State *state);

/**
 * registry_is_supervised:
 *
 * Returns: whether the supervisor that wrote @state lives
 */
gboolean registry_is_supervised (const State *state);

/**
 * registry_state_dir:
 * @lab: a valid name
 *
 * Returns: (transfer full): where the disks and logs of @lab are: what its
 * state says while it is up, else the usual place
 */
char *registry_state_dir (const char *lab);
