/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the saving of a checkpoint, in phases; each is over for all machines before
 * the next one begins:
 *   stop       the processors of all machines that run
 *   layers     a new layer over every disk, so that what is below stays
 *   memory     of all machines at once, each to its file; then the folder gets its
 *              name, and is a checkpoint
 *   resume     those go on that ran; after a failure the folder goes
 *   undo       only after a failure: new layers become one with those below them, for
 *              which emulators must have their disks back
 * A failure of one machine, or somebody who cancels, ends the phase for all of them.
 * The state has the names of the machines that were stopped, so that they go on when
 * this supervisor dies.
 */
#include "base/error.h"
#include "base/text.h"
#include "lab/checkpoints/checkpoint-draft.h"
#include "lab/disks/disk-live.h"
#include "lab/disks/disk-shorten.h"
#include "lab/lab-private.h"
#include "machine/machine-memory.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define COMMAND_MS (60 * 1000)

typedef enum { PHASE_STOP, PHASE_LAYERS, PHASE_MEMORY, PHASE_RESUME, PHASE_UNDO } Phase;

struct CheckpointSave {
    GTask *task; /* not owned: it owns this */
    LiveLab *lab;
    CheckpointDraft draft;
    Phase phase;
    gboolean given_away; /* emulators have given their disks to nobody, at the end of "memory" */
    gboolean saved;      /* it is a checkpoint */
    guint pending;       /* machines that are not through this phase */
    GError *failure;
};

/* One machine in one phase. */
typedef struct {
    GTask *task; /* a reference */
    CheckpointMachine *machine;
    guint disk; /* which of them is next */
} Turn;

static void begin_phase (GTask *task);

static void
save_free (gpointer data)
{
    CheckpointSave *save = data;

    checkpoint_draft_clear (&save->draft);
    g_clear_error (&save->failure);
    g_free (save);
}

static LiveMachine *
find (const CheckpointSave *save, const CheckpointMachine *machine)
{
    return live_lab_find_machine (save->lab, machine->machine);
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

/* --- what ends a phase early --- */

static void
forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

static void
forget (QmpClient *qmp, const char *command)
{
    qmp_client_execute_async (qmp, command, NULL, COMMAND_MS, NULL, forgotten, NULL);
}

/* The others need not come to their end. */
static void
give_up (CheckpointSave *save, GError *error)
{
    const GPtrArray *machines = save->draft.checkpoint->machines;

    save->failure = error;
    for (guint i = 0; save->phase == PHASE_MEMORY && i < machines->len; i++) {
        LiveMachine *machine = find (save, g_ptr_array_index (machines, i));
        QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

        if (qmp)
            forget (qmp, "migrate_cancel");
    }
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

/* @error: (transfer full) (nullable) */
static void
turn_done (Turn *turn, GError *error)
{
    g_autoptr (GTask) task = turn->task;
    CheckpointSave *save = g_task_get_task_data (task);

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

static void
command_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    turn_done (user_data, error);
}

static void next_layer (Turn *turn);

static void
layer_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autofree char *path = disk_snapshot_finish (result, &error);

    if (path)
        next_layer (user_data);
    else
        turn_done (user_data, error);
}

static void
memory_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Turn *turn = user_data;
    CheckpointSave *save = g_task_get_task_data (turn->task);
    g_autofree char *path = g_build_filename (save->draft.part, turn->machine->ram, NULL);
    GError *error = NULL;
    GStatBuf info;

    if (machine_memory_save_finish (result, &error) && g_stat (path, &info) == 0)
        turn->machine->ram_bytes = info.st_size;
    turn_done (turn, error);
}

/* One after the other, for every disk that the machine writes to. */
static void
next_layer (Turn *turn)
{
    CheckpointSave *save = g_task_get_task_data (turn->task);
    const GPtrArray *disks = turn->machine->disks;
    const DiskEntry *entry =
        !save->failure && turn->disk < disks->len ? g_ptr_array_index (disks, turn->disk++) : NULL;

    if (entry)
        disk_snapshot_async (save->lab, find (save, turn->machine), entry->disk, TRUE, layer_done,
                             turn);
    else
        turn_done (turn, NULL);
}

static void
send (Turn *turn, LiveMachine *machine, const char *command)
{
    QmpClient *qmp = live_machine_get_qmp (machine);

    if (qmp)
        qmp_client_execute_async (qmp, command, NULL, COMMAND_MS, NULL, command_done, turn);
    else
        turn_done (turn, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE, "it has ended"));
}

/* A machine that stood has to run for a moment to get its disks back. */
static void
resume (CheckpointSave *save, Turn *turn, LiveMachine *machine)
{
    QmpClient *qmp = live_machine_get_qmp (machine);

    if (turn->machine->running) {
        send (turn, machine, "cont");
    } else if (save->given_away && qmp) {
        forget (qmp, "cont");
        send (turn, machine, "stop");
    } else {
        turn_done (turn, NULL);
    }
}

static void next_undo (Turn *turn);

static void
layer_gone (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;

    if (!disk_shorten_finish (result, &error))
        g_message ("%s", error->message); /* another time will do it */
    g_clear_error (&error);
    next_undo (user_data);
}

static void
next_undo (Turn *turn)
{
    CheckpointSave *save = g_task_get_task_data (turn->task);
    const GPtrArray *disks = turn->machine->disks;
    const DiskEntry *then =
        turn->disk < disks->len ? g_ptr_array_index (disks, turn->disk++) : NULL;
    Shortening shortening = { .lab = save->lab, .folder = save->draft.disks, .inside = TRUE };

    if (!then) {
        turn_done (turn, NULL);
        return;
    }
    shortening.machine = then->machine;
    shortening.disk = then->disk;
    shortening.layer = disk_entry_head (then)->name;
    disk_shorten_async (&shortening, NULL, layer_gone, turn);
}

static void
take_turn (CheckpointSave *save, Turn *turn)
{
    LiveMachine *machine = find (save, turn->machine);
    g_autofree char *path = NULL;

    switch (save->phase) {
    case PHASE_STOP:
        if (turn->machine->running)
            send (turn, machine, "stop");
        else
            turn_done (turn, NULL);
        break;
    case PHASE_LAYERS:
        next_layer (turn);
        break;
    case PHASE_MEMORY:
        path = g_build_filename (save->draft.part, turn->machine->ram, NULL);
        machine_memory_save_async (machine, path, memory_done, turn);
        break;
    case PHASE_RESUME:
        resume (save, turn, machine);
        break;
    case PHASE_UNDO:
        next_undo (turn);
        break;
    }
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

static Turn *
turn_new (GTask *task, CheckpointMachine *machine)
{
    Turn *turn = g_new (Turn, 1);

    *turn = (Turn){ g_object_ref (task), machine, 0 };
    return turn;
}

static void
begin_phase (GTask *task)
{
    CheckpointSave *save = g_task_get_task_data (task);
    GPtrArray *machines = save->draft.checkpoint->machines;
    Turn *ours = turn_new (task, g_ptr_array_index (machines, 0)); /* others may end at once */

    enter_phase (save);
    save->pending = machines->len + 1;
    for (guint i = 0; i < machines->len; i++)
        take_turn (save, turn_new (task, g_ptr_array_index (machines, i)));
    turn_done (ours, NULL);
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
