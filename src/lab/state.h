/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a lab: the plan and which of its steps were executed.  Written
 * ahead of every effect, whole and private; what a new supervisor, `down` and
 * `gc` go by.
 *
 * Two files of the run directory: `plan.json`, large and written when the plan
 * changes, and `state.json`, small and written all the time.  There is no lab
 * without the second, so it is written last and removed first.
 */
#pragma once

#include "host/process/process.h"
#include "plan/step.h"

typedef enum { LAB_DOWN, LAB_COMING_UP, LAB_UP, LAB_CHANGING, LAB_GOING_DOWN } LabState;
extern const char *const lab_state_names[];

typedef enum {
    EXECUTED_DOING, /* begun, not known to be done: its undo must cope with any part of it */
    EXECUTED_DONE,
} ExecutedStatus;

typedef struct {
    char *id; /* of the step */
    ExecutedStatus status;
    gboolean created; /* image: the file was made by this `up`, not found */
    gint64 pid;       /* switch, machine: its process; 0 = none */
    gint64 start_time;
    gint64 starts;        /* machine: how often it was started */
    GStrv restarts;       /* machine: when policies began it again; words of policy.h */
    GStrv held;           /* machine: what of its readiness has held with that process */
    gint64 serial_offset; /* machine: where in its serial log that process begins */
    gboolean paused;      /* machine: its start leaves the processors stopped */
    gboolean off;         /* machine: it is not to run, as somebody has stopped it */
    gboolean once_due;    /* machine: boot.once is */
    GStrv before;         /* network, ovs: what was found and has to be so again; words of theirs */
} Executed;

/* What is told of a lab without its plan, which takes ten times as long to read. */
typedef struct {
    char *lab;
    char *profile; /* its file; NULL = none */
    gint64 machines;
} Summary;

typedef struct {
    gint64 version;
    gint64 supervisor_pid;
    gint64 supervisor_start_time;
    LabState status;   /* what the supervisor was about, and how: */
    gboolean paused;   /* coming up: machines stay paused */
    gboolean rollback; /* going down: what the `up` made goes too */
    gboolean force;    /* going down: see StopOptions */
    gint64 grace_ms;
    char *from;          /* coming up: the checkpoint that it goes on from; NULL */
    GStrv frozen;        /* machines that stand while a checkpoint is saved; NULL */
    Summary *summary;    /* of the plan as it was written; NULL before, and in older files */
    GPtrArray *executed; /* Executed, in order of execution */

    Plan *plan;           /* not in state.json */
    guint plan_signature; /* of what plan.json has; 0 = not written */
    GHashTable *by_id;    /* id (not owned) → Executed (not owned) */
} State;

#define STATE_VERSION 2
#define STATE_FILE "state.json" /* in the run directory */
#define PLAN_FILE "plan.json"

/**
 * state_new:
 * @plan: (transfer full): the lab
 */
State *state_new (Plan *plan);
void state_free (State *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

/**
 * state_begin:
 *
 * Returns: (transfer none): the entry of step @id, appended as %EXECUTED_DOING
 * when there was none
 */
Executed *state_begin (State *state, const char *id);

/**
 * state_find: (and state_forget)
 *
 * Returns: (transfer none) (nullable): the entry of step @id
 */
Executed *state_find (const State *state, const char *id);
void state_forget (State *state, const char *id);

/**
 * state_save:
 *
 * Writes `state.json` of the lab's run directory, which must exist, and before
 * it `plan.json` when that was never written.
 */
gboolean state_save (State *state, GError **error);

/**
 * state_save_plan:
 *
 * Writes `plan.json`, unless the plan is as it was written last.
 */
gboolean state_save_plan (State *state, GError **error);

/**
 * state_plan_changed:
 *
 * Steps of the plan are others now: the next state_save() writes the plan too.
 * What a running machine changes in its own record is seen without this.
 */
void state_plan_changed (State *state);

/* Returns: whether there is a lab in @run_dir: from its first step on until its last is undone */
gboolean state_exists (const char *run_dir);

/**
 * state_load:
 * @run_dir: the run directory of a lab
 *
 * Returns: (transfer full): the state; %NULL with %G_FILE_ERROR_NOENT when
 * there is none, with %G_FILE_ERROR_PERM when it is another user's
 */
State *state_load (const char *run_dir, GError **error);

/**
 * state_plan_is_whole:
 *
 * Returns: whether a plan that was read has what the rest of the program takes for
 *   granted
 */
gboolean state_plan_is_whole (const Plan *plan);

/**
 * state_glance:
 * @run_dir: the run directory of a lab
 *
 * Reads as little as there is to read, for those that list labs.
 *
 * Returns: (transfer full): the state with its summary, and without a plan; %NULL as
 * state_load()
 */
State *state_glance (const char *run_dir, GError **error);

/**
 * state_remove:
 *
 * Deletes both files, and what a supervisor that died while it wrote them has
 * left of them: the lab is down.
 */
void state_remove (const char *run_dir);

/**
 * executed_process:
 *
 * Returns: the process that @executed started
 */
ProcessId executed_process (const Executed *executed);
