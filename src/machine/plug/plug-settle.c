/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look at which NICs and disks a machine has, and what follows for its
 * record; see plug.h.
 */
#include "machine/machine-private.h"
#include "machine/plug/plug.h"
#include "plan/qemu/part.h"

#include <string.h>

typedef struct {
    LiveMachine *machine; /* a reference */
    GPtrArray *missing;   /* owned names of parts; the last is next */
} Settle;

static void next_missing (GTask *task);

static void
settle_free (gpointer data)
{
    Settle *settle = data;

    machine_unref (settle->machine);
    g_ptr_array_unref (settle->missing);
    g_free (settle);
}

static gboolean
is_listed (JsonArray *children, const char *name)
{
    for (guint i = 0; i < json_array_get_length (children); i++) {
        JsonNode *child = json_array_get_element (children, i);
        const char *other = JSON_NODE_HOLDS_OBJECT (child)
                                ? json_object_get_string_member_with_default (
                                      json_node_get_object (child), "name", "")
                                : "";

        if (strcmp (name, other) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
find_missing (Settle *settle, JsonArray *children)
{
    g_autoptr (GPtrArray) parts = part_list (settle->machine->record);

    for (guint i = 0; i < parts->len; i++) {
        const char *part = g_ptr_array_index (parts, i);
        g_autofree char *device = part_device (part);

        if (!is_listed (children, device) && g_strcmp0 (device, settle->machine->unplugging) != 0)
            g_ptr_array_add (settle->missing, g_strdup (part));
    }
}

static void
rest_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Settle *settle = g_task_get_task_data (task);
    g_autoptr (GError) error = NULL;

    if (plug_rest_finish (result, &error) && !settle->machine->let_go) {
        part_remove (settle->machine->record,
                     g_ptr_array_index (settle->missing, settle->missing->len - 1));
        live_machine_changed (settle->machine);
    }
    g_ptr_array_set_size (settle->missing, settle->missing->len - 1);
    next_missing (task);
}

static void
next_missing (GTask *task)
{
    Settle *settle = g_task_get_task_data (task);
    guint n = settle->missing->len;

    if (n == 0 || settle->machine->let_go)
        g_task_return_boolean (task, TRUE);
    else
        plug_rest_async (settle->machine, g_ptr_array_index (settle->missing, n - 1), rest_removed,
                         g_object_ref (task));
}

static void
children_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Settle *settle = g_task_get_task_data (task);
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);

    if (value && JSON_NODE_HOLDS_ARRAY (value) && !settle->machine->let_go)
        find_missing (settle, json_node_get_array (value));
    next_missing (task);
}

void
plug_settle_async (LiveMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();
    QmpClient *qmp = live_machine_get_qmp (machine);
    Settle *settle = g_new (Settle, 1);

    *settle = (Settle){ machine_ref (machine), g_ptr_array_new_with_free_func (g_free) };
    g_task_set_task_data (task, settle, settle_free);
    g_task_set_source_tag (task, plug_settle_async);
    json_object_set_string_member (object, "path", "/machine/peripheral");
    json_node_take_object (arguments, object);
    if (qmp)
        qmp_client_execute_async (qmp, "qom-list", arguments, MACHINE_COMMAND_MS, NULL,
                                  children_known, g_steal_pointer (&task));
    else
        g_task_return_boolean (task, TRUE);
}

void
plug_settle_finish (GAsyncResult *result)
{
    g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
    plug_settle_finish (result);
}

void
plug_device_deleted (LiveMachine *machine, const char *device)
{
    g_autoptr (GPtrArray) parts = part_list (machine->record);

    for (guint i = 0; i < parts->len; i++) {
        g_autofree char *other = part_device (g_ptr_array_index (parts, i));

        if (g_strcmp0 (other, device) == 0 && g_strcmp0 (device, machine->unplugging) != 0)
            plug_settle_async (machine, settled, NULL);
    }
}
