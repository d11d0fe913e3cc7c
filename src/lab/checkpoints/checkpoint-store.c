/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the folders of checkpoints and which layers of disks they need. */
#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "base/text.h"
#include "host/tree.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/state.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (64 * 1024 * 1024)
#define FOLDER "checkpoints"
#define PART_PREFIX "."

#define F(name, word, type, ...)                                                                   \
    {                                                                                              \
        word, type, G_STRUCT_OFFSET (T, name), __VA_ARGS__                                         \
    }

/* clang-format off */
#define T CheckpointMachine
static const Field machine_fields[] = {
    F (machine, "machine", FIELD_STRING),
    F (program, "program", FIELD_STRING),
    F (fingerprint, "fingerprint", FIELD_STRING),
    F (off, "off", FIELD_BOOL),
    F (running, "running", FIELD_BOOL),
    F (ready, "ready", FIELD_BOOL),
    F (held, "held", FIELD_STRINGS),
    F (once, "once", FIELD_BOOL),
    F (ram, "ram", FIELD_STRING),
    F (vars, "vars", FIELD_STRING),
    F (said, "said", FIELD_STRING),
    F (ram_bytes, "ram_bytes", FIELD_INT),
    F (disks, "disks", FIELD_RECORDS, .record = &disk_entry_record),
    { NULL },
};
#undef T
const Record checkpoint_machine_record = { "machine", sizeof (CheckpointMachine), machine_fields };

#define T Checkpoint
static const Field checkpoint_fields[] = {
    F (version, "version", FIELD_INT),
    F (name, "name", FIELD_STRING),
    F (lab, "lab", FIELD_STRING),
    F (created, "created", FIELD_STRING),
    F (machines, "machines", FIELD_RECORDS, .record = &checkpoint_machine_record),
    F (plan, "plan", FIELD_RECORD, .record = &plan_record),
    { NULL },
};
#undef T
const Record checkpoint_record = { "checkpoint", sizeof (Checkpoint), checkpoint_fields };
/* clang-format on */

void
checkpoint_free (Checkpoint *checkpoint)
{
    record_free (&checkpoint_record, checkpoint);
}

char *
checkpoint_folder (const char *state_dir, const char *name)
{
    return g_build_filename (state_dir, FOLDER, name, NULL);
}

static gboolean
is_name (const char *name)
{
    return !name || !strchr (name, '/');
}

static gboolean
machine_is_sound (const Checkpoint *checkpoint, const CheckpointMachine *part)
{
    if (!part->machine || (!part->ram && !part->off) || !is_name (part->ram) ||
        !is_name (part->vars) || !is_name (part->said) ||
        !plan_find_machine (checkpoint->plan, part->machine))
        return FALSE;
    for (guint i = 0; i < part->disks->len; i++)
        if (!disk_entry_is_sound (g_ptr_array_index (part->disks, i)))
            return FALSE;
    return TRUE;
}

static gboolean
is_sound (const Checkpoint *checkpoint)
{
    if (checkpoint->version != CHECKPOINT_VERSION || !checkpoint->name || !checkpoint->lab ||
        !checkpoint->plan || !state_plan_is_whole (checkpoint->plan))
        return FALSE;
    for (guint i = 0; i < checkpoint->machines->len; i++)
        if (!machine_is_sound (checkpoint, g_ptr_array_index (checkpoint->machines, i)))
            return FALSE;
    return TRUE;
}

Checkpoint *
checkpoint_read (const char *state_dir, const char *name, GError **error)
{
    g_autofree char *folder = checkpoint_folder (state_dir, name);
    g_autofree char *path = g_build_filename (folder, CHECKPOINT_FILE, NULL);
    g_autofree char *text = name_is_valid (name) ? file_read_own (path, FILE_MAX, NULL) : NULL;
    g_autoptr (JsonNode) node = text ? json_from_text (text, NULL) : NULL;
    g_autoptr (Checkpoint) checkpoint =
        node ? record_from_json (&checkpoint_record, node, NULL) : NULL;

    if (checkpoint && is_sound (checkpoint))
        return g_steal_pointer (&checkpoint);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 text ? "checkpoint %s: it is not of this program's making"
                      : "there is no checkpoint %s (roost checkpoint list)",
                 name);
    return NULL;
}

gboolean
checkpoint_write (const Checkpoint *checkpoint, GError **error)
{
    g_autofree char *path = checkpoint_file (checkpoint, CHECKPOINT_FILE);
    g_autoptr (JsonNode) node = record_to_json (&checkpoint_record, checkpoint);
    g_autofree char *text = json_to_text (node);

    if (file_write_whole (path, text, strlen (text), 0600, error))
        return TRUE;
    g_prefix_error (error, "checkpoint %s: ", checkpoint->name);
    return FALSE;
}

static int
by_age (gconstpointer a, gconstpointer b)
{
    return g_strcmp0 ((*(Checkpoint *const *)a)->created, (*(Checkpoint *const *)b)->created);
}

GPtrArray *
checkpoint_list (const char *state_dir)
{
    GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)checkpoint_free);
    g_autofree char *folder = g_build_filename (state_dir, FOLDER, NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        Checkpoint *checkpoint =
            g_str_has_prefix (name, PART_PREFIX) ? NULL : checkpoint_read (state_dir, name, NULL);

        if (checkpoint)
            g_ptr_array_add (list, checkpoint);
    }
    g_ptr_array_sort (list, by_age);
    return list;
}

char *
checkpoint_file (const Checkpoint *checkpoint, const char *name)
{
    g_autofree char *folder = checkpoint_folder (checkpoint->plan->state_dir, checkpoint->name);

    return g_build_filename (folder, name, NULL);
}

static gboolean
has_file (const DiskEntry *entry, const char *name)
{
    for (guint i = 0; entry && i < entry->files->len; i++)
        if (g_strcmp0 (((DiskFile *)g_ptr_array_index (entry->files, i))->name, name) == 0)
            return TRUE;
    return FALSE;
}

gboolean
checkpoint_pins (const GPtrArray *checkpoints, const char *name)
{
    for (guint i = 0; i < checkpoints->len; i++) {
        const Checkpoint *checkpoint = g_ptr_array_index (checkpoints, i);

        for (guint m = 0; m < checkpoint->machines->len; m++) {
            const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, m);

            for (guint d = 0; d < part->disks->len; d++)
                if (has_file (g_ptr_array_index (part->disks, d), name))
                    return TRUE;
        }
    }
    return FALSE;
}

CheckpointMachine *
checkpoint_find_machine (const Checkpoint *checkpoint, const char *name)
{
    for (guint i = 0; i < checkpoint->machines->len; i++) {
        CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);

        if (g_strcmp0 (part->machine, name) == 0)
            return part;
    }
    return NULL;
}

void
checkpoint_drop_layers (const char *disks, const DiskEntry *entry, const DiskEntry *kept,
                        const GPtrArray *checkpoints)
{
    for (guint i = 0; i < entry->files->len; i++) {
        const DiskFile *file = g_ptr_array_index (entry->files, i);
        g_autofree char *path = disk_file_path (disks, file);

        if (!has_file (kept, file->name) && !checkpoint_pins (checkpoints, file->name) &&
            disk_file_is_ours (disks, file))
            unlink (path);
    }
}

gboolean
checkpoint_remove (const char *state_dir, const char *name, GError **error)
{
    g_autoptr (Checkpoint) checkpoint = checkpoint_read (state_dir, name, error);
    g_autofree char *folder = checkpoint_folder (state_dir, name);
    g_autofree char *disks = g_build_filename (state_dir, "disks", NULL);
    g_autoptr (GPtrArray) others = NULL;

    if (!checkpoint || !tree_remove (folder, error))
        return FALSE;
    others = checkpoint_list (state_dir);
    for (guint i = 0; i < checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);

        for (guint d = 0; d < part->disks->len; d++) {
            const DiskEntry *then = g_ptr_array_index (part->disks, d);
            g_autoptr (DiskEntry) now = disk_book_read (disks, then->machine, then->disk, NULL);

            checkpoint_drop_layers (disks, then, now, others);
        }
    }
    return TRUE;
}

void
checkpoint_sweep (const char *state_dir)
{
    g_autofree char *folder = g_build_filename (state_dir, FOLDER, NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        if (g_str_has_prefix (name, PART_PREFIX))
            tree_remove (path, NULL);
    }
    rmdir (folder); /* when nothing is in it */
}
