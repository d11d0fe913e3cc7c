/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns one copy of a disk in use, in this order:
 *   1. which node has the disk's newest layer open, and how large it is;
 *   2. qemu-img makes an empty image of that size under a temporary name;
 *   3. the emulator is handed it open, as it may be another user and reach no folder
 *      of ours, and copies, which is a job: its end is an event;
 *   4. the emulator closes it, and it gets its name.
 */
#include "lab/disk-backup.h"

#include "base/error.h"
#include "base/file.h"
#include "host/command.h"
#include "lab/describe.h"
#include "lab/disk-live.h"
#include "lab/fdset.h"
#include "plan/disk-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TOOL_MS (60 * 1000)
#define COMMAND_MS (60 * 1000)
#define PROGRESS_SECONDS 1
#define PART ".part"

typedef struct {
    QmpClient *qmp;
    char *disk;
    char *below; /* the file that is copied, and its format */
    char *format;
    char *node; /* that has it open */
    char *file;
    char *part;
    char *job;  /* also the name of the target's node */
    gint64 set; /* of the emulator's descriptors: the target is in it; -1 */
    gulong on_event, on_closed;
    guint tick;
    gboolean ended;
    GError *failure;
    DiskBackupFunc progress;
    gpointer progress_data;
} Backup;

static void
let_go (Backup *backup)
{
    if (backup->on_event)
        g_signal_handler_disconnect (backup->qmp, backup->on_event);
    if (backup->on_closed)
        g_signal_handler_disconnect (backup->qmp, backup->on_closed);
    backup->on_event = backup->on_closed = 0;
    g_clear_handle_id (&backup->tick, g_source_remove);
}

static void
backup_free (gpointer data)
{
    Backup *backup = data;

    let_go (backup);
    g_clear_object (&backup->qmp);
    g_free (backup->disk);
    g_free (backup->below);
    g_free (backup->format);
    g_free (backup->node);
    g_free (backup->file);
    g_free (backup->part);
    g_free (backup->job);
    g_clear_error (&backup->failure);
    g_free (backup);
}

static void
fail (GTask *task, GError *error)
{
    Backup *backup = g_task_get_task_data (task);

    if (backup->part)
        unlink (backup->part);
    if (backup->set >= 0)
        fdset_remove (backup->qmp, backup->set);
    g_prefix_error (&error, "copying disk %s: ", backup->disk);
    roost_error_reclass (&error, ROOST_ERROR_FAILED);
    g_task_return_error (task, error);
}

static void
execute (GTask *task, const char *command, JsonNode *arguments, GAsyncReadyCallback callback)
{
    Backup *backup = g_task_get_task_data (task);
    g_autoptr (JsonNode) owned = arguments;

    qmp_client_execute_async (backup->qmp, command, arguments, COMMAND_MS, NULL, callback,
                              g_object_ref (task));
}

/* --- the end of the job --- */

static void
closed_target (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (backup->failure) {
        g_clear_error (&error);
        error = g_steal_pointer (&backup->failure);
    }
    if (!error && g_rename (backup->part, backup->file) < 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "naming %s: %s", backup->file,
                             g_strerror (errno));
    if (error) {
        fail (task, error);
    } else {
        fdset_remove (backup->qmp, backup->set);
        g_task_return_boolean (task, TRUE);
    }
}

/* @failure: (transfer full) (nullable).  The reference that the signals had goes. */
static void
job_ended (GTask *task, GError *failure)
{
    Backup *backup = g_task_get_task_data (task);

    if (backup->ended) {
        g_clear_error (&failure);
        return;
    }
    backup->ended = TRUE;
    backup->failure = failure;
    let_go (backup);
    execute (task, "blockdev-del", describe_pair ("node-name", backup->job, NULL, NULL),
             closed_target);
    g_object_unref (task);
}

static void
on_event (QmpClient *qmp, const QmpEvent *event, gpointer user_data)
{
    GTask *task = user_data;
    Backup *backup = g_task_get_task_data (task);
    g_autofree char *text =
        g_strndup (event->data ? event->data : "{}", event->data ? event->data_length : 2);
    g_autoptr (JsonNode) node = json_from_string (text, NULL);
    JsonObject *data = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *problem;

    if (!data || g_strcmp0 (json_object_get_string_member_with_default (data, "device", ""),
                            backup->job) != 0)
        return;
    problem = json_object_get_string_member_with_default (data, "error", NULL);
    if (g_str_equal (event->name, "BLOCK_JOB_CANCELLED"))
        job_ended (task, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "cancelled"));
    else if (g_str_equal (event->name, "BLOCK_JOB_COMPLETED"))
        job_ended (task,
                   problem ? g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, problem) : NULL);
}

static void
on_closed (QmpClient *qmp, const GError *reason, gpointer user_data)
{
    job_ended (user_data,
               g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE, "the machine has ended"));
}

static void
jobs_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
    JsonArray *jobs = value && JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;

    for (guint i = 0; jobs && !backup->ended && i < json_array_get_length (jobs); i++) {
        JsonObject *job = json_array_get_object_element (jobs, i);
        gint64 length = json_object_get_int_member_with_default (job, "len", 0);

        if (length > 0 && g_strcmp0 (json_object_get_string_member_with_default (job, "device", ""),
                                     backup->job) == 0)
            backup->progress (
                (guint)(json_object_get_int_member_with_default (job, "offset", 0) * 100 / length),
                backup->progress_data);
    }
}

static gboolean
ask_how_far (gpointer user_data)
{
    execute (user_data, "query-block-jobs", NULL, jobs_known);
    return G_SOURCE_CONTINUE;
}

static void
job_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value)
        job_ended (task, error);
    else if (backup->progress && !backup->ended)
        backup->tick = g_timeout_add_seconds (PROGRESS_SECONDS, ask_how_far, task);
}

/* --- the way there --- */

static void
target_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonNode *arguments;

    if (!value) {
        fail (task, error);
        return;
    }
    g_object_ref (task); /* the signals' */
    backup->on_event = g_signal_connect (backup->qmp, "event", G_CALLBACK (on_event), task);
    backup->on_closed = g_signal_connect (backup->qmp, "closed", G_CALLBACK (on_closed), task);
    arguments = describe_pair ("job-id", backup->job, "device", backup->node);
    json_object_set_string_member (json_node_get_object (arguments), "target", backup->job);
    json_object_set_string_member (json_node_get_object (arguments), "sync", "full");
    execute (task, "blockdev-backup", arguments, job_begun);
}

static void
handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *path = NULL;
    JsonNode *arguments;

    backup->set = fdset_add_finish (QMP_CLIENT (source), result, &error);
    if (backup->set < 0) {
        fail (task, error);
        return;
    }
    path = fdset_path (backup->set);
    arguments = describe_pair ("driver", "qcow2", "node-name", backup->job);
    json_object_set_member (json_node_get_object (arguments), "file",
                            describe_pair ("driver", "file", "filename", path));
    execute (task, "blockdev-add", arguments, target_open);
}

static void
target_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);
    g_auto (AutoFd) fd = output ? open (backup->part, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;

    if (output && fd < 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "opening %s: %s", backup->part,
                             g_strerror (errno));
    if (error)
        fail (task, error);
    else
        fdset_add_async (backup->qmp, fd, handed_over, g_object_ref (task));
}

static void
nodes_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonObject *node = value ? disk_find_node (value, backup->below, backup->format) : NULL;
    JsonObject *image = node && json_object_has_member (node, "image")
                            ? json_object_get_object_member (node, "image")
                            : NULL;
    g_autofree char *size = NULL;

    if (!image) {
        fail (task, error ? error
                          : g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                                 "the machine does not have it open"));
        return;
    }
    backup->node = g_strdup (json_object_get_string_member_with_default (node, "node-name", ""));
    size = g_strdup_printf ("%" G_GINT64_FORMAT,
                            json_object_get_int_member_with_default (image, "virtual-size", 0));
    {
        const char *argv[] = {
            "qemu-img", "create", "-q", "-f", "qcow2", backup->part, size, NULL
        };

        command_run_async (argv, TOOL_MS, NULL, target_made, g_object_ref (task));
    }
}

static GError *
refuse (const Backup *backup, const DiskRecord *record, const char *part)
{
    if (!record || !record->path)
        return g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                    "the machine has no such disk with something on it");
    if (!backup->qmp)
        return g_error_new_literal (
            ROOST_ERROR, ROOST_ERROR_FAILED,
            "the machine is not running: copy its file (roost image clone)");
    if (!g_path_is_absolute (backup->file))
        return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "%s is not an absolute path",
                            backup->file);
    if (g_file_test (backup->file, G_FILE_TEST_EXISTS) || g_file_test (part, G_FILE_TEST_EXISTS))
        return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                            "%s is there already, or being made; it is left as it is",
                            backup->file);
    return NULL;
}

void
disk_backup_async (LiveMachine *machine, const char *disk, const char *file,
                   DiskBackupFunc progress, gpointer progress_data, GAsyncReadyCallback callback,
                   gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const DiskRecord *record = machine_step_find_disk (live_machine_get_record (machine), disk);
    QmpClient *qmp = live_machine_get_qmp (machine);
    Backup *backup = g_new0 (Backup, 1);
    g_autofree char *part = g_strconcat (file, PART, NULL);
    GError *error;

    *backup = (Backup){ .qmp = qmp ? g_object_ref (qmp) : NULL,
                        .disk = g_strdup (disk),
                        .below = record ? g_strdup (record->path) : NULL,
                        .format = record ? g_strdup (record->format) : NULL,
                        .file = g_strdup (file),
                        .job = g_strconcat ("backup-", disk, NULL),
                        .set = -1,
                        .progress = progress,
                        .progress_data = progress_data };
    g_task_set_task_data (task, backup, backup_free);
    error = refuse (backup, record, part);
    if (error) {
        fail (task, error);
        return;
    }
    backup->part = g_steal_pointer (&part);
    execute (task, "query-named-block-nodes", NULL, nodes_known);
}

gboolean
disk_backup_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
    /* the job's end tells; one that is over was none */
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

void
disk_backup_cancel (LiveMachine *machine, const char *disk)
{
    QmpClient *qmp = live_machine_get_qmp (machine);
    g_autofree char *job = g_strconcat ("backup-", disk, NULL);
    g_autoptr (JsonNode) arguments = describe_pair ("device", job, NULL, NULL);

    if (qmp)
        qmp_client_execute_async (qmp, "block-job-cancel", arguments, COMMAND_MS, NULL, cancelled,
                                  NULL);
}
