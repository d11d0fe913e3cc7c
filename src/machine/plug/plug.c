/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how a NIC or a disk of a machine that runs comes and goes.  It comes so:
 *   1. descriptors of its tap are opened and handed over;
 *   2. backends, then the device, which the guest sees from then on.
 * It goes so:
 *   1. the guest is asked to let go of the device, and says when it has;
 *   2. the backends are removed, and a socket that was theirs.
 */
#include "machine/plug/plug.h"

#include "base/error.h"
#include "base/file.h"
#include "host/network/tap.h"
#include "machine/machine-private.h"
#include "machine/plug/plug-command.h"
#include "qmp/qmp-error.h"

#include <string.h>

typedef struct {
    LiveMachine *machine; /* a reference */
    char *part;
    char *device;        /* its id */
    GPtrArray *commands; /* owned PlugCommand: those that are to be done */
    guint next;
    guint next_fd;      /* of that command */
    gboolean forgiving; /* an error of the monitor's does not count */
    GError *failure;    /* because of which it is undone */
    gulong deleted;     /* handlers of signals while the guest is waited for */
    gulong closed;
    guint timer;    /* ends that wait */
    QmpClient *qmp; /* a reference */
    GTask *waiting; /* (not owned) the task while the guest is waited for */
} Plug;

static void next_command (GTask *task);

static void
plug_free (gpointer data)
{
    Plug *plug = data;

    g_clear_pointer (&plug->commands, g_ptr_array_unref);
    g_clear_error (&plug->failure);
    g_clear_object (&plug->qmp);
    machine_unref (plug->machine);
    g_free (plug->part);
    g_free (plug->device);
    g_free (plug);
}

/* Returns: (nullable): NULL when the machine cannot be spoken to; the task has failed then */
static Plug *
begin (GTask *task, LiveMachine *machine, const char *part)
{
    QmpClient *qmp = live_machine_get_qmp (machine);
    Plug *plug = g_new0 (Plug, 1);

    *plug = (Plug){ .machine = machine_ref (machine),
                    .part = g_strdup (part),
                    .device = part_device (part),
                    .qmp = qmp ? g_object_ref (qmp) : NULL };
    g_task_set_task_data (task, plug, plug_free);
    if (qmp)
        return plug;
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: %s: it is %s",
                             machine->record->name, part, machine_state_names[machine->state]);
    return NULL;
}

/* @error: (transfer full) */
static void
fail (GTask *task, GError *error)
{
    Plug *plug = g_task_get_task_data (task);

    g_prefix_error (&error, "machine %s: %s: ", plug->machine->record->name, plug->part);
    roost_error_reclass (&error, ROOST_ERROR_MACHINE);
    g_task_return_error (task, error);
}

static void
remove_socket (const Plug *plug)
{
    g_autoptr (GPtrArray) options = part_options (plug->machine->record, plug->part);

    for (guint i = 0; i < options->len; i++)
        machine_remove_link (((PartOption *)g_ptr_array_index (options, i))->items);
}

/* --- commands, one after the other --- */

static void
commands_done (GTask *task)
{
    Plug *plug = g_task_get_task_data (task);

    if (plug->failure)
        fail (task, g_steal_pointer (&plug->failure));
    else
        g_task_return_boolean (task, TRUE);
}

/* What was made of it goes again: of what was not made the monitor says so. */
static void
undo (GTask *task, GError *error)
{
    Plug *plug = g_task_get_task_data (task);

    plug->failure = error;
    plug->forgiving = TRUE;
    g_ptr_array_unref (plug->commands);
    plug->commands = plug_rest_commands (plug->machine->record, plug->part);
    plug->next = 0;
    next_command (task);
}

static void
executed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Plug *plug = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    const PlugCommand *command = g_ptr_array_index (plug->commands, plug->next++);

    plug->next_fd = 0;
    if (value || plug->forgiving) {
        if (error)
            g_debug ("machine %s: %s: %s", plug->machine->record->name, plug->part, error->message);
        g_clear_error (&error);
        next_command (task);
        return;
    }
    g_prefix_error (&error, "%s: ", command->execute);
    undo (task, error);
}

static void
handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Plug *plug = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);

    if (reply && reply->error)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE, "handing over its tap: %.*s",
                             (int)reply->error_length, reply->error);
    plug->next_fd++;
    if (error)
        undo (task, error);
    else
        next_command (task);
}

static void
hand_over (GTask *task, const FdRecord *record)
{
    Plug *plug = g_task_get_task_data (task);
    g_autofree char *name = plug_fd_name (record), *text = NULL;
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();
    GError *error = NULL;
    g_auto (AutoFd) fd = tap_open (record, &error);
    QmpCallOptions options = { .timeout_ms = MACHINE_COMMAND_MS, .fds = &fd, .n_fds = 1 };

    json_object_set_string_member (object, "fdname", name);
    json_node_take_object (arguments, object);
    text = json_to_text (arguments);
    if (fd < 0)
        undo (task, error);
    else
        qmp_client_call_async (plug->qmp, "getfd", text, strlen (text), &options, NULL, handed_over,
                               g_object_ref (task));
}

static void
next_command (GTask *task)
{
    Plug *plug = g_task_get_task_data (task);
    const PlugCommand *command;

    if (plug->next == plug->commands->len) {
        commands_done (task);
        return;
    }
    command = g_ptr_array_index (plug->commands, plug->next);
    if (plug->next_fd < command->fds->len)
        hand_over (task, g_ptr_array_index (command->fds, plug->next_fd));
    else
        qmp_client_execute_async (plug->qmp, command->execute, command->arguments,
                                  MACHINE_COMMAND_MS, NULL, executed, g_object_ref (task));
}

/* --- coming --- */

void
plug_in_async (LiveMachine *machine, const char *part, GAsyncReadyCallback callback,
               gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Plug *plug = begin (task, machine, part);

    g_task_set_source_tag (task, plug_in_async);
    if (!plug)
        return;
    plug->commands = plug_commands (machine->record, part);
    next_command (task);
}

gboolean
plug_in_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- going --- */

/* What is not there need not be removed. */
static void
remove_rest (GTask *task)
{
    Plug *plug = g_task_get_task_data (task);

    plug->forgiving = TRUE;

    remove_socket (plug);
    plug->commands = plug_rest_commands (plug->machine->record, plug->part);
    next_command (task);
}

static void
stop_waiting (Plug *plug)
{
    g_clear_signal_handler (&plug->deleted, plug->qmp);
    g_clear_signal_handler (&plug->closed, plug->qmp);
    g_clear_handle_id (&plug->timer, g_source_remove);
    plug->waiting = NULL;
    g_clear_pointer (&plug->machine->unplugging, g_free);
}

static void
on_deleted (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    Plug *plug = user_data;
    g_autofree char *device = machine_event_text (event, "device");
    g_autoptr (GTask) task = NULL;

    if (g_strcmp0 (device, plug->device) != 0 || !plug->waiting)
        return;
    task = plug->waiting;
    stop_waiting (plug);
    remove_rest (task);
}

static gboolean
did_not_answer (gpointer user_data)
{
    Plug *plug = user_data;
    g_autoptr (GTask) task = plug->waiting;

    plug->timer = 0;
    stop_waiting (plug);
    fail (task,
          g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE,
                       "the guest did not let go of it within %d s, and the machine keeps it: "
                       "try again when the guest has booted, or stop the machine, `up`, and "
                       "start it",
                       PLUG_OUT_MS / 1000));
    return G_SOURCE_REMOVE;
}

/* Somebody has asked the guest before, and it has not answered yet. */
static gboolean
is_under_way (const GError *error)
{
    return strstr (error->message, "in the process of unplug") != NULL;
}

/* The device may have gone already, before the answer. */
static void
asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) held = user_data;
    Plug *plug = g_task_get_task_data (held);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    g_autoptr (GTask) task = NULL;

    if (value || !plug->waiting || is_under_way (error)) {
        g_clear_error (&error);
        return;
    }
    task = plug->waiting;
    stop_waiting (plug);
    if (g_error_matches (error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND)) {
        g_error_free (error);
        remove_rest (task);
    } else {
        fail (task, error);
    }
}

static void
on_closed (QmpClient *qmp, const GError *reason, gpointer user_data)
{
    Plug *plug = user_data;
    g_autoptr (GTask) task = plug->waiting;

    if (!task)
        return;
    stop_waiting (plug);
    fail (task, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE,
                                     "the machine ended before the guest let go of it"));
}

static gboolean
can_answer (const Plug *plug)
{
    return plug->machine->state == MACHINE_RUNNING ||
           !part_needs_guest (plug->machine->record, plug->part);
}

void
plug_out_async (LiveMachine *machine, const char *part, GAsyncReadyCallback callback,
                gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Plug *plug = begin (task, machine, part);
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();

    json_node_take_object (arguments, object);
    g_task_set_source_tag (task, plug_out_async);
    if (!plug)
        return;
    if (!can_answer (plug)) {
        fail (task, g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE,
                                 "the guest has to let go of it, and the machine is %s: resume it, "
                                 "or stop it, `up`, and start it",
                                 machine_state_names[machine->state]));
        return;
    }
    json_object_set_string_member (object, "id", plug->device);
    g_free (machine->unplugging);
    machine->unplugging = g_strdup (plug->device);
    plug->waiting = g_object_ref (task);
    plug->deleted =
        g_signal_connect (plug->qmp, "event::DEVICE_DELETED", G_CALLBACK (on_deleted), plug);
    plug->closed = g_signal_connect (plug->qmp, "closed", G_CALLBACK (on_closed), plug);
    plug->timer = g_timeout_add (PLUG_OUT_MS, did_not_answer, plug);
    qmp_client_execute_async (plug->qmp, "device_del", arguments, MACHINE_COMMAND_MS, NULL, asked,
                              g_object_ref (task));
}

gboolean
plug_out_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

void
plug_rest_async (LiveMachine *machine, const char *part, GAsyncReadyCallback callback,
                 gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, plug_rest_async);
    if (begin (task, machine, part))
        remove_rest (task);
}

gboolean
plug_rest_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
