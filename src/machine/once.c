/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order of the first boot and the note that it is over; see once.h. */
#include "machine/once.h"

#include "base/file.h"
#include "base/record.h"
#include "machine/diary.h"
#include "machine/machine-private.h"

#include <unistd.h>

/* One change of order, while its commands are answered. */
typedef struct {
    LiveMachine *machine;
    GPtrArray *commands; /* owned JsonNode arguments of qom-set; NULL = system_reset */
    guint next;
    gulong handler; /* of the events, while the reset is waited for */
} Change;

static void
change_free (gpointer data)
{
    Change *change = data;

    if (change->handler && change->machine->qmp)
        g_signal_handler_disconnect (change->machine->qmp, change->handler);
    g_ptr_array_unref (change->commands);
    machine_unref (change->machine);
    g_free (change);
}

static void
free_arguments (gpointer data)
{
    if (data)
        json_node_unref (data);
}

static char *
marker_path (const char *disks, const char *machine)
{
    g_autofree char *name = g_strconcat (machine, ".once-done", NULL);

    return g_build_filename (disks, name, NULL);
}

gboolean
once_is_due (const MachineStep *record)
{
    g_autofree char *marker = NULL;

    if (record->once->len == 0)
        return FALSE;
    marker = marker_path (record->disk_dir, record->name);
    return access (marker, F_OK) != 0;
}

void
once_forget (const char *disks, const char *machine)
{
    g_autofree char *marker = marker_path (disks, machine);

    unlink (marker);
}

static void
note_done (const MachineStep *record)
{
    g_autofree char *marker = marker_path (record->disk_dir, record->name);
    g_autoptr (GError) error = NULL;

    if (!file_write_whole (marker, "", 0, 0600, &error))
        g_warning ("machine %s: noting that it has begun with boot.once: %s", record->name,
                   error->message);
}

void
once_set (const MachineStep *record, gboolean due)
{
    if (due)
        once_forget (record->disk_dir, record->name);
    else if (once_is_due (record))
        note_done (record);
}

void
once_done (LiveMachine *machine)
{
    if (!once_is_due (machine->record))
        return;
    note_done (machine->record);
    live_machine_changed (machine);
}

/* Whether somebody on the host has pressed the power button. */
static gboolean
was_asked_to_go (const MachineStep *record)
{
    g_autoptr (JsonObject) asked = diary_find_last (record, "POWERDOWN");

    return asked != NULL;
}

void
once_off (LiveMachine *machine)
{
    if (once_is_due (machine->record) && !was_asked_to_go (machine->record))
        once_done (machine);
}

void
once_catch_up (LiveMachine *machine)
{
    g_autoptr (JsonObject) reset = NULL;
    g_autofree char *reason = NULL;
    JsonNode *data;

    if (!once_is_due (machine->record))
        return;
    reset = diary_find_last (machine->record, "RESET");
    data = reset ? json_object_get_member (reset, "data") : NULL;
    reason = diary_reason (machine->record, "SHUTDOWN");
    if (g_str_equal (reason, "guest-reset") ||
        (g_str_equal (reason, "guest-shutdown") && !was_asked_to_go (machine->record)) ||
        (data && JSON_NODE_HOLDS_OBJECT (data) &&
         json_object_get_boolean_member_with_default (json_node_get_object (data), "guest", FALSE)))
        once_done (machine);
}

/* --- the order --- */

static void
add_set (GPtrArray *commands, const char *device, gint64 index)
{
    JsonObject *object = json_object_new ();
    g_autofree char *path = g_strconcat ("/machine/peripheral/", device, NULL);

    json_object_set_string_member (object, "path", path);
    json_object_set_string_member (object, "property", "bootindex");
    json_object_set_int_member (object, "value", index);
    g_ptr_array_add (commands, json_take_object (object));
}

/* No two devices may have the same index at any moment, so all are without one
 * first. */
static void
add_order (GPtrArray *commands, const MachineStep *record, gboolean first)
{
    for (guint i = 0; i < record->once->len; i++)
        add_set (commands, ((OnceRecord *)g_ptr_array_index (record->once, i))->device, -1);
    for (guint i = 0; i < record->once->len; i++) {
        const OnceRecord *once = g_ptr_array_index (record->once, i);

        add_set (commands, once->device, first ? once->first : once->usual);
    }
}

static void send_next (GTask *task);

static void
set (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value) {
        send_next (task);
        return;
    }
    g_prefix_error (&error, "boot.once: ");
    g_task_return_error (task, error);
}

/* It is its event that is waited for, not its answer. */
static void
reset_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value && !g_task_had_error (task) && !g_task_get_completed (task)) {
        g_prefix_error (&error, "boot.once: resetting: ");
        g_task_return_error (task, error);
    } else {
        g_clear_error (&error);
    }
}

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    g_autoptr (GTask) task = g_object_ref (user_data);
    Change *change = g_task_get_task_data (task);

    if (!g_str_equal (event->name, "RESET"))
        return;
    g_signal_handler_disconnect (qmp, change->handler);
    change->handler = 0;
    send_next (task);
}

static void
send_next (GTask *task)
{
    Change *change = g_task_get_task_data (task);
    QmpClient *qmp = live_machine_get_qmp (change->machine);
    JsonNode *arguments;

    if (change->next == change->commands->len || !qmp) {
        g_task_return_boolean (task, TRUE); /* without a connection its end says why */
        return;
    }
    arguments = g_ptr_array_index (change->commands, change->next++);
    if (!arguments)
        change->handler =
            g_signal_connect_data (qmp, "event", G_CALLBACK (on_event), g_object_ref (task),
                                   (GClosureNotify)(GCallback)g_object_unref, 0);
    qmp_client_execute_async (qmp, arguments ? "qom-set" : "system_reset", arguments,
                              MACHINE_COMMAND_MS, NULL, arguments ? set : reset_answered,
                              g_object_ref (task));
}

void
once_begin_async (LiveMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Change *change = g_new0 (Change, 1);

    change->machine = machine_ref (machine);
    change->commands = g_ptr_array_new_with_free_func (free_arguments);
    add_order (change->commands, machine->record, TRUE);
    g_ptr_array_add (change->commands, NULL);
    add_order (change->commands, machine->record, FALSE);
    g_task_set_task_data (task, change, change_free);
    send_next (task);
}

gboolean
once_begin_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
