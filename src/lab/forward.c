/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the opening and closing of host ports while a machine runs.  QEMU does
 * this in its human monitor only, where a failure is a text in a successful
 * reply: any text from hostfwd_add is one.
 */
#include "lab/forward.h"

#include "base/dirs.h"
#include "base/error.h"
#include "lab/conflicts.h"
#include "machine/machine.h"
#include "machine/hmp.h"
#include "lab/registry.h"
#include "machine/usernet.h"

#include <string.h>

#define COMMAND_TIMEOUT_MS (30 * 1000)

typedef struct {
    LiveMachine *machine;  /* not owned: lives as long as the lab does */
    ForwardRecord *record; /* owned while the machine has not got it */
} Change;

static void
change_free (gpointer data)
{
    Change *change = data;

    record_free (&forward_record, change->record);
    g_free (change);
}

/* the first network of the machine that is QEMU's own */
static const char *
find_netdev (const MachineStep *record)
{
    for (guint i = 0; i < record->forwards->len; i++)
        return ((ForwardRecord *)g_ptr_array_index (record->forwards, i))->netdev;
    for (guint i = 0; i < record->nics->len; i++) {
        const NicRecord *nic = g_ptr_array_index (record->nics, i);
        g_autofree char *prefix = g_strdup_printf ("user,id=%s", nic->netdev);

        for (gsize j = 0; record->argv[j]; j++) {
            gsize length = strlen (prefix);

            if (strncmp (record->argv[j], prefix, length) == 0 &&
                (record->argv[j][length] == ',' || record->argv[j][length] == '\0'))
                return nic->netdev;
        }
    }
    return NULL;
}

/* that of the profile may be of a NIC that the machine has not got yet */
static gboolean
has_netdev (const MachineStep *record, const char *netdev)
{
    for (guint i = 0; netdev && i < record->nics->len; i++)
        if (g_strcmp0 (((NicRecord *)g_ptr_array_index (record->nics, i))->netdev, netdev) == 0)
            return TRUE;
    return FALSE;
}

static void
ports_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Change *change = g_task_get_task_data (task);
    MachineStep *record = live_machine_get_record (change->machine);
    ForwardRecord *forward = g_steal_pointer (&change->record);
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, NULL);
    g_autoptr (GPtrArray) rows = usernet_parse (text ? text : "");

    forward->added = TRUE;
    g_ptr_array_add (record->forwards, forward);
    usernet_find_ports (rows, record->forwards);
    live_machine_changed (change->machine);
    g_task_return_pointer (task, forward, NULL);
}

static void
added (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Change *change = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, &error);

    if (!text) {
        g_task_return_error (task, error);
        return;
    }
    if (*g_strstrip (text)) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "machine %s: %s",
                                 live_machine_get_record (change->machine)->name, text);
        return;
    }
    hmp_run_async (QMP_CLIENT (source), "info usernet", COMMAND_TIMEOUT_MS, NULL, ports_known,
                   g_object_ref (task));
}

void
forward_add_async (LiveMachine *machine, ForwardRecord *record, GAsyncReadyCallback callback,
                   gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const MachineStep *machine_record = live_machine_get_record (machine);
    g_autofree char *run_root = dirs_run_root (), *problem = NULL, *command = NULL;
    g_autoptr (GPtrArray) states = registry_list (run_root);
    QmpClient *qmp = live_machine_get_qmp (machine);
    Change *change = g_new0 (Change, 1);

    *change = (Change){ machine, record };
    g_task_set_task_data (task, change, change_free);
    if (!has_netdev (machine_record, record->netdev)) {
        g_free (record->netdev);
        record->netdev = g_strdup (find_netdev (machine_record));
    }
    problem = conflicts_describe_port (record, states);
    if (!qmp || !record->netdev || problem) {
        g_task_return_new_error (
            task, ROOST_ERROR, qmp ? ROOST_ERROR_HOST : ROOST_ERROR_FAILED, "machine %s: %s",
            machine_record->name,
            !qmp      ? "it is not running"
            : problem ? problem
                      : "no nic is on a switch of type user, so nothing can be forwarded");
        return;
    }
    command = g_strdup_printf ("hostfwd_add %s %s:%s:%d-%s:%d", record->netdev, record->proto,
                               record->host_address, (int)record->host_port,
                               record->guest_address ? record->guest_address : "",
                               (int)record->guest_port);
    hmp_run_async (qmp, command, COMMAND_TIMEOUT_MS, NULL, added, g_steal_pointer (&task));
}

ForwardRecord *
forward_add_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

static void
removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Change *change = g_task_get_task_data (task);
    MachineStep *record = live_machine_get_record (change->machine);
    ForwardRecord *forward = g_steal_pointer (&change->record); /* was only pointed at */
    GError *error = NULL;
    g_autofree char *text = hmp_run_finish (QMP_CLIENT (source), result, &error);

    if (!text) {
        g_task_return_error (task, error);
    } else if (!strstr (text, " removed")) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: %s",
                                 record->name, g_strstrip (text));
    } else {
        g_ptr_array_remove (record->forwards, forward);
        live_machine_changed (change->machine);
        g_task_return_boolean (task, TRUE);
    }
}

static ForwardRecord *
find_by_name (const MachineStep *record, const char *name)
{
    for (guint i = 0; i < record->forwards->len; i++) {
        ForwardRecord *forward = g_ptr_array_index (record->forwards, i);
        g_autofree char *port = g_strdup_printf ("%d", (int)forward->bound_port);

        if (g_strcmp0 (forward->name, name) == 0 || g_str_equal (port, name))
            return forward;
    }
    return NULL;
}

static void
remove_forward (LiveMachine *machine, ForwardRecord *forward, GTask *task)
{
    Change *change = g_new0 (Change, 1);
    g_autofree char *command =
        g_strdup_printf ("hostfwd_remove %s %s:%s:%d", forward->netdev, forward->proto,
                         forward->host_address, (int)forward->bound_port);

    *change = (Change){ machine, forward };
    g_task_set_task_data (task, change, g_free);
    hmp_run_async (live_machine_get_qmp (machine), command, COMMAND_TIMEOUT_MS, NULL, removed,
                   task);
}

void
forward_remove_async (LiveMachine *machine, const char *name, GAsyncReadyCallback callback,
                      gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const MachineStep *record = live_machine_get_record (machine);
    ForwardRecord *forward = find_by_name (record, name);
    QmpClient *qmp = live_machine_get_qmp (machine);

    if (qmp && forward)
        remove_forward (machine, forward, g_steal_pointer (&task));
    else
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED,
                                 qmp ? "machine %s: it has no forward %s (see: roost forward list)"
                                     : "machine %s: it is not running",
                                 record->name, name);
}

static gboolean
are_alike (const ForwardRecord *a, const ForwardRecord *b)
{
    return g_str_equal (a->proto, b->proto) && g_str_equal (a->host_address, b->host_address) &&
           a->host_port == b->host_port && a->guest_port == b->guest_port &&
           g_strcmp0 (a->guest_address, b->guest_address) == 0 && g_strcmp0 (a->name, b->name) == 0;
}

void
forward_remove_like_async (LiveMachine *machine, const ForwardRecord *like,
                           GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const MachineStep *record = live_machine_get_record (machine);

    for (guint i = 0; live_machine_get_qmp (machine) && i < record->forwards->len; i++) {
        ForwardRecord *forward = g_ptr_array_index (record->forwards, i);

        if (are_alike (forward, like)) {
            remove_forward (machine, forward, g_steal_pointer (&task));
            return;
        }
    }
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED,
                             "machine %s: its forwards cannot be changed: it is %s", record->name,
                             machine_state_names[live_machine_get_state (machine)]);
}

gboolean
forward_remove_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
