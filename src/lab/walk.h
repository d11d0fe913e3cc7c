/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of work: walks a list of steps forwards or backwards, each as soon
 * as those that it depends on are finished, several at once.  Does nothing
 * itself and knows no effect.
 */
#pragma once

#include "plan/step.h"

typedef enum {
    WALK_FORWARDS,  /* a step after those that it needs; the first failure ends the walk */
    WALK_BACKWARDS, /* a step before those that it needs; goes on after a failure */
} WalkDirection;

typedef struct Walk Walk;

typedef struct {
    /* may @step begin now? asked again after walk_advance() */
    gboolean (*may_begin) (const Step *step, gpointer user_data);
    /* @steps (const Step *) begin next: the moment to write it down; FALSE ends the walk */
    gboolean (*begin) (GPtrArray *steps, GError **error, gpointer user_data);
    /* do it; leads to walk_step_done() exactly once, now or later */
    void (*run) (Walk *walk, const Step *step, gpointer user_data);
    /* nothing runs any more; @error (transfer full) is the first failure or NULL.  Called
     * once, from the main loop; the walk may be freed in it */
    void (*finished) (Walk *walk, GError *error, gpointer user_data);
} WalkHandlers;

/**
 * walk_new:
 * @steps: (transfer none) (element-type Step): in the order of the plan; needs
 *   that are not among them count as finished
 * @limit: how many steps run at once
 *
 * Returns: (transfer full): the walk, which begins in the main loop
 */
Walk *walk_new (GPtrArray *steps, WalkDirection direction, guint limit,
                const WalkHandlers *handlers, gpointer user_data);
void walk_free (Walk *walk);

/**
 * walk_advance:
 *
 * Something outside has changed that @may_begin looks at.
 */
void walk_advance (Walk *walk);

/**
 * walk_n_remaining:
 *
 * Returns: how many steps have not ended, those that run included
 */
guint walk_n_remaining (const Walk *walk);

/**
 * walk_step_done:
 * @error: (transfer full) (nullable): why it failed
 */
void walk_step_done (Walk *walk, const Step *step, GError *error);

/**
 * walk_fail:
 * @error: (transfer full): why nothing more is to begin
 */
void walk_fail (Walk *walk, GError *error);
