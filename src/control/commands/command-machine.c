/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket that concern one machine. */
#include "control/commands/command-private.h"

#include "lab/disks/firmware-vars.h"
#include "machine/once.h"
#include "machine/story.h"

static void
start_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_start_finish (NULL, result, &error);

    control_call_end (user_data, success, error);
}

void
run_machine_start (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
    GError *error = NULL;

    if (machine && control_call_get_boolean (call, "once"))
        once_forget (live_machine_get_record (machine)->disk_dir,
                     live_machine_get_record (machine)->name);
    if (machine && control_call_get_boolean (call, "reset_vars") &&
        !firmware_vars_reset (live_lab_get_plan (control_call_get_lab (call)), machine, &error))
        control_call_fail (call, error);
    else if (machine)
        live_machine_start_async (machine, control_call_get_boolean (call, "paused"), start_done,
                                  call);
}

static void
stop_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_stop_finish (NULL, result, &error);

    control_call_end (user_data, success, error);
}

void
run_machine_stop (ControlCall *call)
{
    StopOptions options = control_call_stop_options (call);
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        live_machine_stop_async (machine, &options, stop_done, call);
}

static void
qmp_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    control_call_end (user_data, value != NULL, error);
}

#define COMMAND_TIMEOUT_MS (60 * 1000)

static void
run_on_machine (ControlCall *call, const char *command)
{
    LiveMachine *machine = control_call_get_machine (call);
    QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

    if (qmp)
        qmp_client_execute_async (qmp, command, NULL, COMMAND_TIMEOUT_MS, NULL, qmp_done, call);
    else if (machine)
        control_call_fail_state (call, machine);
}

void
run_machine_pause (ControlCall *call)
{
    run_on_machine (call, "stop");
}

void
run_machine_resume (ControlCall *call)
{
    run_on_machine (call, "cont");
}

void
run_machine_reset (ControlCall *call)
{
    run_on_machine (call, "system_reset");
}

/* the start that is under way first, then those that have ended */
void
run_query_story (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
    const MachineStep *record = machine ? live_machine_get_record (machine) : NULL;
    g_autoptr (JsonNode) ended = machine ? story_load (record->log_dir, record->name) : NULL;
    JsonArray *array;
    JsonNode *node;

    if (!machine)
        return;
    array = json_array_new ();
    node = json_node_new (JSON_NODE_ARRAY);
    if (live_machine_get_process (machine).pid)
        json_array_add_element (array, story_compose (machine, NULL));
    for (guint i = 0; i < json_array_get_length (json_node_get_array (ended)); i++)
        json_array_add_element (array, json_array_dup_element (json_node_get_array (ended), i));
    json_node_take_array (node, array);
    control_call_return (call, node);
}
