/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns one copy of a disk in use, in this order:
 *   1. which node has the disk's newest layer open, and how large it is;
 *   2. qemu-img makes an empty image of that size under a temporary name;
 *   3. the emulator opens it and copies, which is a job: its end is an event;
 *   4. the emulator closes it, and it gets its name.
 */
#include "lab/disks/disk-backup.h"

#include "base/error.h"
#include "host/process/command.h"
#include "host/process/run-as.h"
#include "machine/describe.h"
#include "lab/disks/disk-job.h"
#include "lab/disks/disk-nodes.h"
#include "plan/qemu/disk-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOOL_MS (60 * 1000)
#define COMMAND_MS (60 * 1000)
#define PART ".part"

typedef struct {
    DiskJob *job;
    QmpClient *qmp;
    char *disk;
    char *below; /* the file that is copied, and its format */
    char *format;
    char *node; /* that has it open */
    char *file;
    char *part;
    char *id; /* of the job, and the name of the target's node */
    gint64 speed;
    RunAs *user; /* as whom the emulator runs, and writes to it; NULL = as we do */
    GError *failure;
} Backup;

static void
backup_free (gpointer data)
{
    Backup *backup = data;

    disk_job_free (backup->job, backup->failure);
    g_clear_object (&backup->qmp);
    g_free (backup->disk);
    g_free (backup->below);
    g_free (backup->format);
    g_free (backup->node);
    g_free (backup->file);
    g_free (backup->part);
    g_free (backup->id);
    run_as_free (backup->user);
    g_clear_error (&backup->failure);
    g_free (backup);
}

/* The disk is free again before whoever waits hears of it. */
static void
end (GTask *task, GError *error)
{
    Backup *backup = g_task_get_task_data (task);

    if (error && backup->part)
        unlink (backup->part);
    disk_job_free (g_steal_pointer (&backup->job), error);
    if (!error) {
        g_task_return_boolean (task, TRUE);
        return;
    }
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
    if (!error)
        run_as_take_back (backup->user, backup->part, &error);
    if (!error && g_rename (backup->part, backup->file) < 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "naming %s: %s", backup->file,
                             g_strerror (errno));
    end (task, error);
}

/* The reference that the job had goes. */
static void
job_ended (GError *error, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);

    backup->failure = error;
    execute (task, "blockdev-del", describe_pair ("node-name", backup->id, NULL, NULL),
             closed_target);
}

static void
job_progress (guint percent, gpointer user_data)
{
    const Backup *backup = g_task_get_task_data (user_data);

    disk_job_tell (backup->job, percent);
}

/* --- the way there --- */

static void
target_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
    static const BlockJobHandlers handlers = { job_progress, NULL, job_ended };
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonNode *arguments;
    JsonObject *object;

    if (!value) {
        end (task, error);
        return;
    }
    if (!disk_job_check_cancelled (backup->job, &error)) {
        job_ended (error, g_object_ref (task));
        return;
    }
    arguments = describe_pair ("device", backup->node, "target", backup->id);
    object = json_node_get_object (arguments);
    json_object_set_string_member (object, "sync", "full");
    json_object_set_int_member (object, "speed", backup->speed);
    backup->job->job = block_job_new (backup->qmp, backup->id, &handlers, g_object_ref (task));
    block_job_begin (backup->job->job, "blockdev-backup", arguments);
}

/* The file is the emulator's user's as long as it is written to. */
static gboolean
lend (const Backup *backup, GError **error)
{
    g_autofree char *problem = NULL;

    if (!backup->user)
        return TRUE;
    if (!run_as_give (backup->user, backup->part, error))
        return FALSE;
    problem = run_as_problem (backup->user, backup->part, R_OK | W_OK);
    if (!problem)
        return TRUE;
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_HOST, problem);
    return FALSE;
}

static void
target_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Backup *backup = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);
    JsonNode *arguments;

    if (!output || !lend (backup, &error)) {
        end (task, error);
        return;
    }
    arguments = describe_pair ("driver", "qcow2", "node-name", backup->id);
    json_object_set_member (json_node_get_object (arguments), "file",
                            describe_pair ("driver", "file", "filename", backup->part));
    execute (task, "blockdev-add", arguments, target_open);
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
        end (task, error ? error
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
disk_backup_async (LiveLab *lab, LiveMachine *machine, const char *disk, const char *file,
                   gint64 speed, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const MachineStep *step = live_machine_get_record (machine);
    const DiskRecord *record = machine_step_find_disk (step, disk);
    QmpClient *qmp = live_machine_get_qmp (machine);
    Backup *backup = g_new0 (Backup, 1);
    g_autofree char *part = g_strconcat (file, PART, NULL);
    GError *error;

    *backup = (Backup){ .qmp = qmp ? g_object_ref (qmp) : NULL,
                        .disk = g_strdup (disk),
                        .below = record ? g_strdup (record->path) : NULL,
                        .format = record ? g_strdup (record->format) : NULL,
                        .file = g_strdup (file),
                        .speed = speed,
                        .user = run_as_copy (step->user) };
    g_task_set_task_data (task, backup, backup_free);
    error = refuse (backup, record, part);
    if (!error)
        backup->job = disk_job_new (lab, step->name, disk, "backup", &error);
    if (error) {
        end (task, error);
        return;
    }
    backup->id = disk_job_id (backup->job);
    backup->part = g_steal_pointer (&part);
    execute (task, "query-named-block-nodes", NULL, nodes_known);
}

gboolean
disk_backup_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- one that nobody waits for --- */

typedef struct {
    BlockJob *job;
    QmpClient *qmp;
    char *id;
    char *part; /* NULL = not known yet */
    uid_t uid;  /* as whom the emulator runs */
} Orphan;

static void
orphan_free (Orphan *orphan)
{
    block_job_free (orphan->job);
    g_object_unref (orphan->qmp);
    g_free (orphan->id);
    g_free (orphan->part);
    g_free (orphan);
}

/* The emulator says which file it is, and may say anything. */
static gboolean
is_lent (const Orphan *orphan)
{
    struct stat info;

    return lstat (orphan->part, &info) == 0 && S_ISREG (info.st_mode) && info.st_uid == orphan->uid;
}

static void
orphan_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Orphan *orphan = user_data;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);

    if (orphan->part && g_str_has_suffix (orphan->part, PART) && is_lent (orphan))
        unlink (orphan->part);
    orphan_free (orphan);
}

static void
orphan_ended (GError *error, gpointer user_data)
{
    Orphan *orphan = user_data;
    g_autoptr (JsonNode) arguments = describe_pair ("node-name", orphan->id, NULL, NULL);

    g_clear_error (&error); /* it was given up */
    qmp_client_execute_async (orphan->qmp, "blockdev-del", arguments, COMMAND_MS, NULL,
                              orphan_closed, orphan);
}

static void
orphan_progress (guint percent, gpointer user_data)
{
    /* nobody is to hear of it */
}

/* The file has its node's name, whether the job is still there or not. */
static void
orphan_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    static const BlockJobHandlers handlers = { orphan_progress, NULL, orphan_ended };
    Orphan *orphan = user_data;
    g_autoptr (JsonNode) nodes = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
    JsonObject *node = disk_find_named_node (nodes, orphan->id);

    if (!node) {
        orphan_free (orphan);
        return;
    }
    orphan->part = g_strdup (json_object_get_string_member_with_default (node, "file", NULL));
    orphan->job = block_job_new (orphan->qmp, orphan->id, &handlers, orphan);
    block_job_cancel (orphan->job, TRUE);
    block_job_take_over (orphan->job);
}

void
disk_backup_give_up (LiveMachine *machine, const char *disk)
{
    QmpClient *qmp = live_machine_get_qmp (machine);
    const RunAs *user = live_machine_get_record (machine)->user;
    Orphan *orphan;

    if (!qmp)
        return;
    orphan = g_new0 (Orphan, 1);
    orphan->qmp = g_object_ref (qmp);
    orphan->id = g_strconcat ("backup-", disk, NULL);
    orphan->uid = user ? (uid_t)user->uid : geteuid ();
    qmp_client_execute_async (qmp, "query-named-block-nodes", NULL, COMMAND_MS, NULL, orphan_known,
                              orphan);
}
