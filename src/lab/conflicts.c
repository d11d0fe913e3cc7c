/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the search for those who have what a lab claims; see conflicts.h.  A lab
 * that is going up holds all that its plan claims, one that is up what its
 * living machines have.  Looks and changes nothing.
 */
#include "lab/conflicts.h"

#include "host/network/bridge.h"
#include "host/holder.h"
#include "host/network/ports.h"
#include "lab/registry.h"
#include "plan/claims.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

typedef struct {
    const Claim *claim; /* not owned */
    const char *lab;    /* not owned */
} Holder;

typedef struct {
    const ConflictSearch *search;
    Findings *findings;
    GPtrArray *lists;    /* owned GPtrArray of claims, kept for the holders */
    GHashTable *by_key;  /* owned key → owned GArray of Holder: other labs, and this plan */
    GHashTable *has_now; /* owned key → the same, of the running lab itself */
    Netlink *netlink;    /* opened when there is something to ask */
} Table;

static void
holders_free (gpointer data)
{
    g_array_unref (data);
}

/* Two names of one file are one file. */
static void
resolve (Claim *claim)
{
    char *real;

    if (claim->kind != CLAIM_IMAGE || !(real = realpath (claim->value, NULL)))
        return;
    g_free (claim->value);
    claim->value = g_strdup (real);
    free (real);
}

static GPtrArray *
list_claims (Table *table, const Plan *plan)
{
    GPtrArray *claims = claims_of_plan (plan);

    for (guint i = 0; i < claims->len; i++)
        resolve (g_ptr_array_index (claims, i));
    g_ptr_array_add (table->lists, claims);
    return claims;
}

static void
remember (GHashTable *by_key, const Claim *claim, const char *lab)
{
    char *key = claim_key (claim);
    GArray *holders = g_hash_table_lookup (by_key, key);
    Holder holder = { claim, lab };

    if (!holders) {
        holders = g_array_new (FALSE, FALSE, sizeof (Holder));
        g_hash_table_insert (by_key, key, holders);
    } else {
        g_free (key);
    }
    g_array_append_val (holders, holder);
}

static const Holder *
find_holder (GHashTable *by_key, const Claim *claim)
{
    g_autofree char *key = claim_key (claim);
    GArray *holders = g_hash_table_lookup (by_key, key);

    for (guint i = 0; holders && i < holders->len; i++) {
        const Holder *holder = &g_array_index (holders, Holder, i);

        if (claims_clash (holder->claim, claim))
            return holder;
    }
    return NULL;
}

static gboolean
lab_has (const State *state, const Claim *claim)
{
    return claim->machine ? registry_holds (state, claim->machine)
                          : registry_has_made (state, claim->step);
}

static void
add_lab (Table *table, const State *state)
{
    GPtrArray *claims = list_claims (table, state->plan);
    gboolean same_network = registry_shares_network (state);

    for (guint i = 0; i < claims->len; i++) {
        const Claim *claim = g_ptr_array_index (claims, i);

        if ((same_network || claim->kind == CLAIM_IMAGE) && lab_has (state, claim))
            remember (table->by_key, claim, state->plan->lab);
    }
}

static gboolean
is_own (const Table *table, const Holder *holder)
{
    return g_str_equal (holder->lab, table->search->plan->lab);
}

static void
complain (Table *table, const Claim *claim, const Holder *holder)
{
    gboolean same_lab = is_own (table, holder);
    g_autofree char *who = g_strdup_printf (
        "%s of %s%s (%s)", holder->claim->owner, same_lab ? "the same lab" : "lab ",
        same_lab ? "" : holder->lab, holder->claim->place ? holder->claim->place : "?");

    switch (claim->kind) {
    case CLAIM_PORT:
        findings_add (table->findings, "%s: %s: host port %s is taken by %s: %s", claim->place,
                      claim->owner, claim->name, who, claim->mend);
        break;
    case CLAIM_MAC:
        findings_add (table->findings,
                      "%s: %s: address %s is that of %s, and both are on %s: leave mac out "
                      "and each gets one of its own (--force starts it all the same)",
                      claim->place, claim->owner, claim->value, who, claim->scope);
        break;
    case CLAIM_IMAGE:
        findings_add (table->findings,
                      "%s: %s: %s is %s by %s: give each a layer of its own with clone: "
                      "overlay, or stop that machine",
                      claim->place, claim->owner, claim->name,
                      holder->claim->shared ? "read" : "written to", who);
        break;
    case CLAIM_INTERFACE:
        findings_add (table->findings, "%s: %s: interface %s is that of %s: %s", claim->place,
                      claim->owner, claim->name, who, claim->mend);
        break;
    }
}

static char *
describe_port (const ForwardRecord *forward, const char *mend, GPtrArray *states)
{
    const char *address = forward->host_address ? forward->host_address : "";
    g_autofree char *holder = NULL;
    gint64 pid;
    int code;

    if (port_is_free (forward->proto, address, forward->host_port, &code, &pid))
        return NULL;
    if (code == EACCES)
        return g_strdup_printf ("host port %s:%s:%d needs privilege: choose one above 1023",
                                forward->proto, address, (int)forward->host_port);
    if (code == EADDRNOTAVAIL)
        return g_strdup_printf ("host address %s is not one of this host's", address);
    holder = registry_find_process (states, pid);
    if (!holder && pid > 0) {
        g_autofree char *command = process_command_name (pid);

        holder =
            g_strdup_printf ("process %" G_GINT64_FORMAT " (%s)", pid, command ? command : "?");
    }
    return g_strdup_printf ("host port %s:%s:%d is taken%s%s: %s", forward->proto, address,
                            (int)forward->host_port, holder ? " by " : "", holder ? holder : "",
                            mend);
}

char *
conflicts_describe_port (const ForwardRecord *forward, GPtrArray *states)
{
    return describe_port (forward, "choose another, or 0 for any free one", states);
}

/* Other addresses than these are known to the emulator alone. */
static gboolean
is_ipv4 (const char *address)
{
    struct in_addr number;

    return !*address || inet_pton (AF_INET, address, &number) == 1;
}

/* The emulator would say `Failed to get "write" lock`, and nothing of who has it. */
static char *
describe_writer (const Claim *claim)
{
    g_autofree char *holder = NULL;

    if (!holder_is_written (claim->value))
        return NULL;
    holder = holder_describe (claim->value);
    return g_strdup_printf ("%s is written to by %s: end that, or give each a layer of its own "
                            "with clone: overlay",
                            claim->name, holder);
}

/* What cannot be asked is found out by the step. */
static char *
describe_interface (Table *table, const Claim *claim)
{
    g_autoptr (Link) link = NULL;
    g_autofree char *taken = NULL;

    if (!table->netlink)
        table->netlink = netlink_open (NULL, NULL);
    link = table->netlink ? netlink_find (table->netlink, claim->value, NULL) : NULL;
    if (!link || link_is_ours (link, claim->mark, claim->mac) ||
        bridge_is_prepared (table->netlink, claim->value, claim->step))
        return NULL;
    taken = bridge_describe_taken (link);
    return g_strdup_printf ("%s: %s", taken, claim->mend);
}

/* what no lab has may be had by somebody else */
static void
check_host (Table *table, const Claim *claim)
{
    ForwardRecord forward = { .proto = claim->scope,
                              .host_address = claim->value,
                              .host_port = claim->port };
    g_autofree char *problem = NULL;

    switch (claim->kind) {
    case CLAIM_PORT:
        if (is_ipv4 (claim->value))
            problem = describe_port (&forward, claim->mend, table->search->states);
        break;
    case CLAIM_MAC:
        break;
    case CLAIM_IMAGE:
        problem = describe_writer (claim);
        break;
    case CLAIM_INTERFACE:
        problem = describe_interface (table, claim);
        break;
    }
    if (problem)
        findings_add (table->findings, "%s: %s: %s", claim->place, claim->owner, problem);
}

static void
check (Table *table, const Claim *claim)
{
    const Holder *holder = find_holder (table->by_key, claim);
    const Holder *now = find_holder (table->has_now, claim);

    if (claim->kind == CLAIM_MAC && table->search->force)
        return;
    /* an address that two have by force stays so */
    if (holder && !(claim->kind == CLAIM_MAC && now && !is_own (table, holder)))
        complain (table, claim, holder);
    else if (!holder && !now)
        check_host (table, claim);
    remember (table->by_key, claim, table->search->plan->lab);
}

/* An address that only a machine that is off would have is asked for again. */
static void
add_running (Table *table, const State *state)
{
    GPtrArray *claims = list_claims (table, table->search->running);

    for (guint i = 0; i < claims->len; i++) {
        const Claim *claim = g_ptr_array_index (claims, i);

        if (claim->kind != CLAIM_MAC || lab_has (state, claim))
            remember (table->has_now, claim, state->plan->lab);
    }
}

void
conflicts_find (const ConflictSearch *search, Findings *findings)
{
    Table table = { search,
                    findings,
                    g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref),
                    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, holders_free),
                    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, holders_free),
                    NULL };
    GPtrArray *claims;

    for (guint i = 0; i < search->states->len; i++) {
        const State *state = g_ptr_array_index (search->states, i);

        if (!g_str_equal (state->plan->lab, search->plan->lab))
            add_lab (&table, state);
        else if (search->running)
            add_running (&table, state);
    }
    claims = list_claims (&table, search->plan);
    for (guint i = 0; i < claims->len; i++)
        check (&table, g_ptr_array_index (claims, i));
    g_hash_table_unref (table.by_key);
    g_hash_table_unref (table.has_now);
    g_ptr_array_unref (table.lists);
    g_clear_pointer (&table.netlink, netlink_close);
}
