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
} ConditionSite;

typedef struct ConditionSet ConditionSet;

/* @failure: NULL when every condition holds; ROOST_ERROR_TIMEOUT with what is
 * missing when the time is over.  Called once, from the main loop; may free the set. */
typedef void (*ConditionSetFunc) (const GError *failure, gpointer user_data);

/**
 * condition_set_new:
 * @wanted: (transfer none): outlives the set; a timeout of 0 is none
 *
 * Returns: (transfer full): the wait; freeing it ends it without a call
 */
ConditionSet *condition_set_new (const ReadyRecord *wanted, const ConditionSite *site,
                                 ConditionSetFunc callback, gpointer user_data);
void condition_set_free (ConditionSet *set);

/**
 * condition_set_explain:
 *
 * Returns: (transfer full): what does not hold yet, for people
 */
char *condition_set_explain (const ConditionSet *set);
