/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of LiveLab, shared by lab.c (its life, what is told and kept),
 * lab-up.c (coming up), lab-down.c (going down), lab-turn.c (who waits for whom),
 * lab-claim.c (what others have), lab-walk.c (steps done and undone), reconcile/
 * (becoming another) and lab-adopt.c (what another supervisor has left).
 */
#pragma once

#include "lab/checkpoints/checkpoint.h"
#include "lab/lab.h"
#include "machine/waiters.h"
#include "lab/walk.h"

typedef struct Reconcile Reconcile;
typedef struct CheckpointSave CheckpointSave;

/* A walk has ended; @error: (transfer full) (nullable) */
typedef void (*LabWalked) (LiveLab *lab, GError *error);

struct LiveLab {
    State *state; /* NULL before the first plan */
    LabState status;
    const Effects *effects;
    EffectsContext context;
    LabHandlers handlers;
    gpointer user_data;

    Walk *walk;
    WalkDirection direction;
    LabWalked walked;    /* what follows the walk */
    GTask *task;         /* the up, down or adoption that somebody waits for; owned */
    GError *failure;     /* why the up is being rolled back */
    char *go_from;       /* for the up that comes next: the name of a checkpoint; NULL */
    Checkpoint *from;    /* that of the up under way; NULL */
    GPtrArray *steps;    /* const Step *, those of the walk */
    GHashTable *step_of; /* step id (not owned) → Executed (not owned), in the walk */
    Waiters *waiters;    /* live_lab_wait_async() */
    guint save_source;
    gboolean unsaved;       /* the last time the state could not be written */
    gboolean claimed;       /* the state has been written once, and is kept */
    gboolean run_dir_left;  /* going down: the state has no place any more */
    gboolean abandoned;     /* somebody waits for a down, and nobody for the up before it */
    guint adopting;         /* steps whose adoption is under way */
    Reconcile *reconcile;   /* the lab is becoming another; NULL */
    CheckpointSave *saving; /* a checkpoint is being saved; NULL */
    GQueue *turns;          /* owned: what waits for its turn */
    guint next_source;      /* the next of them begins */
    GPtrArray *disk_jobs;   /* DiskJob (not owned): what is being done to disks in use */
};

/* --- lab.c --- */

/* @data: (transfer full): an object */
void lab_tell (LiveLab *lab, const char *name, JsonNode *data);
void lab_set_status (LiveLab *lab, LabState status);
/* writes the state down when the main loop is idle */
void lab_save_soon (LiveLab *lab);
/* at once; what cannot be written is told once, and tried again until it can be */
void lab_save (LiveLab *lab);
/* the lab gets @state (transfer full) and a machine for each of its plan */
void lab_take_state (LiveLab *lab, State *state);
/* the machine of @step comes into being, stopped, and goes again */
void lab_add_machine (LiveLab *lab, const Step *step);
void lab_drop_machine (LiveLab *lab, const Step *step);
/* @task becomes what is under way, unless the lab is not @expected: then it fails */
gboolean lab_begin_task (LiveLab *lab, GTask *task, LabState expected);
/* what was under way has ended, whether anybody waits for it or not; @error: (transfer full)
 * (nullable) */
void lab_end_task (LiveLab *lab, LabState status, GError *error);

/* what the state says the up goes on from is read; FALSE when it cannot be */
gboolean lab_find_from (LiveLab *lab, GError **error);

/* --- lab-turn.c --- */

/* ends @task, or has it ended */
typedef void (*LabTurn) (LiveLab *lab, GTask *task, gpointer data);
/* another supervisor's work is being ended, which nothing is to interrupt */
gboolean lab_is_adopting (const LiveLab *lab);
/* calls @begin: now, or, with @wait, when those that came before are through;
 * @data: (transfer full) */
void lab_take_turn (LiveLab *lab, GTask *task, gboolean wait, LabTurn begin, gpointer data,
                    GDestroyNotify free_data);
/* something is over: the next that waits may begin */
void lab_begin_next (LiveLab *lab);
void lab_free_turns (LiveLab *lab);

/* --- reconcile.c --- */

/* Takes @plan: what the lab, which is up and has begun a task, is to become. */
void reconcile_begin (LiveLab *lab, Plan *plan, const UpOptions *options);
gboolean reconcile_cancel (LiveLab *lab);
void reconcile_free (Reconcile *reconcile);

/* --- lab-claim.c --- */

/* Looks whether @plan can have what it claims, and writes the state down for others
 * to see; @running: (nullable): the plan of the lab as it is now; @accept: (nullable):
 * is called between the two */
void lab_claim_async (LiveLab *lab, const Plan *plan, const Plan *running, gboolean force,
                      void (*accept) (LiveLab *lab), GAsyncReadyCallback callback,
                      gpointer user_data);
gboolean lab_claim_finish (GAsyncResult *result, GError **error);

/* --- lab-walk.c --- */

/* does those of @steps (in the order of the plan, (transfer none)) that are not done,
 * or undoes those that were executed */
void lab_walk (LiveLab *lab, GPtrArray *steps, WalkDirection direction, LabWalked walked);
/* the steps that are not done */
void lab_walk_forwards (LiveLab *lab);
/* the executed steps; the context says how machines are stopped */
void lab_walk_backwards (LiveLab *lab);
/* the up has failed, for the reason in @failure */
void lab_roll_back (LiveLab *lab);
/* those that another supervisor had begun; the rest stays */
void lab_undo_begun (LiveLab *lab, LabWalked walked);
/* whether a step of the plan, other than @but (nullable), is not undone */
gboolean lab_has_executed (const LiveLab *lab, const char *but);
/* the lab will not come up: what is under way need not take its time */
void lab_hurry (LiveLab *lab);
