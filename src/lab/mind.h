/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that a lab needs for as long as it is up, besides its machines: one
 * that ends is started again.
 */
#pragma once

#include "lab/effects/effects.h"

/* Starts the process of @step and writes its identity into @executed. */
typedef gboolean (*MindSpawnFunc) (EffectsContext *context, const Step *step, Executed *executed,
                                   GError **error);

/**
 * mind_table_new:
 *
 * Returns: (transfer full): for @minded of #EffectsContext; freeing it leaves the
 * processes alone
 */
GHashTable *mind_table_new (void);

/**
 * mind_process:
 * @executed: has the process, which lives or has just ended
 * @spawn: (nullable): how it is started again; NULL: one that ends is told of
 *
 * Watches the process until mind_no_more().
 */
void mind_process (EffectsContext *context, const Step *step, Executed *executed,
                   MindSpawnFunc spawn);
void mind_no_more (EffectsContext *context, const Step *step);
