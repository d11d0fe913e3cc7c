/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what can be asked of a lab's supervisor: one row per command. */
#include "control/command.h"

#include "base/error.h"
#include "control/schema.h"
#include "lab/describe.h"
#include "lab/forward.h"
#include "lab/overview.h"
#include "lab/switches.h"

#include <string.h>

/* --- the lab --- */

static void
run_query_commands (ControlCall *call)
{
    JsonArray *array = json_array_new ();
    JsonNode *node = json_node_new (JSON_NODE_ARRAY);

    json_array_add_element (array, describe_pair ("name", "qmp_capabilities", NULL, NULL));
    for (const ControlCommand *command = control_command_table (); command->name; command++)
        json_array_add_element (array, describe_pair ("name", command->name, NULL, NULL));
    json_node_take_array (node, array);
    control_call_return (call, node);
}

static void
run_query_schema (ControlCall *call)
{
    control_call_return (call, control_schema ());
}

static void
run_query_lab (ControlCall *call)
{
    control_call_return (call, describe_lab (control_call_get_lab (call)));
}

/* ends a call with the outcome of an operation that has none but success */
static void
end (ControlCall *call, gboolean success, GError *error)
{
    if (success)
        control_call_return (call, NULL);
    else
        control_call_fail (call, error);
}

static void
up_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_lab_up_finish (NULL, result, &error);

    end (user_data, success, error);
}

static void
run_lab_up (ControlCall *call)
{
    GError *error = NULL;
    JsonNode *node = json_object_get_member (control_call_get_arguments (call), "plan");
    Plan *plan = record_from_json (&plan_record, node, &error);

    if (!plan)
        control_call_fail (call, error);
    else
        live_lab_up_async (control_call_get_lab (call), plan,
                           control_call_get_boolean (call, "paused"),
                           control_call_get_boolean (call, "force"), up_done, call);
}

static void
run_lab_cancel (ControlCall *call)
{
    GError *error = NULL;
    gboolean cancelled = live_lab_cancel (control_call_get_lab (call));

    if (!cancelled)
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "the lab is not coming up");
    end (call, cancelled, error);
}

static StopOptions
stop_options (ControlCall *call)
{
    return (StopOptions){ .force = control_call_get_boolean (call, "force"),
                          .grace_ms =
                              CLAMP (control_call_get_int (call, "grace_ms"), 0, G_MAXINT32) };
}

static void
down_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_lab_down_finish (NULL, result, &error);

    end (user_data, success, error);
}

static void
run_lab_down (ControlCall *call)
{
    StopOptions options = stop_options (call);

    live_lab_down_async (control_call_get_lab (call), &options, down_done, call);
}

static void
wait_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_lab_wait_finish (NULL, result, &error);

    end (user_data, success, error);
}

static GStrv
get_strings (ControlCall *call, const char *name)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    JsonObject *arguments = control_call_get_arguments (call);
    JsonArray *array = json_object_has_member (arguments, name)
                           ? json_object_get_array_member (arguments, name)
                           : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++)
        g_strv_builder_add (builder, json_array_get_string_element (array, i));
    return array ? g_strv_builder_end (builder) : NULL;
}

static void
run_lab_wait (ControlCall *call)
{
    g_auto (GStrv) machines = get_strings (call, "machines");

    live_lab_wait_async (control_call_get_lab (call), (const char *const *)machines, wait_done,
                         call);
}

/* --- machines --- */

/* Returns: (transfer none) (nullable): the machine of the call; NULL when it was refused */
static LiveMachine *
get_machine (ControlCall *call)
{
    const char *name = control_call_get_string (call, "machine");
    LiveMachine *machine = live_lab_find_machine (control_call_get_lab (call), name);

    if (!machine)
        control_call_fail (
            call, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "the lab has no machine %s", name));
    return machine;
}

static void
start_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_start_finish (NULL, result, &error);

    end (user_data, success, error);
}

static void
run_machine_start (ControlCall *call)
{
    LiveMachine *machine = get_machine (call);

    if (machine)
        live_machine_start_async (machine, control_call_get_boolean (call, "paused"), start_done,
                                  call);
}

static void
stop_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_stop_finish (NULL, result, &error);

    end (user_data, success, error);
}

static void
run_machine_stop (ControlCall *call)
{
    LiveMachine *machine = get_machine (call);
    StopOptions options = stop_options (call);

    if (machine)
        live_machine_stop_async (machine, &options, stop_done, call);
}

static void
qmp_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    end (user_data, value != NULL, error);
}

#define COMMAND_TIMEOUT_MS (60 * 1000)

static void
run_on_machine (ControlCall *call, const char *command)
{
    LiveMachine *machine = get_machine (call);
    QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

    if (qmp)
        qmp_client_execute_async (qmp, command, NULL, COMMAND_TIMEOUT_MS, NULL, qmp_done, call);
    else if (machine)
        control_call_fail (call,
                           g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: it is %s",
                                        live_machine_get_record (machine)->name,
                                        machine_state_names[live_machine_get_state (machine)]));
}

static void
run_machine_pause (ControlCall *call)
{
    run_on_machine (call, "stop");
}

static void
run_machine_resume (ControlCall *call)
{
    run_on_machine (call, "cont");
}

static void
run_machine_reset (ControlCall *call)
{
    run_on_machine (call, "system_reset");
}

/* --- forwards and switches --- */

static void
forward_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
    ControlCall *call = user_data;
    GError *error = NULL;
    ForwardRecord *forward = forward_add_finish (result, &error);

    if (forward)
        control_call_return (call, record_to_json (&forward_record, forward));
    else
        control_call_fail (call, error);
}

static void
run_forward_add (ControlCall *call)
{
    LiveMachine *machine = get_machine (call);
    GError *error = NULL;
    ForwardRecord *record;

    if (!machine)
        return;
    record = record_from_json (
        &forward_record, json_object_get_member (control_call_get_arguments (call), "forward"),
        &error);
    if (record && (!record->proto || !record->host_address)) {
        record_free (&forward_record, record);
        record = NULL;
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                             "a forward needs proto, host_address, host_port and guest_port");
    }
    if (record)
        forward_add_async (machine, record, forward_added, call);
    else
        control_call_fail (call, error);
}

static void
forward_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = forward_remove_finish (result, &error);

    end (user_data, success, error);
}

static void
run_forward_remove (ControlCall *call)
{
    LiveMachine *machine = get_machine (call);

    if (machine)
        forward_remove_async (machine, control_call_get_string (call, "forward"), forward_removed,
                              call);
}

static void
switches_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    JsonNode *value = switches_query_finish (result, &error);

    if (value)
        control_call_return (user_data, value);
    else
        control_call_fail (user_data, error);
}

static void
run_query_switches (ControlCall *call)
{
    switches_query_async (control_call_get_lab (call), switches_known, call);
}

/* --- the table --- */

static const ControlArg no_args[] = { { NULL } };
static const ControlArg up_args[] = { { "plan", ARG_OBJECT, FALSE },
                                      { "paused", ARG_BOOL, TRUE },
                                      { "force", ARG_BOOL, TRUE },
                                      { NULL } };
static const ControlArg down_args[] = { { "force", ARG_BOOL, TRUE },
                                        { "grace_ms", ARG_INT, TRUE },
                                        { NULL } };
static const ControlArg wait_args[] = { { "machines", ARG_STRINGS, TRUE }, { NULL } };
static const ControlArg machine_args[] = { { "machine", ARG_STRING, FALSE }, { NULL } };
static const ControlArg start_args[] = { { "machine", ARG_STRING, FALSE },
                                         { "paused", ARG_BOOL, TRUE },
                                         { NULL } };
static const ControlArg stop_args[] = { { "machine", ARG_STRING, FALSE },
                                        { "force", ARG_BOOL, TRUE },
                                        { "grace_ms", ARG_INT, TRUE },
                                        { NULL } };
static const ControlArg forward_add_args[] = { { "machine", ARG_STRING, FALSE },
                                               { "forward", ARG_OBJECT, FALSE },
                                               { NULL } };
static const ControlArg forward_remove_args[] = { { "machine", ARG_STRING, FALSE },
                                                  { "forward", ARG_STRING, FALSE },
                                                  { NULL } };

static const ControlCommand commands[] = {
    { "forward-add", run_forward_add, forward_add_args, TRUE },
    { "forward-remove", run_forward_remove, forward_remove_args, FALSE },
    { "lab-cancel", run_lab_cancel, no_args, FALSE },
    { "lab-down", run_lab_down, down_args, FALSE },
    { "lab-up", run_lab_up, up_args, FALSE },
    { "lab-wait", run_lab_wait, wait_args, FALSE },
    { "machine-pause", run_machine_pause, machine_args, FALSE },
    { "machine-reset", run_machine_reset, machine_args, FALSE },
    { "machine-resume", run_machine_resume, machine_args, FALSE },
    { "machine-start", run_machine_start, start_args, FALSE },
    { "machine-stop", run_machine_stop, stop_args, FALSE },
    { "query-commands", run_query_commands, no_args, TRUE },
    { "query-lab", run_query_lab, no_args, TRUE },
    { "query-qmp-schema", run_query_schema, no_args, TRUE },
    { "query-switches", run_query_switches, no_args, TRUE },
    { NULL },
};

const ControlCommand *
control_command_table (void)
{
    return commands;
}

const ControlCommand *
control_command_find (const char *name)
{
    for (const ControlCommand *command = commands; command->name; command++)
        if (g_str_equal (command->name, name))
            return command;
    return NULL;
}
