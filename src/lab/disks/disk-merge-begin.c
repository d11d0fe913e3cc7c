/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a commit or a stream of a disk in use is begun, or taken over from a
 * supervisor that has died, and who may.  What follows is disk-merge.c.
 */
#include "lab/disks/disk-merge-private.h"

#include "base/error.h"
#include "lab/lab-private.h"
#include "plan/qemu/disk-file.h"

#include <string.h>

static void
merge_free (gpointer data)
{
    Merge *merge = data;

    disk_job_free (merge->job, merge->failure);
    g_clear_object (&merge->qmp);
    g_free (merge->folder);
    g_free (merge->layer);
    disk_entry_free (merge->entry);
    g_free (merge->root);
    g_free (merge->head);
    g_clear_error (&merge->failure);
    g_free (merge);
}

/* @options: NULL = what was begun is taken over */
static GError *
refuse (LiveLab *lab, LiveMachine *machine, const char *disk, const MergeOptions *options)
{
    const DiskRecord *record = machine_step_find_disk (live_machine_get_record (machine), disk);

    if (!record)
        return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "it has no such disk");
    if (!record->ours)
        return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                    "its file is the user's own, and has no layers of roost's");
    if (!live_machine_get_qmp (machine))
        return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                    "it is not running: name the file of the layer instead");
    if (lab->task && options && !options->inside)
        return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                    "the lab is being changed or saved: wait for that");
    return NULL;
}

/* Returns: %NULL when the task has failed */
static Merge *
prepare (LiveLab *lab, LiveMachine *machine, const char *disk, const char *kind,
         const MergeOptions *options, GTask *task)
{
    const char *name = live_machine_get_record (machine)->name;
    g_autofree char *folder = g_build_filename (lab->state->plan->state_dir, "disks", NULL);
    g_autoptr (DiskEntry) entry = NULL;
    GError *error = refuse (lab, machine, disk, options);
    DiskJob *job = NULL;
    Merge *merge;

    if (!error)
        entry = disk_book_read (folder, name, disk, &error);
    if (!error && !entry)
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "the book does not have it");
    if (!error)
        job = disk_job_new (lab, name, disk, kind, &error);
    if (error) {
        g_prefix_error (&error, "machine %s: %s of disk %s: ", name, kind, disk);
        g_task_return_error (task, error);
        return NULL;
    }
    merge = g_new0 (Merge, 1);
    merge->job = job;
    merge->qmp = g_object_ref (live_machine_get_qmp (machine));
    merge->folder = g_steal_pointer (&folder);
    merge->entry = g_steal_pointer (&entry);
    merge->stream = strcmp (kind, DISK_JOB_STREAM) == 0;
    merge->layer = options ? g_strdup (options->layer) : NULL;
    merge->force = options && options->force;
    merge->seams = options && options->seams;
    merge->speed = options ? options->speed : 0;
    g_task_set_task_data (task, merge, merge_free);
    return merge;
}

static void
begin (LiveLab *lab, LiveMachine *machine, const char *disk, const char *kind,
       const MergeOptions *options, GTask *task)
{
    if (prepare (lab, machine, disk, kind, options, task))
        merge_run (task);
}

void
disk_commit_async (LiveLab *lab, LiveMachine *machine, const char *disk,
                   const MergeOptions *options, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    begin (lab, machine, disk, DISK_JOB_COMMIT, options, task);
}

void
disk_stream_async (LiveLab *lab, LiveMachine *machine, const char *disk,
                   const MergeOptions *options, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    begin (lab, machine, disk, DISK_JOB_STREAM, options, task);
}

guint
disk_merge_finish (GAsyncResult *result, GError **error)
{
    gssize layers = g_task_propagate_int (G_TASK (result), error);

    return layers > 0 ? (guint)layers : 0;
}

static void
nobody_waits (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    if (!disk_merge_finish (result, &error))
        g_warning ("%s", error->message);
}

void
disk_merge_take_over (LiveLab *lab, LiveMachine *machine, const char *disk, const char *job)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, nobody_waits, NULL);
    gboolean stream = strcmp (job, DISK_JOB_STREAM) == 0;
    Merge *merge =
        prepare (lab, machine, disk, stream ? DISK_JOB_STREAM : DISK_JOB_COMMIT, NULL, task);

    if (!merge)
        return;
    merge->took_over = TRUE;
    merge->stopped = strcmp (job, DISK_JOB_PIVOT) == 0;
    merge->base = strcmp (job, DISK_JOB_IMAGE) == 0 ? -1 : 0;
    merge_join (task);
}
