/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what of the host's networks changes below machines that run: settings of
 * bridges and taps, and taps that become other ports.
 */
#include "plan/diff/diff-private.h"

#include "plan/qemu/uplink-step.h"

/* --- settings --- */

/* Whether the two are one bridge, but for what the kernel lets be set at any time. */
static gboolean
is_bridge_adjusted (const Step *was, const Step *is)
{
    NetworkStep settled = *is->network;
    Step step = *is;

    settled.mtu = was->network->mtu;
    settled.vlan = was->network->vlan;
    settled.filter = was->network->filter;
    settled.addresses = was->network->addresses;
    step.network = &settled;
    return !diff_steps (was, &step);
}

static gboolean
is_tap_adjusted (const Step *was, const Step *is)
{
    TapStep settled = *is->tap;
    Step step = *is;

    settled.mtu = was->tap->mtu;
    step.tap = &settled;
    return !diff_steps (was, &step);
}

static gboolean
is_adjusted (const Step *was, const Step *is)
{
    if (was->kind != is->kind || (is->kind != STEP_NETWORK && is->kind != STEP_TAP))
        return FALSE;
    return diff_steps (was, is) &&
           (is->kind == STEP_NETWORK ? is_bridge_adjusted (was, is) : is_tap_adjusted (was, is));
}

/* --- taps that become other ports --- */

gboolean
diff_stands_on_change (const Diff *diff, const Step *tap)
{
    for (gsize i = 0; tap && tap->needs && tap->needs[i]; i++) {
        const Step *was = g_hash_table_lookup (diff->running, tap->needs[i]);
        const Step *is = g_hash_table_lookup (diff->wanted, tap->needs[i]);

        if (was && is && diff_is_changed (diff, was, is))
            return TRUE;
    }
    return FALSE;
}

/* Whether the two are one interface, plugged in elsewhere. */
static gboolean
is_move (const TapStep *was, const TapStep *is)
{
    return was->bridge && is->bridge && was->multi_queue == is->multi_queue &&
           g_strcmp0 (was->name, is->name) == 0 && g_strcmp0 (was->net, is->net) == 0 &&
           g_strcmp0 (was->mark, is->mark) == 0 && g_strcmp0 (was->user, is->user) == 0;
}

void
diff_tap (Diff *diff, const char *id)
{
    const Step *was = g_hash_table_lookup (diff->running, id);
    Step *is = g_hash_table_lookup (diff->wanted, id);

    if (was && is && !g_hash_table_contains (diff->adjusted, id) && diff_steps (was, is) &&
        is_move (was->tap, is->tap) && !diff_stands_on_change (diff, is))
        g_hash_table_add (diff->moved, is->id);
}

/* --- all of them --- */

void
diff_networks (Diff *diff)
{
    GPtrArray *steps = diff->input->wanted->steps;

    for (guint i = 0; i < steps->len; i++) {
        Step *is = g_ptr_array_index (steps, i);
        const Step *was = g_hash_table_lookup (diff->running, is->id);

        if (was && is_adjusted (was, is))
            g_hash_table_add (diff->adjusted, is->id);
    }
    for (guint i = 0; i < steps->len; i++) { /* those that are no machine's */
        const Step *is = g_ptr_array_index (steps, i);

        if (is->kind == STEP_TAP && uplink_has_tap (is->tap))
            diff_tap (diff, is->id);
    }
}

static gboolean
stands_on_replaced (const Diff *diff, const Step *step)
{
    for (gsize i = 0; step->needs && step->needs[i]; i++)
        if (g_hash_table_contains (diff->replaced, step->needs[i]))
            return TRUE;
    return FALSE;
}

void
diff_replace_bridges (Diff *diff)
{
    for (guint i = 0; i < diff->input->wanted->steps->len; i++) {
        Step *is = g_ptr_array_index (diff->input->wanted->steps, i);
        const Step *was = g_hash_table_lookup (diff->running, is->id);

        if (!was || is->kind == STEP_MACHINE || g_hash_table_contains (diff->kept, is->id))
            continue;
        if ((is->kind == STEP_NETWORK && diff_is_changed (diff, was, is)) ||
            stands_on_replaced (diff, is)) {
            g_hash_table_remove (diff->adjusted, is->id);
            g_hash_table_remove (diff->moved, is->id);
            g_hash_table_add (diff->replaced, is->id);
        }
    }
}

/* Whether a machine keeps a tap on @bridge that is in a VLAN. */
static gboolean
is_filter_kept (const Diff *diff, const char *bridge)
{
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init (&iter, diff->kept);
    while (g_hash_table_iter_next (&iter, &id, NULL)) {
        const Step *was = g_hash_table_lookup (diff->running, id);
        const Step *is = g_hash_table_lookup (diff->wanted, id);

        if (was->kind == STEP_TAP && g_strcmp0 (was->tap->bridge, bridge) == 0 &&
            (was->tap->vlan || was->tap->trunk) && !g_hash_table_contains (diff->moved, id) &&
            (!is || diff_steps (was, is)))
            return TRUE;
    }
    return FALSE;
}

void
diff_keep_filters (Diff *diff)
{
    for (guint i = 0; i < diff->input->wanted->steps->len; i++) {
        const Step *is = g_ptr_array_index (diff->input->wanted->steps, i);
        const Step *was = g_hash_table_lookup (diff->running, is->id);

        if (!g_hash_table_contains (diff->adjusted, is->id) || is->kind != STEP_NETWORK ||
            is->network->filter || !is_filter_kept (diff, is->network->bridge))
            continue;
        is->network->filter = was->network->filter;
        if (!diff_steps (was, is))
            g_hash_table_remove (diff->adjusted, is->id);
    }
}

/* --- in words --- */

static void
append_mtu (GString *text, gint64 was, gint64 is)
{
    g_autofree char *from = was ? g_strdup_printf ("%d", (int)was) : g_strdup ("the kernel's");
    g_autofree char *to = is ? g_strdup_printf ("%d", (int)is) : g_strdup ("the kernel's");

    if (was != is)
        g_string_append_printf (text, ", mtu %s → %s", from, to);
}

/* those of @list that are not in @other, each with @sign */
static void
append_addresses (GString *text, char sign, GStrv list, GStrv other)
{
    for (gsize i = 0; list && list[i]; i++)
        if (!other || !g_strv_contains ((const char *const *)other, list[i]))
            g_string_append_printf (text, ", %c%s", sign, list[i]);
}

static char *
describe_bridge (const NetworkStep *was, const NetworkStep *is)
{
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "network %s: bridge %s", is->name, is->bridge);
    append_mtu (text, was->mtu, is->mtu);
    append_addresses (text, '-', was->addresses, is->addresses);
    append_addresses (text, '+', is->addresses, was->addresses);
    if (was->vlan != is->vlan && is->vlan)
        g_string_append_printf (text, ", the host in VLAN %d", (int)is->vlan);
    else if (was->vlan != is->vlan)
        g_string_append (text, ", the host in no VLAN");
    if (was->filter != is->filter)
        g_string_append (text, is->filter ? ", VLANs count" : ", VLANs do not count");
    return g_string_free (text, FALSE);
}

static char *
describe_tap (const TapStep *was, const TapStep *is)
{
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "tap %s: %s", is->owner, is->name);
    append_mtu (text, was->mtu, is->mtu);
    if (!uplink_has_tap (is))
        g_string_append (text, " (a guest that runs is not told: set it there as well)");
    return g_string_free (text, FALSE);
}

void
diff_add_adjusted (Diff *diff, const Step *was, const Step *is)
{
    diff_add (diff, CHANGE_ADJUST, is,
              is->kind == STEP_NETWORK ? describe_bridge (was->network, is->network)
                                       : describe_tap (was->tap, is->tap));
}
