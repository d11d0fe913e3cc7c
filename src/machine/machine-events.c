/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the events of a machine's emulator say of its state, and tells the
 * policies (policy.c) of that.
 */
#include "machine/diary.h"
#include "machine/machine-private.h"
#include "machine/once.h"
#include "machine/plug/plug.h"

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
    qmp_client_execute_async (machine->qmp, "query-status", NULL, MACHINE_COMMAND_MS, NULL,
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
