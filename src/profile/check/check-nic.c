/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what the keys of nics and forwards mean together, and with the rest of
 * the lab: switches, addresses, ports of the host. */
#include "profile/check/check.h"

#include "base/text.h"

#define USER_SWITCH "user"

static gboolean
is_user_switch (const Check *check, const char *name)
{
    const Switch *sw = name ? g_hash_table_lookup (check->switches, name) : NULL;

    return sw ? sw->type == SWITCH_USER : g_strcmp0 (name, USER_SWITCH) == 0;
}

static void
complain_unknown_switch (Check *check, const CheckAt *at, const char *name)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autofree char *quoted = text_quote (name), *meant = NULL, *all = NULL;

    for (guint i = 0; i < check->lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (check->lab->switches, i);

        g_ptr_array_add (names, sw->name);
    }
    if (!g_hash_table_contains (check->switches, USER_SWITCH))
        g_ptr_array_add (names, (gpointer)USER_SWITCH);
    g_ptr_array_add (names, NULL);
    meant = complain_suggest (check->complaints, name, (const char *const *)names->pdata);
    all = g_strjoinv (", ", (char **)names->pdata);
    if (*meant)
        check_fail (check, at, "switch", "there is no switch %s%s", quoted, meant);
    else
        check_fail (check, at, "switch",
                    "there is no switch %s; declare it under switches or use "
                    "one of %s",
                    quoted, all);
}

static void
check_mac (Check *check, const CheckAt *at, const Machine *machine, Nic *nic)
{
    const Nic *first;

    if (!nic->mac)
        return;
    first = g_hash_table_lookup (check->macs, nic->mac);
    if (first) {
        const Machine *owner = g_hash_table_lookup (check->owners, first);
        g_autofree char *where = complain_where (nic->mac_place, first->mac_place);

        check_fail (check, at, "mac",
                    "%s is already the address of nic %s of machine %s on %s; give each nic its "
                    "own, or remove the key",
                    nic->mac, first->name, owner->name, where);
        return;
    }
    g_hash_table_insert (check->macs, nic->mac, nic);
    g_hash_table_insert (check->owners, nic, (gpointer)machine);
}

/* Keys of nics and the types of switches on which they can be had. */
static const struct {
    const char *key;
    guint types;
    const char *remedy;
} wiring_keys[] = {
#define T(type) (1u << (type))
    { "vlan", T (SWITCH_INTERNAL) | T (SWITCH_BRIDGE) | T (SWITCH_OVS),
      "which has no VLANs; remove it or use an internal switch" },
    { "trunk", T (SWITCH_INTERNAL) | T (SWITCH_BRIDGE) | T (SWITCH_OVS),
      "which has no VLANs; remove it or use an internal switch" },
    { "queues", T (SWITCH_BRIDGE) | T (SWITCH_OVS) | T (SWITCH_MACVTAP),
      "which has one pair of queues; remove it or use a bridge" },
    { "vhost", T (SWITCH_BRIDGE) | T (SWITCH_OVS) | T (SWITCH_MACVTAP),
      "which the emulator serves itself; remove it or use a bridge" },
    { "tap", T (SWITCH_BRIDGE) | T (SWITCH_OVS), "which has no taps; remove it or use a bridge" },
};

static void
check_wiring (Check *check, const CheckAt *at, const Nic *nic, SwitchType type)
{
    static const char *const virtio_keys[] = { "queues", "vhost", NULL };
    gboolean an = type == SWITCH_INTERNAL || type == SWITCH_OVS;

    for (gsize i = 0; i < G_N_ELEMENTS (wiring_keys); i++)
        if (!(wiring_keys[i].types & T (type)) && check_said (check, at, wiring_keys[i].key))
            check_fail (check, at, wiring_keys[i].key, "%s is %s %s switch, %s", nic->switch_name,
                        an ? "an" : "a", switch_type_names[type], wiring_keys[i].remedy);
    for (gsize i = 0; nic->model && virtio_keys[i]; i++)
        if (check_said (check, at, virtio_keys[i]) && !g_str_has_prefix (nic->model, "virtio-net"))
            check_fail (check, at, virtio_keys[i],
                        "is for models of virtio, and this one is %s; remove it or use "
                        "virtio-net-pci",
                        nic->model);
}

static void
check_tap (Check *check, const CheckAt *at, const Machine *machine, Nic *nic)
{
    const Nic *first = nic->tap ? g_hash_table_lookup (check->taps, nic->tap) : NULL;
    const Machine *owner = first ? g_hash_table_lookup (check->owners, first) : NULL;

    if (!nic->tap)
        return;
    if (owner)
        check_fail (check, at, "tap", "%s is already that of nic %s of machine %s; take another",
                    nic->tap, first->name, owner->name);
    g_hash_table_insert (check->taps, nic->tap, nic);
    g_hash_table_insert (check->owners, nic, (gpointer)machine);
    if (check_said (check, at, "vlan") || check_said (check, at, "trunk"))
        check_fail (check, at, check_said (check, at, "vlan") ? "vlan" : "trunk",
                    "is set where the tap was plugged in; remove it or tap");
}

void
check_nic (Check *check, const Machine *machine, Nic *nic)
{
    CheckAt at = check_at_nic (machine, nic);
    const Switch *sw;
    gboolean user = is_user_switch (check, nic->switch_name);

    check_mac (check, &at, machine, nic);
    if (!nic->switch_name)
        return;
    sw = g_hash_table_lookup (check->switches, nic->switch_name);
    if (!sw && !user) {
        complain_unknown_switch (check, &at, nic->switch_name);
        return;
    }
    /* of a switch whose type is wrong it is not known what it would have been */
    if (sw && binder_is_bad (check->binder, sw, "type"))
        return;
    check_wiring (check, &at, nic, sw ? sw->type : SWITCH_USER);
    check_tap (check, &at, machine, nic);
    check_private_nic (check, &at, nic);
    check_guest_nic (check, machine, nic, sw);
}

static gboolean
has_user_nic (const Check *check, const Machine *machine)
{
    for (guint i = 0; i < machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (machine->nics, i);
        const Switch *sw =
            nic->switch_name ? g_hash_table_lookup (check->switches, nic->switch_name) : NULL;

        /* a nic or switch that is wrong may have been meant as one */
        if (!nic->switch_name || is_user_switch (check, nic->switch_name) ||
            (sw && binder_is_bad (check->binder, sw, "type")) ||
            (!sw && !g_str_equal (nic->switch_name, USER_SWITCH)))
            return TRUE;
    }
    return FALSE;
}

/* Enters @forward among the host ports of the lab; returns the one that has
 * the port already.  "any" finds whoever holds it on some address. */
static const Forward *
claim_port (Check *check, const Forward *forward)
{
    gboolean all = !*forward->host_address || g_str_equal (forward->host_address, "0.0.0.0");
    g_autofree char *port =
        g_strdup_printf ("%s/%d", forward_proto_names[forward->proto], forward->host_port);
    g_autofree char *own = g_strdup_printf ("%s/%s", port, all ? "all" : forward->host_address);
    g_autofree char *any = g_strdup_printf ("%s/any", port);
    g_autofree char *every = g_strdup_printf ("%s/all", port);
    const Forward *holder = g_hash_table_lookup (check->ports, all ? any : own);

    if (!holder)
        holder = g_hash_table_lookup (check->ports, every);
    if (holder)
        return holder;
    g_hash_table_insert (check->ports, g_steal_pointer (&own), (gpointer)forward);
    g_hash_table_insert (check->ports, g_steal_pointer (&any), (gpointer)forward);
    return NULL;
}

static void
check_port (Check *check, const CheckAt *at, const Forward *forward)
{
    const Forward *holder = forward->host_port ? claim_port (check, forward) : NULL;
    const Machine *owner;
    g_autofree char *where = NULL;

    g_hash_table_insert (check->owners, (gpointer)forward, (gpointer)at->machine);
    if (!holder)
        return;
    owner = g_hash_table_lookup (check->owners, holder);
    where = complain_where (forward->place, holder->place);
    check_fail_at (check, at, "forwards", forward->place,
                   "the host's %s port %d is taken by machine %s on %s; use another, or 0 for any "
                   "free one",
                   forward_proto_names[forward->proto], forward->host_port, owner->name, where);
}

void
check_forwards (Check *check, const Machine *machine)
{
    g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
    CheckAt at = check_at_machine (machine);

    for (guint i = 0; i < machine->forwards->len; i++) {
        Forward *forward = g_ptr_array_index (machine->forwards, i);
        const Forward *first = forward->name ? g_hash_table_lookup (names, forward->name) : NULL;

        check_port (check, &at, forward);
        if (first) {
            g_autofree char *where = complain_where (forward->place, first->place);

            check_fail_at (check, &at, "forwards", forward->place,
                           "the forward on %s is called %s already; take another name", where,
                           forward->name);
        } else if (forward->name) {
            g_hash_table_insert (names, forward->name, forward);
        }
    }
    if (machine->forwards->len > 0 && !check_is_bad (check, &at, "nics") &&
        !has_user_nic (check, machine))
        check_fail (check, &at, "forwards",
                    "forwards go through a user switch, and the machine is on none; add a nic such "
                    "as nics: { nat: { switch: user } }");
}
