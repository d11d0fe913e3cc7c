/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the state of a machine: what its process and its events say it is, and
 * tells the policies (policy.c) of that.  The sequences of starting and stopping
 * are in machine-start.c and machine-stop.c.
 */
#include "machine/machine.h"

#include "base/error.h"
#include "base/file.h"
#include "base/optread.h"
#include "base/text.h"
#include "host/socket.h"
#include "machine/diary.h"
#include "machine/machine-private.h"
#include "machine/once.h"
#include "machine/plug/plug.h"
#include "machine/story.h"

#include <string.h>

#define STDERR_TAIL 4096
#define QUERY_TIMEOUT_MS (60 * 1000)

const char *const machine_state_names[] = { "stopped",  "starting", "paused",  "running",
                                            "shutdown", "stopping", "crashed", NULL };
const char *const readiness_names[] = { "no", "waiting", "ready", "timed-out", NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (machine_state_names) == MACHINE_CRASHED + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (readiness_names) == READY_TIMED_OUT + 2);

LiveMachine *
machine_ref (LiveMachine *machine)
{
    return g_rc_box_acquire (machine);
}

static void
clear (gpointer data)
{
    LiveMachine *machine = data;

    g_free (machine->problem);
    g_free (machine->stderr_path);
    g_free (machine->unready);
    g_free (machine->memory);
    g_free (machine->had_said);
    g_strfreev (machine->had_held);
    g_ptr_array_unref (machine->held);
    g_free (machine->unplugging);
    g_ptr_array_unref (machine->stopping);
}

void
machine_unref (LiveMachine *machine)
{
    g_rc_box_release_full (machine, clear);
}

LiveMachine *
live_machine_new (MachineStep *record, const char *run_dir, const MachineHandlers *handlers,
                  gpointer user_data)
{
    LiveMachine *machine = g_rc_box_new0 (LiveMachine);

    machine->record = record;
    machine->run_dir = run_dir;
    machine->handlers = *handlers;
    machine->user_data = user_data;
    machine->stopping = g_ptr_array_new_with_free_func (g_object_unref);
    machine->held = g_ptr_array_new_with_free_func (g_free);
    machine->since = g_get_real_time ();
    return machine;
}

static void
drop_connection (LiveMachine *machine)
{
    if (!machine->qmp)
        return;
    g_signal_handlers_disconnect_by_data (machine->qmp, machine);
    qmp_client_close (machine->qmp, NULL);
    g_clear_object (&machine->qmp);
}

void
live_machine_free (LiveMachine *machine)
{
    if (!machine)
        return;
    machine->let_go = TRUE;
    machine_waits_clear (machine);
    g_clear_pointer (&machine->ready, condition_set_free);
    g_clear_pointer (&machine->watch, process_watch_free);
    if (machine->stop_timer)
        g_source_remove (machine->stop_timer);
    machine->stop_timer = 0;
    drop_connection (machine);
    machine_unref (machine);
}

void
live_machine_changed (LiveMachine *machine)
{
    if (machine->handlers.changed && !machine->let_go)
        machine->handlers.changed (machine, machine->user_data);
}

/* The only place that sets the state. */
void
machine_set_state (LiveMachine *machine, MachineState state)
{
    if (machine->state == state)
        return;
    machine->state = state;
    machine->since = g_get_real_time ();
    if (state == MACHINE_STARTING)
        g_clear_pointer (&machine->problem, g_free);
    if (state == MACHINE_STOPPED || state == MACHINE_CRASHED || state == MACHINE_SHUTDOWN ||
        state == MACHINE_STOPPING) {
        machine_forget_readiness (machine);
        machine_waits_end_soon (machine);
    }
    live_machine_changed (machine);
}

void
machine_set_readiness (LiveMachine *machine, Readiness readiness)
{
    if (machine->readiness == readiness)
        return;
    machine->readiness = readiness;
    live_machine_changed (machine);
}

void
machine_set_problem (LiveMachine *machine, char *problem)
{
    g_free (machine->problem);
    machine->problem = problem;
}

static void
sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value && !machine->let_go)
        g_debug ("machine %s: %s", machine->record->name, error->message);
}

/* A command whose outcome shows in events and state alone. */
void
machine_send (LiveMachine *machine, const char *command)
{
    if (machine->qmp)
        qmp_client_execute_async (machine->qmp, command, NULL, QUERY_TIMEOUT_MS, NULL, sent,
                                  machine_ref (machine));
}

/* The guest is off: by itself, or because it reset a machine that ends so, or
 * somebody did.  @reason: as the emulator's events give it */
static void
went_off (LiveMachine *machine, const char *reason)
{
    if (g_str_equal (reason, "guest-shutdown"))
        once_off (machine);
    if (g_str_equal (reason, "guest-reset"))
        machine_happened (machine, HAPPENED_REBOOT, "the guest rebooted");
    else if (g_str_equal (reason, "host-qmp-system-reset"))
        machine_happened (machine, HAPPENED_RESET, "it was reset");
    else
        machine_happened (machine, HAPPENED_POWEROFF, "the guest powered off");
}

/* A stop that nobody asked for is how an emulator says that it gave up. */
void
machine_apply_status (LiveMachine *machine, JsonNode *value)
{
    const char *status;
    g_autofree char *problem = NULL;

    once_catch_up (machine);
    if (!JSON_NODE_HOLDS_OBJECT (value))
        return;
    status =
        json_object_get_string_member_with_default (json_node_get_object (value), "status", "");
    problem = g_strdup_printf ("the emulator stopped it: %s", status);
    if (g_str_equal (status, "guest-panicked")) {
        machine_happened (machine, HAPPENED_CRASH, "the guest panicked");
    } else if (g_str_equal (status, "internal-error")) {
        machine_happened (machine, HAPPENED_CRASH, problem);
    } else if (g_str_equal (status, "io-error")) {
        /* a full disk of the host's, mostly: the guest has lost nothing and can go on */
        machine_set_problem (machine, g_strdup ("a disk could not be read or written: make room, "
                                                "then resume it"));
        live_machine_changed (machine);
    } else if (g_str_equal (status, "shutdown") && machine->state != MACHINE_STOPPING &&
               machine->state != MACHINE_SHUTDOWN) {
        g_autofree char *reason = diary_reason (machine->record, "SHUTDOWN");

        went_off (machine, reason);
    }
}

static void
status_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);

    if (!value || machine->let_go)
        return;
    machine_apply_status (machine, value);
    if (machine->state == MACHINE_PAUSED && machine->readiness == READY_UNWANTED &&
        !machine->start_paused)
        machine_begin_readiness (machine); /* it was stopped as soon as it ran, and is well */
}

void
machine_stopped_by_itself (LiveMachine *machine)
{
    machine_set_state (machine, MACHINE_PAUSED);
    qmp_client_execute_async (machine->qmp, "query-status", NULL, QUERY_TIMEOUT_MS, NULL,
                              status_known, machine_ref (machine));
}

/* Who ended it, and how: another end than the guest's is one that somebody on
 * the host has asked for, and no crash. */
static void
on_shutdown (LiveMachine *machine, const QmpEvent *event)
{
    g_autoptr (JsonNode) node = qmp_event_get_data (event);
    JsonObject *data = node ? json_node_get_object (node) : NULL;
    const char *reason =
        data ? json_object_get_string_member_with_default (data, "reason", "") : "";

    if ((data && json_object_get_boolean_member_with_default (data, "guest", FALSE)) ||
        g_str_equal (reason, "host-qmp-system-reset"))
        went_off (machine, reason);
    else
        machine->ended_by_request = TRUE;
}

char *
machine_event_text (const QmpEvent *event, const char *name)
{
    g_autoptr (JsonNode) node = qmp_event_get_data (event);

    return node ? g_strdup (json_object_get_string_member_with_default (json_node_get_object (node),
                                                                        name, NULL))
                : NULL;
}

static gboolean
guest_did_it (const QmpEvent *event)
{
    g_autoptr (JsonNode) node = qmp_event_get_data (event);

    return node && json_object_get_boolean_member_with_default (json_node_get_object (node),
                                                                "guest", FALSE);
}

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    LiveMachine *machine = user_data;
    gboolean steady = machine->state == MACHINE_RUNNING || machine->state == MACHINE_PAUSED ||
                      machine->state == MACHINE_SHUTDOWN || machine->state == MACHINE_CRASHED;

    if (++machine->n_events % DIARY_TRIM_EVENTS == 0)
        diary_trim (machine->record);
    if (g_str_equal (event->name, "STOP")) {
        if (machine->state == MACHINE_RUNNING)
            machine_stopped_by_itself (machine);
        machine->stop_seen = TRUE;
    } else if (g_str_equal (event->name, "RESUME")) {
        machine->stop_seen = FALSE;
        if (steady)
            machine_set_state (machine, MACHINE_RUNNING);
        if (steady && machine->readiness == READY_UNWANTED)
            machine_begin_readiness (machine); /* it had been started paused, or had crashed */
    } else if (g_str_equal (event->name, "RESET")) {
        if (steady && guest_did_it (event))
            once_done (machine);
    } else if (g_str_equal (event->name, "SHUTDOWN")) {
        on_shutdown (machine, event);
    } else if (g_str_equal (event->name, "DEVICE_DELETED")) {
        g_autofree char *device = machine_event_text (event, "device");

        plug_device_deleted (machine, device);
    } else if (g_str_equal (event->name, "GUEST_PANICKED")) {
        machine_happened (machine, HAPPENED_CRASH, "the guest panicked");
    }
}

void
machine_watch_events (LiveMachine *machine)
{
    g_signal_connect (machine->qmp, "event", G_CALLBACK (on_event), machine);
}

char *
machine_describe_end (LiveMachine *machine, const ProcessExit *exit)
{
    g_autofree char *how = process_describe_exit (exit);
    g_autofree char *tail = file_tail (machine->stderr_path, STDERR_TAIL);
    g_autofree char *last = text_last_line (tail);

    if (!*last)
        return g_strdup_printf ("%s and said nothing (log: %s)", how, machine->stderr_path);
    return g_strdup_printf ("%s: \"%s\" (log: %s)", how, last, machine->stderr_path);
}

void
machine_remove_link (GPtrArray *netdev)
{
    if (g_strcmp0 (opt_get (netdev, "local.type"), "unix") == 0)
        socket_remove (opt_get (netdev, "local.path"));
}

void
machine_remove_sockets (LiveMachine *machine)
{
    const MachineStep *record = machine->record;

    socket_remove (record->monitor);
    socket_remove (record->vnc);
    socket_remove (record->spice);
    for (gsize i = 0; record->channel_sockets && record->channel_sockets[i]; i++)
        socket_remove (record->channel_sockets[i]);
    for (gsize i = 0; record->serial_sockets && record->serial_sockets[i]; i++)
        socket_remove (record->serial_sockets[i]);
    for (gsize i = 0; record->argv[i] && record->argv[i + 1]; i++) {
        g_autoptr (GPtrArray) netdev =
            g_str_equal (record->argv[i], "-netdev") ? opt_read (record->argv[i + 1]) : NULL;

        if (netdev)
            machine_remove_link (netdev);
    }
}

/* The process has ended, and what it said last may not have been read yet: whether
 * somebody asked it to go. */
static void
hear_last_words (LiveMachine *machine)
{
    g_autoptr (QmpClient) qmp = machine->qmp ? g_object_ref (machine->qmp) : NULL;

    if (qmp)
        qmp_client_drain (qmp);
}

/* Of an end that another supervisor would have seen: by a signal that it obeyed, or
 * because somebody said quit. */
static gboolean
was_told_to_go (LiveMachine *machine)
{
    g_autofree char *reason = diary_reason (machine->record, "SHUTDOWN");

    return g_str_equal (reason, "host-signal") || g_str_equal (reason, "host-qmp-quit");
}

/* The end of the process is the end of the machine, whatever QMP said last. */
void
machine_process_ended (const ProcessExit *exit, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = machine_ref (user_data);
    gboolean clean = exit->known && exit->signal == 0 && exit->status == 0;
    g_autofree char *end = NULL;
    gboolean wanted;

    hear_last_words (machine);
    once_catch_up (machine);
    /* an emulator ends well only when it was told to; guests cannot end it */
    wanted = machine->stopping->len > 0 || machine->ended_by_request || clean ||
             (!exit->known && was_told_to_go (machine));
    g_clear_pointer (&machine->watch, process_watch_free);
    machine->process = (ProcessId){ 0 };
    machine_remove_sockets (machine);
    /* before the connection is dropped: its calls end then, and know less */
    if (machine->starting) {
        machine_start_failed (machine, exit);
    } else if (!wanted) {
        end = machine_describe_end (machine, exit);
        machine_happened (machine, HAPPENED_DEATH, end);
    } else if (machine->state != MACHINE_CRASHED) {
        machine_set_state (machine, MACHINE_STOPPED);
    }
    drop_connection (machine);
    if (machine->handlers.ended)
        machine->handlers.ended (machine, machine->user_data);
    story_write (machine, exit);
    machine_stop_done (machine);
    if (machine->again)
        machine_begin_again (machine);
}

MachineStep *
live_machine_get_record (LiveMachine *machine)
{
    return machine->record;
}

MachineState
live_machine_get_state (LiveMachine *machine)
{
    return machine->state;
}

Readiness
live_machine_get_readiness (LiveMachine *machine)
{
    return machine->readiness;
}

GStrv
live_machine_get_restarts (LiveMachine *machine)
{
    return policy_rate_save (&machine->rate);
}

void
live_machine_set_restarts (LiveMachine *machine, GStrv restarts)
{
    policy_rate_load (&machine->rate, restarts, g_get_monotonic_time ());
}

ProcessId
live_machine_get_process (LiveMachine *machine)
{
    return machine->process;
}

gboolean
live_machine_is_start_paused (LiveMachine *machine)
{
    return machine->start_paused;
}

gint64
live_machine_get_since (LiveMachine *machine)
{
    return machine->since;
}

const char *
live_machine_get_problem (LiveMachine *machine)
{
    return machine->problem;
}

const char *
live_machine_get_unready (LiveMachine *machine)
{
    return machine->readiness == READY_TIMED_OUT ? machine->unready : NULL;
}

QmpClient *
live_machine_get_qmp (LiveMachine *machine)
{
    return machine->qmp && qmp_client_get_state (machine->qmp) == QMP_CLIENT_READY ? machine->qmp
                                                                                   : NULL;
}
