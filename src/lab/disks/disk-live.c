/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns snapshots of disks while a machine runs; see disk-live.h.  A snapshot, in order:
 *   1. the book has the layer that the machine writes to as its newest: one that
 *      an earlier failure has left empty above it goes;
 *   2. qemu-img makes an empty layer over it;
 *   3. the book says that it is the newest: should we die now, the next start
 *      opens it, and it shows just what is below;
 *   4. the emulator is told to write to it;
 *   5. the plan follows.
 * When 4 fails the layer goes, unless the machine may be writing to it.
 */
#include "lab/disks/disk-live.h"

#include "base/error.h"
#include "host/process/command.h"
#include "host/filesystem.h"
#include "host/image/image-info.h"
#include "host/process/run-as.h"
#include "machine/describe.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/disk-job.h"
#include "lab/disks/disk-nodes.h"
#include "lab/lab-private.h"
#include "plan/qemu/disk-file.h"
#include "qmp/qmp-error.h"

#include <sys/stat.h>
#include <unistd.h>

#define TOOL_TIMEOUT_MS (60 * 1000)
#define COMMAND_TIMEOUT_MS (60 * 1000)

typedef struct {
    LiveLab *lab;
    LiveMachine *machine;
    DiskJob *job;
    QmpClient *qmp;
    char *disk;
    char *folder;
    DiskEntry *entry;
    char *name; /* of the new layer */
    char *path;
    gboolean seam;
    struct stat empty; /* the layer, as it was made */
} Snapshot;

static void
snapshot_free (gpointer data)
{
    Snapshot *snapshot = data;

    disk_job_free (snapshot->job, NULL);
    g_clear_object (&snapshot->qmp);
    g_free (snapshot->disk);
    g_free (snapshot->folder);
    disk_entry_free (snapshot->entry);
    g_free (snapshot->name);
    g_free (snapshot->path);
    g_free (snapshot);
}

static void
fail (GTask *task, GError *error)
{
    Snapshot *snapshot = g_task_get_task_data (task);

    disk_job_free (g_steal_pointer (&snapshot->job), error);
    g_prefix_error (&error, "machine %s: a snapshot of disk %s: ",
                    live_machine_get_record (snapshot->machine)->name, snapshot->disk);
    roost_error_reclass (&error, ROOST_ERROR_MACHINE);
    g_task_return_error (task, error);
}

/* The layer is of no use: the book is as it was, and the file goes. */
static void
give_up (GTask *task, GError *error, gboolean written)
{
    Snapshot *snapshot = g_task_get_task_data (task);

    if (written) {
        g_ptr_array_set_size (snapshot->entry->files, snapshot->entry->files->len - 1);
        disk_book_write (snapshot->folder, snapshot->entry, NULL);
    }
    if (snapshot->path)
        unlink (snapshot->path);
    fail (task, error);
}

/* A machine that gave no answer may have written to the layer, or may do so yet. */
static gboolean
may_be_used (const Snapshot *snapshot, const GError *error)
{
    struct stat now;

    if (g_error_matches (error, QMP_ERROR, QMP_ERROR_NO_REPLY))
        return TRUE;
    return g_error_matches (error, QMP_ERROR, QMP_ERROR_CLOSED) &&
           stat (snapshot->path, &now) == 0 &&
           (now.st_size != snapshot->empty.st_size ||
            now.st_mtim.tv_sec != snapshot->empty.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != snapshot->empty.st_mtim.tv_nsec);
}

static void
switched (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value && may_be_used (snapshot, error)) {
        fail (task, error);
        return;
    }
    if (!value) {
        give_up (task, error, TRUE);
        return;
    }
    machine_step_set_disk_file (live_machine_get_record (snapshot->machine), snapshot->disk,
                                snapshot->path, "qcow2");
    state_plan_changed (snapshot->lab->state);
    lab_save_soon (snapshot->lab);
    disk_job_free (g_steal_pointer (&snapshot->job), NULL);
    g_task_return_pointer (task, g_steal_pointer (&snapshot->path), g_free);
}

/* After its file, as layers may go from between: nodes are known by their files,
 * and only have to have different names.
 */
static char *
name_node (const Snapshot *snapshot)
{
    g_auto (GStrv) words = g_strsplit (snapshot->name, ".", -1);

    return g_strdup_printf ("layer-%s-%s", snapshot->disk, words[g_strv_length (words) - 2]);
}

static void
nodes_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) nodes = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    const DiskFile *head = disk_entry_head (snapshot->entry);
    g_autofree char *below = disk_file_path (snapshot->folder, head);
    const char *node = disk_find_node_name (nodes, below, head->format);
    g_autofree char *layer = name_node (snapshot);
    g_autoptr (JsonNode) arguments = NULL;
    JsonObject *object;

    if (!error && !node)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                             "the machine does not have %s open, which the book has as its newest "
                             "layer",
                             below);
    if (error) {
        give_up (task, error, FALSE);
        return;
    }
    arguments = describe_pair ("node-name", node, "snapshot-file", snapshot->path);
    object = json_node_get_object (arguments);
    json_object_set_string_member (object, "snapshot-node-name", layer);
    json_object_set_string_member (object, "format", "qcow2");
    json_object_set_string_member (object, "mode", "existing");
    if (snapshot->seam)
        disk_entry_push_seam (snapshot->entry, snapshot->folder, snapshot->name);
    else
        disk_entry_push (snapshot->entry, snapshot->folder, snapshot->name, "qcow2");
    if (!disk_book_write (snapshot->folder, snapshot->entry, &error))
        give_up (task, error, TRUE);
    else
        qmp_client_execute_async (snapshot->qmp, "blockdev-snapshot-sync", arguments,
                                  COMMAND_TIMEOUT_MS, NULL, switched, g_object_ref (task));
}

static void
layer_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output &&
        run_as_give (live_machine_get_record (snapshot->machine)->user, snapshot->path, &error) &&
        stat (snapshot->path, &snapshot->empty) < 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "%s is gone", snapshot->path);
    if (error)
        give_up (task, error, FALSE);
    else
        qmp_client_execute_async (snapshot->qmp, "query-named-block-nodes", NULL,
                                  COMMAND_TIMEOUT_MS, NULL, nodes_known, g_object_ref (task));
}

static void
size_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    const DiskFile *head = disk_entry_head (snapshot->entry);
    g_autofree char *below = disk_file_path (snapshot->folder, head), *text = NULL;
    GError *error = NULL;
    gint64 size = image_size_finish (result, &error);

    if (error) {
        give_up (task, error, FALSE);
        return;
    }
    text = g_strdup_printf ("%" G_GINT64_FORMAT, size);
    snapshot->name = disk_entry_next_name (snapshot->entry, snapshot->folder);
    snapshot->path = g_build_filename (snapshot->folder, snapshot->name, NULL);
    { /* -u: the layer below is open in the machine, and is not looked into */
        const char *argv[] = {
            "qemu-img",     "create", "-q",
            "-u",           "-f",     "qcow2",
            "-b",           below,    "-F",
            head->format,   "-o",     filesystem_is_nocow (below) ? "nocow=on" : "nocow=off",
            snapshot->path, text,     NULL
        };

        command_run_async (argv, TOOL_TIMEOUT_MS, NULL, layer_made, g_object_ref (task));
    }
}

static void
devices_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) devices = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    g_autofree char *root = NULL, *head = disk_find_head (devices, snapshot->disk, &root);
    const DiskFile *newest;
    g_autofree char *below = NULL;

    if (!error && head && disk_chain_find (snapshot->entry, snapshot->folder, head) >= 0)
        disk_chain_settle (snapshot->entry, snapshot->folder, head, &error);
    if (error) {
        give_up (task, error, FALSE);
        return;
    }
    newest = disk_entry_head (snapshot->entry);
    below = disk_file_path (snapshot->folder, newest);
    image_size_async (below, newest->format, NULL, size_known, g_object_ref (task));
}

static gboolean
may_begin (Snapshot *snapshot, GError **error)
{
    const MachineStep *record = live_machine_get_record (snapshot->machine);
    const DiskRecord *disk = machine_step_find_disk (record, snapshot->disk);
    const char *why = NULL;

    if (!disk)
        why = "it has no such disk";
    else if (!disk->ours)
        why = "its file is the user's own (clone: none), and roost puts no layers over it";
    else if (!live_machine_get_qmp (snapshot->machine))
        why = "it is not running";
    if (why) {
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_FAILED, why);
        return FALSE;
    }
    snapshot->job = disk_job_new (snapshot->lab, record->name, snapshot->disk, "snapshot", error);
    return snapshot->job != NULL;
}

void
disk_snapshot_async (LiveLab *lab, LiveMachine *machine, const char *disk, gboolean seam,
                     GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Snapshot *snapshot = g_new0 (Snapshot, 1);
    GError *error = NULL;

    *snapshot =
        (Snapshot){ .lab = lab,
                    .machine = machine,
                    .disk = g_strdup (disk),
                    .seam = seam,
                    .folder = g_build_filename (lab->state->plan->state_dir, "disks", NULL) };
    g_task_set_task_data (task, snapshot, snapshot_free);
    g_task_set_source_tag (task, disk_snapshot_async);
    if (may_begin (snapshot, &error))
        snapshot->entry = disk_book_read (snapshot->folder, snapshot->job->machine, disk, &error);
    if (!error && !snapshot->entry)
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "the book does not have it");
    if (error) {
        fail (task, error);
        return;
    }
    snapshot->qmp = g_object_ref (live_machine_get_qmp (machine));
    qmp_client_execute_async (snapshot->qmp, "query-block", NULL, COMMAND_TIMEOUT_MS, NULL,
                              devices_known, g_object_ref (task));
}

char *
disk_snapshot_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

static void
end_job (DiskEntry *entry, const char *folder)
{
    g_autoptr (GError) error = NULL;

    if (g_str_equal (entry->job, DISK_JOB_IMAGE))
        disk_entry_accept_base (entry);
    if (!disk_chain_settle (entry, folder, NULL, &error))
        g_warning ("%s", error->message);
}

void
disk_sync_heads (MachineStep *step)
{
    for (guint i = 0; i < step->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (step->disks, i);
        g_autofree char *folder = disk->ours ? g_path_get_dirname (disk->path) : NULL, *path = NULL;
        g_autoptr (DiskEntry) entry =
            folder ? disk_book_read (folder, step->name, disk->name, NULL) : NULL;
        const DiskFile *head;

        if (entry && entry->job) /* the machine ended before that did */
            end_job (entry, folder);
        head = entry ? disk_entry_head (entry) : NULL;
        path = head ? disk_file_path (folder, head) : NULL;
        if (path && g_strcmp0 (path, disk->path) != 0)
            machine_step_set_disk_file (step, disk->name, path, head->format);
    }
}
