/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what a plan claims, and when two claims exclude each other.
 */
#include "plan/claims.h"

#include <string.h>

#define MEND_FORWARD "choose another, or 0 for any free one"
#define MEND_SCREEN "choose another"
#define MEND_BRIDGE "say existing: true to use it as it is, or give it another name with bridge:"
#define MEND_NIC "give the NIC or its machine another name, or remove that interface"
#define MEND_SWITCH "give the switch another name, or remove that interface"

static void
claim_free (gpointer data)
{
    Claim *claim = data;

    g_free (claim->owner);
    g_free (claim->name);
    g_free (claim->value);
    g_free (claim->scope);
    g_free (claim);
}

/* @part: (nullable): of the machine: `nic lan` */
static Claim *
add (GPtrArray *claims, ClaimKind kind, const Step *step, const char *part, const char *place,
     char *name)
{
    const MachineStep *machine = step->machine;
    Claim *claim = g_new0 (Claim, 1);

    *claim = (Claim){ .kind = kind,
                      .owner = g_strdup_printf ("machine %s%s%s", machine->name, part ? ", " : "",
                                                part ? part : ""),
                      .name = name,
                      .machine = machine->name,
                      .step = step->id,
                      .place = place ? place : machine->place };
    g_ptr_array_add (claims, claim);
    return claim;
}

/* --- what machines have --- */

/* Port 0 claims nothing until the emulator has told which one it has. */
static void
claim_ports (GPtrArray *claims, const Step *step)
{
    const MachineStep *machine = step->machine;

    for (guint i = 0; i < machine->forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (machine->forwards, i);
        gint64 port = forward->host_port ? forward->host_port : forward->bound_port;
        const char *address = forward->host_address ? forward->host_address : "";
        Claim *claim;

        if (port == 0)
            continue;
        claim = add (claims, CLAIM_PORT, step, NULL, forward->place,
                     g_strdup_printf ("%s:%s:%d", forward->proto, address, (int)port));
        claim->scope = g_strdup (forward->proto);
        claim->value = g_strdup (address);
        claim->port = port;
        claim->mend = MEND_FORWARD;
    }
}

static void
claim_screen (GPtrArray *claims, const Step *step)
{
    const char *address = step->machine->screen_address;
    const char *colon = address ? strrchr (address, ':') : NULL;
    g_autofree char *host = colon ? g_strndup (address, colon - address) : NULL;
    Claim *claim;

    if (!colon)
        return;
    claim = add (claims, CLAIM_PORT, step, "display", NULL, g_strconcat ("tcp:", address, NULL));
    claim->scope = g_strdup ("tcp");
    claim->value = g_strdup (g_str_equal (host, "localhost") ? "127.0.0.1" : host);
    claim->port = g_ascii_strtoll (colon + 1, NULL, 10);
    claim->mend = MEND_SCREEN;
}

/* A disk of the user's is written to by the machine itself; below a disk of
 * roost's own the user's image is only read. */
static void
claim_images (GPtrArray *claims, const Step *step)
{
    const MachineStep *machine = step->machine;
    g_autoptr (GHashTable) opened = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < machine->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (machine->disks, i);
        Claim *claim;

        if (!disk->path)
            continue;
        claim = add (claims, CLAIM_IMAGE, step, NULL, disk->place, g_strdup (disk->path));
        claim->value = g_strdup (disk->path);
        claim->shared = disk->read_only;
        g_hash_table_add (opened, disk->path);
    }
    for (gsize i = 0; machine->files && machine->files[i]; i++) {
        Claim *claim;

        if (!g_hash_table_add (opened, machine->files[i]))
            continue;
        claim = add (claims, CLAIM_IMAGE, step, NULL, NULL, g_strdup (machine->files[i]));
        claim->value = g_strdup (machine->files[i]);
        claim->shared = TRUE;
    }
}

/* @segments: switch → what others can be plugged into as well: owned text */
static void
claim_macs (GPtrArray *claims, const Step *step, GHashTable *segments)
{
    for (guint i = 0; i < step->machine->nics->len; i++) {
        const NicRecord *nic = g_ptr_array_index (step->machine->nics, i);
        const char *segment =
            nic->switch_name ? g_hash_table_lookup (segments, nic->switch_name) : NULL;
        g_autofree char *part = g_strconcat ("nic ", nic->name, NULL);
        Claim *claim;

        if (!segment || !nic->mac)
            continue;
        claim = add (claims, CLAIM_MAC, step, part, nic->place, g_strdup (nic->mac));
        claim->value = g_strdup (nic->mac);
        claim->scope = g_strdup (segment);
    }
}

/* --- what is made of the host's network --- */

static Claim *
add_interface (GPtrArray *claims, const Step *step, char *owner, const char *place,
               const char *name)
{
    Claim *claim = g_new0 (Claim, 1);

    *claim = (Claim){ .kind = CLAIM_INTERFACE,
                      .owner = owner,
                      .name = g_strdup (name),
                      .value = g_strdup (name),
                      .step = step->id,
                      .place = place };
    g_ptr_array_add (claims, claim);
    return claim;
}

/* A bridge that is there already is nobody's, but what it joins is one segment; that
 * of a private lab is out of everybody's reach. */
static void
claim_bridge (GPtrArray *claims, const Step *step, const NetworkStep *network, GHashTable *segments)
{
    if (network->net)
        return;
    g_hash_table_insert (segments, network->name, g_strconcat ("bridge ", network->bridge, NULL));
    if (!network->existing) {
        Claim *claim = add_interface (claims, step, g_strconcat ("switch ", network->name, NULL),
                                      network->place, network->bridge);

        claim->mend = MEND_BRIDGE;
        claim->mark = network->mark;
        claim->mac = network->mac;
    }
    for (guint i = 0; i < network->tunnels->len; i++) {
        const TunnelRecord *tunnel = g_ptr_array_index (network->tunnels, i);
        Claim *claim = add_interface (
            claims, step, g_strdup_printf ("switch %s, tunnel %s", network->name, tunnel->name),
            tunnel->place, tunnel->device);

        claim->mend = MEND_SWITCH;
        claim->mark = network->mark;
        claim->mac = tunnel->mac;
    }
}

/* The owner is machine/nic, or .uplink/switch. */
static void
claim_tap (GPtrArray *claims, const Step *step, GHashTable *segments)
{
    const TapStep *tap = step->tap;
    const char *slash = strchr (tap->owner, '/');
    gboolean nic = tap->owner[0] != '.' && slash;
    Claim *claim;

    if (tap->net)
        return;
    if (tap->parent)
        g_hash_table_insert (segments, tap->switch_name,
                             g_strconcat ("interface ", tap->parent, NULL));
    claim = add_interface (claims, step,
                           nic ? g_strdup_printf ("machine %.*s, nic %s", (int)(slash - tap->owner),
                                                  tap->owner, slash + 1)
                               : g_strdup_printf ("switch %s, uplink", tap->switch_name),
                           tap->place, tap->name);
    claim->mend = nic ? MEND_NIC : MEND_SWITCH;
    claim->mark = tap->mark;
    claim->mac = tap->mac;
}

static void
claim_networks (GPtrArray *claims, const Step *step, GHashTable *segments)
{
    if (step->kind == STEP_NETWORK)
        claim_bridge (claims, step, step->network, segments);
    if (step->kind == STEP_TAP)
        claim_tap (claims, step, segments);
    for (guint i = 0; step->kind == STEP_OVS && i < step->ovs->bridges->len; i++)
        claim_bridge (claims, step, g_ptr_array_index (step->ovs->bridges, i), segments);
}

GPtrArray *
claims_of_plan (const Plan *plan)
{
    GPtrArray *claims = g_ptr_array_new_with_free_func (claim_free);
    g_autoptr (GHashTable) segments = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

    for (guint i = 0; i < plan->steps->len; i++)
        claim_networks (claims, g_ptr_array_index (plan->steps, i), segments);
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind != STEP_MACHINE)
            continue;
        claim_ports (claims, step);
        claim_screen (claims, step);
        claim_macs (claims, step, segments);
        claim_images (claims, step);
    }
    return claims;
}

char *
claim_key (const Claim *claim)
{
    switch (claim->kind) {
    case CLAIM_PORT:
        return g_strdup_printf ("port %s %d", claim->scope, (int)claim->port);
    case CLAIM_MAC:
        return g_strdup_printf ("mac %s %s", claim->scope, claim->value);
    case CLAIM_IMAGE:
        return g_strdup_printf ("image %s", claim->value);
    case CLAIM_INTERFACE:
        return g_strdup_printf ("interface %s", claim->value);
    }
    g_assert_not_reached ();
}

static gboolean
is_any (const char *address)
{
    return !*address || g_str_equal (address, "0.0.0.0");
}

gboolean
claims_clash (const Claim *a, const Claim *b)
{
    if (a->kind != b->kind)
        return FALSE;
    switch (a->kind) {
    case CLAIM_PORT:
        return a->port == b->port && g_str_equal (a->scope, b->scope) &&
               (is_any (a->value) || is_any (b->value) || g_str_equal (a->value, b->value));
    case CLAIM_MAC:
        return g_str_equal (a->scope, b->scope) && g_str_equal (a->value, b->value);
    case CLAIM_IMAGE:
        return !(a->shared && b->shared) && g_str_equal (a->value, b->value);
    case CLAIM_INTERFACE:
        return g_str_equal (a->value, b->value);
    }
    g_assert_not_reached ();
}
