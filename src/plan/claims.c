/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of what a plan claims, and when two claims exclude each other.
 */
#include "plan/claims.h"

static void
claim_free (gpointer data)
{
    Claim *claim = data;

    g_free (claim->name);
    g_free (claim->value);
    g_free (claim);
}

static Claim *
add (GPtrArray *claims, ClaimKind kind, const MachineStep *machine, const char *place, char *name)
{
    Claim *claim = g_new0 (Claim, 1);

    *claim = (Claim){ .kind = kind,
                      .name = name,
                      .machine = machine->name,
                      .place = place ? place : machine->place };
    g_ptr_array_add (claims, claim);
    return claim;
}

/* Port 0 claims nothing until the emulator has told which one it has. */
static void
claim_ports (GPtrArray *claims, const MachineStep *machine)
{
    for (guint i = 0; i < machine->forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (machine->forwards, i);
        gint64 port = forward->host_port ? forward->host_port : forward->bound_port;
        const char *address = forward->host_address ? forward->host_address : "";
        Claim *claim;

        if (port == 0)
            continue;
        claim = add (claims, CLAIM_PORT, machine, forward->place,
                     g_strdup_printf ("%s:%s:%d", forward->proto, address, (int)port));
        claim->scope = forward->proto;
        claim->value = g_strdup (address);
        claim->port = port;
    }
}

/* A disk of the user's is written to by the machine itself; below a disk of
 * roost's own the user's image is only read. */
static void
claim_images (GPtrArray *claims, const MachineStep *machine)
{
    g_autoptr (GHashTable) opened = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < machine->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (machine->disks, i);
        Claim *claim;

        if (!disk->path)
            continue;
        claim = add (claims, CLAIM_IMAGE, machine, disk->place, g_strdup (disk->path));
        claim->value = g_strdup (disk->path);
        claim->shared = disk->read_only;
        g_hash_table_add (opened, disk->path);
    }
    for (gsize i = 0; machine->files && machine->files[i]; i++) {
        Claim *claim;

        if (!g_hash_table_add (opened, machine->files[i]))
            continue;
        claim = add (claims, CLAIM_IMAGE, machine, NULL, g_strdup (machine->files[i]));
        claim->value = g_strdup (machine->files[i]);
        claim->shared = TRUE;
    }
}

GPtrArray *
claims_of_plan (const Plan *plan)
{
    GPtrArray *claims = g_ptr_array_new_with_free_func (claim_free);

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind != STEP_MACHINE)
            continue;
        claim_ports (claims, step->machine);
        claim_images (claims, step->machine);
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
    }
    g_assert_not_reached ();
}
