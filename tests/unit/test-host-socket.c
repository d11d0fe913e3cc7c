/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/socket: sockets made, and removed where they are dead. */
#include "base/file.h"
#include "host/socket.h"
#include "unit/folder.h"
#include "unit/tap.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST (sockets)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "s", NULL);
    g_autofree char *file = g_build_filename (dir, "file", NULL);
    g_autofree char *name = g_strnfill (108, 'x'), *giant = g_build_filename (dir, name, NULL);
    g_autoptr (GError) error = NULL;
    g_auto (AutoFd) first = socket_listen (path, NULL), second = -1, client = -1;
    struct stat info;

    ck_assert_int_ge (first, 0);
    ck_assert_int_eq (stat (path, &info), 0);
    ck_assert_int_eq (info.st_mode & 0777, 0600);
    second = socket_listen (path, NULL); /* that of a supervisor that died is replaced */
    ck_assert_int_ge (second, 0);
    client = socket_connect (path, NULL);
    ck_assert_int_ge (client, 0);
    folder_write (dir, "file", "worth more");
    ck_assert_int_lt (socket_listen (file, &error), 0);
    g_clear_error (&error);
    socket_remove (file);
    socket_remove (NULL);
    ck_assert_int_eq (access (file, F_OK), 0);
    ck_assert_int_lt (socket_listen (giant, &error), 0);
    ck_assert_ptr_nonnull (strstr (error->message, "longer than 107 bytes"));
    g_clear_error (&error);
    socket_remove (path);
    ck_assert_int_lt (socket_connect (path, &error), 0);
    ck_assert_ptr_nonnull (strstr (error->message, "connecting to"));
    g_unlink (file);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-socket");
    TCase *tcase = tcase_create ("socket");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, sockets);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
