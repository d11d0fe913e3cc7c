/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket that concern the whole lab. */
#include "control/commands/command-private.h"

#include "base/error.h"
#include "base/record.h"
#include "machine/describe.h"
#include "lab/overview.h"

void
run_query_lab (ControlCall *call)
{
    control_call_return (call, describe_lab (control_call_get_lab (call)));
}

static void
up_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    JsonNode *changes = NULL;
    JsonObject *object;

    if (!live_lab_up_finish (NULL, result, &changes, &error)) {
        control_call_fail (user_data, error);
        return;
    }
    object = json_object_new ();
    if (changes)
        json_object_set_member (object, "changes", changes);
    control_call_return (user_data, json_take_object (object));
}

void
run_lab_up (ControlCall *call)
{
    UpOptions options = { .paused = control_call_get_boolean (call, "paused"),
                          .force = control_call_get_boolean (call, "force"),
                          .restart = control_call_get_boolean (call, "restart") };
    GError *error = NULL;
    JsonNode *node = json_object_get_member (control_call_get_arguments (call), "plan");
    Plan *plan = record_from_json (&plan_record, node, &error);

    if (!plan) {
        control_call_fail (call, error);
        return;
    }
    live_lab_go_from (control_call_get_lab (call), control_call_get_string (call, "from"));
    live_lab_up_async (control_call_get_lab (call), plan, &options, up_done, call);
}

void
run_lab_cancel (ControlCall *call)
{
    GError *error = NULL;
    gboolean cancelled = live_lab_cancel (control_call_get_lab (call));

    if (!cancelled)
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                     "nothing is under way that could be undone");
    control_call_end (call, cancelled, error);
}

static void
down_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_lab_down_finish (NULL, result, &error);

    control_call_end (user_data, success, error);
}

void
run_lab_down (ControlCall *call)
{
    StopOptions options = control_call_stop_options (call);

    live_lab_down_async (control_call_get_lab (call), &options, down_done, call);
}

static void
wait_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_lab_wait_finish (NULL, result, &error);

    control_call_end (user_data, success, error);
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

void
run_lab_wait (ControlCall *call)
{
    g_auto (GStrv) machines = get_strings (call, "machines");

    live_lab_wait_async (control_call_get_lab (call), (const char *const *)machines, wait_done,
                         call);
}
