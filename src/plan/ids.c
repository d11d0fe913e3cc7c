/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the derivation of UUIDs, MAC addresses and serial numbers. */
#include "plan/ids.h"

#include <string.h>
#include <uuid/uuid.h>

/* The namespace of every UUID here (RFC 4122, version 5).  Must never change:
 * guests remember the addresses that follow from it. */
static const uuid_t namespace_roost = { 0x5b, 0x6f, 0x0e, 0x8a, 0x27, 0xd4, 0x4c, 0x39,
                                        0x9e, 0x51, 0x3a, 0xc8, 0x70, 0x1f, 0xb2, 0x64 };

/* First byte of derived addresses: unicast, locally administered, and not the
 * 52:54:00 that QEMU and libvirt hand out, so that a bridge shared with their
 * machines stays free of conflicts. */
#define MAC_FIRST_BYTE 0x72

struct MacPool {
    char *lab;
    GHashTable *owners; /* owned Mac* → owned name */
};

static void
hash_name (const char *name, uuid_t ret)
{
    uuid_generate_sha1 (ret, namespace_roost, name, strlen (name));
}

char *
ids_machine_uuid (const char *lab, const char *machine)
{
    g_autofree char *name = g_strdup_printf ("%s/%s", lab, machine);
    char text[UUID_STR_LEN];
    uuid_t uuid;

    hash_name (name, uuid);
    uuid_unparse_lower (uuid, text);
    return g_strdup (text);
}

char *
ids_disk_serial (const char *lab, const char *machine, const char *disk)
{
    g_autofree char *name = g_strdup_printf ("%s/%s/disk/%s", lab, machine, disk);
    uuid_t uuid;

    hash_name (name, uuid);
    return g_strdup_printf ("RO%02X%02X%02X%02X%02X%02X%02X", uuid[0], uuid[1], uuid[2], uuid[3],
                            uuid[4], uuid[5], uuid[15]);
}

char *
ids_tail (const char *name, gsize length)
{
    /* without those that are taken for one another */
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    char *tail = g_new0 (char, length + 1);
    uuid_t uuid;

    G_STATIC_ASSERT (sizeof letters == 32 + 1);
    hash_name (name, uuid);
    for (gsize i = 0; i < MIN (length, sizeof uuid); i++)
        tail[i] = letters[uuid[i] % 32];
    return tail;
}

static guint
mac_hash (gconstpointer key)
{
    const Mac *mac = key;
    guint32 low;

    memcpy (&low, mac->bytes + 2, sizeof low);
    return low ^ (guint)(mac->bytes[0] << 8 | mac->bytes[1]);
}

static gboolean
mac_equal (gconstpointer a, gconstpointer b)
{
    return memcmp (a, b, sizeof (Mac)) == 0;
}

MacPool *
mac_pool_new (const char *lab)
{
    MacPool *pool = g_new0 (MacPool, 1);

    pool->lab = g_strdup (lab);
    pool->owners = g_hash_table_new_full (mac_hash, mac_equal, g_free, g_free);
    return pool;
}

void
mac_pool_free (MacPool *pool)
{
    if (!pool)
        return;
    g_hash_table_unref (pool->owners);
    g_free (pool->lab);
    g_free (pool);
}

const char *
mac_pool_claim (MacPool *pool, const Mac *mac, const char *owner)
{
    const char *holder = g_hash_table_lookup (pool->owners, mac);

    if (!holder)
        g_hash_table_insert (pool->owners, g_memdup2 (mac, sizeof *mac), g_strdup (owner));
    return holder;
}

/* Two NICs whose hashes meet, or one that meets a given address, are told
 * apart by a counter behind the name; 2^40 addresses make it end at once. */
Mac
mac_pool_derive (MacPool *pool, const char *machine, const char *nic)
{
    for (guint round = 0;; round++) {
        g_autofree char *name =
            round == 0 ? g_strdup_printf ("%s/%s/%s", pool->lab, machine, nic)
                       : g_strdup_printf ("%s/%s/%s#%u", pool->lab, machine, nic, round);
        uuid_t uuid;
        Mac mac;

        hash_name (name, uuid);
        mac.bytes[0] = MAC_FIRST_BYTE;
        memcpy (mac.bytes + 1, uuid, 5);
        if (!mac_pool_claim (pool, &mac, name))
            return mac;
    }
}
