/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be waited for without a guest's cooperation.  `ready:` of a profile
 * and `roost wait` take the same words; each is one file, condition-WORD.c.
 */
#pragma once

#include "plan/step.h"
#include "qmp/qmp-client.h"

/* The machine that is looked at. */
typedef struct {
    const MachineStep *record; /* outlives the conditions */
    QmpClient *qmp;
    goffset serial_offset; /* where in its serial log this start begins */
    const char *said;      /* file with what came before that, which need not be there; NULL */
    const GPtrArray *held; /* texts of conditions that have held already; NULL = none */
} ConditionSite;

typedef struct ConditionSet ConditionSet;

#define CONDITION_SERIAL_WINDOW (64 * 1024) /* how far back a match may reach */

typedef struct {
    /* one more holds; must not free the set; may be NULL */
    void (*held) (const ConditionRecord *condition, gpointer user_data);
    /* @failure: NULL when every condition holds; ROOST_ERROR_TIMEOUT with what is
     * missing when the time is over.  Called once, from the main loop; may free the set. */
    void (*over) (const GError *failure, gpointer user_data);
} ConditionHandlers;

/**
 * condition_set_new:
 * @wanted: (transfer none): outlives the set; a timeout of 0 is none
 * @site: @held is only looked at in this call
 *
 * Returns: (transfer full): the wait; freeing it ends it without a call
 */
ConditionSet *condition_set_new (const ReadyRecord *wanted, const ConditionSite *site,
                                 const ConditionHandlers *handlers, gpointer user_data);
void condition_set_free (ConditionSet *set);

/**
 * condition_text:
 *
 * Returns: (transfer full): by which a condition is known to be the same
 */
char *condition_text (const ConditionRecord *condition);

/**
 * condition_set_explain:
 *
 * Returns: (transfer full): what does not hold yet, for people
 */
char *condition_set_explain (const ConditionSet *set);
