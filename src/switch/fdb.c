/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the forwarding database: a hash table with chains in one array, and a
 * list of the same entries in the order in which they were last seen.  Nothing
 * runs to age entries: an old one is not believed when it is met, and its place
 * is taken when a new one needs it, which is always the end of the list.
 */
#include "switch/fdb.h"

#include <string.h>

#define N_BUCKETS (2 * FDB_MAX_ENTRIES)
#define NONE G_MAXUINT16

G_STATIC_ASSERT (FDB_MAX_ENTRIES < NONE);

typedef struct {
    guint64 key; /* VLAN above the 48 bits of the address */
    gint64 seen;
    guint16 port;
    guint16 next; /* in the bucket */
    guint16 newer;
    guint16 older;
} Entry;

struct Fdb {
    gint64 ageing;
    guint64 seed;
    guint16 n_entries; /* entries in use; they are never given back, only reused */
    guint16 newest;
    guint16 oldest;
    guint16 buckets[N_BUCKETS];
    Entry entries[FDB_MAX_ENTRIES];
};

static guint64
make_key (guint vlan, const guint8 mac[6])
{
    return (guint64)vlan << 48 | (guint64)mac[0] << 40 | (guint64)mac[1] << 32 |
           (guint64)mac[2] << 24 | (guint64)mac[3] << 16 | (guint64)mac[4] << 8 | mac[5];
}

static guint16 *
bucket_of (const Fdb *fdb, guint64 key)
{
    guint64 hash = key ^ fdb->seed;

    hash = (hash ^ hash >> 32) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 29 ^ fdb->seed >> 7) * G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
    return (guint16 *)&fdb->buckets[hash >> 32 & (N_BUCKETS - 1)];
}

static guint16
find_entry (const Fdb *fdb, guint64 key)
{
    guint16 i = *bucket_of (fdb, key);

    while (i != NONE && fdb->entries[i].key != key)
        i = fdb->entries[i].next;
    return i;
}

static gboolean
is_believed (const Fdb *fdb, const Entry *entry, gint64 now)
{
    return now - entry->seen <= fdb->ageing;
}

static void
unlink_age (Fdb *fdb, guint16 i)
{
    Entry *entry = &fdb->entries[i];

    if (entry->newer == NONE)
        fdb->newest = entry->older;
    else
        fdb->entries[entry->newer].older = entry->older;
    if (entry->older == NONE)
        fdb->oldest = entry->newer;
    else
        fdb->entries[entry->older].newer = entry->newer;
}

static void
link_newest (Fdb *fdb, guint16 i)
{
    Entry *entry = &fdb->entries[i];

    entry->newer = NONE;
    entry->older = fdb->newest;
    if (fdb->newest == NONE)
        fdb->oldest = i;
    else
        fdb->entries[fdb->newest].newer = i;
    fdb->newest = i;
}

static void
unlink_bucket (Fdb *fdb, guint16 i)
{
    guint16 *link = bucket_of (fdb, fdb->entries[i].key);

    while (*link != i)
        link = &fdb->entries[*link].next;
    *link = fdb->entries[i].next;
}

/* An entry that is in no list: a fresh one, or the oldest when it is dead. */
static guint16
take_entry (Fdb *fdb, gint64 now)
{
    guint16 i = fdb->oldest;

    if (fdb->n_entries < FDB_MAX_ENTRIES)
        return fdb->n_entries++;
    if (is_believed (fdb, &fdb->entries[i], now))
        return NONE;
    unlink_bucket (fdb, i);
    unlink_age (fdb, i);
    return i;
}

static FdbResult
refresh (Fdb *fdb, guint16 i, guint port, gint64 now)
{
    Entry *entry = &fdb->entries[i];
    gboolean believed = is_believed (fdb, entry, now);
    gboolean moved = entry->port != port;

    if (entry->seen != now) {
        entry->seen = now;
        if (fdb->newest != i) {
            unlink_age (fdb, i);
            link_newest (fdb, i);
        }
    }
    entry->port = port;
    return !believed ? FDB_LEARNED : moved ? FDB_MOVED : FDB_KNOWN;
}

Fdb *
fdb_new (gint64 ageing, guint64 seed)
{
    Fdb *fdb = g_new0 (Fdb, 1);

    fdb->ageing = ageing;
    fdb->seed = seed;
    fdb->newest = fdb->oldest = NONE;
    memset (fdb->buckets, 0xff, sizeof fdb->buckets); /* NONE */
    return fdb;
}

void
fdb_free (Fdb *fdb)
{
    g_free (fdb);
}

FdbResult
fdb_learn (Fdb *fdb, guint vlan, const guint8 mac[6], guint port, gint64 now)
{
    guint64 key = make_key (vlan, mac);
    guint16 *bucket;
    guint16 i = find_entry (fdb, key);

    if (i != NONE)
        return refresh (fdb, i, port, now);
    i = take_entry (fdb, now);
    if (i == NONE)
        return FDB_FULL;
    bucket = bucket_of (fdb, key);
    fdb->entries[i] = (Entry){ .key = key, .seen = now, .port = port, .next = *bucket };
    *bucket = i;
    link_newest (fdb, i);
    return FDB_LEARNED;
}

int
fdb_find (const Fdb *fdb, guint vlan, const guint8 mac[6], gint64 now)
{
    guint16 i = find_entry (fdb, make_key (vlan, mac));

    if (i == NONE || !is_believed (fdb, &fdb->entries[i], now))
        return -1;
    return fdb->entries[i].port;
}

GArray *
fdb_list (const Fdb *fdb, gint64 now, guint max)
{
    GArray *list = g_array_new (FALSE, FALSE, sizeof (FdbEntry));

    for (guint16 i = fdb->newest; i != NONE && list->len < max; i = fdb->entries[i].older) {
        const Entry *entry = &fdb->entries[i];
        FdbEntry item = { .vlan = entry->key >> 48, .port = entry->port, .age = now - entry->seen };

        if (!is_believed (fdb, entry, now))
            break;
        for (int b = 0; b < 6; b++)
            item.mac.bytes[b] = entry->key >> (40 - 8 * b);
        g_array_append_val (list, item);
    }
    return list;
}

guint
fdb_size (const Fdb *fdb, gint64 now)
{
    guint n = 0;

    for (guint16 i = fdb->newest; i != NONE; i = fdb->entries[i].older) {
        if (!is_believed (fdb, &fdb->entries[i], now))
            break;
        n++;
    }
    return n;
}
