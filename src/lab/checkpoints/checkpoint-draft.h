/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A checkpoint that is being saved: what is written down of the lab, in a folder
 * that has no name yet.
 */
#pragma once

#include "lab/checkpoints/checkpoint.h"

typedef struct {
    LiveLab *lab;
    Checkpoint *checkpoint;
    char *part; /* the folder while it is not whole */
    char *folder;
    char *disks;
} CheckpointDraft;

/**
 * checkpoint_draft_begin:
 *
 * Looks whether the lab can be saved under that name, and makes the folder.
 *
 * Returns: %FALSE when it cannot; @draft is to be cleared all the same
 */
gboolean checkpoint_draft_begin (CheckpointDraft *draft, LiveLab *lab, const char *name,
                                 GError **error);
void checkpoint_draft_clear (CheckpointDraft *draft);

/**
 * checkpoint_draft_note:
 *
 * The machines stand: the plan, the layers of their disks and the variables of their
 * firmware are what the checkpoint has.
 */
gboolean checkpoint_draft_note (CheckpointDraft *draft, GError **error);

/* Returns: whether no process of it runs or is to be run */
gboolean checkpoint_machine_is_off (LiveMachine *machine);

/* Returns: whether it is a checkpoint now */
gboolean checkpoint_draft_finish (CheckpointDraft *draft, GError **error);
void checkpoint_draft_discard (CheckpointDraft *draft);
