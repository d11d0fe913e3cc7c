/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each machine does while a checkpoint is saved: one turn in each phase.  The
 * phases, and what is done once in each, are checkpoint-save.c.
 */
#pragma once

#include "lab/checkpoints/checkpoint-draft.h"
#include "lab/lab-private.h"

typedef enum { PHASE_STOP, PHASE_LAYERS, PHASE_MEMORY, PHASE_RESUME, PHASE_UNDO } SavePhase;

struct CheckpointSave {
    GTask *task; /* not owned: it owns this */
    LiveLab *lab;
    CheckpointDraft draft;
    SavePhase phase;
    gboolean given_away; /* emulators have given their disks to nobody, at the end of "memory" */
    gboolean saved;      /* it is a checkpoint */
    guint pending;       /* machines that are not through this phase */
    GError *failure;
};

/* One machine in one phase. */
typedef struct {
    GTask *task; /* a reference */
    CheckpointSave *save;
    CheckpointMachine *machine;
    guint disk; /* which of them is next */
} CheckpointTurn;

/**
 * checkpoint_turn_take:
 * @turn: (transfer full)
 *
 * Leads to checkpoint_turn_done(), now or later.
 */
void checkpoint_turn_take (CheckpointTurn *turn);

/* Its turn in the phase need not come to its end. */
void checkpoint_turn_cancel (const CheckpointSave *save, const CheckpointMachine *machine);

/* @turn: (transfer full); @error: (transfer full) (nullable) */
void checkpoint_turn_done (CheckpointTurn *turn, GError *error);
