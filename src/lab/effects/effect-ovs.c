/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the step of Open vSwitch does to the host, in this order:
 *   1. Open vSwitch is asked whether it is there at all, and how bridges and uplinks
 *      are is looked at and written down: without that there is nothing to undo;
 *   2. one transaction makes all bridges and ports;
 *   3. what became of them is asked for, as the transaction does not tell;
 *   4. addresses, and the interfaces are turned on;
 *   5. rules, bridge by bridge.
 * It is undone by a transaction too, of what carries the mark.
 */
#include "lab/effects/effect.h"

#include "base/error.h"
#include "host/network/bridge.h"
#include "host/process/command.h"
#include "host/network/ovs.h"

#define COMMAND_MS (30 * 1000)

typedef struct {
    const OvsStep *step;
    EffectsContext *context;
    Executed *executed;
    guint next;    /* bridge whose rules are next */
    char *bridges; /* what is to be removed, as told */
} OvsRun;

static void
ovs_run_free (gpointer data)
{
    OvsRun *run = data;

    g_free (run->bridges);
    g_free (run);
}

static OvsRun *
begin (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    OvsRun *run = g_new0 (OvsRun, 1);

    run->step = step->ovs;
    run->context = context;
    run->executed = executed;
    g_task_set_task_data (task, run, ovs_run_free);
    return run;
}

static void
run_command (GTask *task, GStrv argv, GAsyncReadyCallback callback)
{
    command_run_async ((const char *const *)argv, COMMAND_MS, NULL, callback, g_object_ref (task));
    g_strfreev (argv);
}

/* @error: (transfer full) */
static void
fail (GTask *task, GError *error)
{
    OvsRun *run = g_task_get_task_data (task);
    const NetworkStep *first =
        run->step->bridges->len > 0 ? g_ptr_array_index (run->step->bridges, 0) : NULL;

    g_prefix_error (&error, "%s%sOpen vSwitch: ", first ? first->place : "", first ? ": " : "");
    roost_error_reclass (&error, ROOST_ERROR_HOST);
    g_task_return_error (task, error);
}

/* --- doing --- */

static void flows_next (GTask *task);

static void
flows_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    OvsRun *run = g_task_get_task_data (task);
    const NetworkStep *bridge = g_ptr_array_index (run->step->bridges, run->next++);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output) {
        flows_next (task);
        return;
    }
    g_prefix_error (&error, "switch %s: rules of %s: ", bridge->name, bridge->flows);
    fail (task, error);
}

static void
flows_next (GTask *task)
{
    OvsRun *run = g_task_get_task_data (task);

    for (; run->next < run->step->bridges->len; run->next++) {
        const NetworkStep *bridge = g_ptr_array_index (run->step->bridges, run->next);

        if (bridge->flows) {
            run_command (task, ovs_flows_argv (run->step, bridge), flows_set);
            return;
        }
    }
    g_task_return_pointer (task, NULL, NULL);
}

static gboolean
has_device (Netlink *netlink, const NetworkStep *bridge, GError **error)
{
    GError *local = NULL;
    g_autoptr (Link) link = netlink_find (netlink, bridge->bridge, &local);

    if (local)
        g_propagate_error (error, local);
    else if (!link)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                     "switch %s: no interface %s came of the bridge%s", bridge->name,
                     bridge->bridge,
                     g_strcmp0 (bridge->datapath, "system") == 0
                         ? ": the kernel's module openvswitch is missing (modprobe openvswitch), "
                           "or say datapath: netdev"
                         : "");
    return link != NULL;
}

static gboolean
settle (const OvsStep *step, GError **error)
{
    g_autoptr (Netlink) netlink = netlink_open (step->net, error);

    for (guint i = 0; netlink && i < step->bridges->len; i++) {
        const NetworkStep *bridge = g_ptr_array_index (step->bridges, i);

        if (!has_device (netlink, bridge, error) || !bridge_settle (netlink, bridge, error))
            return FALSE;
    }
    return netlink != NULL;
}

static void
errors_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    OvsRun *run = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output && ovs_check_errors (output, &error) && settle (run->step, &error))
        flows_next (task);
    else
        fail (task, error);
}

static void
made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    OvsRun *run = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output)
        run_command (task, ovs_errors_argv (run->step), errors_told);
    else
        fail (task, error);
}

static gboolean
survey (const OvsStep *step, GPtrArray *before, GError **error)
{
    g_autoptr (Netlink) netlink = netlink_open (step->net, error);

    for (guint i = 0; netlink && i < step->bridges->len; i++)
        if (!bridge_survey (netlink, g_ptr_array_index (step->bridges, i), before, error))
            return FALSE;
    return netlink != NULL;
}

/* Root has plugged in all taps already: this user may not even ask Open vSwitch. */
static gboolean
is_prepared (const OvsStep *step)
{
    g_autoptr (Netlink) netlink = netlink_open (step->net, NULL);
    guint n_ports = 0;

    for (guint i = 0; i < step->bridges->len; i++) {
        const NetworkStep *bridge = g_ptr_array_index (step->bridges, i);

        for (guint j = 0; j < bridge->ports->len; j++, n_ports++) {
            const PortRecord *port = g_ptr_array_index (bridge->ports, j);
            g_autofree char *id = g_strconcat ("tap:", port->owner, NULL);

            if (!netlink || !bridge_is_prepared (netlink, port->device, id))
                return FALSE;
        }
    }
    return n_ports > 0;
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    OvsRun *run = g_task_get_task_data (task);
    GPtrArray *before = g_ptr_array_new_with_free_func (g_free);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (!output) {
        g_ptr_array_unref (before);
        fail (task, g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                                 "it does not answer (try: systemctl start openvswitch-switch): %s",
                                 error->message));
        g_error_free (error);
    } else if (!survey (run->step, before, &error)) {
        g_ptr_array_unref (before);
        fail (task, error);
    } else if (!effect_keep_before (run->context, run->executed, before, &error)) {
        fail (task, error);
    } else {
        run_command (task, ovs_make_argv (run->step), made);
    }
}

void
ovs_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    OvsRun *run = begin (task, context, step, executed);

    /* who prepares has taps of that mark, too, and is the one who plugs them in */
    if (!g_str_has_prefix (run->step->mark, BRIDGE_PREPARED) && is_prepared (run->step))
        g_task_return_pointer (task, NULL, NULL);
    else
        run_command (task, ovs_find_argv (run->step, "Bridge"), answered);
}

/* --- undoing --- */

static void
restore (GTask *task)
{
    OvsRun *run = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (Netlink) netlink = netlink_open (run->step->net, &error);
    gboolean success = netlink != NULL;

    for (guint i = 0; success && i < run->step->bridges->len; i++)
        success = bridge_restore (netlink, g_ptr_array_index (run->step->bridges, i),
                                  (const char *const *)run->executed->before, &error);
    if (success)
        g_task_return_pointer (task, NULL, NULL);
    else
        fail (task, error);
}

static void
removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output)
        restore (task);
    else
        fail (task, error);
}

static void
ports_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    OvsRun *run = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *ports = command_run_finish (result, &error);
    GStrv argv = ports ? ovs_remove_argv (run->step, run->bridges, ports) : NULL;

    if (argv)
        run_command (task, argv, removed);
    else if (ports)
        restore (task);
    else
        fail (task, error);
}

static void
bridges_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    OvsRun *run = g_task_get_task_data (task);
    GError *error = NULL;

    run->bridges = command_run_finish (result, &error);
    if (run->bridges)
        run_command (task, ovs_find_argv (run->step, "Port"), ports_found);
    else
        fail (task, error);
}

void
ovs_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    OvsRun *run = begin (task, context, step, executed);

    if (executed->before)
        run_command (task, ovs_find_argv (run->step, "Bridge"), bridges_found);
    else /* it never came to the transaction */
        g_task_return_pointer (task, NULL, NULL);
}
