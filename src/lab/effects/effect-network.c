/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the steps of Linux bridges and of taps do to the host, and how that is
 * undone: whatever was found is written down before anything is changed. */
#include "lab/effects/effect.h"

#include "host/network/bridge.h"
#include "host/network/tap.h"

/* says whose it is, and ends the task */
static void
end (GTask *task, gboolean success, GError *error, const char *place, const char *kind,
     const char *name)
{
    if (!success)
        g_prefix_error (&error, "%s: %s %s: ", place, kind, name);
    effect_end (g_object_ref (task), success, error);
}

gboolean
effect_keep_before (EffectsContext *context, Executed *executed, GPtrArray *before, GError **error)
{
    g_ptr_array_add (before, NULL);
    g_strfreev (executed->before);
    executed->before = (GStrv)g_ptr_array_free (before, FALSE);
    return !context->keep || context->keep (context->keep_data, error);
}

void
network_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    const NetworkStep *network = step->network;
    GPtrArray *before = g_ptr_array_new_with_free_func (g_free);
    GError *error = NULL;
    g_autoptr (Netlink) netlink = netlink_open (network->net, &error);
    gboolean success;

    if (netlink && bridge_is_prepared (netlink, network->bridge, step->id)) {
        g_ptr_array_unref (before);
        end (task, TRUE, NULL, network->place, "switch", network->name);
        return;
    }
    success = netlink && bridge_survey (netlink, network, before, &error);
    if (!success)
        g_ptr_array_unref (before);
    success = success && effect_keep_before (context, executed, before, &error) &&
              bridge_make (netlink, network, &error) && bridge_settle (netlink, network, &error);
    end (task, success, error, network->place, "switch", network->name);
}

void
network_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    const NetworkStep *network = step->network;
    GError *error = NULL;
    g_autoptr (Netlink) netlink = netlink_open (network->net, &error);
    gboolean success =
        netlink &&
        bridge_restore (netlink, network, (const char *const *)executed->before, &error) &&
        bridge_remove (netlink, network, &error);

    end (task, success, error, network->place, "switch", network->name);
}

void
tap_do (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    const TapStep *tap = step->tap;
    GError *error = NULL;
    g_autoptr (Netlink) netlink = netlink_open (tap->net, &error);
    gboolean success =
        netlink &&
        (bridge_is_prepared (netlink, tap->name, step->id) ||
         (tap_make (tap->net, netlink, tap, &error) && bridge_plug (netlink, tap, &error)));

    end (task, success, error, tap->place, "nic", tap->owner);
}

void
tap_undo (GTask *task, EffectsContext *context, const Step *step, Executed *executed)
{
    const TapStep *tap = step->tap;
    GError *error = NULL;
    g_autoptr (Netlink) netlink = netlink_open (tap->net, &error);
    gboolean success =
        netlink && bridge_remove_link (netlink, tap->name, tap->mark, tap->mac, &error);

    end (task, success, error, tap->place, "nic", tap->owner);
}
