/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of reconciling: reconcile.c has the order of things, reconcile-plan.c
 * what becomes of the plan meanwhile, reconcile-ports.c the host ports,
 * reconcile-parts.c NICs and disks, reconcile-networks.c what is below them.
 */
#pragma once

#include "lab/lab-private.h"
#include "lab/reconcile/reconcile.h"
#include "plan/diff/diff.h"

typedef enum {
    STAGE_CLOSE,
    STAGE_UNPLUG,
    STAGE_ADJUST,
    STAGE_ADD,
    STAGE_SWITCHES,
    STAGE_MOVE,
    STAGE_PLUG,
    STAGE_OPEN,
    STAGE_RESTART,
    STAGE_SETTINGS,
    STAGE_REMOVE,
    N_STAGES,
} Stage;

struct Reconcile {
    LiveLab *lab;       /* not owned */
    Plan *wanted;       /* owned; steps that were exchanged are in it as they were */
    GPtrArray *changes; /* owned: Change */
    UpOptions options;
    int stage;
    gboolean undoing;
    gboolean exchanged[N_STAGES]; /* of stages that replace: the plan has the new steps */
    GError *failure;              /* why it is undone */
    GPtrArray *steps;             /* (not owned) Step of lab's plan: those of the stage under way */
    GPtrArray *closed;            /* owned: Port, as they were closed … */
    GPtrArray *opened;            /* … and opened */
    GPtrArray *unplugged;         /* owned: PartDone, as they went … */
    GPtrArray *plugged;           /* … and came */
    GPtrArray *adjusted;          /* (not owned) ids of bridges and taps with other settings */
    GPtrArray *moved;             /* (not owned) ids of taps that were moved */
    GError *part_failure;         /* the first while parts are had back; NULL */
    guint next;                   /* change that the stage looks at next */
};

#define EXCHANGE(a, b)                                                                             \
    do {                                                                                           \
        __typeof__ (a) exchanged_ = (a);                                                           \
        (a) = (b);                                                                                 \
        (b) = exchanged_;                                                                          \
    } while (0)

/* A host port that has changed. */
typedef struct {
    char *machine;
    ForwardRecord *forward; /* owned, a copy */
} Port;
void port_free (gpointer data);

/* A NIC or disk that has come or gone. */
typedef struct {
    char *step; /* id of the machine's */
    char *part;
    MachineStep *before; /* owned: the machine while it had the part; NULL */
} PartDone;
void part_done_free (gpointer data);

/* the stage has come to its end; @error: (transfer full) (nullable) */
void reconcile_stage_done (Reconcile *reconcile, GError *error);

/* --- reconcile-ports.c: each leads to reconcile_stage_done() --- */

void reconcile_close_ports (Reconcile *reconcile);
void reconcile_open_ports (Reconcile *reconcile);
/* what was closed is opened again, or the other way round */
void reconcile_undo_ports (Reconcile *reconcile);

/* --- reconcile-parts.c: each leads to reconcile_stage_done() --- */

/* those of the stage go, or come */
void reconcile_run_parts (Reconcile *reconcile);
void reconcile_undo_parts (Reconcile *reconcile);

/* --- reconcile-networks.c: each leads to reconcile_stage_done() --- */

void reconcile_adjust_networks (Reconcile *reconcile);
void reconcile_undo_adjusted (Reconcile *reconcile);
void reconcile_move_taps (Reconcile *reconcile);
void reconcile_undo_moves (Reconcile *reconcile);

/* --- reconcile-plan.c --- */

/* Returns: (transfer none) (nullable) */
Step *reconcile_find_step (const Plan *plan, const char *id, guint *ret_index);

/* steps that are new become steps of the lab, before they are done */
void reconcile_take_added (LiveLab *lab);
/* steps of @kind of the lab's plan */
GPtrArray *reconcile_list_steps (Reconcile *reconcile, ChangeKind kind, gboolean switches);
/* steps of @steps are not of the lab any more */
void reconcile_drop (Reconcile *reconcile, GPtrArray *steps);
/* each of @steps becomes what it is in the wanted plan, and the other way round */
void reconcile_exchange (Reconcile *reconcile, GPtrArray *steps);
/* machines without a process get their new record */
void reconcile_exchange_off (Reconcile *reconcile);
void reconcile_exchange_settings (Reconcile *reconcile);
/* steps that stay as they are may stand after others than before */
void reconcile_exchange_needs (Reconcile *reconcile);
