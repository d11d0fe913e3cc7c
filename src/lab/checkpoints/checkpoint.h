/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints of a whole lab: the memory of every machine at one instant, the
 * layers that their disks had then, and their firmware's variables.
 *
 *   STATE/checkpoints/NAME/checkpoint.json   what it is; written last
 *   STATE/checkpoints/NAME/MACHINE.ram       memory and devices, as QEMU writes them
 *   STATE/checkpoints/NAME/MACHINE.vars      variables of the firmware
 *   STATE/checkpoints/NAME/MACHINE.said      the end of what its serial port has said
 *   STATE/checkpoints/.NAME.part             one that is being saved
 *
 * Disks stay where they are: a layer that a checkpoint needs is never written to
 * again, and is kept as long as a checkpoint or a disk needs it.
 */
#pragma once

#include "lab/disks/disk-book.h"
#include "lab/lab.h"

typedef struct {
    char *machine;
    char *program;     /* of its emulator */
    char *fingerprint; /* of that program */
    gboolean off;      /* it did not run, and will not; it has no memory */
    gboolean running;  /* it was not paused */
    gboolean ready;    /* it was ready, and will not say so again */
    GStrv held;        /* what of its readiness had held, and will not be said again */
    gboolean once;     /* boot.once was due, and is again */
    char *ram;         /* name of the file; NULL = it was off */
    char *vars;        /* name of the file; NULL = its firmware has none */
    char *said;        /* name of the file; NULL = it has said nothing */
    gint64 ram_bytes;
    GPtrArray *disks; /* DiskEntry: the layers that it had then */
} CheckpointMachine;

typedef struct Checkpoint {
    gint64 version;
    char *name;
    char *lab;
    char *created;       /* ISO 8601, UTC */
    GPtrArray *machines; /* CheckpointMachine */
    Plan *plan;          /* what ran */
} Checkpoint;

extern const Record checkpoint_record, checkpoint_machine_record;
#define CHECKPOINT_VERSION 1
#define CHECKPOINT_FILE "checkpoint.json"

void checkpoint_free (Checkpoint *checkpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Checkpoint, checkpoint_free)

/* --- checkpoint-store.c --- */

/* Returns: (transfer full): the folder of the checkpoint, whether it is there or not */
char *checkpoint_folder (const char *state_dir, const char *name);

/**
 * checkpoint_read:
 *
 * Returns: (transfer full): the checkpoint @name of the lab; %NULL when there is none
 */
Checkpoint *checkpoint_read (const char *state_dir, const char *name, GError **error);

/**
 * checkpoint_write:
 *
 * Writes down what has changed of one that is there.
 */
gboolean checkpoint_write (const Checkpoint *checkpoint, GError **error);

/**
 * checkpoint_list:
 *
 * Returns: (transfer full) (element-type Checkpoint): those that are whole, oldest first
 */
GPtrArray *checkpoint_list (const char *state_dir);

/**
 * checkpoint_remove:
 *
 * Deletes it, with the layers that nothing else needs; see checkpoint_remove_async().
 */
gboolean checkpoint_remove (const char *state_dir, const char *name, GError **error);

/* Returns: (transfer full): the path of one of its files */
char *checkpoint_file (const Checkpoint *checkpoint, const char *name);

/* Deletes what saves that did not come to their end have left. */
void checkpoint_sweep (const char *state_dir);

/* Returns: whether a checkpoint needs the file @name in the folder of the disks */
gboolean checkpoint_pins (const GPtrArray *checkpoints, const char *name);

/**
 * checkpoint_drop_layers:
 * @disks: the folder of the disks
 * @kept: (nullable): what the disk goes on with
 * @checkpoints: (element-type Checkpoint): all that there are
 *
 * Deletes those layers of @entry that neither @kept nor a checkpoint needs.
 */
void checkpoint_drop_layers (const char *disks, const DiskEntry *entry, const DiskEntry *kept,
                             const GPtrArray *checkpoints);

/**
 * checkpoint_find_machine:
 *
 * Returns: (transfer none) (nullable): the part of machine @name
 */
CheckpointMachine *checkpoint_find_machine (const Checkpoint *checkpoint, const char *name);

/* --- checkpoint-copy.c --- */

/**
 * checkpoint_find:
 * @spec: the name of a checkpoint of @lab, or LAB/NAME
 *
 * Returns: (transfer full): the checkpoint; %NULL when there is none
 */
Checkpoint *checkpoint_find (const char *spec, const char *lab, GError **error);

/* Returns: (transfer full): LAB/NAME */
char *checkpoint_spec (const Checkpoint *checkpoint);

/**
 * checkpoint_copy_plan:
 * @plan: that of a lab of another name, with the identity of the saved one
 * @again: the copy is there, and goes on with the disks that it has
 *
 * Makes its disks layers over the saved ones.
 */
void checkpoint_copy_plan (const Checkpoint *checkpoint, Plan *plan, gboolean again);

/**
 * checkpoint_check_disks:
 *
 * Returns: %FALSE when a saved layer is not what roost has made, by what its header says
 */
gboolean checkpoint_check_disks (const Checkpoint *checkpoint, GError **error);

/**
 * checkpoint_clear_copy:
 * @plan: of a copy that is to come up anew
 *
 * Deletes the disks that an earlier copy of that name has left.
 *
 * Returns: %FALSE when the lab has disks that are no copies
 */
gboolean checkpoint_clear_copy (const Plan *plan, GError **error);

/* Returns: %FALSE when there is such a lab, whom @error names */
gboolean checkpoint_check_unused (const Checkpoint *checkpoint, GError **error);

/* --- checkpoint-save.c --- */

/**
 * checkpoint_save_async:
 * @name: a valid name that no checkpoint has
 *
 * Stops every machine of a lab that is up, saves them all, and lets those go on
 * that ran.  Of one that is off it has the disks.  When it fails the lab goes on as well, and
 * nothing of it is left.  One that comes while another is under way waits for its end.
 */
void checkpoint_save_async (LiveLab *lab, const char *name, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean checkpoint_save_finish (GAsyncResult *result, GError **error);

/**
 * checkpoint_save_cancel:
 *
 * Gives up the save that is under way: it fails.
 *
 * Returns: %FALSE when none is, or it is nearly over
 */
gboolean checkpoint_save_cancel (LiveLab *lab);

/* --- checkpoint-adopt.c --- */

/**
 * checkpoint_resume_frozen:
 *
 * A supervisor has died while it saved: the machines that it had stopped go on.
 *
 * Returns: whether that was so
 */
gboolean checkpoint_resume_frozen (LiveLab *lab);
/* After that: layers that no checkpoint needs become one with those below them. */
void checkpoint_undo_layers (LiveLab *lab);

/* --- checkpoint-remove.c --- */

/**
 * checkpoint_remove_async:
 * @lab: (nullable): when it is up; else nobody may bring it up meanwhile
 *
 * Deletes a checkpoint that no copy stands on.  Layers that only it needed go or
 * become one with those above them.
 */
void checkpoint_remove_async (LiveLab *lab, const char *state_dir, const char *name,
                              GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): why some chain is as long as before, empty when none is;
 *   %NULL on error */
char *checkpoint_remove_finish (GAsyncResult *result, GError **error);

/* --- checkpoint-load.c --- */

/**
 * checkpoint_problem:
 * @plan: (nullable): what the lab would be now
 *
 * Returns: (transfer full) (nullable): why the machines cannot be gone on with,
 * naming what differs; %NULL when they can
 */
char *checkpoint_problem (const Checkpoint *checkpoint, const Plan *plan);

/**
 * checkpoint_prepare_async:
 *
 * Makes the disks and the firmware's variables of a lab that is down what they were,
 * with a new layer on each disk; the plan of @checkpoint says so then.  What
 * was written since is gone, unless another checkpoint has it.
 */
void checkpoint_prepare_async (Checkpoint *checkpoint, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean checkpoint_prepare_finish (GAsyncResult *result, GError **error);
