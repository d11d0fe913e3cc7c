/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the saving of a checkpoint, in phases; each is over for all machines before
 * the next one begins:
 *   stop       the processors of all machines that run
 *   layers     a new layer over every disk, so that what is below stays
 *   memory     of all machines at once, each to its file
 *   resume     those go on that ran
 * Then the folder gets its name.  A failure skips to the last phase, and the
 * folder goes.  The state has the names of the machines that were stopped, so
 * that they go on when this supervisor dies.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "host/fingerprint.h"
#include "host/tree.h"
#include "lab/checkpoint.h"
#include "lab/disk-live.h"
#include "lab/lab-private.h"
#include "lab/machine-memory.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define COMMAND_MS (60 * 1000)
#define VARS_MAX (64 * 1024 * 1024)

typedef enum { PHASE_STOP, PHASE_LAYERS, PHASE_MEMORY, PHASE_RESUME } Phase;

typedef struct {
    LiveLab *lab;
    Checkpoint *checkpoint;
    char *part; /* the folder while it is not whole */
    char *folder;
    char *disks;
    Phase phase;
    guint pending; /* machines that are not through this phase */
    GError *failure;
} Save;

/* One machine in one phase. */
typedef struct {
    GTask *task; /* a reference */
    CheckpointMachine *machine;
    guint disk; /* which of them gets its layer next */
} Turn;

static void begin_phase (GTask *task);

static void
save_free (gpointer data)
{
    Save *save = data;

    checkpoint_free (save->checkpoint);
    g_free (save->part);
    g_free (save->folder);
    g_free (save->disks);
    g_clear_error (&save->failure);
    g_free (save);
}

/* --- the end --- */

static gboolean
write_down (Save *save, GError **error)
{
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *text = NULL, *path = g_build_filename (save->part, "checkpoint.json", NULL);

    node = record_to_json (&checkpoint_record, save->checkpoint);
    text = json_to_text (node);
    if (!file_write_whole (path, text, strlen (text), 0600, error))
        return FALSE;
    if (g_rename (save->part, save->folder) == 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "naming %s: %s", save->folder,
                 g_strerror (errno));
    return FALSE;
}

static void
end (GTask *task)
{
    Save *save = g_task_get_task_data (task);
    LiveLab *lab = save->lab;
    GError *error = g_steal_pointer (&save->failure);

    g_strfreev (lab->state->frozen);
    lab->state->frozen = NULL;
    lab_save_soon (lab);
    if (!error)
        write_down (save, &error);
    if (error) {
        g_prefix_error (&error, "checkpoint %s: ", save->checkpoint->name);
        tree_remove (save->part, NULL);
    }
    lab_end_task (lab, LAB_UP, error);
}

/* --- turns --- */

/* @error: (transfer full) (nullable) */
static void
turn_done (Turn *turn, GError *error)
{
    g_autoptr (GTask) task = turn->task;
    Save *save = g_task_get_task_data (task);

    if (error && !save->failure) {
        g_prefix_error (&error, "machine %s: ", turn->machine->machine);
        save->failure = error;
    } else {
        g_clear_error (&error);
    }
    g_free (turn);
    if (--save->pending > 0)
        return;
    if (save->phase == PHASE_RESUME) {
        end (task);
        return;
    }
    save->phase = save->failure ? PHASE_RESUME : save->phase + 1;
    begin_phase (task);
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
    Save *save = g_task_get_task_data (turn->task);
    g_autofree char *path = g_build_filename (save->part, turn->machine->ram, NULL);
    GError *error = NULL;
    GStatBuf info;

    if (machine_memory_save_finish (result, &error) && g_stat (path, &info) == 0)
        turn->machine->ram_bytes = info.st_size;
    turn_done (turn, error);
}

static LiveMachine *
find (const Save *save, const CheckpointMachine *machine)
{
    return live_lab_find_machine (save->lab, machine->machine);
}

/* One after the other, for every disk that the machine writes to. */
static void
next_layer (Turn *turn)
{
    Save *save = g_task_get_task_data (turn->task);
    LiveMachine *machine = find (save, turn->machine);
    const MachineStep *record = live_machine_get_record (machine);

    while (turn->disk < record->disks->len) {
        const DiskRecord *disk = g_ptr_array_index (record->disks, turn->disk++);

        if (!disk->path || disk->read_only)
            continue;
        disk_snapshot_async (save->lab, machine, disk->name, layer_done, turn);
        return;
    }
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

/* The layers below the new ones are what the checkpoint has. */
static void
note_disks (Save *save, CheckpointMachine *part)
{
    const MachineStep *record = live_machine_get_record (find (save, part));

    for (guint i = 0; i < record->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (record->disks, i);
        DiskEntry *entry = disk->ours && !disk->read_only
                               ? disk_book_read (save->disks, part->machine, disk->name, NULL)
                               : NULL;

        if (entry)
            g_ptr_array_add (part->disks, entry);
    }
}

static gboolean
copy_vars (Save *save, CheckpointMachine *part, GError **error)
{
    const MachineStep *record = live_machine_get_record (find (save, part));
    g_autofree char *data = NULL, *to = NULL;
    gsize length;

    if (!record->firmware_vars)
        return TRUE;
    data = file_read (record->firmware_vars, VARS_MAX, &length, error);
    part->vars = g_strconcat (part->machine, ".vars", NULL);
    to = g_build_filename (save->part, part->vars, NULL);
    return data && file_write_whole (to, data, length, 0600, error);
}

static void
take_turn (Save *save, Turn *turn)
{
    LiveMachine *machine = find (save, turn->machine);
    g_autofree char *path = g_build_filename (save->part, turn->machine->ram, NULL);
    GError *error = NULL;

    switch (save->phase) {
    case PHASE_STOP:
        if (turn->machine->running)
            send (turn, machine, "stop");
        else
            turn_done (turn, NULL);
        break;
    case PHASE_LAYERS:
        note_disks (save, turn->machine);
        if (copy_vars (save, turn->machine, &error))
            next_layer (turn);
        else
            turn_done (turn, error);
        break;
    case PHASE_MEMORY:
        machine_memory_save_async (machine, path, memory_done, turn);
        break;
    case PHASE_RESUME:
        if (turn->machine->running)
            send (turn, machine, "cont");
        else
            turn_done (turn, NULL);
        break;
    }
}

/* As it is before disks get new layers. */
static void
keep_plan (Save *save)
{
    g_autoptr (JsonNode) node = NULL;

    if (save->phase != PHASE_LAYERS)
        return;
    node = record_to_json (&plan_record, save->lab->state->plan);
    save->checkpoint->plan = record_from_json (&plan_record, node, NULL);
}

static void
begin_phase (GTask *task)
{
    Save *save = g_task_get_task_data (task);
    GPtrArray *machines = save->checkpoint->machines;

    keep_plan (save);
    save->pending = machines->len + 1; /* one is ours: a turn may end at once */
    for (guint i = 0; i < machines->len; i++) {
        Turn *turn = g_new (Turn, 1);

        *turn = (Turn){ g_object_ref (task), g_ptr_array_index (machines, i), 0 };
        take_turn (save, turn);
    }
    {
        Turn *ours = g_new (Turn, 1);

        *ours = (Turn){ g_object_ref (task), g_ptr_array_index (machines, 0), 0 };
        turn_done (ours, NULL);
    }
}

/* --- the beginning --- */

static CheckpointMachine *
describe (LiveMachine *machine)
{
    const MachineStep *record = live_machine_get_record (machine);
    CheckpointMachine *part = record_new (&checkpoint_machine_record);

    part->machine = g_strdup (record->name);
    part->program = g_strdup (record->argv[0]);
    part->fingerprint = fingerprint_of (record->argv[0]);
    part->running = live_machine_get_state (machine) == MACHINE_RUNNING;
    part->ready = live_machine_get_readiness (machine) == READY_YES;
    part->ram = g_strconcat (record->name, ".ram", NULL);
    return part;
}

/* Returns: whether every machine has something to save, and all its disks can be kept */
static gboolean
describe_machines (Save *save, GError **error)
{
    const Plan *plan = save->lab->state->plan;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        LiveMachine *machine = step->kind == STEP_MACHINE
                                   ? live_lab_find_machine (save->lab, step->machine->name)
                                   : NULL;
        MachineState state = machine ? live_machine_get_state (machine) : MACHINE_STOPPED;

        if (!machine)
            continue;
        if (state != MACHINE_RUNNING && state != MACHINE_PAUSED) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                         "machine %s is %s: start it, or take it out of the lab",
                         step->machine->name, machine_state_names[state]);
            return FALSE;
        }
        g_ptr_array_add (save->checkpoint->machines, describe (machine));
    }
    if (save->checkpoint->machines->len > 0)
        return TRUE;
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the lab has no machines");
    return FALSE;
}

static void
note_frozen (Save *save)
{
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

    for (guint i = 0; i < save->checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (save->checkpoint->machines, i);

        if (part->running)
            g_strv_builder_add (names, part->machine);
    }
    g_strfreev (save->lab->state->frozen);
    save->lab->state->frozen = g_strv_builder_end (names);
    lab_save (save->lab);
}

static gboolean
prepare (Save *save, const char *name, GError **error)
{
    const Plan *plan = save->lab->state->plan;
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autofree char *hidden = g_strdup_printf (".%s.part", name);

    save->checkpoint = record_new (&checkpoint_record);
    save->checkpoint->version = CHECKPOINT_VERSION;
    save->checkpoint->name = g_strdup (name);
    save->checkpoint->lab = g_strdup (plan->lab);
    save->checkpoint->created = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
    save->folder = checkpoint_folder (plan->state_dir, name);
    save->part = checkpoint_folder (plan->state_dir, hidden);
    save->disks = g_build_filename (plan->state_dir, "disks", NULL);
    if (g_file_test (save->folder, G_FILE_TEST_EXISTS)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "it is there already: take another name, or roost checkpoint rm %s", name);
        return FALSE;
    }
    checkpoint_sweep (plan->state_dir);
    return describe_machines (save, error) && file_make_private_dir (save->part, error);
}

static void
begin (LiveLab *lab, GTask *task, gpointer data)
{
    const char *name = data;
    Save *save = g_task_get_task_data (task);
    GError *error = NULL;

    if (!lab_begin_task (lab, task, LAB_UP))
        return;
    if (!prepare (save, name, &error)) {
        g_prefix_error (&error, "checkpoint %s: ", name);
        lab_end_task (lab, LAB_UP, error);
        return;
    }
    note_frozen (save);
    begin_phase (task);
}

void
checkpoint_save_async (LiveLab *lab, const char *name, GAsyncReadyCallback callback,
                       gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Save *save = g_new0 (Save, 1);

    save->lab = lab;
    g_task_set_task_data (task, save, save_free);
    if (name_is_valid (name))
        lab_take_turn (lab, task, lab_is_adopting (lab), begin, g_strdup (name), g_free);
    else
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_USAGE,
                                 "\"%s\" cannot name a checkpoint: letters, digits, - and _", name);
}

gboolean
checkpoint_save_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- after a death --- */

static void
forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

void
checkpoint_resume_frozen (LiveLab *lab)
{
    for (gsize i = 0; lab->state->frozen && lab->state->frozen[i]; i++) {
        LiveMachine *machine = live_lab_find_machine (lab, lab->state->frozen[i]);
        QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

        if (!qmp)
            continue;
        qmp_client_execute_async (qmp, "migrate_cancel", NULL, COMMAND_MS, NULL, forgotten, NULL);
        qmp_client_execute_async (qmp, "cont", NULL, COMMAND_MS, NULL, forgotten, NULL);
    }
    if (lab->state->frozen)
        checkpoint_sweep (lab->state->plan->state_dir);
    g_strfreev (lab->state->frozen);
    lab->state->frozen = NULL;
}
