/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the objects of type filter-dump in emulators: their ids, their coming
 * and going.  Who wants a capture, and for how long, is not known here.
 */
#include "machine/capture.h"

#include "base/error.h"
#include "base/record.h"
#include "host/process/run-as.h"
#include "qmp/qmp-error.h"

#define COMMAND_TIMEOUT_MS (30 * 1000)
#define ID_PREFIX "roost-capture-"

/* Returns: (transfer none) (nullable) */
static const NicRecord *
find_nic (const MachineStep *record, const char *name)
{
    for (guint i = 0; i < record->nics->len; i++) {
        const NicRecord *nic = g_ptr_array_index (record->nics, i);

        if (g_strcmp0 (nic->name, name) == 0)
            return nic;
    }
    return NULL;
}

static char *
nic_names (const MachineStep *record)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < record->nics->len; i++)
        g_string_append_printf (text, "%s%s", i ? ", " : "",
                                ((NicRecord *)g_ptr_array_index (record->nics, i))->name);
    return g_string_free (text, FALSE);
}

static void
refuse_nic (GTask *task, const MachineStep *record, const char *nic)
{
    g_autofree char *names = nic_names (record);

    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED,
                             "machine %s has no nic %s; it has %s", record->name, nic,
                             *names ? names : "none");
}

/* What the emulator is to write to, when it lies among the logs, where only we make
 * files: one that runs as another user opens it all the same. */
static gboolean
lend_spool (const MachineStep *record, const char *file, GError **error)
{
    g_autofree char *folder = g_path_get_dirname (file);

    return !g_str_equal (folder, record->log_dir) || run_as_give (record->user, file, error);
}

static void
started (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value) {
        g_task_return_pointer (task, g_strdup (g_task_get_task_data (task)), g_free);
        return;
    }
    g_prefix_error (&error, "capturing: ");
    roost_error_reclass (&error, ROOST_ERROR_FAILED);
    g_task_return_error (task, error);
}

void
capture_start_async (LiveMachine *machine, const char *nic, const char *file,
                     GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const MachineStep *record = live_machine_get_record (machine);
    const NicRecord *known = find_nic (record, nic);
    QmpClient *qmp = live_machine_get_qmp (machine);
    g_autoptr (JsonNode) arguments = NULL;
    GError *error = NULL;
    JsonObject *object;
    char *id;

    g_task_set_source_tag (task, capture_start_async);
    if (!known) {
        refuse_nic (task, record, nic);
        return;
    }
    if (!qmp) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: it is %s",
                                 record->name,
                                 machine_state_names[live_machine_get_state (machine)]);
        return;
    }
    if (!lend_spool (record, file, &error)) {
        g_task_return_error (task, error);
        return;
    }
    id = g_strdup_printf (ID_PREFIX "%08x%08x", g_random_int (), g_random_int ());
    g_task_set_task_data (task, id, g_free);
    object = json_object_new ();
    json_object_set_string_member (object, "qom-type", "filter-dump");
    json_object_set_string_member (object, "id", id);
    json_object_set_string_member (object, "netdev", known->netdev);
    json_object_set_string_member (object, "file", file);
    arguments = json_take_object (object);
    qmp_client_execute_async (qmp, "object-add", arguments, COMMAND_TIMEOUT_MS, NULL, started,
                              g_steal_pointer (&task));
}

char *
capture_start_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

static void
remove_object (QmpClient *qmp, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) arguments = json_take_object (object);

    json_object_set_string_member (object, "id", id);
    qmp_client_execute_async (qmp, "object-del", arguments, COMMAND_TIMEOUT_MS, NULL, callback,
                              user_data);
}

static void
stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value || g_error_matches (error, QMP_ERROR, QMP_ERROR_CLOSED)) {
        g_clear_error (&error);
        g_task_return_boolean (task, TRUE);
        return;
    }
    g_prefix_error (&error, "ending the capture: ");
    roost_error_reclass (&error, ROOST_ERROR_FAILED);
    g_task_return_error (task, error);
}

void
capture_stop_async (LiveMachine *machine, const char *id, GAsyncReadyCallback callback,
                    gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    QmpClient *qmp = live_machine_get_qmp (machine);

    g_task_set_source_tag (task, capture_stop_async);
    if (!g_str_has_prefix (id, ID_PREFIX))
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "there is no capture %s",
                                 id);
    else if (!qmp)
        g_task_return_boolean (task, TRUE);
    else
        remove_object (qmp, id, stopped, g_steal_pointer (&task));
}

gboolean
capture_stop_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- what a supervisor before us has left --- */

static void
swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value)
        g_debug ("ending a capture that was left: %s", error->message);
}

static void
objects_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    QmpClient *qmp = QMP_CLIENT (source);
    g_autoptr (JsonNode) value = qmp_client_execute_finish (qmp, result, NULL);
    JsonArray *objects =
        value && JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;

    for (guint i = 0; objects && i < json_array_get_length (objects); i++) {
        JsonNode *element = json_array_get_element (objects, i);
        const char *name = JSON_NODE_HOLDS_OBJECT (element)
                               ? json_object_get_string_member_with_default (
                                     json_node_get_object (element), "name", "")
                               : "";

        if (g_str_has_prefix (name, ID_PREFIX))
            remove_object (qmp, name, swept, NULL);
    }
}

void
capture_sweep (LiveMachine *machine)
{
    QmpClient *qmp = live_machine_get_qmp (machine);
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) arguments = json_take_object (object);

    json_object_set_string_member (object, "path", "/objects");
    if (qmp)
        qmp_client_execute_async (qmp, "qom-list", arguments, COMMAND_TIMEOUT_MS, NULL,
                                  objects_known, NULL);
}
