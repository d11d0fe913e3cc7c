/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of comparing two plans: diff.c has steps, diff-machine.c machines,
 * diff-parts.c NICs and disks of those that run, diff-network.c what is below them.
 */
#pragma once

#include "plan/diff/diff.h"

typedef struct {
    const DiffInput *input;
    GHashTable *running;  /* id (not owned) → Step */
    GHashTable *wanted;   /* the same */
    GHashTable *kept;     /* ids (not owned) of steps that what is held needs */
    GHashTable *replaced; /* ids (not owned) of steps that are done anew */
    GHashTable *held;     /* ids (not owned) of new steps that have to wait for a restart */
    GHashTable *loose;    /* ids (not owned) of taps that change while no machine has them */
    GHashTable *adjusted; /* ids (not owned) of bridges and taps that get other settings */
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

/* Returns: whether @step differs, and machines that stand on it have to be off for that */
gboolean diff_is_changed (const Diff *diff, const Step *was, const Step *is);

/* What becomes of a machine that was there before. */
void diff_machine (Diff *diff, const Step *was, const Step *is);

/* --- diff-network.c --- */

/* what bridges and taps get while they are in use, found before machines are looked at */
void diff_networks (Diff *diff);

/* the tap @id of a machine that runs on, which may become another port */
void diff_tap (Diff *diff, const char *id);

/* Returns: whether @tap stands on a bridge that cannot be as it is wanted before a restart */
gboolean diff_stands_on_change (const Diff *diff, const Step *tap);

/* bridges mind VLANs as long as a machine that is held has one there */
void diff_keep_filters (Diff *diff);

/* bridges that cannot be as they are wanted while machines run, and those do not: they are
 * made anew, with all that stands on them */
void diff_replace_bridges (Diff *diff);

void diff_add_adjusted (Diff *diff, const Step *was, const Step *is);

/* --- diff-parts.c --- */

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
