/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of comparing two plans: diff.c has steps and machines, diff-parts.c the
 * NICs and disks of machines that run.
 */
#pragma once

#include "plan/diff.h"

typedef struct {
    const DiffInput *input;
    GHashTable *running;  /* id (not owned) → Step */
    GHashTable *wanted;   /* the same */
    GHashTable *kept;     /* ids (not owned) of steps that what is held needs */
    GHashTable *replaced; /* ids (not owned) of steps that are done anew */
    GHashTable *held;     /* ids (not owned) of new steps that have to wait for a restart */
    GHashTable *loose;    /* ids (not owned) of taps that change while no machine has them */
    GHashTable *moved;    /* ids (not owned) of taps that become other ports */
    GHashTable *gone;     /* owned ids of steps that machines need no more, even when held */
    GPtrArray *changes;
} Diff;

/* @text: (transfer full) */
Change *diff_add (Diff *diff, ChangeKind kind, const Step *step, char *text);

/* Returns: whether the two are not the same */
gboolean diff_steps (const Step *a, const Step *b);

/* Returns: whether @step can be done anew below machines that run */
gboolean diff_is_live (const Diff *diff, const Step *step);

/**
 * diff_parts:
 * @off: the machine has no process
 * @texts: (element-type utf8): gets what needs a restart
 *
 * Returns: (transfer full): what comes and goes while the machine runs, to be told
 * with diff_parts_add(), unless it is restarted
 */
GPtrArray *diff_parts (Diff *diff, const Step *was, const Step *is, gboolean off, GPtrArray *texts);

/* The machine runs on: these come and go. */
void diff_parts_add (Diff *diff, const Step *is, GPtrArray *parts);

/* The machine is restarted: what comes and goes with that is told in @texts. */
void diff_parts_tell (Diff *diff, const Step *is, GPtrArray *parts, GPtrArray *texts);
