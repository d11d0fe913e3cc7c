/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lab that is up, or on its way: walks the plan forwards to come up and
 * backwards to go down, keeps the state file and the machines.
 *
 * `up`, in order:
 *   1. preflight: what the host must have, all complaints at once;
 *   2. the walk: each step is written to the state before it is done and
 *      confirmed after; steps that do not need each other run together;
 *   3. on failure the executed steps are walked backwards: nothing stays.
 * `down` is the same walk backwards, with the guests asked first.
 * `up` on a lab that is up does what differs and nothing else: reconcile.h.
 */
#pragma once

#include "lab/effects/effects.h"
#include "machine/machine.h"
#include "lab/state.h"

typedef struct LiveLab LiveLab;

typedef struct {
    /* something happened that clients are told of; @data: (transfer none): an object */
    void (*event) (LiveLab *lab, const char *name, JsonNode *data, gpointer user_data);
    /* @machine answers on a new connection */
    void (*connected) (LiveLab *lab, LiveMachine *machine, gpointer user_data);
    /* the process of @machine has ended: its transcript is written out; may be NULL */
    void (*ended) (LiveLab *lab, LiveMachine *machine, gpointer user_data);
    /* @machine is not of the lab any more and goes after this; may be NULL */
    void (*removed) (LiveLab *lab, LiveMachine *machine, gpointer user_data);
} LabHandlers;

/**
 * live_lab_new:
 * @program: absolute path of roost
 * @effects: (transfer none): what carries out the steps
 */
LiveLab *live_lab_new (const char *program, const Effects *effects, const LabHandlers *handlers,
                       gpointer user_data);

/**
 * live_lab_free:
 *
 * Lets go of the lab; its processes run on.
 */
void live_lab_free (LiveLab *lab);

typedef struct {
    gboolean paused;  /* start machines and leave them stopped */
    gboolean force;   /* what preflight finds missing is not refused */
    gboolean restart; /* of a lab that is up: machines may be restarted */
} UpOptions;

/**
 * live_lab_up_async:
 * @plan: (transfer full)
 *
 * A lab that is down comes up; one that is up becomes what @plan says, and what
 * does not differ is left alone; while another `up` is under way this one waits.
 * When it fails, everything that it did is undone first.
 */
void live_lab_up_async (LiveLab *lab, Plan *plan, const UpOptions *options,
                        GAsyncReadyCallback callback, gpointer user_data);
/**
 * live_lab_up_finish:
 * @ret_changes: (out) (transfer full) (nullable): a list of what has changed, and
 *   of what is held because it needs a restart; %NULL when the lab was down
 */
gboolean live_lab_up_finish (LiveLab *lab, GAsyncResult *result, JsonNode **ret_changes,
                             GError **error);

/**
 * live_lab_go_from:
 * @checkpoint: the name of a checkpoint whose disks have been prepared, or LAB/NAME
 *   of another lab, of which this one becomes a copy
 *
 * The up that comes next does not start its machines anew: they go on from there.
 */
void live_lab_go_from (LiveLab *lab, const char *checkpoint);

/**
 * live_lab_cancel:
 *
 * Gives up an `up` or the saving of a checkpoint that is under way: it is undone and
 * fails.
 *
 * Returns: %FALSE when none is under way
 */
gboolean live_lab_cancel (LiveLab *lab);

/**
 * live_lab_adopt_async:
 * @state: (transfer full): what a supervisor that is gone has left
 *
 * Takes over what is alive and ends, with nobody waiting for it, the work that
 * was under way: see lab-adopt.c.
 */
void live_lab_adopt_async (LiveLab *lab, State *state, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean live_lab_adopt_finish (LiveLab *lab, GAsyncResult *result, GError **error);

/**
 * live_lab_down_async:
 *
 * Stops every machine and undoes every step.  Disks and logs stay.  One that is
 * under way since an adoption is waited for; an up of that kind is given up.
 */
void live_lab_down_async (LiveLab *lab, const StopOptions *options, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean live_lab_down_finish (LiveLab *lab, GAsyncResult *result, GError **error);

/**
 * live_lab_wait_async:
 * @machines: (nullable): names; NULL = all but those that a checkpoint had off
 *
 * Ends when each of them is ready; fails as soon as one cannot become so.
 */
void live_lab_wait_async (LiveLab *lab, const char *const *machines, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean live_lab_wait_finish (LiveLab *lab, GAsyncResult *result, GError **error);

/* Returns: whether it is down, coming, up or going */
LabState live_lab_get_state (LiveLab *lab);
/* Returns: (transfer none) (nullable): NULL while nothing is known of the lab */
const Plan *live_lab_get_plan (LiveLab *lab);
/* Returns: (transfer none) (nullable) */
LiveMachine *live_lab_find_machine (LiveLab *lab, const char *name);
