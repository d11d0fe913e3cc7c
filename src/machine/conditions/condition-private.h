/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of conditions, for condition.c and the condition-WORD.c files. */
#pragma once

#include "machine/conditions/condition.h"

typedef struct Condition Condition;

/* One kind of condition. */
typedef struct {
    /* begins to look; @error says what makes it impossible.  Must not call
     * condition_hold() before it has returned */
    gboolean (*begin) (Condition *condition, GError **error);
    /* stops looking and frees @data; also called after a begin that failed */
    void (*end) (Condition *condition);
    /* Returns: (transfer full): why it does not hold yet */
    char *(*explain) (const Condition *condition);
} ConditionOps;

struct Condition {
    const ConditionOps *ops;
    const ConditionRecord *record;
    const ConditionSite *site; /* of the set */
    ConditionSet *set;
    gboolean begun; /* it looks, or has looked */
    gboolean holds;
    gpointer data; /* of the kind */
};

/* From now on it holds: ends it, and the set with it when it was the last. */
void condition_hold (Condition *condition);
/* It cannot hold any more. @error: (transfer full) */
void condition_fail (Condition *condition, GError *error);

/* Returns: (transfer none) (nullable): the tcp forward that the condition names,
 * now: it may be removed while it is waited for */
const ForwardRecord *condition_forward (const Condition *condition);
/* Returns: FALSE when there is no such forward */
gboolean condition_check_forward (const Condition *condition, GError **error);
/* Returns: a socket that is being connected to the host's end of @forward, or -1 */
int condition_connect (const ForwardRecord *forward);
/* Returns: (transfer full): `forward https (127.0.0.1:38851)` */
char *condition_describe_forward (const Condition *condition);

extern const ConditionOps condition_tcp, condition_https, condition_serial, condition_screen,
    condition_event;
