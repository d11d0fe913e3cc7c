/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames through a real switch process: learning, VLANs, slow and restarted
 * machines. */
#include "integration/switch-rig.h"

#include "unit/tap.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BROADCAST 0xff
#define UNTAGGED (-1)
#define BIG 80000

static SwitchRig rig;
static guint8 frame[BIG], got[BIG];

static void
setup (void)
{
    rig_init (&rig, "300");
}

static void
teardown (void)
{
    rig_clear (&rig);
}

/* Starts the switch with plain ports a/n and b/n, and c/n when @c is asked for. */
static void
start_plain (int *a, int *b, int *c)
{
    rig_add_port (&rig, "a/n", NULL);
    rig_add_port (&rig, "b/n", NULL);
    if (c)
        rig_add_port (&rig, "c/n", NULL);
    ck_assert (rig_start (&rig));
    *a = rig_endpoint (&rig, "a/n");
    *b = rig_endpoint (&rig, "b/n");
    if (c)
        *c = rig_endpoint (&rig, "c/n");
}

/* Sends one frame as the machine at @port. */
static gsize
say (int fd, const char *port, guint8 destination, guint8 source, int tci)
{
    gsize length = rig_frame (frame, destination, source, tci, 60);

    rig_send (&rig, fd, port, frame, length);
    return length;
}

/* The frame that was last said arrives, byte for byte. */
static void
expect (int fd, gsize length)
{
    ck_assert_uint_eq (rig_receive (fd, got, sizeof got, RIG_DEADLINE), length);
    ck_assert_mem_eq (got, frame, length);
}

/* Nothing is there; only after rig_wait_received() is this an answer. */
static void
expect_nothing (int fd)
{
    ck_assert_uint_eq (rig_receive (fd, got, sizeof got, 0), 0);
}

START_TEST (test_flood_learn_move)
{
    int a, b, c;

    start_plain (&a, &b, &c);

    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    expect (c, 60);
    say (b, "b/n", 1, 2, UNTAGGED); /* 1 is known: c hears nothing */
    expect (a, 60);
    say (c, "c/n", 9, 3, UNTAGGED); /* unknown: flooded */
    expect (a, 60);
    expect (b, 60);
    say (c, "c/n", 2, 1, UNTAGGED); /* 1 has moved */
    expect (b, 60);
    say (b, "b/n", 1, 2, UNTAGGED);
    expect (c, 60);
    say (c, "c/n", 3, 1, UNTAGGED); /* to its own port: nobody */
    rig_wait_received (&rig, "c/n", 3);
    expect_nothing (a);
    expect_nothing (b);
    expect_nothing (c);
    ck_assert_int_eq (rig_counter (&rig, NULL, "moved"), 1);
    ck_assert_int_eq (rig_counter (&rig, NULL, "learned"), 3);
    ck_assert_int_eq (rig_counter (&rig, NULL, "filtered"), 1);
    ck_assert_int_eq (rig_counter (&rig, NULL, "flooded"), 2);
}
END_TEST

START_TEST (test_ageing)
{
    int a, b, c;

    rig_clear (&rig);
    rig_init (&rig, "0.05");
    start_plain (&a, &b, &c);

    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    expect (c, 60);
    for (gint64 end = g_get_monotonic_time () + RIG_DEADLINE * 1000;
         rig_counter (&rig, NULL, "macs") != 0;)
        ck_assert_int_lt (g_get_monotonic_time (), end);
    say (b, "b/n", 1, 2, UNTAGGED); /* forgotten: c hears it too */
    expect (a, 60);
    expect (c, 60);
}
END_TEST

START_TEST (test_vlans)
{
    static const char *const names[] = {
        "plain/n", "a10/n", "b10/n", "a20/n", "trunk/n", "native/n"
    };
    static const char *const words[] = { NULL,        "--vlan 10",        "--vlan 10",
                                         "--vlan 20", "--trunk 10,20-29", "--trunk 20 --vlan 10" };
    enum { PLAIN, A10, B10, A20, TRUNK, NATIVE, N };
    int fds[N];

    for (int i = 0; i < N; i++)
        rig_add_port (&rig, names[i], words[i]);
    ck_assert (rig_start (&rig));
    for (int i = 0; i < N; i++)
        fds[i] = rig_endpoint (&rig, names[i]);

    say (fds[A10], names[A10], BROADCAST, 1, UNTAGGED);
    expect (fds[B10], 60);
    expect (fds[NATIVE], 60);
    ck_assert_uint_eq (rig_receive (fds[TRUNK], got, sizeof got, RIG_DEADLINE), 64);
    ck_assert_mem_eq (got, frame, 12);
    ck_assert_mem_eq (got + 12, "\x81\x00\x00\x0a", 4);
    ck_assert_mem_eq (got + 16, frame + 12, 48);

    say (fds[TRUNK], names[TRUNK], BROADCAST, 2, 0x6000 | 20);
    expect (fds[NATIVE], 60);
    ck_assert_uint_eq (rig_receive (fds[A20], got, sizeof got, RIG_DEADLINE), 56);
    ck_assert_mem_eq (got, frame, 12);
    ck_assert_mem_eq (got + 12, frame + 16, 44);

    say (fds[TRUNK], names[TRUNK], 1, 2, 10); /* learned in 10: one port, untagged */
    ck_assert_uint_eq (rig_receive (fds[A10], got, sizeof got, RIG_DEADLINE), 56);
    say (fds[A20], names[A20], 1, 3, UNTAGGED); /* not known in 20, and not sent to 10 */
    ck_assert_uint_eq (rig_receive (fds[TRUNK], got, sizeof got, RIG_DEADLINE), 64);
    ck_assert_uint_eq (rig_receive (fds[NATIVE], got, sizeof got, RIG_DEADLINE), 64);
    say (fds[A20], names[A20], BROADCAST, 3, 10); /* not an access port's business */
    say (fds[TRUNK], names[TRUNK], BROADCAST, 3, UNTAGGED);
    say (fds[PLAIN], names[PLAIN], BROADCAST, 4, 10);
    rig_wait_received (&rig, names[A20], 2);
    rig_wait_received (&rig, names[TRUNK], 3);
    rig_wait_received (&rig, names[PLAIN], 1);
    ck_assert_int_eq (rig_counter (&rig, NULL, "no_vlan"), 2);
    ck_assert_int_eq (rig_counter (&rig, names[A20], "rx_errors"), 1);
    for (int i = 0; i < N; i++)
        expect_nothing (fds[i]);
}
END_TEST

/* The number that a frame of the next test carries. */
static void
set_number (guint number)
{
    memcpy (frame + 20, &number, sizeof number);
}

static guint
get_number (void)
{
    guint number;

    memcpy (&number, got + 20, sizeof number);
    return number;
}

/* b reads nothing: its frames wait, then drop; c gets every one meanwhile. */
START_TEST (test_slow_machine)
{
    enum { FRAMES = 1000 };
    guint delivered = 0;
    int a, b, c;

    start_plain (&a, &b, &c);

    rig_frame (frame, BROADCAST, 1, UNTAGGED, 60);
    for (guint i = 0; i < FRAMES; i++) {
        set_number (i);
        rig_send (&rig, a, "a/n", frame, 60);
        ck_assert_uint_eq (rig_receive (c, got, sizeof got, RIG_DEADLINE), 60);
        ck_assert_uint_eq (get_number (), i);
    }
    ck_assert_int_eq (rig_counter (&rig, "b/n", "queued"), 256);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "queued_bytes"), 256 * 60);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "drops"),
                      FRAMES - 256 - rig_counter (&rig, "b/n", "tx_frames"));
    ck_assert_int_eq (rig_counter (&rig, "c/n", "drops"), 0);
    ck_assert_int_eq (rig_counter (&rig, "c/n", "tx_frames"), FRAMES);

    /* b wakes: what waited comes in order, without anything being sent */
    while (delivered < FRAMES - rig_counter (&rig, "b/n", "drops")) {
        ck_assert_uint_eq (rig_receive (b, got, sizeof got, RIG_DEADLINE), 60);
        ck_assert_uint_eq (get_number (), delivered);
        delivered++;
    }
    ck_assert_uint_gt (delivered, 256);
    expect_nothing (b);
    set_number (FRAMES);
    rig_send (&rig, a, "a/n", frame, 60);
    ck_assert_uint_eq (rig_receive (b, got, sizeof got, RIG_DEADLINE), 60);
    ck_assert_uint_eq (get_number (), FRAMES);
}
END_TEST

START_TEST (test_queue_is_bounded_in_bytes)
{
    enum { FRAMES = 60, LENGTH = 65536 };
    int a, b;

    start_plain (&a, &b, NULL);
    rig_frame (frame, BROADCAST, 1, UNTAGGED, LENGTH);
    for (int i = 0; i < FRAMES; i++)
        rig_send (&rig, a, "a/n", frame, LENGTH);
    rig_wait_received (&rig, "a/n", FRAMES);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "queued_bytes"), 1024 * 1024);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "queued"), 16);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "drops"),
                      FRAMES - 16 - rig_counter (&rig, "b/n", "tx_frames"));
    for (int i = FRAMES - rig_counter (&rig, "b/n", "drops"); i > 0; i--) {
        ck_assert_uint_eq (rig_receive (b, got, sizeof got, RIG_DEADLINE), LENGTH);
        ck_assert_mem_eq (got, frame, LENGTH);
    }
}
END_TEST

START_TEST (test_machine_restarts)
{
    int a, b;

    rig_add_port (&rig, "a/n", NULL);
    rig_add_port (&rig, "b/n", NULL);
    ck_assert (rig_start (&rig));
    a = rig_endpoint (&rig, "a/n");

    say (a, "a/n", BROADCAST, 1, UNTAGGED); /* b is not there yet */
    rig_wait_counter (&rig, "b/n", "drops", 1);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "tx_frames"), 0);
    b = rig_endpoint (&rig, "b/n");
    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    close (b);
    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    rig_wait_counter (&rig, "b/n", "drops", 2);
    b = rig_endpoint (&rig, "b/n");
    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    close (b);
    b = rig_endpoint (&rig, "b/n"); /* gone and back between two frames */
    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "drops"), 2);
}
END_TEST

/* A machine that dies while frames wait for it takes none of them along into
 * its next life, and its port works again. */
START_TEST (test_machine_dies_with_a_queue)
{
    int a, b;

    start_plain (&a, &b, NULL);
    for (int i = 0; i < 400; i++)
        say (a, "a/n", BROADCAST, 1, UNTAGGED);
    rig_wait_received (&rig, "a/n", 400);
    ck_assert_int_eq (rig_counter (&rig, "b/n", "queued"), 256);
    close (b);
    rig_wait_counter (&rig, "b/n", "drops",
                      400 - rig_counter (&rig, "b/n", "tx_frames")); /* all but those sent */
    ck_assert_int_eq (rig_counter (&rig, "b/n", "queued"), 0);
    b = rig_endpoint (&rig, "b/n");
    say (a, "a/n", BROADCAST, 7, UNTAGGED);
    expect (b, 60);
}
END_TEST

START_TEST (test_switch_restarts)
{
    int a, b;

    start_plain (&a, &b, NULL);
    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    rig_end (&rig, SIGKILL);
    ck_assert (rig_start (&rig));
    say (a, "a/n", BROADCAST, 1, UNTAGGED);
    expect (b, 60);
    say (b, "b/n", 1, 2, UNTAGGED);
    expect (a, 60);
}
END_TEST

START_TEST (test_garbage)
{
    static const gsize lengths[] = { 0, 1, 6, 13 };
    GRand *rand = g_rand_new_with_seed (1);
    int a, b, sent = 0;

    rig_add_port (&rig, "a/n", "--trunk 1-4094 --vlan 1");
    rig_add_port (&rig, "b/n", NULL);
    ck_assert (rig_start (&rig));
    a = rig_endpoint (&rig, "a/n");
    b = rig_endpoint (&rig, "b/n");
    rig_frame (frame, BROADCAST, 1, UNTAGGED, BIG);
    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++, sent++)
        rig_send (&rig, a, "a/n", frame, lengths[i]);
    rig_send (&rig, a, "a/n", frame, BIG);
    memset (frame + 6, 0xff, 6);
    rig_send (&rig, a, "a/n", frame, 60);
    rig_wait_received (&rig, "a/n", sent + 2);
    ck_assert_int_eq (rig_counter (&rig, NULL, "runts"), sent);
    ck_assert_int_eq (rig_counter (&rig, NULL, "too_long"), 1);
    ck_assert_int_eq (rig_counter (&rig, NULL, "bad_sources"), 1);
    ck_assert_int_eq (rig_counter (&rig, "a/n", "rx_errors"), sent + 2);
    ck_assert_int_eq (rig_counter (&rig, "a/n", "rx_frames"), 0);
    for (int i = 0; i < 3000; i++) {
        gsize length = g_rand_int_range (rand, 0, 80);

        for (gsize at = 0; at < length; at++)
            frame[at] = g_rand_int (rand);
        if (length > 14 && g_rand_boolean (rand))
            memcpy (frame + 12, "\x81", 2);
        rig_send (&rig, a, "a/n", frame, length);
    }
    rig_wait_received (&rig, "a/n", 3000 + sent + 2);
    expect_nothing (b);
    g_rand_free (rand);
}
END_TEST

/* As long as QEMU's netdev takes, and a tag that would make it longer. */
START_TEST (test_longest_frame)
{
    enum { LONGEST = 4096 + 65536 };
    int a, b, c;

    rig_add_port (&rig, "a/n", "--vlan 5");
    rig_add_port (&rig, "b/n", "--vlan 5");
    rig_add_port (&rig, "c/n", "--trunk 5");
    ck_assert (rig_start (&rig));
    a = rig_endpoint (&rig, "a/n");
    b = rig_endpoint (&rig, "b/n");
    c = rig_endpoint (&rig, "c/n");
    rig_frame (frame, BROADCAST, 1, UNTAGGED, LONGEST);
    rig_send (&rig, a, "a/n", frame, LONGEST);
    expect (b, LONGEST);
    expect_nothing (c);
    ck_assert_int_eq (rig_counter (&rig, "c/n", "drops"), 1);
    rig_send (&rig, a, "a/n", frame, LONGEST - 4);
    expect (b, LONGEST - 4);
    ck_assert_uint_eq (rig_receive (c, got, sizeof got, RIG_DEADLINE), LONGEST);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("switch");
    TCase *frames = tcase_create ("frames");

    tcase_add_checked_fixture (frames, setup, teardown);
    tcase_set_timeout (frames, 60);
    tcase_add_test (frames, test_flood_learn_move);
    tcase_add_test (frames, test_ageing);
    tcase_add_test (frames, test_vlans);
    tcase_add_test (frames, test_slow_machine);
    tcase_add_test (frames, test_queue_is_bounded_in_bytes);
    tcase_add_test (frames, test_machine_restarts);
    tcase_add_test (frames, test_machine_dies_with_a_queue);
    tcase_add_test (frames, test_switch_restarts);
    tcase_add_test (frames, test_garbage);
    tcase_add_test (frames, test_longest_frame);
    suite_add_tcase (suite, frames);
    return run_tap (suite);
}
