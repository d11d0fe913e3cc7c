/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the recognition of headers in front of frames; see pcap-offload.h. */
#include "cli/pcap-offload.h"

#include <string.h>

#define SHORT 10
#define LONG 12
#define MACS 12 /* both addresses, in front of the type */
#define TAG 4   /* of a VLAN */

/* Returns: whether a frame that begins at @at is surely one: IPv4, ARP or IPv6, in a VLAN
 * or none, as its first bytes confirm */
static gboolean
is_frame (const guint8 *bytes, gsize length, gsize at)
{
    static const guint8 arp[] = { 0x08, 0x06, 0, 1, 8, 0 };
    const guint8 *type = bytes + at + MACS;

    if (length < at + MACS + TAG + sizeof arp)
        return FALSE;
    if (type[0] == 0x81 && type[1] == 0)
        type += TAG;
    return (type[0] == 0x08 && type[1] == 0 && type[2] >> 4 == 4) ||
           (type[0] == 0x86 && type[1] == 0xdd && type[2] >> 4 == 6) ||
           memcmp (type, arp, sizeof arp) == 0;
}

guint
pcap_offload_length (const guint8 *bytes, gsize length, guint was)
{
    static const guint8 nothing[LONG];
    static const guint lengths[] = { 0, LONG, SHORT };

    if (is_frame (bytes, length, was))
        return was;
    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
        if (is_frame (bytes, length, lengths[i]))
            return lengths[i];
    /* one of another kind: no frame is to nobody from nobody */
    if (was == 0 && length > LONG && memcmp (bytes, nothing, SHORT) == 0)
        return memcmp (bytes, nothing, LONG) == 0 ? LONG : SHORT;
    return was <= length ? was : 0;
}
