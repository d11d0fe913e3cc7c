/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the course of a commit or a stream of a disk in use.  One round, of which a commit
 * may take several:
 *   1. which layers become one, and which nodes the emulator has for them:
 *      disk-merge-choice.c;
 *   2. the book says what is being done; the emulator does it, as a job;
 *   3. when the newest layer is among those that go, and the job is ready, the
 *      machine is stopped for a moment: until it goes on both layers show the
 *      same, so that no death in between makes the book wrong;
 *   4. lists and files follow what the emulator has done: disk-chain.h.
 * A failure and a cancellation go to 4 as well.
 */
#include "lab/disks/disk-merge-private.h"

#include "base/error.h"
#include "machine/describe.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/disk-nodes.h"
#include "lab/lab-private.h"
#include "plan/qemu/disk-file.h"

#include <string.h>

#define COMMAND_MS (60 * 1000)

/* The disk is free again before whoever waits hears of it. */
static void
end (GTask *task, GError *error)
{
    Merge *merge = g_task_get_task_data (task);
    g_autofree char *what = g_strdup_printf ("machine %s: %s of disk %s: ", merge->job->machine,
                                             merge->job->kind, merge->job->disk);

    disk_job_free (g_steal_pointer (&merge->job), error);
    if (!error) {
        g_task_return_int (task, merge->entry->files->len);
        return;
    }
    g_prefix_error (&error, "%s", what);
    roost_error_reclass (&error, ROOST_ERROR_MACHINE);
    g_task_return_error (task, error);
}

static void
execute (GTask *task, const char *command, JsonNode *arguments, GAsyncReadyCallback callback)
{
    Merge *merge = g_task_get_task_data (task);
    g_autoptr (JsonNode) owned = arguments;

    qmp_client_execute_async (merge->qmp, command, arguments, COMMAND_MS, NULL, callback,
                              g_object_ref (task));
}

/* NULL when the lab has it no more */
static MachineStep *
record_of (const Merge *merge)
{
    LiveMachine *machine = live_lab_find_machine (merge->job->lab, merge->job->machine);

    return machine ? live_machine_get_record (machine) : NULL;
}

/* --- the end of a round --- */

static void
round_over (GTask *task)
{
    Merge *merge = g_task_get_task_data (task);

    merge->rounds++;
    if (merge->failure)
        end (task, g_steal_pointer (&merge->failure));
    else if (merge->stream || merge->took_over || merge->base < 0)
        end (task, NULL);
    else
        merge_run (task);
}

static void
went_on (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);
    g_autoptr (JsonNode) value = qmp_client_execute_finish (
        QMP_CLIENT (source), result, merge->failure ? NULL : &merge->failure);

    round_over (task);
}

static void
follow (Merge *merge)
{
    MachineStep *record = record_of (merge);
    const DiskFile *head;
    g_autofree char *path = NULL;

    if (merge->base < 0 && !merge->stream)
        disk_entry_accept_base (merge->entry);
    disk_chain_settle (merge->entry, merge->folder, merge->head,
                       merge->failure ? NULL : &merge->failure);
    head = disk_entry_head (merge->entry);
    path = disk_file_path (merge->folder, head);
    if (!record)
        return;
    machine_step_set_disk_file (record, merge->job->disk, path, head->format);
    state_plan_changed (merge->job->lab->state);
    lab_save_soon (merge->job->lab);
}

/* A node of the command line stays open when it is of no use any more. */
static void
dropped_node (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);

    if (merge->stopped)
        execute (task, "cont", NULL, went_on);
    else
        round_over (task);
}

static void
head_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);
    g_autoptr (JsonNode) devices = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
    g_autofree char *node = g_strconcat ("drive-", merge->job->disk, NULL);

    g_clear_pointer (&merge->root, g_free);
    g_free (merge->head);
    merge->head = disk_find_head (devices, merge->job->disk, &merge->root);
    follow (merge);
    /* refused while it is part of the chain */
    execute (task, "blockdev-del", describe_pair ("node-name", node, NULL, NULL), dropped_node);
}

/* The reference that the job had goes. */
static void
job_ended (GError *error, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);

    g_clear_pointer (&merge->job->job, block_job_free);
    if (!merge->failure)
        merge->failure = error;
    else
        g_clear_error (&error);
    execute (task, "query-block", NULL, head_known);
}

static void
job_progress (guint percent, gpointer user_data)
{
    const Merge *merge = g_task_get_task_data (user_data);

    disk_job_tell (merge->job, percent);
}

/* --- the moment in which the newest layer goes --- */

static void
give_up (Merge *merge, GError *error)
{
    merge->failure = error;
    if (merge->job->job)
        block_job_cancel (merge->job->job, TRUE);
}

static void
has_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value)
        give_up (merge, error);
    else if (merge->job->job)
        block_job_complete (merge->job->job);
}

static void
job_ready (gpointer user_data)
{
    g_autoptr (GTask) task = g_object_ref (user_data);
    Merge *merge = g_task_get_task_data (task);
    LiveMachine *machine = live_lab_find_machine (merge->job->lab, merge->job->machine);
    GError *error = NULL;

    if (merge->base < 0) { /* the layer stays, over an image that has all of it */
        block_job_cancel (merge->job->job, FALSE);
        return;
    }
    if (!machine || live_machine_get_state (machine) != MACHINE_RUNNING) {
        block_job_complete (merge->job->job); /* it stands already */
        return;
    }
    g_free (merge->entry->job);
    merge->entry->job = g_strdup (DISK_JOB_PIVOT);
    if (!disk_book_write (merge->folder, merge->entry, &error)) {
        give_up (merge, error);
        return;
    }
    merge->stopped = TRUE;
    execute (task, "stop", NULL, has_stopped);
}

static const BlockJobHandlers handlers = { job_progress, job_ready, job_ended };

/* --- the beginning of a round --- */

static void
nodes_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);
    g_autofree char *id = disk_job_id (merge->job);
    GError *error = NULL;
    g_autoptr (JsonNode) nodes = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonNode *arguments = nodes ? merge_describe_job (merge, nodes, &error) : NULL;

    g_free (merge->entry->job);
    merge->entry->job =
        g_strdup (merge->base < 0 && !merge->stream ? DISK_JOB_IMAGE : merge->job->kind);
    if (error || !disk_job_check_cancelled (merge->job, &error) ||
        !disk_book_write (merge->folder, merge->entry, &error)) {
        g_clear_pointer (&arguments, json_node_unref);
        end (task, error);
        return;
    }
    merge->job->job = block_job_new (merge->qmp, id, &handlers, g_object_ref (task));
    block_job_begin (merge->job->job, merge->stream ? "block-stream" : "block-commit", arguments);
}

static void
devices_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Merge *merge = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) devices = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    g_autofree char *newest = disk_file_path (merge->folder, disk_entry_head (merge->entry));

    g_clear_pointer (&merge->root, g_free);
    g_free (merge->head);
    merge->head = disk_find_head (devices, merge->job->disk, &merge->root);
    if (!error && g_strcmp0 (merge->head, newest) != 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                             "the machine writes to %s, and not to %s, which the book has as its "
                             "newest layer",
                             merge->head ? merge->head : "something else", newest);
    if (error)
        end (task, error);
    else
        execute (task, "query-named-block-nodes", NULL, nodes_known);
}

void
merge_run (GTask *task)
{
    Merge *merge = g_task_get_task_data (task);
    GError *error = NULL;
    gboolean more = disk_job_check_cancelled (merge->job, &error) && merge_choose (merge, &error);

    if (more)
        execute (task, "query-block", NULL, devices_known);
    else if (error || merge->rounds > 0)
        end (task, error);
    else
        end (task, merge_explain (merge));
}

void
merge_join (GTask *task)
{
    Merge *merge = g_task_get_task_data (task);
    g_autofree char *id = disk_job_id (merge->job);

    merge->job->job = block_job_new (merge->qmp, id, &handlers, g_object_ref (task));
    block_job_take_over (merge->job->job);
}
