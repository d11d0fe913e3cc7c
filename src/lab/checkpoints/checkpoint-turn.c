/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what one machine does in each phase of a save; see checkpoint-turn.h.  One that
 * is off has nothing to do but with its disks, of which qemu-img makes the layers.
 */
#include "lab/checkpoints/checkpoint-turn.h"

#include "base/error.h"
#include "lab/disks/disk-layer.h"
#include "lab/disks/disk-live.h"
#include "lab/disks/disk-shorten.h"
#include "machine/machine-memory.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define COMMAND_MS (60 * 1000)

static LiveMachine *
find (const CheckpointTurn *turn)
{
    return live_lab_find_machine (turn->save->lab, turn->machine->machine);
}

/* --- commands --- */

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

static void
command_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    checkpoint_turn_done (user_data, error);
}

static void
send (CheckpointTurn *turn, const char *command)
{
    LiveMachine *machine = find (turn);
    QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

    if (qmp)
        qmp_client_execute_async (qmp, command, NULL, COMMAND_MS, NULL, command_done, turn);
    else
        checkpoint_turn_done (
            turn, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE, "it has ended"));
}

void
checkpoint_turn_cancel (const CheckpointSave *save, const CheckpointMachine *part)
{
    LiveMachine *machine = live_lab_find_machine (save->lab, part->machine);
    QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

    if (qmp && !part->off)
        forget (qmp, "migrate_cancel");
}

/* --- layers --- */

static void next_layer (CheckpointTurn *turn);

static void
snapshot_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autofree char *path = disk_snapshot_finish (result, &error);

    if (path)
        next_layer (user_data);
    else
        checkpoint_turn_done (user_data, error);
}

/* The layer counts from here on, and a start from here on opens it: the machine must
 * not have been started while it was made. */
static void
layer_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    CheckpointTurn *turn = user_data;
    const CheckpointDraft *draft = &turn->save->draft;
    const DiskEntry *then = g_ptr_array_index (turn->machine->disks, turn->disk - 1);
    GError *error = NULL;
    g_autofree char *path = disk_layer_finish (result, &error);
    g_autoptr (DiskEntry) entry =
        path ? disk_book_read (draft->disks, then->machine, then->disk, &error) : NULL;

    if (!error && !entry)
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_HOST, "its book is gone");
    if (!error && !checkpoint_machine_is_off (find (turn)))
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE,
                                     "it was started while it was saved");
    if (path && error)
        g_unlink (path);
    else if (path)
        disk_layer_push (draft->disks, entry, path, &error);
    if (error)
        checkpoint_turn_done (turn, error);
    else
        next_layer (turn);
}

/* One after the other, for every disk that the machine writes to. */
static void
next_layer (CheckpointTurn *turn)
{
    CheckpointSave *save = turn->save;
    const GPtrArray *disks = turn->machine->disks;
    const DiskEntry *entry =
        !save->failure && turn->disk < disks->len ? g_ptr_array_index (disks, turn->disk++) : NULL;
    LiveMachine *machine = find (turn);

    if (!entry)
        checkpoint_turn_done (turn, NULL);
    else if (turn->machine->off)
        disk_layer_async (save->draft.disks, entry, live_machine_get_record (machine)->user,
                          layer_made, turn);
    else
        disk_snapshot_async (save->lab, machine, entry->disk, TRUE, snapshot_taken, turn);
}

static void next_undo (CheckpointTurn *turn);

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
next_undo (CheckpointTurn *turn)
{
    const CheckpointSave *save = turn->save;
    const GPtrArray *disks = turn->machine->disks;
    const DiskEntry *then =
        turn->disk < disks->len ? g_ptr_array_index (disks, turn->disk++) : NULL;
    Shortening shortening = { .lab = save->lab, .folder = save->draft.disks, .inside = TRUE };

    if (!then) {
        checkpoint_turn_done (turn, NULL);
        return;
    }
    shortening.machine = then->machine;
    shortening.disk = then->disk;
    shortening.layer = disk_entry_head (then)->name;
    disk_shorten_async (&shortening, NULL, layer_gone, turn);
}

/* --- memory --- */

static void
memory_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    CheckpointTurn *turn = user_data;
    g_autofree char *path = g_build_filename (turn->save->draft.part, turn->machine->ram, NULL);
    GError *error = NULL;
    GStatBuf info;

    if (machine_memory_save_finish (result, &error) && g_stat (path, &info) == 0)
        turn->machine->ram_bytes = info.st_size;
    checkpoint_turn_done (turn, error);
}

static void
save_memory (CheckpointTurn *turn)
{
    g_autofree char *path = g_build_filename (turn->save->draft.part, turn->machine->ram, NULL);

    machine_memory_save_async (find (turn), path, memory_done, turn);
}

/* A machine that stood has to run for a moment to get its disks back. */
static void
resume (CheckpointTurn *turn)
{
    LiveMachine *machine = find (turn);
    QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

    if (turn->machine->running) {
        send (turn, "cont");
    } else if (turn->save->given_away && qmp) {
        forget (qmp, "cont");
        send (turn, "stop");
    } else {
        checkpoint_turn_done (turn, NULL);
    }
}

void
checkpoint_turn_take (CheckpointTurn *turn)
{
    SavePhase phase = turn->save->phase;

    if (turn->machine->off && phase != PHASE_LAYERS && phase != PHASE_UNDO) {
        checkpoint_turn_done (turn, NULL);
        return;
    }
    switch (phase) {
    case PHASE_STOP:
        if (turn->machine->running)
            send (turn, "stop");
        else
            checkpoint_turn_done (turn, NULL);
        break;
    case PHASE_LAYERS:
        next_layer (turn);
        break;
    case PHASE_MEMORY:
        save_memory (turn);
        break;
    case PHASE_RESUME:
        resume (turn);
        break;
    case PHASE_UNDO:
        next_undo (turn);
        break;
    }
}
