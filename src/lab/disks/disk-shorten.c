/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns when layers become one again, and how that is done of a disk that nobody has
 * open, one run of layers after the other:
 *   1. qemu-img writes what is in the newer ones into the oldest;
 *   2. the layer above them, if there is one, is told that it stands on that;
 *   3. lists and files follow: disk-chain.h.
 * After each of these the disk and every checkpoint show what they showed.
 */
#include "lab/disks/disk-shorten.h"

#include "base/error.h"
#include "host/process/command.h"
#include "host/image/image-info.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/disk-live.h"
#include "lab/disks/disk-merge.h"
#include "lab/lab-private.h"

#include <string.h>
#include <unistd.h>

#define SILENCE_MS (10 * 60 * 1000)
#define TOOL_MS (60 * 1000)

typedef struct {
    LiveLab *lab;
    char *folder;
    char *machine;
    char *disk;
    char *layer;
    GCancellable *cancellable;
    DiskEntry *entry; /* as it is in this round */
    guint base, top;
} Work;

static void next_round (GTask *task);

static void
work_free (gpointer data)
{
    Work *work = data;

    g_free (work->folder);
    g_free (work->machine);
    g_free (work->disk);
    g_free (work->layer);
    g_clear_object (&work->cancellable);
    disk_entry_free (work->entry);
    g_free (work);
}

/* Returns: whether some layers may become one */
static gboolean
find (const DiskEntry *entry, const char *folder, const char *layer, guint *ret_base,
      guint *ret_top)
{
    int floor = layer ? disk_chain_find (entry, folder, layer) : 0;

    return floor >= 0 &&
           disk_chain_find_merge (entry, folder, (guint)floor, TRUE, ret_base, ret_top);
}

static gboolean
disk_shorten_is_due (const Shortening *shortening)
{
    g_autoptr (DiskEntry) entry =
        disk_book_read (shortening->folder, shortening->machine, shortening->disk, NULL);
    guint base, top;

    return entry && find (entry, shortening->folder, shortening->layer, &base, &top);
}

void
disk_drop_unwritten (const char *folder, const DiskEntry *entry)
{
    g_autofree char *state_dir = g_path_get_dirname (folder);
    g_autofree char *head = disk_file_path (folder, disk_entry_head (entry));
    g_autoptr (GPtrArray) checkpoints = checkpoint_list (state_dir);

    for (guint n = entry->files->len;; n++) {
        g_autofree char *name = g_strdup_printf ("%s.%s.%u.qcow2", entry->machine, entry->disk, n);
        g_autofree char *path = g_build_filename (folder, name, NULL), *backing = NULL;

        if (access (path, F_OK) < 0)
            return;
        if (disk_chain_find (entry, folder, path) < 0 && !checkpoint_pins (checkpoints, name) &&
            (!image_find_backing (path, &backing) || !backing || strcmp (backing, head) == 0))
            unlink (path);
    }
}

/* --- by the emulator --- */

static void
merged (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;

    if (disk_merge_finish (result, &error) > 0)
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

/* --- by qemu-img --- */

static void
fail (GTask *task, GError *error)
{
    const Work *work = g_task_get_task_data (task);

    g_prefix_error (&error, "disk %s/%s: shortening its chain of layers: ", work->machine,
                    work->disk);
    g_task_return_error (task, error);
}

static char *
layer_path (const Work *work, guint i)
{
    return disk_file_path (work->folder, g_ptr_array_index (work->entry->files, i));
}

static void
settle (GTask *task)
{
    Work *work = g_task_get_task_data (task);
    LiveMachine *machine = work->lab ? live_lab_find_machine (work->lab, work->machine) : NULL;
    gboolean newest = work->top + 1 == work->entry->files->len;
    g_autofree char *head = newest ? layer_path (work, work->base) : NULL;
    GError *error = NULL;

    if (!disk_chain_settle (work->entry, work->folder, head, &error)) {
        fail (task, error);
        return;
    }
    if (machine) {
        disk_sync_heads (live_machine_get_record (machine));
        state_plan_changed (work->lab->state);
        lab_save_soon (work->lab);
    }
    next_round (task);
}

static void
rebased (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output)
        settle (task);
    else
        fail (task, error);
}

static void
committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Work *work = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (!output) {
        fail (task, error);
    } else if (work->top + 1 < work->entry->files->len) {
        const DiskFile *file = g_ptr_array_index (work->entry->files, work->base);
        g_autofree char *base = layer_path (work, work->base);
        g_autofree char *above = layer_path (work, work->top + 1);
        g_autoptr (RunAs) owner = image_find_owner (above);
        const char *argv[] = { "qemu-img", "rebase", "-u",         "-f",  "qcow2", "-b",
                               base,       "-F",     file->format, above, NULL };

        command_run_as_async (owner, -1, argv, TOOL_MS, NULL, NULL, work->cancellable, rebased,
                              g_steal_pointer (&task));
    } else {
        settle (task);
    }
}

static void
next_round (GTask *task)
{
    Work *work = g_task_get_task_data (task);
    g_autofree char *base = NULL, *top = NULL;
    g_autoptr (RunAs) owner = NULL;
    GError *error = NULL;

    disk_entry_free (work->entry);
    work->entry = disk_book_read (work->folder, work->machine, work->disk, &error);
    if (error) {
        fail (task, error);
        return;
    }
    if (!work->entry || !find (work->entry, work->folder, work->layer, &work->base, &work->top)) {
        g_task_return_boolean (task, TRUE);
        return;
    }
    base = layer_path (work, work->base);
    top = layer_path (work, work->top);
    if (!disk_chain_check (work->entry, work->folder, &error)) {
        fail (task, error);
        return;
    }
    owner = disk_chain_find_owner (work->entry, work->folder);
    {
        const char *argv[] = { "qemu-img", "commit", "-p", "-d", "-f",
                               "qcow2",    "-b",     base, top,  NULL };

        command_run_as_async (owner, -1, argv, SILENCE_MS, NULL, NULL, work->cancellable, committed,
                              g_object_ref (task));
    }
}

void
disk_shorten_async (const Shortening *shortening, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    LiveLab *lab = shortening->lab;
    LiveMachine *machine = lab ? live_lab_find_machine (lab, shortening->machine) : NULL;
    MergeOptions options = { .layer = shortening->layer,
                             .seams = TRUE,
                             .inside = shortening->inside };
    Work *work;

    if (!disk_shorten_is_due (shortening)) {
        g_task_return_boolean (task, TRUE);
        return;
    }
    if (machine && live_machine_get_qmp (machine)) {
        disk_commit_async (lab, machine, shortening->disk, &options, merged,
                           g_steal_pointer (&task));
        return;
    }
    work = g_new0 (Work, 1);
    work->lab = lab;
    work->folder = g_strdup (shortening->folder);
    work->machine = g_strdup (shortening->machine);
    work->disk = g_strdup (shortening->disk);
    work->layer = g_strdup (shortening->layer);
    work->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
    g_task_set_task_data (task, work, work_free);
    next_round (task);
}

gboolean
disk_shorten_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
