/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is known of chains of layers; see disk-chain.h.  At every moment both
 * the old and the new list of layers show the same, as long as the files are
 * there: hence lists are written first, and files go last.
 */
#include "lab/disks/disk-chain.h"

#include "base/error.h"
#include "host/image/image-info.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/images.h"

#include <string.h>
#include <unistd.h>

static const char *
name_of (const DiskEntry *entry, guint i)
{
    return ((const DiskFile *)g_ptr_array_index (entry->files, i))->name;
}

static char *
path_of (const DiskEntry *entry, const char *folder, guint i)
{
    return disk_file_path (folder, g_ptr_array_index (entry->files, i));
}

int
disk_chain_find (const DiskEntry *entry, const char *folder, const char *path)
{
    for (guint i = 0; i < entry->files->len; i++) {
        g_autofree char *layer = path_of (entry, folder, i);

        if (g_strcmp0 (layer, path) == 0 || g_strcmp0 (name_of (entry, i), path) == 0)
            return (int)i;
    }
    return -1;
}

static GPtrArray *
read_checkpoints (const char *folder)
{
    g_autofree char *state_dir = g_path_get_dirname (folder);

    return checkpoint_list (state_dir);
}

typedef void (*EntryFunc) (Checkpoint *checkpoint, DiskEntry *then, gpointer user_data);

/* calls @func for what each checkpoint has of the same disk */
static void
for_each_checkpoint (const GPtrArray *checkpoints, const DiskEntry *entry, EntryFunc func,
                     gpointer user_data)
{
    for (guint i = 0; i < checkpoints->len; i++) {
        Checkpoint *checkpoint = g_ptr_array_index (checkpoints, i);
        CheckpointMachine *part = checkpoint_find_machine (checkpoint, entry->machine);

        for (guint d = 0; part && d < part->disks->len; d++) {
            DiskEntry *then = g_ptr_array_index (part->disks, d);

            if (strcmp (then->disk, entry->disk) == 0)
                func (checkpoint, then, user_data);
        }
    }
}

/* --- what may become one --- */

typedef struct {
    const DiskEntry *entry;
    gboolean *needed; /* by index of the layer */
} Needs;

/* Where the checkpoint's layers end, or become others than the disk's. */
static void
mark_checkpoint (Checkpoint *checkpoint, DiskEntry *then, gpointer user_data)
{
    Needs *needs = user_data;
    guint common = 0;

    while (common < then->files->len && common < needs->entry->files->len &&
           strcmp (name_of (then, common), name_of (needs->entry, common)) == 0)
        common++;
    if (common > 0)
        needs->needed[common - 1] = TRUE;
}

/* Returns: (transfer full): by index, whether what the layer shows must stay */
static gboolean *
find_needed (const DiskEntry *entry, const char *folder)
{
    g_autoptr (GPtrArray) checkpoints = read_checkpoints (folder);
    Needs needs = { entry, g_new0 (gboolean, entry->files->len) };

    for_each_checkpoint (checkpoints, entry, mark_checkpoint, &needs);
    for (guint i = 0; i < entry->files->len; i++) {
        g_autofree char *path = path_of (entry, folder, i);
        g_autofree char *dependent = images_stranger_on (path);

        needs.needed[i] |= dependent != NULL;
        if (dependent && i > 0) /* and its header must not change, either */
            needs.needed[i - 1] = TRUE;
    }
    return needs.needed;
}

static gboolean
is_seam (const DiskEntry *entry, guint i)
{
    return ((const DiskFile *)g_ptr_array_index (entry->files, i))->seam;
}

gboolean
disk_chain_find_merge (const DiskEntry *entry, const char *folder, guint floor, gboolean seams,
                       guint *ret_base, guint *ret_top)
{
    g_autofree gboolean *needed = find_needed (entry, folder);

    for (guint top = entry->files->len - 1; top > floor; top--) {
        guint base = top;

        if (needed[top])
            continue;
        while (base > floor && !needed[base - 1] && (!seams || is_seam (entry, base)))
            base--;
        if (base < top) {
            *ret_base = base;
            *ret_top = top;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
disk_chain_is_free (const DiskEntry *entry, const char *folder)
{
    g_autofree gboolean *needed = find_needed (entry, folder);

    for (guint i = 0; i < entry->files->len; i++)
        if (needed[i])
            return FALSE;
    return TRUE;
}

/* --- what headers say --- */

static gboolean
check_layer (const DiskEntry *entry, const char *folder, guint i, GError **error)
{
    const DiskFile *file = g_ptr_array_index (entry->files, i);
    g_autofree char *path = path_of (entry, folder, i), *backing = NULL;
    int below;

    if (strcmp (file->format, "qcow2") != 0 || access (path, F_OK) < 0)
        return TRUE; /* nothing in it leads anywhere; what is gone is told by others */
    if (!image_find_backing (path, &backing)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "%s is no qcow2 image, as it was: put it back, or delete the disk (roost "
                     "image rm)",
                     path);
        return FALSE;
    }
    if (image_has_data_file (path)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "%s says that its content is in another file, and roost makes none like "
                     "that: put it back, or delete the disk (roost image rm)",
                     path);
        return FALSE;
    }
    below = backing ? disk_chain_find (entry, folder, backing) : -1;
    if (!backing || (below >= 0 && below < (int)i) ||
        (entry->base && strcmp (entry->base->path, backing) == 0))
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                 "%s says that it stands on %s, which is nothing that the disk was made of: put it "
                 "back, or delete the disk (roost image rm)",
                 path, backing);
    return FALSE;
}

gboolean
disk_chain_check (const DiskEntry *entry, const char *folder, GError **error)
{
    for (guint i = 0; i < entry->files->len; i++)
        if (!check_layer (entry, folder, i, error))
            return FALSE;
    return TRUE;
}

RunAs *
disk_chain_find_owner (const DiskEntry *entry, const char *folder)
{
    RunAs *owner = NULL;

    for (guint i = 0; i < entry->files->len && !owner; i++) {
        g_autofree char *path = path_of (entry, folder, i);

        owner = image_find_owner (path);
    }
    return owner;
}

/* --- what is left --- */

static void
take_out (DiskEntry *entry, guint first, guint end, GPtrArray *gone)
{
    for (; first < end; end--)
        g_ptr_array_add (gone, g_ptr_array_steal_index (entry->files, first));
}

/* From its newest layer downwards, each layer's header says which is the next. */
static void
follow_headers (DiskEntry *entry, const char *folder, GPtrArray *gone)
{
    int i = (int)entry->files->len - 1;

    while (i >= 0) {
        g_autofree char *path = path_of (entry, folder, (guint)i), *backing = NULL;
        int below;

        if (!image_find_backing (path, &backing))
            return;
        below = backing ? disk_chain_find (entry, folder, backing) : -1;
        if (below >= i ||
            (below < 0 && backing && (!entry->base || strcmp (entry->base->path, backing) != 0)))
            return;
        take_out (entry, (guint)(below + 1), (guint)i, gone);
        if (!backing)
            disk_entry_set_base (entry, NULL);
        i = below;
    }
}

typedef struct {
    const char *folder;
    GPtrArray *gone;
} Settling;

static void
settle_checkpoint (Checkpoint *checkpoint, DiskEntry *then, gpointer user_data)
{
    Settling *settling = user_data;
    guint before = then->files->len;
    g_autoptr (GError) error = NULL;

    follow_headers (then, settling->folder, settling->gone);
    if (then->files->len != before && !checkpoint_write (checkpoint, &error))
        g_warning ("%s", error->message);
}

/* Files that the lists have no more; read anew, as one that could not be written
 * needs what it needed. */
static void
delete_unneeded (const DiskEntry *entry, const char *folder, const GPtrArray *gone)
{
    g_autoptr (GPtrArray) checkpoints = read_checkpoints (folder);

    for (guint i = 0; i < gone->len; i++) {
        const DiskFile *file = g_ptr_array_index (gone, i);
        g_autofree char *path = disk_file_path (folder, file);
        g_autofree char *dependent = images_stranger_on (path);

        if (disk_chain_find (entry, folder, path) < 0 && !dependent &&
            !checkpoint_pins (checkpoints, file->name) && disk_file_is_ours (folder, file))
            unlink (path);
    }
}

gboolean
disk_chain_settle (DiskEntry *entry, const char *folder, const char *head, GError **error)
{
    g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (disk_file_free);
    g_autoptr (GPtrArray) checkpoints = read_checkpoints (folder);
    Settling settling = { folder, gone };
    int newest = head ? disk_chain_find (entry, folder, head) : (int)entry->files->len - 1;

    if (newest >= 0) {
        take_out (entry, (guint)newest + 1, entry->files->len, gone);
        follow_headers (entry, folder, gone);
    }
    g_clear_pointer (&entry->job, g_free);
    if (!disk_book_write (folder, entry, error))
        return FALSE;
    for_each_checkpoint (checkpoints, entry, settle_checkpoint, &settling);
    delete_unneeded (entry, folder, gone);
    return TRUE;
}
