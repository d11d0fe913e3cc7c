/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts that build one plan share. */
#pragma once

#include "plan/ids.h"
#include "plan/network/ifnames.h"
#include "plan/paths.h"
#include "plan/plan.h"

typedef struct {
    const Lab *lab;
    const HostFacts *facts;
    const PlanOptions *options;
    const char *identity; /* the lab from whose name addresses and UUIDs follow */
    DiagList *diags;
    Paths paths;
    char *net; /* owned: where networks are made, see step-network.h; NULL */
    MacPool *macs;
    IfNames *ifnames;
    GHashTable *nic_macs; /* const Nic* → owned address */
    GHashTable *taps;     /* const Nic* → owned name of its tap, if it has one */
    GHashTable *uplinks;  /* const Switch* → owned name of the tap of its NAT */
    GHashTable *switches; /* name, not owned → const Switch* */
    GHashTable *said;     /* owned complaints, so that a template's is made once */
} Planner;

/* Nothing of the arguments is copied: all of it outlives the planner. */
void planner_init (Planner *planner, const Lab *lab, const HostFacts *facts,
                   const PlanOptions *options, DiagList *diags);
void planner_clear (Planner *planner);

/**
 * planner_switch:
 *
 * Returns: (transfer none) (nullable): the switch that @nic is plugged into;
 * %NULL for QEMU's NAT where nobody declared it
 */
const Switch *planner_switch (const Planner *planner, const Nic *nic);

/**
 * planner_bound_directory:
 *
 * Returns: (transfer none): the id of the step that makes the directory for
 * paths_bound_socket()
 */
const char *planner_bound_directory (const Planner *planner);

/**
 * planner_mac:
 *
 * Returns: (transfer full): the MAC address of @nic, given or derived, the same
 * whenever it is asked for
 */
char *planner_mac (Planner *planner, const Machine *machine, const Nic *nic);

/**
 * planner_complain:
 * @key: (transfer full): what it is about
 *
 * Complains as diag_error() and diag_warning() do, but only once about one
 * place: machines of one template share their mistakes.
 */
void planner_complain (Planner *planner, DiagLevel level, Place place, char *key,
                       const char *format, ...) G_GNUC_PRINTF (5, 6);

/**
 * planner_key:
 *
 * Returns: (transfer full): `machines.NAME.` and the rest
 */
char *planner_key (const Machine *machine, const char *format, ...) G_GNUC_PRINTF (2, 3);
