/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cables of running machines: plugged in, pulled out, made worse. */
#pragma once

#include "host/network/netem.h"
#include "machine/machine.h"

/* Pulls the cables that the profile has as pulled; before the processors start. */
void link_pull_at_start (LiveMachine *machine);

/**
 * link_follow:
 *
 * The cable of @nic becomes as the record has it.
 */
void link_follow (LiveMachine *machine, const char *nic);

/**
 * link_set_async:
 * @nic: name of a NIC of @machine
 * @up: plugged in or pulled out
 *
 * Works on any switch.
 */
void link_set_async (LiveMachine *machine, const char *nic, gboolean up,
                     GAsyncReadyCallback callback, gpointer user_data);
gboolean link_set_finish (GAsyncResult *result, GError **error);

/**
 * link_impair:
 * @plan: of the machine's lab
 *
 * What comes to the NIC is treated as @netem says, until it is said anew or the lab
 * goes down.  The NIC must have a tap of roost's own making.
 */
gboolean link_impair (const Plan *plan, LiveMachine *machine, const char *nic, const Netem *netem,
                      GError **error);
