/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket about forwards and switches. */
#include "control/command-private.h"

#include "base/error.h"
#include "lab/forward.h"
#include "lab/switches.h"

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

void
run_forward_add (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
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

    control_call_end (user_data, success, error);
}

void
run_forward_remove (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);

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

void
run_query_switches (ControlCall *call)
{
    switches_query_async (control_call_get_lab (call), switches_known, call);
}
