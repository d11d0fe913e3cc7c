/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an emulator's stream of frames: it makes no difference in which pieces they
 * come. */
#include "cli/pcap.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GByteArray *
feed (const uint8_t *data, size_t size, size_t piece, PcapFormat format, guint64 *ret_frames)
{
    GByteArray *out = g_byte_array_new ();
    g_autoptr (Pcap) pcap = pcap_new (format, "a/b", 100, out);

    for (size_t at = 0; at < size; at += piece)
        if (!pcap_feed (pcap, data + at, MIN (piece, size - at), 1000000, out, NULL))
            break;
    *ret_frames = pcap_n_frames (pcap);
    return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    for (PcapFormat format = PCAP_CLASSIC; format <= PCAP_NG; format++) {
        guint64 n_whole, n_bytewise;
        g_autoptr (GByteArray) whole = feed (data, size, MAX (size, 1), format, &n_whole);
        g_autoptr (GByteArray) bytewise = feed (data, size, 1, format, &n_bytewise);

        g_assert_cmpuint (n_whole, ==, n_bytewise);
        g_assert_cmpmem (whole->data, whole->len, bytewise->data, bytewise->len);
    }
    return 0;
}
