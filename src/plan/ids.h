/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that follow from names: the same profile gives the same UUIDs and MAC
 * addresses on every host and in every run.
 */
#pragma once

#include "base/ether.h"

#include <glib.h>

/**
 * ids_machine_uuid:
 *
 * Returns: (transfer full): the UUID of a machine that was given none
 */
char *ids_machine_uuid (const char *lab, const char *machine);

/**
 * ids_disk_serial:
 *
 * Returns: (transfer full): a serial number for a disk whose device must have
 * one, 16 characters
 */
char *ids_disk_serial (const char *lab, const char *machine, const char *disk);

/**
 * ids_tail:
 * @length: at most 16
 *
 * Returns: (transfer full): letters and digits that follow from @name
 */
char *ids_tail (const char *name, gsize length);

/* The MAC addresses of one lab: those that were given and those derived. */
typedef struct MacPool MacPool;

/* @lab: its identity, of which addresses are derived; copied */
MacPool *mac_pool_new (const char *lab);
void mac_pool_free (MacPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MacPool, mac_pool_free)

/**
 * mac_pool_claim:
 * @owner: `machine/nic`
 *
 * Takes an address that the profile gives.  All of them come before the first
 * mac_pool_derive(), which avoids them.
 *
 * Returns: (nullable): the owner that has it already; %NULL when it was free
 */
const char *mac_pool_claim (MacPool *pool, const Mac *mac, const char *owner);

/**
 * mac_pool_derive:
 *
 * Returns: a unicast, locally administered address, unique in the lab and the
 * same in every run with the same lab
 */
Mac mac_pool_derive (MacPool *pool, const char *machine, const char *nic);
