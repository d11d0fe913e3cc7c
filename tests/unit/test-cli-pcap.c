/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli/pcap: an emulator's stream in any pieces becomes a file with the host's time. */
#include "cli/pcap.h"
#include "cli/pcap-offload.h"
#include "unit/tap.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

typedef struct {
    guint32 seconds, useconds, caplen, length;
} Head;

static void
add_head (GByteArray *stream)
{
    static const guint32 head[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65536, 1 };

    g_byte_array_append (stream, (const guint8 *)head, sizeof head);
}

static void
add_frame (GByteArray *stream, guint32 seconds, guint32 useconds, const char *frame)
{
    Head head = { seconds, useconds, strlen (frame), strlen (frame) };

    g_byte_array_append (stream, (const guint8 *)&head, sizeof head);
    g_byte_array_append (stream, (const guint8 *)frame, strlen (frame));
}

static Head
head_at (const GByteArray *out, guint at)
{
    Head head;

    ck_assert_uint_le (at + sizeof head, out->len);
    memcpy (&head, out->data + at, sizeof head);
    return head;
}

static void
feed (Pcap *pcap, const GByteArray *stream, gsize step, GByteArray *out)
{
    for (gsize at = 0; at < stream->len; at += step)
        ck_assert (
            pcap_feed (pcap, stream->data + at, MIN (step, stream->len - at), NOW, out, NULL));
}

START_TEST (pieces)
{
    g_autoptr (GByteArray) stream = g_byte_array_new (), out = g_byte_array_new ();
    g_autoptr (Pcap) pcap = pcap_new (PCAP_CLASSIC, "a/b", 0, out);

    add_head (stream);
    add_frame (stream, 5, 10, "first");
    add_frame (stream, 5, 40, "the second");
    feed (pcap, stream, _i + 1, out);
    ck_assert_uint_eq (pcap_n_frames (pcap), 2);
    ck_assert_uint_eq (out->len, stream->len);
    ck_assert_mem_eq (out->data + 24 + 16, "first", 5);
    ck_assert_mem_eq (out->data + 24 + 16 + 5 + 16, "the second", 10);
}
END_TEST

START_TEST (stamps)
{
    g_autoptr (GByteArray) stream = g_byte_array_new (), out = g_byte_array_new ();
    g_autoptr (Pcap) pcap = pcap_new (PCAP_CLASSIC, "a/b", 0, out);

    add_head (stream);
    add_frame (stream, 5, 0, "a");
    add_frame (stream, 4, 900000, "b"); /* 100 ms before: as far from the first as it was */
    add_frame (stream, 90, 0, "c");     /* later than now cannot be */
    add_frame (stream, 10, 0, "d");     /* nor can what is long past have come just now */
    feed (pcap, stream, stream->len, out);
    ck_assert_uint_eq (head_at (out, 24).seconds, NOW / G_USEC_PER_SEC);
    ck_assert_uint_eq (head_at (out, 24).useconds, 0);
    ck_assert_uint_eq (head_at (out, 24 + 17).seconds, NOW / G_USEC_PER_SEC - 1);
    ck_assert_uint_eq (head_at (out, 24 + 17).useconds, 900000);
    ck_assert_uint_eq (head_at (out, 24 + 34).seconds, NOW / G_USEC_PER_SEC);
    ck_assert_uint_eq (head_at (out, 24 + 51).seconds, NOW / G_USEC_PER_SEC);
}
END_TEST

START_TEST (limit)
{
    g_autoptr (GByteArray) stream = g_byte_array_new (), out = g_byte_array_new ();
    g_autoptr (Pcap) pcap = pcap_new (PCAP_CLASSIC, "a/b", 2, out);

    add_head (stream);
    for (int i = 0; i < 5; i++)
        add_frame (stream, i, 0, "xy");
    feed (pcap, stream, 7, out);
    ck_assert_uint_eq (pcap_n_frames (pcap), 2);
    ck_assert_uint_eq (out->len, 24 + 2 * 18);
}
END_TEST

/* Blocks: each has its length at both ends, a multiple of four. */
START_TEST (next_generation)
{
    static const guint32 types[] = { 0x0a0d0d0a, 1, 6, 6 };
    g_autoptr (GByteArray) stream = g_byte_array_new (), out = g_byte_array_new ();
    g_autoptr (Pcap) pcap = pcap_new (PCAP_NG, "web1/lan", 0, out);
    guint at = 0;

    add_head (stream);
    add_frame (stream, 1, 0, "four");
    add_frame (stream, 1, 1, "fives");
    feed (pcap, stream, stream->len, out);
    for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
        guint32 head[2], length;

        memcpy (head, out->data + at, sizeof head);
        ck_assert_uint_eq (head[0], types[i]);
        ck_assert_uint_eq (head[1] % 4, 0);
        ck_assert_uint_le (at + head[1], out->len);
        memcpy (&length, out->data + at + head[1] - 4, sizeof length);
        ck_assert_uint_eq (length, head[1]);
        at += head[1];
    }
    ck_assert_uint_eq (at, out->len);
}
END_TEST

START_TEST (not_pcap)
{
    static const guint8 nonsense[40] = "this is no capture at all, is it?";
    g_autoptr (GByteArray) stream = g_byte_array_new (), out = g_byte_array_new ();
    g_autoptr (Pcap) pcap = pcap_new (PCAP_CLASSIC, "a/b", 0, out), huge = NULL;
    Head head = { 0, 0, G_MAXUINT32, G_MAXUINT32 };

    ck_assert (!pcap_feed (pcap, nonsense, sizeof nonsense, NOW, out, NULL));
    huge = pcap_new (PCAP_CLASSIC, "a/b", 0, out);
    add_head (stream);
    g_byte_array_append (stream, (const guint8 *)&head, sizeof head);
    ck_assert (!pcap_feed (huge, stream->data, stream->len, NOW, out, NULL));
}
END_TEST

/* What stands in front of frames of taps goes, whatever its length, and a frame is never
 * taken for it. */
START_TEST (headers_of_offloading)
{
    static const guint8 zeros[12], tcp[12] = { 1, 1, 54, 0, 0xb4, 5, 34, 0, 16 };
    static const guint8 arp[] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 8, 0, 0x27, 1, 2, 3, 8, 6, 0,
        1,    8,    0,    6,    4,    0,    1, 1, 1,    1, 1, 1, 1, 1, 1
    };
    static const guint8 ip[] = { 8, 0, 0x27, 1, 2, 3,  1, 0, 0x5e, 1, 2, 3, 0x81, 0, 0, 252,
                                 8, 0, 0x45, 0, 0, 40, 0, 0, 0,    0, 0, 0, 1,    1, 1, 1 };
    static const guint8 stp[] = { 1, 0x80, 0xc2, 0, 0, 0, 8, 0, 0x27, 1, 2, 3, 0, 38, 0x42, 0x42,
                                  3, 0,    0,    0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0,  0,    0 };
    static const struct {
        const guint8 *frame;
        gsize size;
    } frames[] = { { arp, sizeof arp }, { ip, sizeof ip }, { stp, sizeof stp } };

    for (gsize i = 0; i < G_N_ELEMENTS (frames); i++) {
        for (guint header = 10; header <= 12; header += 2) {
            guint8 bytes[64];

            memcpy (bytes, zeros, header);
            memcpy (bytes + header, frames[i].frame, frames[i].size);
            if (i < 2) {
                ck_assert_uint_eq (pcap_offload_length (bytes, header + frames[i].size, 0), header);
                /* the driver has come, or gone */
                ck_assert_uint_eq (
                    pcap_offload_length (bytes, header + frames[i].size, 22 - header), header);
                memcpy (bytes, tcp, header);
                ck_assert_uint_eq (pcap_offload_length (bytes, header + frames[i].size, 0), header);
            } else {
                ck_assert_uint_eq (pcap_offload_length (bytes, header + frames[i].size, header),
                                   header);
            }
        }
        ck_assert_uint_eq (pcap_offload_length (frames[i].frame, frames[i].size, 0), 0);
    }
    ck_assert_uint_eq (pcap_offload_length (zeros, 4, 12), 0);
}
END_TEST

int
main (void)
{
    TCase *pcap = tcase_create ("pcap");
    Suite *suite = suite_create ("cli-pcap");

    tcase_add_loop_test (pcap, pieces, 0, 20);
    tcase_add_test (pcap, stamps);
    tcase_add_test (pcap, limit);
    tcase_add_test (pcap, next_generation);
    tcase_add_test (pcap, not_pcap);
    tcase_add_test (pcap, headers_of_offloading);
    suite_add_tcase (suite, pcap);
    return run_tap (suite);
}
