/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands about captures, and that a capture ends with the client who
 * asked for it.
 */
#include "control/commands/command-private.h"

#include "machine/capture.h"
#include "machine/describe.h"

typedef struct {
    LiveMachine *machine; /* not owned: lives as long as the lab does */
    char *id;
} Started;

static void
started_free (gpointer data)
{
    Started *started = data;

    g_free (started->id);
    g_free (started);
}

static void
client_left (gpointer data)
{
    Started *started = data;

    capture_stop_async (started->machine, started->id, NULL, NULL);
}

static void
capture_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
    ControlCall *call = user_data;
    GError *error = NULL;
    char *id = capture_start_finish (result, &error);
    Started *started;

    if (!id) {
        control_call_fail (call, error);
        return;
    }
    started = g_new (Started, 1);
    *started = (Started){ live_lab_find_machine (control_call_get_lab (call),
                                                 control_call_get_string (call, "machine")),
                          id };
    control_call_at_leave (call, client_left, started, started_free);
    control_call_return (call, describe_pair ("id", id, NULL, NULL));
}

void
run_capture_start (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        capture_start_async (machine, control_call_get_string (call, "nic"),
                             control_call_get_string (call, "file"), capture_started, call);
}

static void
capture_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = capture_stop_finish (result, &error);

    control_call_end (user_data, success, error);
}

void
run_capture_stop (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        capture_stop_async (machine, control_call_get_string (call, "id"), capture_stopped, call);
}
