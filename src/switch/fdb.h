/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forwarding database: behind which port a MAC address was last seen, per
 * VLAN.  Pure: the caller brings the time.
 */
#pragma once

#include "base/ether.h"

#include <glib.h>

/* Addresses remembered at once.  A guest chooses its source addresses freely,
 * so this bounds memory; frames to addresses beyond it are flooded. */
#define FDB_MAX_ENTRIES 16384

typedef struct Fdb Fdb;

typedef enum {
    FDB_KNOWN,   /* seen there before */
    FDB_LEARNED, /* new, or believed dead */
    FDB_MOVED,   /* was behind another port until now */
    FDB_FULL,    /* not remembered: no room */
} FdbResult;

typedef struct {
    Mac mac;
    guint vlan;
    guint port;
    gint64 age; /* ms since it was last seen */
} FdbEntry;

/**
 * fdb_new:
 * @ageing: for how many ms an address is believed after it was last seen
 * @seed: decides where addresses fall in the table; random, so that nobody can
 *   choose addresses that fall together
 *
 * Returns: (transfer full): an empty database
 */
Fdb *fdb_new (gint64 ageing, guint64 seed);
void fdb_free (Fdb *fdb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fdb, fdb_free)

/**
 * fdb_learn:
 * @vlan: 0 to %VLAN_MAX; 0 is the segment of plain ports
 * @mac: a unicast source address
 * @port: where it was seen
 * @now: monotonic time in ms, never less than in the call before
 */
FdbResult fdb_learn (Fdb *fdb, guint vlan, const guint8 mac[6], guint port, gint64 now);

/**
 * fdb_find:
 *
 * Returns: the port behind which @mac is believed to be, -1 when not known
 */
int fdb_find (const Fdb *fdb, guint vlan, const guint8 mac[6], gint64 now);

/**
 * fdb_list:
 * @max: how many at most
 *
 * Returns: (transfer full) (element-type FdbEntry): what is believed at @now,
 * the most recently seen first
 */
GArray *fdb_list (const Fdb *fdb, gint64 now, guint max);

/**
 * fdb_size:
 *
 * Returns: how many addresses are believed at @now
 */
guint fdb_size (const Fdb *fdb, gint64 now);
