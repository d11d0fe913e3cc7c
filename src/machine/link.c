/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is done to cables; see link.h. */
#include "machine/link.h"

#include "base/error.h"

#define TIMEOUT_MS (30 * 1000)

static const NicRecord *
find_nic (LiveMachine *machine, const char *name, GError **error)
{
    const MachineStep *record = live_machine_get_record (machine);

    for (guint i = 0; i < record->nics->len; i++) {
        const NicRecord *nic = g_ptr_array_index (record->nics, i);

        if (g_strcmp0 (nic->name, name) == 0)
            return nic;
    }
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s has no nic %s", record->name,
                 name);
    return NULL;
}

/* The device is named rather than its backend: a backend that is down would still
 * take what the machine sends. */
static JsonNode *
set_link_arguments (const NicRecord *nic, gboolean up)
{
    g_autoptr (JsonObject) arguments = json_object_new ();
    g_autofree char *id = g_strdup_printf ("nic-%s", nic->name);

    json_object_set_string_member (arguments, "name", id);
    json_object_set_boolean_member (arguments, "up", up);
    return json_node_init_object (json_node_alloc (), arguments);
}

static void
pulled (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value)
        g_message ("a cable: %s", error->message);
}

void
link_follow (LiveMachine *machine, const char *name)
{
    const NicRecord *nic = find_nic (machine, name, NULL);
    QmpClient *qmp = live_machine_get_qmp (machine);
    g_autoptr (JsonNode) arguments =
        nic ? set_link_arguments (nic, g_strcmp0 (nic->link, "down") != 0) : NULL;

    if (arguments && qmp)
        qmp_client_execute_async (qmp, "set_link", arguments, TIMEOUT_MS, NULL, pulled, NULL);
}

void
link_pull_at_start (LiveMachine *machine)
{
    const MachineStep *record = live_machine_get_record (machine);
    QmpClient *qmp = live_machine_get_qmp (machine);

    for (guint i = 0; qmp && i < record->nics->len; i++) {
        const NicRecord *nic = g_ptr_array_index (record->nics, i);

        g_autoptr (JsonNode) arguments = set_link_arguments (nic, FALSE);

        if (g_strcmp0 (nic->link, "down") == 0)
            qmp_client_execute_async (qmp, "set_link", arguments, TIMEOUT_MS, NULL, pulled, NULL);
    }
}

static void
link_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value)
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

void
link_set_async (LiveMachine *machine, const char *name, gboolean up, GAsyncReadyCallback callback,
                gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    GError *error = NULL;
    const NicRecord *nic = find_nic (machine, name, &error);
    QmpClient *qmp = live_machine_get_qmp (machine);
    g_autoptr (JsonNode) arguments = nic ? set_link_arguments (nic, up) : NULL;

    if (!nic)
        g_task_return_error (task, error);
    else if (!qmp)
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: it is %s",
                                 live_machine_get_record (machine)->name,
                                 machine_state_names[live_machine_get_state (machine)]);
    else
        qmp_client_execute_async (qmp, "set_link", arguments, TIMEOUT_MS, NULL, link_set,
                                  g_object_ref (task));
}

gboolean
link_set_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

static const TapStep *
find_tap (const Plan *plan, const char *device)
{
    for (guint i = 0; device && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_TAP && g_strcmp0 (step->tap->name, device) == 0)
            return step->tap;
    }
    return NULL;
}

gboolean
link_impair (const Plan *plan, LiveMachine *machine, const char *name, const Netem *netem,
             GError **error)
{
    const NicRecord *nic = find_nic (machine, name, error);
    const TapStep *tap = nic ? find_tap (plan, nic->tap) : NULL;
    g_autoptr (Netlink) netlink = tap ? netlink_open (tap->net, error) : NULL;
    g_autoptr (Link) link = netlink ? netlink_find (netlink, tap->name, error) : NULL;

    if (link)
        return netem_set (netlink, link, netem, error);
    if (nic && !tap)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "nic %s of machine %s has no tap that roost made, on which delay, loss and "
                     "rate could be: put it on a switch of type bridge or ovs",
                     name, live_machine_get_record (machine)->name);
    else if (netlink && error && !*error)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "there is no tap %s any more",
                     tap->name);
    return FALSE;
}
