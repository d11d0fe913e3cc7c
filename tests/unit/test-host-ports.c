/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/network/ports: who holds a port of the host. */
#include "host/network/ports.h"
#include "unit/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* a socket of ours on a port that the system chose */
static int
hold_port (int type, guint *ret_port)
{
    struct sockaddr_in name = { .sin_family = AF_INET };
    socklen_t length = sizeof name;
    int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);

    name.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    ck_assert_int_eq (bind (fd, (struct sockaddr *)&name, sizeof name), 0);
    if (type == SOCK_STREAM)
        ck_assert_int_eq (listen (fd, 1), 0);
    ck_assert_int_eq (getsockname (fd, (struct sockaddr *)&name, &length), 0);
    *ret_port = ntohs (name.sin_port);
    return fd;
}

START_TEST (holders_of_ports)
{
    const char *proto = _i ? "udp" : "tcp";
    guint port;
    int fd = hold_port (_i ? SOCK_DGRAM : SOCK_STREAM, &port), code;
    gint64 holder;

    ck_assert (!port_is_free (proto, "127.0.0.1", port, &code, &holder));
    ck_assert_int_eq (code, EADDRINUSE);
    ck_assert_int_eq (holder, getpid ());
    ck_assert (!port_is_free (proto, "", port, &code, &holder));
    ck_assert (port_is_free (_i ? "tcp" : "udp", "127.0.0.2", port, &code, &holder));
    ck_assert_int_eq (holder, 0);
    close (fd);
    ck_assert (port_is_free (proto, "127.0.0.1", port, &code, &holder));
    ck_assert_int_eq (code, 0);
}
END_TEST

START_TEST (ports_that_cannot_be)
{
    gint64 holder;
    int code;

    ck_assert (port_is_free ("tcp", "", 0, &code, &holder));
    ck_assert (!port_is_free ("tcp", "192.0.2.1", 2222, &code, &holder));
    ck_assert_int_eq (code, EADDRNOTAVAIL);
    ck_assert (!port_is_free ("tcp", "nonsense", 2222, &code, &holder));
    ck_assert_int_eq (code, EINVAL);
    ck_assert_int_eq (holder, 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-ports");
    TCase *tcase = tcase_create ("ports");

    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, holders_of_ports, 0, 2);
    tcase_add_test (tcase, ports_that_cannot_be);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
