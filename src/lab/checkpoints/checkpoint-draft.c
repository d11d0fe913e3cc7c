/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a checkpoint says of the lab that is saved; see checkpoint-draft.h. */
#include "lab/checkpoints/checkpoint-draft.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "host/emulator/fingerprint.h"
#include "host/tree.h"
#include "lab/disks/disk-live.h"
#include "lab/lab-private.h"
#include "machine/once.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define VARS_MAX (64 * 1024 * 1024)

/* --- what there is to save --- */

gboolean
checkpoint_machine_is_off (LiveMachine *machine)
{
    MachineState state = live_machine_get_state (machine);

    return state == MACHINE_STOPPED ||
           (state == MACHINE_CRASHED && live_machine_get_process (machine).pid == 0);
}

static CheckpointMachine *
describe (LiveMachine *machine)
{
    const MachineStep *record = live_machine_get_record (machine);
    CheckpointMachine *part = record_new (&checkpoint_machine_record);

    part->machine = g_strdup (record->name);
    part->program = g_strdup (record->argv[0]);
    part->fingerprint = fingerprint_of (record->argv[0]);
    part->running = live_machine_get_state (machine) == MACHINE_RUNNING;
    part->once = once_is_due (record);
    part->off = checkpoint_machine_is_off (machine);
    part->ram = part->off ? NULL : g_strconcat (record->name, ".ram", NULL);
    return part;
}

static gboolean
can_be_saved (LiveMachine *machine, GError **error)
{
    const MachineStep *record = live_machine_get_record (machine);
    MachineState state = live_machine_get_state (machine);

    if (state != MACHINE_RUNNING && state != MACHINE_PAUSED &&
        !checkpoint_machine_is_off (machine)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "machine %s is %s, and can be saved when it runs, is paused or off: %s",
                     record->name, machine_state_names[state],
                     state == MACHINE_STARTING || state == MACHINE_STOPPING ? "wait for that"
                                                                            : "stop it");
        return FALSE;
    }
    for (guint i = 0; i < record->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (record->disks, i);

        if (!disk->path || disk->read_only || disk->ours)
            continue;
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "machine %s writes to %s, which is the user's own (clone: none) and cannot be "
                     "kept as it is: give disk %s a layer (clone: overlay)",
                     record->name, disk->path, disk->name);
        return FALSE;
    }
    return TRUE;
}

static gboolean
describe_machines (CheckpointDraft *draft, GError **error)
{
    const Plan *plan = draft->lab->state->plan;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        LiveMachine *machine = step->kind == STEP_MACHINE
                                   ? live_lab_find_machine (draft->lab, step->machine->name)
                                   : NULL;

        if (!machine)
            continue;
        if (!can_be_saved (machine, error))
            return FALSE;
        g_ptr_array_add (draft->checkpoint->machines, describe (machine));
    }
    if (draft->checkpoint->machines->len > 0)
        return TRUE;
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the lab has no machines");
    return FALSE;
}

gboolean
checkpoint_draft_begin (CheckpointDraft *draft, LiveLab *lab, const char *name, GError **error)
{
    const Plan *plan = lab->state->plan;
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autofree char *hidden = g_strdup_printf (".%s.part", name);

    *draft = (CheckpointDraft){ .lab = lab,
                                .checkpoint = record_new (&checkpoint_record),
                                .folder = checkpoint_folder (plan->state_dir, name),
                                .part = checkpoint_folder (plan->state_dir, hidden),
                                .disks = g_build_filename (plan->state_dir, "disks", NULL) };
    draft->checkpoint->version = CHECKPOINT_VERSION;
    draft->checkpoint->name = g_strdup (name);
    draft->checkpoint->lab = g_strdup (plan->lab);
    draft->checkpoint->created = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
    if (g_file_test (draft->folder, G_FILE_TEST_EXISTS)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "it is there already: take another name, or roost checkpoint rm %s", name);
        return FALSE;
    }
    checkpoint_sweep (plan->state_dir);
    return describe_machines (draft, error) && file_make_private_dir (draft->part, error);
}

void
checkpoint_draft_clear (CheckpointDraft *draft)
{
    checkpoint_free (draft->checkpoint);
    g_free (draft->part);
    g_free (draft->folder);
    g_free (draft->disks);
    *draft = (CheckpointDraft){ 0 };
}

/* --- what is so at that instant --- */

static gboolean
note_disks (CheckpointDraft *draft, CheckpointMachine *part, const MachineStep *record,
            GError **error)
{
    for (guint i = 0; i < record->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (record->disks, i);
        DiskEntry *entry;

        if (!disk->ours || disk->read_only)
            continue;
        entry = disk_book_read (draft->disks, part->machine, disk->name, error);
        if (!entry && !*error)
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                         "machine %s: %s has no entry for disk %s, so what it stands on is not "
                         "known",
                         part->machine, draft->disks, disk->name);
        if (!entry)
            return FALSE;
        g_ptr_array_add (part->disks, entry);
    }
    return TRUE;
}

static gboolean
copy_vars (CheckpointDraft *draft, CheckpointMachine *part, const MachineStep *record,
           GError **error)
{
    g_autofree char *data = NULL, *to = NULL;
    gsize length;

    if (!record->firmware_vars)
        return TRUE;
    data = file_read (record->firmware_vars, VARS_MAX, &length, error);
    part->vars = g_strconcat (part->machine, ".vars", NULL);
    to = g_build_filename (draft->part, part->vars, NULL);
    return data && file_write_whole (to, data, length, 0600, error);
}

/* A condition that is waited for yet holds with what is said after the save, or with
 * what was said just before, which may not have been read. */
static gboolean
note_readiness (CheckpointDraft *draft, CheckpointMachine *part, GError **error)
{
    LiveMachine *machine = live_lab_find_machine (draft->lab, part->machine);
    g_autofree char *name = g_strconcat (part->machine, ".said", NULL);
    g_autofree char *path = g_build_filename (draft->part, name, NULL);
    gboolean said;

    if (part->off)
        return TRUE;
    part->ready = live_machine_get_readiness (machine) == READY_YES;
    part->held = live_machine_get_held (machine);
    if (!live_machine_save_said (machine, path, &said, error))
        return FALSE;
    part->said = said ? g_steal_pointer (&name) : NULL;
    return TRUE;
}

/* Of machines that are off, whose layers may have come and gone since. */
static void
sync_heads (CheckpointDraft *draft)
{
    for (guint i = 0; i < draft->checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (draft->checkpoint->machines, i);

        if (part->off)
            disk_sync_heads (
                live_machine_get_record (live_lab_find_machine (draft->lab, part->machine)));
    }
}

gboolean
checkpoint_draft_note (CheckpointDraft *draft, GError **error)
{
    Checkpoint *checkpoint = draft->checkpoint;
    g_autoptr (JsonNode) node = NULL;

    sync_heads (draft);
    node = record_to_json (&plan_record, draft->lab->state->plan);
    checkpoint->plan = record_from_json (&plan_record, node, NULL);
    for (guint i = 0; i < checkpoint->machines->len; i++) {
        CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);
        const MachineStep *record = plan_find_machine (checkpoint->plan, part->machine);

        if (!note_disks (draft, part, record, error) || !copy_vars (draft, part, record, error) ||
            !note_readiness (draft, part, error))
            return FALSE;
    }
    return TRUE;
}

/* --- the end --- */

gboolean
checkpoint_draft_finish (CheckpointDraft *draft, GError **error)
{
    g_autoptr (JsonNode) node = record_to_json (&checkpoint_record, draft->checkpoint);
    g_autofree char *text = json_to_text (node);
    g_autofree char *path = g_build_filename (draft->part, CHECKPOINT_FILE, NULL);

    if (!file_write_whole (path, text, strlen (text), 0600, error))
        return FALSE;
    if (g_rename (draft->part, draft->folder) == 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "naming %s: %s", draft->folder,
                 g_strerror (errno));
    return FALSE;
}

void
checkpoint_draft_discard (CheckpointDraft *draft)
{
    if (draft->part)
        tree_remove (draft->part, NULL);
    checkpoint_sweep (draft->lab->state->plan->state_dir);
}
