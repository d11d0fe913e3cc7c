/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of effects.h: what the files effect-KIND.c offer to the table in
 * effects.c.  Each function takes a task and ends it exactly once, now or later, with
 * a note for a person (a string, owned) or an error.  The step and the entry
 * @executed outlive the task.
 */
#pragma once

#include "lab/effects/effects.h"

typedef void (*EffectFunc) (GTask *task, EffectsContext *context, const Step *step,
                            Executed *executed);

typedef void (*EffectPrepareFunc) (const Step *step, Executed *executed);

/* One block for each kind of step, in effect-KIND.c: it is done, undone, looked at before it is
 * done, and taken over from a supervisor that is gone.  Each ends @task once, now or later;
 * undoing stands a step that was only begun, and comes twice without harm. */
void directory_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void directory_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void image_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void image_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void image_prepare (const Step *step, Executed *executed);
void switch_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void switch_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void switch_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void network_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void network_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void tap_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void tap_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void ovs_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void ovs_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void netns_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void netns_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void netns_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void uplink_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void uplink_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void uplink_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void hook_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void hook_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void machine_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void machine_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed);
void machine_adopt (GTask *task, EffectsContext *context, const Step *step, Executed *executed);

/**
 * effect_keep_before:
 * @before: (transfer full) (element-type utf8): what was found
 *
 * Writes @before down, before anything of it is changed.
 */
gboolean effect_keep_before (EffectsContext *context, Executed *executed, GPtrArray *before,
                             GError **error);

/**
 * effect_end:
 * @task: (transfer full): the task of a step
 * @error: (transfer full) (nullable): why, when not @success
 *
 * Ends a task whose effect has no outcome but success.
 */
void effect_end (GTask *task, gboolean success, GError *error);
