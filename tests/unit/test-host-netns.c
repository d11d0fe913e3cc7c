/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/network/netns: what is borrowed, and what becomes of one that does not lend. */
#include "host/network/netns.h"

#include "base/error.h"
#include "base/file.h"
#include "host/socket.h"
#include "unit/tap.h"

#include <errno.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>

static char *dir, *path;

static void
setup (void)
{
    dir = g_dir_make_tmp ("roost-test-XXXXXX", NULL);
    path = g_build_filename (dir, "net.sock", NULL);
}

static void
teardown (void)
{
    unlink (path);
    rmdir (dir);
    g_free (path);
    g_free (dir);
}

static void
send_answer (int to, const char *text, int fd)
{
    char control[CMSG_SPACE (sizeof fd)] = { 0 };
    struct iovec piece = { (void *)text, strlen (text) };
    struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

    if (fd >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        CMSG_FIRSTHDR (&message)->cmsg_level = SOL_SOCKET;
        CMSG_FIRSTHDR (&message)->cmsg_type = SCM_RIGHTS;
        CMSG_FIRSTHDR (&message)->cmsg_len = CMSG_LEN (sizeof fd);
        memcpy (CMSG_DATA (CMSG_FIRSTHDR (&message)), &fd, sizeof fd);
    }
    sendmsg (to, &message, MSG_NOSIGNAL);
}

/* One who answers one question in a process of its own. @fd -1: without one */
static pid_t
answer_once (const char *text, int fd)
{
    int listener = socket_listen (path, NULL);
    pid_t pid;

    ck_assert_int_ge (listener, 0);
    pid = fork ();
    if (pid == 0) {
        fd_set ready;
        int client;
        char wanted;

        FD_ZERO (&ready);
        FD_SET (listener, &ready);
        select (listener + 1, &ready, NULL, NULL, NULL);
        client = accept (listener, NULL, NULL);
        if (read (client, &wanted, 1) == 1)
            send_answer (client, text, fd);
        _exit (0);
    }
    close (listener);
    return pid;
}

START_TEST (nobody)
{
    g_autoptr (GError) error = NULL;

    ck_assert (netns_is_gone (path));
    ck_assert (!netns_is_gone (NULL));
    ck_assert_int_eq (netns_open_rtnetlink (path, &error), -1);
    ck_assert_ptr_nonnull (strstr (error->message, "the lab's network is gone"));
    ck_assert_int_eq (error->code, ROOST_ERROR_HOST);
}
END_TEST

START_TEST (lent)
{
    char byte = 0;
    int ends[2], fd;
    pid_t pid;

    ck_assert_int_eq (pipe (ends), 0);
    pid = answer_once ("+", ends[1]);
    close (ends[1]);
    fd = netns_open_tun (path, NULL);
    ck_assert_int_ge (fd, 0);
    ck_assert_int_eq (write (fd, "x", 1), 1);
    ck_assert_int_eq (read (ends[0], &byte, 1), 1);
    ck_assert_int_eq (byte, 'x');
    close (fd);
    close (ends[0]);
    waitpid (pid, NULL, 0);
}
END_TEST

static const struct {
    const char *answer;
    const char *said;
} refusals[] = {
    { "-it may not be opened: do this", "in the lab's network: it may not be opened: do this" },
    { "", "it said nothing" },
    { "+", "it said nothing" }, /* and no descriptor */
    { "nonsense", "it said nothing" },
};

START_TEST (refused)
{
    pid_t pid = answer_once (refusals[_i].answer, -1);
    g_autoptr (GError) error = NULL;

    ck_assert_int_eq (netns_open_tun (path, &error), -1);
    ck_assert_msg (strstr (error->message, refusals[_i].said) != NULL, "%s", error->message);
    waitpid (pid, NULL, 0);
}
END_TEST

/* one that was stopped: connected to by the kernel alone */
START_TEST (silent)
{
    int listener = socket_listen (path, NULL);
    g_autoptr (GError) error = NULL;

    ck_assert_int_ge (listener, 0);
    ck_assert (!netns_is_gone (path));
    ck_assert_int_eq (netns_open_rtnetlink (path, &error), -1);
    ck_assert_ptr_nonnull (strstr (error->message, g_strerror (ETIMEDOUT)));
    close (listener);
}
END_TEST

START_TEST (ours)
{
    int fd = netns_open_rtnetlink (NULL, NULL);
    g_autofree char *none = netns_ovs_db (NULL), *db = netns_ovs_db ("/run/roost/web/net.sock");

    ck_assert_int_ge (fd, 0);
    close (fd);
    ck_assert_ptr_null (none);
    ck_assert_str_eq (db, "unix:/run/roost/web/ovs/db.sock");
}
END_TEST

int
main (void)
{
    TCase *tcase = tcase_create ("netns");
    Suite *suite = suite_create ("host-netns");

    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, nobody);
    tcase_add_test (tcase, lent);
    tcase_add_loop_test (tcase, refused, 0, G_N_ELEMENTS (refusals));
    tcase_add_test (tcase, silent);
    tcase_add_test (tcase, ours);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
