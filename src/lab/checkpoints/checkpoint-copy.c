/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what makes a lab a copy of another one's checkpoint: its machines have the
 * addresses and UUIDs of those that were saved, its disks are layers over the saved
 * ones, which nobody writes to, and everything else is its own.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/text.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/images.h"
#include "lab/registry.h"
#include "plan/qemu/disk-file.h"
#include "plan/firmware.h"

#include <string.h>

Checkpoint *
checkpoint_find (const char *spec, const char *lab, GError **error)
{
    const char *slash = strchr (spec, '/');
    g_autofree char *named = slash ? g_strndup (spec, slash - spec) : g_strdup (lab);
    g_autofree char *state_dir = name_is_valid (named) ? registry_state_dir (named) : NULL;

    if (state_dir)
        return checkpoint_read (state_dir, slash ? slash + 1 : spec, error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not the name of a lab", named);
    return NULL;
}

char *
checkpoint_spec (const Checkpoint *checkpoint)
{
    return g_strdup_printf ("%s/%s", checkpoint->lab, checkpoint->name);
}

/* --- the plan --- */

static ImageStep *
find_image (const Plan *plan, const char *machine, const char *disk)
{
    g_autofree char *owner = g_strdup_printf ("%s/%s", machine, disk);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_IMAGE && g_str_equal (step->image->owner, owner))
            return step->image;
    }
    return NULL;
}

static void
replace (char **text, char *with)
{
    g_free (*text);
    *text = with;
}

static void
clear_origin (ImageStep *image)
{
    replace (&image->backing, NULL);
    replace (&image->backing_format, NULL);
    replace (&image->source, NULL);
    replace (&image->source_format, NULL);
    replace (&image->clone, NULL);
}

/* The machine writes to the newest layer that the copy has, or to its first. */
static void
use_head (const Plan *plan, MachineStep *machine, const ImageStep *image, const char *disk,
          gboolean again)
{
    g_autofree char *folder = g_build_filename (plan->state_dir, "disks", NULL), *path = NULL;
    g_autoptr (DiskEntry) own = again ? disk_book_read (folder, machine->name, disk, NULL) : NULL;
    const DiskFile *head = own ? disk_entry_head (own) : NULL;

    path = head ? disk_file_path (folder, head) : g_strdup (image->path);
    machine_step_set_disk_file (machine, disk, path, head ? head->format : image->format);
}

/* An empty layer over the layer that was saved. */
static void
copy_disk (Plan *plan, const char *saved_disks, const DiskEntry *entry, gboolean again)
{
    ImageStep *image = find_image (plan, entry->machine, entry->disk);
    MachineStep *machine = plan_find_machine (plan, entry->machine);
    const DiskFile *head = disk_entry_head (entry);
    g_autofree char *name = g_strdup_printf ("%s.%s.qcow2", entry->machine, entry->disk);

    if (!image || !machine)
        return;
    clear_origin (image);
    replace (&image->copy_of, g_strdup (plan->origin));
    image->backing = disk_file_path (saved_disks, head);
    image->backing_format = g_strdup (head->format);
    image->size = 0;
    replace (&image->format, g_strdup ("qcow2"));
    replace (&image->path, g_build_filename (plan->state_dir, "disks", name, NULL));
    use_head (plan, machine, image, entry->disk, again);
}

static void
copy_vars (Plan *plan, const Checkpoint *checkpoint, const CheckpointMachine *part)
{
    ImageStep *image = part->vars ? find_image (plan, part->machine, FIRMWARE_VARS_DISK) : NULL;

    if (!image)
        return;
    clear_origin (image);
    replace (&image->copy_of, checkpoint_spec (checkpoint));
    image->source = checkpoint_file (checkpoint, part->vars);
    image->source_format = g_strdup (image->format);
    image->clone = g_strdup ("copy");
}

void
checkpoint_copy_plan (const Checkpoint *checkpoint, Plan *plan, gboolean again)
{
    g_autofree char *disks = g_build_filename (checkpoint->plan->state_dir, "disks", NULL);

    replace (&plan->origin, checkpoint_spec (checkpoint));
    for (guint i = 0; i < checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);

        for (guint d = 0; d < part->disks->len; d++)
            copy_disk (plan, disks, g_ptr_array_index (part->disks, d), again);
        copy_vars (plan, checkpoint, part);
    }
}

gboolean
checkpoint_check_disks (const Checkpoint *checkpoint, GError **error)
{
    g_autofree char *disks = g_build_filename (checkpoint->plan->state_dir, "disks", NULL);

    for (guint i = 0; i < checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);

        for (guint d = 0; d < part->disks->len; d++) {
            if (disk_chain_check (g_ptr_array_index (part->disks, d), disks, error))
                continue;
            g_prefix_error (error, "checkpoint %s: machine %s: ", checkpoint->name, part->machine);
            return FALSE;
        }
    }
    return TRUE;
}

/* --- the disks of an earlier copy --- */

static gboolean
clear_disk (const Plan *plan, const ImageStep *image, GError **error)
{
    g_autofree char *folder = g_path_get_dirname (image->path);
    g_auto (GStrv) owner = g_strsplit (image->owner, "/", 2);
    g_autoptr (DiskEntry) entry =
        image->label ? NULL : disk_book_read (folder, owner[0], owner[1], error);

    if (!entry)
        return image->label || !error || !*error;
    if (entry->copy_of)
        return disk_book_delete (folder, entry, error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                 "disk %s of lab %s is there already, and is no copy: give the lab another name, "
                 "or delete the disk (roost image rm %s/%s)",
                 image->owner, plan->lab, plan->lab, image->owner);
    return FALSE;
}

gboolean
checkpoint_clear_copy (const Plan *plan, GError **error)
{
    g_autoptr (GPtrArray) own = checkpoint_list (plan->state_dir);
    GError *local = NULL;

    if (own->len > 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "lab %s has checkpoints of its own, as %s, which need its disks: give the lab "
                     "another name, or remove them",
                     plan->lab, ((const Checkpoint *)g_ptr_array_index (own, 0))->name);
        return FALSE;
    }
    for (guint i = 0; i < plan->steps->len && !local; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_IMAGE)
            clear_disk (plan, step->image, &local);
    }
    if (!local)
        return TRUE;
    g_propagate_error (error, local);
    return FALSE;
}

/* --- who needs it --- */

static gboolean
stands_on (const DiskEntry *entry, const Checkpoint *checkpoint)
{
    g_autofree char *disks = g_build_filename (checkpoint->plan->state_dir, "disks", NULL);

    for (guint i = 0; entry->base && i < checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);

        for (guint d = 0; d < part->disks->len; d++) {
            g_autofree char *path =
                disk_file_path (disks, disk_entry_head (g_ptr_array_index (part->disks, d)));

            if (g_str_equal (entry->base->path, path))
                return TRUE;
        }
    }
    return FALSE;
}

/* Returns: (transfer full) (nullable): a lab that is a copy of it */
static char *
checkpoint_user (const Checkpoint *checkpoint)
{
    g_autofree char *root = dirs_run_root (), *spec = checkpoint_spec (checkpoint);
    g_autoptr (GPtrArray) states = registry_list (root), images = images_list (NULL);

    for (guint i = 0; i < states->len; i++) {
        const State *state = g_ptr_array_index (states, i);

        if (g_strcmp0 (state->plan->origin, spec) == 0)
            return g_strdup (state->plan->lab);
    }
    for (guint i = 0; i < images->len; i++) {
        const OwnImage *image = g_ptr_array_index (images, i);

        if (image->entry && g_strcmp0 (image->lab, checkpoint->lab) != 0 &&
            stands_on (image->entry, checkpoint))
            return g_strdup (image->lab);
    }
    return NULL;
}

gboolean
checkpoint_check_unused (const Checkpoint *checkpoint, GError **error)
{
    g_autofree char *user = checkpoint_user (checkpoint);

    if (!user)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "checkpoint %s of lab %s: lab %s is a copy of it, and its disks stand on it: take "
                 "that down first, with its disks (roost down %s --delete-disks)",
                 checkpoint->name, checkpoint->lab, user, user);
    return FALSE;
}
