/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine/usernet: the text of `info usernet` as emulators have printed it. */
#include "machine/usernet.h"
#include "unit/tap.h"

static const char qemu_7_2[] =
    "Hub -1 (net-nat):\r\n"
    "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
    "  TCP[ESTABLISHED]   14       127.0.0.1 37269       10.0.2.15    22     0     0\r\n"
    "  TCP[SYN_SENT]      15       127.0.0.1 42179       10.0.2.20    80     0     0\r\n"
    "  TCP[HOST_FORWARD]   9       127.0.0.1 37269       10.0.2.15    22     0     0\r\n"
    "  TCP[HOST_FORWARD]  10       127.0.0.1 37270       10.0.2.15    22     0     0\r\n"
    "  TCP[HOST_FORWARD]   8               * 42179       10.0.2.20    80     0     0\r\n"
    "  UDP[236 sec]       12       10.0.2.15 68          10.0.2.2     67     0     0\r\n"
    "  UDP[HOST_FORWARD]   3       127.0.0.1 42599       10.0.2.15    53     0     0\r\n"
    "  ICMP[1 sec]         4       10.0.2.15  -          10.0.2.2      -     0     0\r\n"
    "Hub -1 (net-n2):\r\n"
    "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
    "  TCP[HOST_FORWARD]  11       127.0.0.1 32943       10.0.2.15    22     0     0\r\n";

static void
add (GPtrArray *forwards, const char *netdev, const char *proto, const char *address, int host_port,
     const char *guest, int guest_port)
{
    ForwardRecord *forward = record_new (&forward_record);

    forward->netdev = g_strdup (netdev);
    forward->proto = g_strdup (proto);
    forward->host_address = g_strdup (address);
    forward->host_port = host_port;
    forward->guest_address = g_strdup (guest);
    forward->guest_port = guest_port;
    g_ptr_array_add (forwards, forward);
}

static const ForwardRecord *
nth (GPtrArray *forwards, guint n)
{
    return g_ptr_array_index (forwards, n);
}

START_TEST (what_is_read)
{
    g_autoptr (GPtrArray) rows = usernet_parse (qemu_7_2);
    const UsernetRow *first = g_ptr_array_index (rows, 0);
    const UsernetRow *last = g_ptr_array_index (rows, rows->len - 1);

    ck_assert_uint_eq (rows->len, 7);
    ck_assert_str_eq (first->netdev, "net-nat");
    ck_assert_str_eq (first->proto, "tcp");
    ck_assert_str_eq (first->state, "ESTABLISHED");
    ck_assert_str_eq (first->source, "127.0.0.1");
    ck_assert_uint_eq (first->source_port, 37269);
    ck_assert_str_eq (first->dest, "10.0.2.15");
    ck_assert_uint_eq (first->dest_port, 22);
    ck_assert_str_eq (last->netdev, "net-n2");
}
END_TEST

START_TEST (ports_that_were_chosen)
{
    g_autoptr (GPtrArray) rows = usernet_parse (qemu_7_2);
    g_autoptr (GPtrArray) forwards = record_array_new (&forward_record);
    static const int wanted[] = { 37270, 37269, 42179, 42599, 32943, 0, 0 };

    add (forwards, "net-nat", "tcp", "127.0.0.1", 37270, NULL, 22); /* given, not chosen */
    add (forwards, "net-nat", "tcp", "127.0.0.1", 0, NULL, 22);
    add (forwards, "net-nat", "tcp", "", 0, "10.0.2.20", 80);
    add (forwards, "net-nat", "udp", "127.0.0.1", 0, NULL, 53);
    add (forwards, "net-n2", "tcp", "127.0.0.1", 0, NULL, 22);
    add (forwards, "net-nat", "tcp", "127.0.0.1", 0, NULL, 22); /* no third one is there */
    add (forwards, "net-nat", "tcp", "", 0, "10.0.2.99", 80);
    usernet_find_ports (rows, forwards);
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
        ck_assert_int_eq (nth (forwards, i)->bound_port, wanted[i]);
}
END_TEST

START_TEST (who_has_answered)
{
    g_autoptr (GPtrArray) rows = usernet_parse (qemu_7_2);
    g_autoptr (GPtrArray) forwards = record_array_new (&forward_record);

    add (forwards, "net-nat", "tcp", "127.0.0.1", 37269, NULL, 22);
    add (forwards, "net-nat", "tcp", "", 42179, "10.0.2.20", 80); /* only asked: SYN_SENT */
    add (forwards, "net-n2", "tcp", "127.0.0.1", 37269, NULL, 22);
    usernet_find_ports (rows, forwards);
    ck_assert (usernet_is_connected (rows, nth (forwards, 0)));
    ck_assert (!usernet_is_connected (rows, nth (forwards, 1)));
    ck_assert (!usernet_is_connected (rows, nth (forwards, 2)));
}
END_TEST

static const char *const strange[] = {
    "",
    "\n\n",
    "unknown command: 'info usernet'\r\n",
    "Hub",
    "Hub -1 (",
    "Hub -1 )(:\n  TCP[HOST_FORWARD] x y z",
    "  TCP[HOST_FORWARD]",
    "  TCP[AVERYLONGSTATETHATNOBODYHASEVERSEENANYWHERE]  1 a 1 b 2",
    "  TCP[HOST_FORWARD]  9  999999999999999999999999999999999999.1 1 b",
};

START_TEST (strange_texts)
{
    g_autoptr (GPtrArray) rows = usernet_parse (strange[_i]);

    ck_assert_uint_eq (rows->len, 0);
}
END_TEST

/* before 2.x and after: without the hub */
START_TEST (a_plain_header)
{
    g_autoptr (GPtrArray) rows =
        usernet_parse ("net-nat:\n  TCP[HOST_FORWARD]  9 127.0.0.1 1234 10.0.2.15 22 0 0\n");

    ck_assert_uint_eq (rows->len, 1);
    ck_assert_str_eq (((UsernetRow *)g_ptr_array_index (rows, 0))->netdev, "net-nat");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-usernet");
    TCase *tcase = tcase_create ("usernet");

    tcase_add_test (tcase, what_is_read);
    tcase_add_test (tcase, ports_that_were_chosen);
    tcase_add_test (tcase, who_has_answered);
    tcase_add_loop_test (tcase, strange_texts, 0, G_N_ELEMENTS (strange));
    tcase_add_test (tcase, a_plain_header);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
