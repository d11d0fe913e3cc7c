/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the change of what is in a drive; see disk-media.h. */
#include "lab/disks/disk-media.h"

#include "base/error.h"
#include "host/process/run-as.h"
#include "machine/describe.h"
#include "plan/qemu/disk-file.h"

#define COMMAND_TIMEOUT_MS (60 * 1000)

static void
media_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value) {
        g_task_return_boolean (task, TRUE);
        return;
    }
    g_prefix_error (&error, "%s: ", (const char *)g_task_get_task_data (task));
    roost_error_reclass (&error, ROOST_ERROR_MACHINE);
    g_task_return_error (task, error);
}

void
disk_change_media_async (LiveMachine *machine, const char *disk, const char *file,
                         GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const MachineStep *record = live_machine_get_record (machine);
    QmpClient *qmp = live_machine_get_qmp (machine);
    g_autofree char *id = g_strdup_printf ("disk-%s", disk), *problem = NULL;
    g_autoptr (JsonNode) arguments = NULL;
    JsonObject *object;

    g_task_set_source_tag (task, disk_change_media_async);
    g_task_set_task_data (task, g_strdup_printf ("machine %s: disk %s", record->name, disk),
                          g_free);
    if (!qmp || !machine_step_find_disk (record, disk)) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s",
                                 (const char *)g_task_get_task_data (task),
                                 qmp ? "there is none" : "the machine is not running");
        return;
    }
    problem = file && record->user ? run_as_problem (record->user, file, R_OK) : NULL;
    if (problem) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "%s: %s",
                                 (const char *)g_task_get_task_data (task), problem);
        return;
    }
    arguments = describe_pair ("id", id, NULL, NULL);
    object = json_node_get_object (arguments);
    if (file) {
        json_object_set_string_member (object, "filename", file);
        json_object_set_string_member (object, "format", "raw");
        json_object_set_string_member (object, "read-only-mode", "read-only");
    } else {
        json_object_set_boolean_member (object, "force", TRUE);
    }
    qmp_client_execute_async (qmp, file ? "blockdev-change-medium" : "eject", arguments,
                              COMMAND_TIMEOUT_MS, NULL, media_changed, g_steal_pointer (&task));
}

gboolean
disk_change_media_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
