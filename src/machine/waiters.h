/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Those who wait until machines are ready. */
#pragma once

#include "machine/machine.h"

typedef struct Waiters Waiters;

/**
 * waiters_new:
 * @machines: machine name → LiveMachine; outlives the waiters
 */
Waiters *waiters_new (GHashTable *machines);
void waiters_free (Waiters *waiters);

/**
 * waiters_add:
 * @names: (transfer full): machines that @task waits for
 * @task: (transfer full): returns %TRUE when all of them are ready, an error
 *   as soon as one cannot become so
 */
void waiters_add (Waiters *waiters, GStrv names, GTask *task);

/**
 * waiters_check:
 *
 * Something has changed: ends the waits that are over.
 */
void waiters_check (Waiters *waiters);

/**
 * machines_are_settled:
 *
 * Returns: whether there is nothing more to wait for: all of @names are ready,
 * or one cannot become so, as @error then tells
 */
gboolean machines_are_settled (GHashTable *machines, const char *const *names, GError **error);
