/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forwarding database and the frame queue of the internal switch. */
#include "switch/fdb.h"
#include "switch/queue.h"

#include "unit/tap.h"

#include <string.h>

#define AGEING 1000
#define SEED G_GUINT64_CONSTANT (0x0123456789abcdef)

static const guint8 mac_a[6] = { 0x52, 0x54, 0, 0, 0, 0xa };
static const guint8 mac_b[6] = { 0x52, 0x54, 0, 0, 0, 0xb };

static void
number_mac (guint n, guint8 ret[6])
{
    const guint8 mac[6] = { 2, 0, n >> 24, n >> 16, n >> 8, n };

    memcpy (ret, mac, sizeof mac);
}

START_TEST (test_learn_and_find)
{
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);

    ck_assert_int_eq (fdb_find (fdb, 0, mac_a, 0), -1);
    ck_assert_int_eq (fdb_learn (fdb, 0, mac_a, 3, 0), FDB_LEARNED);
    ck_assert_int_eq (fdb_learn (fdb, 0, mac_a, 3, 1), FDB_KNOWN);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_a, 1), 3);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_b, 1), -1);
    ck_assert_uint_eq (fdb_size (fdb, 1), 1);
}
END_TEST

START_TEST (test_vlans_are_apart)
{
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);

    fdb_learn (fdb, 10, mac_a, 1, 0);
    ck_assert_int_eq (fdb_find (fdb, 20, mac_a, 0), -1);
    ck_assert_int_eq (fdb_learn (fdb, 20, mac_a, 2, 0), FDB_LEARNED);
    ck_assert_int_eq (fdb_find (fdb, 10, mac_a, 0), 1);
    ck_assert_int_eq (fdb_find (fdb, 20, mac_a, 0), 2);
    fdb_learn (fdb, VLAN_MAX, mac_a, 4, 0);
    ck_assert_int_eq (fdb_find (fdb, VLAN_MAX, mac_a, 0), 4);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_a, 0), -1);
}
END_TEST

START_TEST (test_move)
{
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);

    fdb_learn (fdb, 0, mac_a, 1, 0);
    ck_assert_int_eq (fdb_learn (fdb, 0, mac_a, 2, 0), FDB_MOVED);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_a, 0), 2);
    ck_assert_uint_eq (fdb_size (fdb, 0), 1);
}
END_TEST

START_TEST (test_ageing)
{
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);

    fdb_learn (fdb, 0, mac_a, 1, 0);
    fdb_learn (fdb, 0, mac_b, 2, 500);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_a, AGEING), 1);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_a, AGEING + 1), -1);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_b, AGEING + 1), 2);
    ck_assert_uint_eq (fdb_size (fdb, AGEING + 1), 1);
    /* looking does not refresh, being seen does, and a dead one is new again */
    ck_assert_int_eq (fdb_learn (fdb, 0, mac_a, 1, AGEING + 1), FDB_LEARNED);
    ck_assert_int_eq (fdb_learn (fdb, 0, mac_b, 2, 1400), FDB_KNOWN);
    ck_assert_int_eq (fdb_find (fdb, 0, mac_b, 2400), 2);
}
END_TEST

START_TEST (test_list_is_newest_first)
{
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);
    g_autoptr (GArray) list = NULL;
    g_autoptr (GArray) one = NULL;

    fdb_learn (fdb, 7, mac_a, 1, 0);
    fdb_learn (fdb, 7, mac_b, 2, 1);
    fdb_learn (fdb, 7, mac_a, 1, 5);
    list = fdb_list (fdb, 10, 100);
    ck_assert_uint_eq (list->len, 2);
    ck_assert_mem_eq (g_array_index (list, FdbEntry, 0).mac.bytes, mac_a, 6);
    ck_assert_uint_eq (g_array_index (list, FdbEntry, 0).vlan, 7);
    ck_assert_uint_eq (g_array_index (list, FdbEntry, 0).port, 1);
    ck_assert_int_eq (g_array_index (list, FdbEntry, 0).age, 5);
    ck_assert_mem_eq (g_array_index (list, FdbEntry, 1).mac.bytes, mac_b, 6);
    one = fdb_list (fdb, 10, 1);
    ck_assert_uint_eq (one->len, 1);
}
END_TEST

/* Full: refused until the oldest is dead, and then exactly that one goes. */
START_TEST (test_full)
{
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);
    guint8 mac[6];

    for (guint i = 0; i < FDB_MAX_ENTRIES; i++) {
        number_mac (i, mac);
        ck_assert_int_eq (fdb_learn (fdb, 1, mac, i % 7, i == 0 ? 0 : 10), FDB_LEARNED);
    }
    for (guint i = 0; i < FDB_MAX_ENTRIES; i++) {
        number_mac (i, mac);
        ck_assert_int_eq (fdb_find (fdb, 1, mac, 10), i % 7);
    }
    ck_assert_int_eq (fdb_learn (fdb, 1, mac_a, 1, 10), FDB_FULL);
    ck_assert_int_eq (fdb_find (fdb, 1, mac_a, 10), -1);
    ck_assert_uint_eq (fdb_size (fdb, 10), FDB_MAX_ENTRIES);

    ck_assert_int_eq (fdb_learn (fdb, 1, mac_a, 1, AGEING + 1), FDB_LEARNED);
    ck_assert_int_eq (fdb_learn (fdb, 1, mac_b, 1, AGEING + 1), FDB_FULL);
    ck_assert_int_eq (fdb_find (fdb, 1, mac_a, AGEING + 1), 1);
    number_mac (1, mac);
    ck_assert_int_eq (fdb_find (fdb, 1, mac, AGEING + 1), 1);
}
END_TEST

/* The table against a plain array, through many reuses of its entries. */
START_TEST (test_against_a_model)
{
    enum { MACS = 40000, STEPS = 300000 };
    g_autoptr (Fdb) fdb = fdb_new (AGEING, SEED);
    g_autofree gint64 *seen = g_new (gint64, MACS);
    g_autofree guint *ports = g_new0 (guint, MACS);
    g_autoptr (GRand) rand = g_rand_new_with_seed (_i + 1);
    guint8 mac[6];

    for (guint i = 0; i < MACS; i++)
        seen[i] = -2 * AGEING;
    for (gint64 step = 0; step < STEPS; step++) {
        guint i = g_rand_int_range (rand, 0, MACS);
        guint port = g_rand_int_range (rand, 0, 4);
        gint64 now = step / 25;
        gboolean believed = now - seen[i] <= AGEING;
        FdbResult result;

        number_mac (i, mac);
        ck_assert_int_eq (fdb_find (fdb, 0, mac, now), believed ? (int)ports[i] : -1);
        result = fdb_learn (fdb, 0, mac, port, now);
        if (result == FDB_FULL) {
            ck_assert (!believed);
            continue;
        }
        ck_assert_int_eq (result, !believed          ? FDB_LEARNED
                                  : port != ports[i] ? FDB_MOVED
                                                     : FDB_KNOWN);
        seen[i] = now;
        ports[i] = port;
    }
}
END_TEST

static gboolean
push (FrameQueue *queue, guint8 fill, gsize length)
{
    g_autofree guint8 *bytes = g_malloc (length + 1);
    struct iovec parts[2] = { { bytes, length / 3 }, { bytes + length / 3, length - length / 3 } };

    memset (bytes, fill, length);
    return frame_queue_push (queue, parts, 2);
}

static gboolean
is_filled (const struct iovec *part, guint8 fill)
{
    const guint8 *bytes = part->iov_base;

    return part->iov_len == 0 ||
           (bytes[0] == fill && memcmp (bytes, bytes + 1, part->iov_len - 1) == 0);
}

static void
check_oldest (const FrameQueue *queue, guint8 fill, gsize length)
{
    struct iovec parts[1][2];

    ck_assert_uint_eq (frame_queue_peek (queue, parts, 1), 1);
    ck_assert_uint_eq (parts[0][0].iov_len + parts[0][1].iov_len, length);
    ck_assert (is_filled (&parts[0][0], fill) && is_filled (&parts[0][1], fill));
}

START_TEST (test_queue_bounds_frames)
{
    FrameQueue queue = { 0 };
    struct iovec parts[3][2];

    ck_assert_uint_eq (frame_queue_peek (&queue, parts, 3), 0);
    for (guint i = 0; i < QUEUE_MAX_FRAMES; i++)
        ck_assert (push (&queue, i, 60));
    ck_assert (!push (&queue, 0, 1));
    ck_assert_uint_eq (queue.n_frames, QUEUE_MAX_FRAMES);
    ck_assert_uint_eq (queue.used, QUEUE_MAX_FRAMES * 60);
    ck_assert_uint_eq (frame_queue_peek (&queue, parts, 3), 3);
    frame_queue_pop (&queue, 2);
    check_oldest (&queue, 2, 60);
    ck_assert (push (&queue, 0, 1));
    ck_assert (push (&queue, 0, 1));
    ck_assert (!push (&queue, 0, 1));
    frame_queue_clear (&queue);
}
END_TEST

START_TEST (test_queue_bounds_bytes)
{
    FrameQueue queue = { 0 };

    for (guint i = 0; i < 16; i++)
        ck_assert (push (&queue, i, 65536));
    ck_assert_uint_eq (queue.used, QUEUE_MAX_BYTES);
    ck_assert (!push (&queue, 0, 1));
    ck_assert_uint_eq (queue.n_frames, 16);
    frame_queue_pop (&queue, 16);
    ck_assert_uint_eq (queue.used, 0);
    ck_assert (push (&queue, 1, QUEUE_MAX_BYTES));
    ck_assert (!push (&queue, 1, 1));
    frame_queue_clear (&queue);
    ck_assert (!push (&queue, 1, QUEUE_MAX_BYTES + 1));
}
END_TEST

START_TEST (test_queue_wraps)
{
    FrameQueue queue = { 0 };
    gsize lengths[] = { 60, 1514, 65535, 9000, 333 };
    guint pushed = 0;
    guint popped = 0;

    /* never empty, so that the ring goes round many times */
    while (popped < 5000) {
        while (pushed < popped + 30 &&
               push (&queue, pushed, lengths[pushed % G_N_ELEMENTS (lengths)]))
            pushed++;
        check_oldest (&queue, popped, lengths[popped % G_N_ELEMENTS (lengths)]);
        frame_queue_pop (&queue, 1);
        popped++;
    }
    frame_queue_clear (&queue);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("switch-fdb");
    TCase *fdb = tcase_create ("fdb");
    TCase *queue = tcase_create ("queue");

    tcase_set_timeout (fdb, 30);
    tcase_set_timeout (queue, 30);
    tcase_add_test (fdb, test_learn_and_find);
    tcase_add_test (fdb, test_vlans_are_apart);
    tcase_add_test (fdb, test_move);
    tcase_add_test (fdb, test_ageing);
    tcase_add_test (fdb, test_list_is_newest_first);
    tcase_add_test (fdb, test_full);
    tcase_add_loop_test (fdb, test_against_a_model, 0, 3);
    suite_add_tcase (suite, fdb);
    tcase_add_test (queue, test_queue_bounds_frames);
    tcase_add_test (queue, test_queue_bounds_bytes);
    tcase_add_test (queue, test_queue_wraps);
    suite_add_tcase (suite, queue);
    return run_tap (suite);
}
