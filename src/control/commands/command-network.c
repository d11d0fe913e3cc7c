/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket about forwards, switches and cables. */
#include "control/commands/command-private.h"

#include "base/error.h"
#include "lab/forward.h"
#include "machine/link.h"
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

static void
link_is_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = link_set_finish (result, &error);

    control_call_end (user_data, success, error);
}

/* `impair` says that delay, loss and rate count, also when they are zero; `up` is
 * whether the cable is in, and without it that stays as it is. */
void
run_machine_link (ControlCall *call)
{
    const char *nic = control_call_get_string (call, "nic");
    Netem netem = { (guint)CLAMP (control_call_get_int (call, "delay_ms"), 0, 60 * 1000),
                    (guint)CLAMP (control_call_get_int (call, "loss_ppm"), 0, 1000000),
                    (guint64)CLAMP (control_call_get_int (call, "rate"), 0, G_MAXINT64) };
    LiveMachine *machine = control_call_get_machine (call);
    GError *error = NULL;

    if (!machine)
        return;
    if (control_call_get_boolean (call, "impair") &&
        !link_impair (live_lab_get_plan (control_call_get_lab (call)), machine, nic, &netem,
                      &error))
        control_call_fail (call, error);
    else if (json_object_has_member (control_call_get_arguments (call), "up"))
        link_set_async (machine, nic, control_call_get_boolean (call, "up"), link_is_set, call);
    else
        control_call_return (call, NULL);
}
