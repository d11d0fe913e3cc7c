/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what becomes of bridges and taps below machines that run while a lab is
 * reconciled: other settings, other ports, and the way back.
 *
 * A step is exchanged after its effect: who takes over in between finds what differs
 * once more, and does it again.  What taking it back needs is written down before.
 */
#include "base/error.h"
#include "host/network/bridge.h"
#include "host/network/tap.h"
#include "lab/effects/effect.h"
#include "lab/reconcile/reconcile-private.h"

/* --- settings --- */

static gboolean
foresee (LiveLab *lab, Netlink *netlink, const Step *was, const Step *is, Executed *executed,
         GError **error)
{
    GPtrArray *before = g_ptr_array_new_with_free_func (g_free);

    for (gsize i = 0; executed->before && executed->before[i]; i++)
        g_ptr_array_add (before, g_strdup (executed->before[i]));
    if (!bridge_foresee (netlink, was->network, is->network, before, error)) {
        g_ptr_array_unref (before);
        return FALSE;
    }
    return effect_keep_before (&lab->context, executed, before, error);
}

static gboolean
adjust_bridge (LiveLab *lab, const Step *was, const Step *is, GError **error)
{
    Executed *executed = state_find (lab->state, was->id);
    g_autoptr (Netlink) netlink = netlink_open (is->network->net, error);

    if (!netlink || (executed->before && !foresee (lab, netlink, was, is, executed, error)))
        return FALSE;
    if (bridge_adjust (netlink, was->network, is->network, (const char *const *)executed->before,
                       error))
        return TRUE;
    bridge_adjust (netlink, is->network, was->network, (const char *const *)executed->before, NULL);
    g_prefix_error (error, "%s: switch %s: ", is->network->place, is->network->name);
    return FALSE;
}

static gboolean
adjust_tap (const TapStep *tap, GError **error)
{
    g_autoptr (Netlink) netlink = netlink_open (tap->net, error);

    if (netlink && tap_adjust (netlink, tap, error))
        return TRUE;
    g_prefix_error (error, "%s: nic %s: ", tap->place, tap->owner);
    return FALSE;
}

static gboolean
adjust (LiveLab *lab, const Step *was, const Step *is, GError **error)
{
    return is->kind == STEP_NETWORK ? adjust_bridge (lab, was, is, error)
                                    : adjust_tap (is->tap, error);
}

/* --- ports --- */

static gboolean
move (LiveLab *lab, const Step *was, const Step *is, GError **error)
{
    g_autoptr (Netlink) netlink = netlink_open (is->tap->net, error);

    if (netlink && bridge_move (netlink, is->tap, error) && tap_adjust (netlink, is->tap, error))
        return TRUE;
    g_prefix_error (error, "%s: nic %s: ", is->tap->place, is->tap->owner);
    return FALSE;
}

/* --- forwards and backwards --- */

static gboolean
change_step (Reconcile *reconcile, ChangeKind kind, const char *id, GError **error)
{
    LiveLab *lab = reconcile->lab;
    Step *step = reconcile_find_step (lab->state->plan, id, NULL);
    Step *wanted = reconcile_find_step (reconcile->wanted, id, NULL);
    g_autoptr (GPtrArray) steps = g_ptr_array_new ();

    if (!(kind == CHANGE_ADJUST ? adjust : move) (lab, step, wanted, error)) {
        roost_error_reclass (error, ROOST_ERROR_HOST);
        return FALSE;
    }
    g_ptr_array_add (steps, step);
    reconcile_exchange (reconcile, steps);
    return TRUE;
}

static void
change_all (Reconcile *reconcile, ChangeKind kind, GPtrArray *changed)
{
    GError *error = NULL;

    for (guint i = 0; !error && i < reconcile->changes->len; i++) {
        const Change *change = g_ptr_array_index (reconcile->changes, i);

        if (change->kind == kind && change_step (reconcile, kind, change->step, &error))
            g_ptr_array_add (changed, change->step);
    }
    reconcile_stage_done (reconcile, error);
}

/* Backwards: what can be had back is had back all the same. */
static void
undo_all (Reconcile *reconcile, ChangeKind kind, GPtrArray *changed)
{
    GError *error = NULL;

    while (changed->len > 0) {
        const char *id = g_ptr_array_steal_index (changed, changed->len - 1);

        change_step (reconcile, kind, id, error ? NULL : &error);
    }
    reconcile_stage_done (reconcile, error);
}

void
reconcile_adjust_networks (Reconcile *reconcile)
{
    change_all (reconcile, CHANGE_ADJUST, reconcile->adjusted);
}

void
reconcile_undo_adjusted (Reconcile *reconcile)
{
    undo_all (reconcile, CHANGE_ADJUST, reconcile->adjusted);
}

void
reconcile_move_taps (Reconcile *reconcile)
{
    change_all (reconcile, CHANGE_MOVE, reconcile->moved);
}

void
reconcile_undo_moves (Reconcile *reconcile)
{
    undo_all (reconcile, CHANGE_MOVE, reconcile->moved);
}
