/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the saving of a checkpoint, in phases; each is over for all machines before
 * the next one begins:
 *   stop       the processors of all machines that run
 *   layers     a new layer over every disk, also of machines that are off, so that what
 *              is below stays
 *   memory     of all machines at once, each to its file; then the folder gets its
 *              name, and is a checkpoint
 *   resume     those go on that ran; after a failure the folder goes
 *   undo       only after a failure: new layers become one with those below them, for
 *              which emulators must have their disks back
 * A failure of one machine, or somebody who cancels, ends the phase for all of them.
 * What a machine does in a phase is checkpoint-turn.c.  The state has the names of the
 * machines that were stopped, so that they go on when this supervisor dies.
 */
#include "base/error.h"
#include "base/text.h"
#include "lab/checkpoints/checkpoint-turn.h"
#include "lab/lab-private.h"

static void begin_phase (GTask *task);

static void
save_free (gpointer data)
{
    CheckpointSave *save = data;

    checkpoint_draft_clear (&save->draft);
    g_clear_error (&save->failure);
    g_free (save);
}

static void
end (GTask *task)
{
    CheckpointSave *save = g_task_get_task_data (task);
    LiveLab *lab = save->lab;
    GError *error = g_steal_pointer (&save->failure);

    g_clear_pointer (&lab->state->frozen, g_strfreev);
    lab->saving = NULL;
    lab_save_soon (lab);
    if (error)
        g_prefix_error (&error, save->saved ? "checkpoint %s is saved, but " : "checkpoint %s: ",
                        save->draft.checkpoint->name);
    lab_end_task (lab, LAB_UP, error);
}

/* The others need not come to their end. */
static void
give_up (CheckpointSave *save, GError *error)
{
    const GPtrArray *machines = save->draft.checkpoint->machines;

    save->failure = error;
    for (guint i = 0; save->phase == PHASE_MEMORY && i < machines->len; i++)
        checkpoint_turn_cancel (save, g_ptr_array_index (machines, i));
}

gboolean
checkpoint_save_cancel (LiveLab *lab)
{
    CheckpointSave *save = lab->saving;

    if (!save || save->phase >= PHASE_RESUME || save->failure)
        return FALSE;
    give_up (save, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                        "cancelled: nothing of it is left, and the lab goes on"));
    return TRUE;
}

/* --- turns --- */

static void
phase_over (GTask *task)
{
    CheckpointSave *save = g_task_get_task_data (task);

    if (save->phase == PHASE_MEMORY && !save->failure)
        save->saved = checkpoint_draft_finish (&save->draft, &save->failure);
    if (save->phase == PHASE_UNDO || (save->phase == PHASE_RESUME && save->saved)) {
        end (task);
        return;
    }
    if (save->failure && save->phase < PHASE_RESUME)
        save->phase = PHASE_RESUME;
    else
        save->phase++;
    begin_phase (task);
}

void
checkpoint_turn_done (CheckpointTurn *turn, GError *error)
{
    g_autoptr (GTask) task = turn->task;
    CheckpointSave *save = turn->save;

    if (error && !save->failure) {
        g_prefix_error (&error, "machine %s: ", turn->machine->machine);
        roost_error_reclass (&error, ROOST_ERROR_MACHINE);
        give_up (save, error);
    } else {
        g_clear_error (&error);
    }
    g_free (turn);
    if (--save->pending == 0)
        phase_over (task);
}

/* What is to be done once, before the machines take their turns. */
static void
enter_phase (CheckpointSave *save)
{
    if (save->phase == PHASE_LAYERS)
        checkpoint_draft_note (&save->draft, &save->failure);
    if (save->phase == PHASE_MEMORY)
        save->given_away = TRUE;
    if (save->phase == PHASE_RESUME && !save->saved)
        checkpoint_draft_discard (&save->draft);
}

static CheckpointTurn *
turn_new (GTask *task, CheckpointMachine *machine)
{
    CheckpointTurn *turn = g_new0 (CheckpointTurn, 1);

    turn->task = g_object_ref (task);
    turn->save = g_task_get_task_data (task);
    turn->machine = machine;
    return turn;
}

static void
begin_phase (GTask *task)
{
    CheckpointSave *save = g_task_get_task_data (task);
    GPtrArray *machines = save->draft.checkpoint->machines;
    CheckpointTurn *ours =
        turn_new (task, g_ptr_array_index (machines, 0)); /* others may end at once */

    enter_phase (save);
    save->pending = machines->len + 1;
    for (guint i = 0; i < machines->len; i++)
        checkpoint_turn_take (turn_new (task, g_ptr_array_index (machines, i)));
    checkpoint_turn_done (ours, NULL);
}

/* --- the beginning --- */

static void
note_frozen (CheckpointSave *save)
{
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
    const GPtrArray *machines = save->draft.checkpoint->machines;

    for (guint i = 0; i < machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (machines, i);

        if (part->running)
            g_strv_builder_add (names, part->machine);
    }
    g_strfreev (save->lab->state->frozen);
    save->lab->state->frozen = g_strv_builder_end (names);
    lab_save (save->lab);
}

static void
begin (LiveLab *lab, GTask *task, gpointer data)
{
    const char *name = data;
    CheckpointSave *save = g_task_get_task_data (task);
    GError *error = NULL;

    if (!lab_begin_task (lab, task, LAB_UP))
        return;
    if (!checkpoint_draft_begin (&save->draft, lab, name, &error)) {
        g_prefix_error (&error, "checkpoint %s: ", name);
        lab_end_task (lab, LAB_UP, error);
        return;
    }
    lab->saving = save;
    note_frozen (save);
    begin_phase (task);
}

void
checkpoint_save_async (LiveLab *lab, const char *name, GAsyncReadyCallback callback,
                       gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    CheckpointSave *save = g_new0 (CheckpointSave, 1);

    save->lab = lab;
    g_task_set_task_data (task, save, save_free);
    if (name_is_valid (name))
        lab_take_turn (lab, task, lab->saving || lab_is_adopting (lab), begin, g_strdup (name),
                       g_free);
    else
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_USAGE,
                                 "\"%s\" cannot name a checkpoint: letters, digits, - and _", name);
}

gboolean
checkpoint_save_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
