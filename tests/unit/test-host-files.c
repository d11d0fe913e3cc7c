/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/image, host/ports, host/socket and host/facts, on private directories. */
#include "base/error.h"
#include "base/file.h"
#include "host/facts.h"
#include "host/image/image.h"
#include "host/network/ports.h"
#include "host/process/run-as.h"
#include "host/socket.h"
#include "unit/tap.h"
#include "unit/wait.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
private_dir (void)
{
    return g_dir_make_tmp ("roost-XXXXXX", NULL);
}

static void
write_file (const char *dir, const char *path, const char *text)
{
    g_autofree char *full = g_build_filename (dir, path, NULL);
    g_autofree char *parent = g_path_get_dirname (full);

    ck_assert_int_eq (g_mkdir_with_parents (parent, 0700), 0);
    ck_assert (g_file_set_contents (full, text, -1, NULL));
}

static void
remove_tree (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *below = g_build_filename (path, name, NULL);

        if (g_file_test (below, G_FILE_TEST_IS_DIR))
            remove_tree (below);
        else
            g_unlink (below);
    }
    g_rmdir (path);
}

static guint
n_entries (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    guint n = 0;

    while (g_dir_read_name (dir))
        n++;
    return n;
}

/* --- images --- */

typedef struct {
    gboolean ended;
    gboolean good;
    ImageResult result;
    GError *error;
} Made;

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Made *made = user_data;

    made->good = image_make_finish (result, &made->result, &made->error);
    made->ended = TRUE;
}

static Made
make_image (const ImageStep *step, GCancellable *cancellable)
{
    Made made = { 0 };

    image_make_async (step, NULL, NULL, cancellable, on_made, &made);
    ck_wait (made.ended);
    ck_assert (made.good == (made.error == NULL));
    return made;
}

START_TEST (images_are_made_once)
{
    g_autofree char *dir = private_dir ();
    g_autofree char *path = g_build_filename (dir, "a, b=c.qcow2", NULL);
    ImageStep step = { .owner = (char *)"m/d",
                       .path = path,
                       .format = (char *)"qcow2",
                       .size = 1024 * 1024,
                       .nocow = TRUE };
    Made made = make_image (&step, NULL);
    struct stat info, again;

    ck_assert (made.good && made.result.created);
    ck_assert_int_eq (stat (path, &info), 0);
    made = make_image (&step, NULL);
    ck_assert (made.good && !made.result.created);
    ck_assert_int_eq (stat (path, &again), 0);
    ck_assert_int_eq (info.st_ino, again.st_ino);
    ck_assert_uint_eq (n_entries (dir), 1);
    ck_assert (image_remove (&step, NULL));
    ck_assert (image_remove (&step, NULL));
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (overlays)
{
    g_autofree char *dir = private_dir ();
    g_autofree char *base = g_build_filename (dir, "base.raw", NULL);
    g_autofree char *path = g_build_filename (dir, "over.qcow2", NULL);
    ImageStep step = { .owner = (char *)"m/d",
                       .path = path,
                       .format = (char *)"qcow2",
                       .backing = base,
                       .backing_format = (char *)"raw" };
    Made made;

    write_file (dir, "base.raw", "0123456789");
    made = make_image (&step, NULL);
    ck_assert (made.good && made.result.created);
    remove_tree (dir);
}
END_TEST

START_TEST (a_failure_leaves_nothing)
{
    g_autofree char *dir = private_dir ();
    g_autofree char *path = g_build_filename (dir, "x.qcow2", NULL);
    g_autofree char *part = g_strconcat (path, ".part", NULL);
    ImageStep step = { .owner = (char *)"m/d",
                       .path = path,
                       .format = (char *)"qcow2",
                       .backing = (char *)"/nosuch.raw",
                       .backing_format = (char *)"raw" };
    Made made;

    write_file (dir, "x.qcow2.part", "of an attempt that was killed");
    made = make_image (&step, NULL);
    ck_assert (!made.good);
    ck_assert (g_error_matches (made.error, ROOST_ERROR, ROOST_ERROR_HOST));
    ck_assert (g_str_has_prefix (made.error->message, "disk m/d: making "));
    ck_assert_ptr_nonnull (strstr (made.error->message, "/nosuch.raw"));
    ck_assert_ptr_null (strchr (made.error->message, '\n'));
    g_error_free (made.error);
    ck_assert_uint_eq (n_entries (dir), 0);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (a_cancelled_one_leaves_nothing)
{
    g_autofree char *dir = private_dir ();
    g_autofree char *path = g_build_filename (dir, "x.raw", NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    ImageStep step = {
        .owner = (char *)"m/d", .path = path, .format = (char *)"raw", .size = 1024 * 1024
    };
    Made made;

    g_cancellable_cancel (cancellable);
    made = make_image (&step, cancellable);
    ck_assert (!made.good);
    g_error_free (made.error);
    ck_assert_uint_eq (n_entries (dir), 0);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (what_cannot_be_removed)
{
    g_autofree char *dir = private_dir ();
    ImageStep step = { .owner = (char *)"m/d", .path = dir };
    g_autoptr (GError) error = NULL;

    ck_assert (!image_remove (&step, &error));
    ck_assert (g_str_has_prefix (error->message, "disk m/d: deleting "));
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

/* --- ports --- */

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

/* --- sockets --- */

START_TEST (sockets)
{
    g_autofree char *dir = private_dir ();
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
    write_file (dir, "file", "worth more");
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

/* --- facts --- */

START_TEST (facts_of_an_empty_host)
{
    g_autofree char *dir = private_dir ();
    g_autoptr (HostFacts) facts = facts_probe (dir);

    ck_assert (!facts->kvm);
    ck_assert (g_str_has_prefix (facts->kvm_problem, "there is no /dev/kvm"));
    ck_assert (!facts->kvm_nested && !facts->cpu_amd);
    ck_assert_ptr_nonnull (strstr (facts->kvm_nested_remedy, "kvm_intel"));
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

static const struct {
    const char *module;
    const char *nested;
    const char *vendor;
    gboolean kvm, is_nested, amd;
} hosts[] = {
    { "kvm_intel", "Y\n", "GenuineIntel", TRUE, TRUE, FALSE },
    { "kvm_intel", "N\n", "GenuineIntel", TRUE, FALSE, FALSE },
    { "kvm_amd", "1\n", "AuthenticAMD", TRUE, TRUE, TRUE },
    { "kvm_amd", "0\n", "HygonGenuine", TRUE, FALSE, TRUE },
    { "kvm_pvm", "Y\n", "GenuineIntel", FALSE, FALSE, FALSE },
};

START_TEST (facts_of_hosts)
{
    g_autofree char *dir = private_dir (), *cpuinfo = NULL, *nested = NULL;
    g_autoptr (HostFacts) facts = NULL;

    cpuinfo = g_strdup_printf ("processor\t: 0\nvendor_id\t: %s\n", hosts[_i].vendor);
    nested = g_build_filename ("sys/module", hosts[_i].module, "parameters/nested", NULL);
    write_file (dir, "dev/kvm", "");
    write_file (dir, "proc/cpuinfo", cpuinfo);
    write_file (dir, nested, hosts[_i].nested);
    facts = facts_probe (dir);
    ck_assert_int_eq (facts->kvm, hosts[_i].kvm);
    ck_assert_int_eq (facts->kvm_problem == NULL, hosts[_i].kvm);
    ck_assert_int_eq (facts->kvm_nested, hosts[_i].is_nested);
    ck_assert_int_eq (facts->kvm_nested_remedy == NULL, hosts[_i].is_nested);
    ck_assert_int_eq (facts->cpu_amd, hosts[_i].amd);
    remove_tree (dir);
}
END_TEST

static char *
user_problem (const char *text, RunAs **ret)
{
    *ret = NULL;
    return run_as_find (text, "/nonexistent", ret);
}

START_TEST (users)
{
    g_autofree char *nobody = g_strdup_printf ("%u", geteuid ());
    g_autofree char *none = NULL, *alone = NULL, *group = NULL, *self = NULL, *other = NULL;
    g_autoptr (RunAs) user = NULL;

    none = user_problem ("no-such-user", &user);
    ck_assert_ptr_nonnull (strstr (none, "no user no-such-user: useradd --system no-such-user"));
    alone = user_problem ("4000000", &user);
    ck_assert_ptr_nonnull (strstr (alone, "4000000:4000000"));
    group = user_problem ("4000000:no-such-group", &user);
    ck_assert_ptr_nonnull (strstr (group, "no group no-such-group"));
    self = user_problem (nobody, &user);
    ck_assert_ptr_null (self);
    ck_assert_ptr_null (user); /* as we are: nothing is to be done */
    other = user_problem ("4000000:4000001", &user);
    if (geteuid () != 0) {
        ck_assert_ptr_nonnull (strstr (other, "only root can"));
        return;
    }
    ck_assert_ptr_null (other);
    ck_assert_int_eq (user->uid, 4000000);
    ck_assert_int_eq (user->gid, 4000001);
}
END_TEST

/* Nothing but a file is given away, and none that would be another one's too. */
START_TEST (files_are_given)
{
    g_autofree char *folder = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *file = g_build_filename (folder, "file", NULL);
    g_autofree char *name = g_build_filename (folder, "name", NULL);
    g_autoptr (RunAs) user = NULL;
    g_autoptr (GError) error = NULL;
    struct stat info;

    if (geteuid () == 0) {
        ck_assert_ptr_null (user_problem ("4000000:4000001", &user));
        ck_assert (g_file_set_contents (file, "", 0, NULL));
        ck_assert_int_eq (symlink (file, name), 0);
        ck_assert (!run_as_give (user, name, NULL));
        ck_assert_int_eq (g_unlink (name), 0);
        ck_assert_int_eq (link (file, name), 0);
        ck_assert (!run_as_give (user, name, &error));
        ck_assert_ptr_nonnull (strstr (error->message, "other names"));
        ck_assert_int_eq (stat (file, &info), 0);
        ck_assert_uint_eq (info.st_uid, 0);
        ck_assert_int_eq (g_unlink (name), 0);
        ck_assert (!run_as_give (user, folder, NULL));
        ck_assert (run_as_give (user, file, NULL));
        ck_assert_int_eq (stat (file, &info), 0);
        ck_assert_uint_eq (info.st_uid, 4000000);
        ck_assert (run_as_take_back (user, file, NULL));
        ck_assert_int_eq (stat (file, &info), 0);
        ck_assert_uint_eq (info.st_uid, 0);
        g_unlink (file);
    }
    g_rmdir (folder);
}
END_TEST

/* What another user can reach, and how that is told; nothing stays changed. */
START_TEST (reach_of_users)
{
    g_autofree char *folder = g_dir_make_tmp ("roost-XXXXXX", NULL), *problem = NULL;
    g_autofree char *file = g_build_filename (folder, "a file", NULL), *wanted = NULL;
    g_autoptr (RunAs) user = NULL;

    if (geteuid () == 0) {
        ck_assert_ptr_null (user_problem ("4000000:4000001", &user));
        ck_assert (g_file_set_contents (file, "", 0, NULL));
        ck_assert_int_eq (chmod (file, 0640), 0);
        ck_assert (!run_as_can (user, file, R_OK));
        problem = run_as_problem (user, file, R_OK);
        wanted = g_strdup_printf ("setfacl -m u:4000000:x '%s' && setfacl -m u:4000000:r '%s'",
                                  folder, file);
        ck_assert_ptr_nonnull (strstr (problem, "user 4000000:4000001 cannot read "));
        ck_assert_ptr_nonnull (strstr (problem, wanted));
        ck_assert_int_eq (access (file, R_OK | W_OK), 0); /* we are who we were */
        ck_assert_int_eq (chmod (folder, 0711), 0);
        ck_assert (run_as_give (user, file, NULL));
        ck_assert (run_as_can (user, file, R_OK | W_OK) || !run_as_can (user, folder, X_OK));
        g_unlink (file);
    }
    g_rmdir (folder);
}
END_TEST

START_TEST (emulators_are_found_once)
{
    g_autofree char *dir = private_dir (), *path = g_build_filename (dir, "qemu", NULL);
    g_autoptr (HostFacts) facts = facts_probe (dir);
    EmulatorFacts *shell = facts_add_emulator (facts, "sh");

    ck_assert (g_path_is_absolute (shell->path));
    ck_assert_ptr_eq (facts_add_emulator (facts, "sh"), shell);
    ck_assert_ptr_null (facts_add_emulator (facts, "qemu-system-nosuch")->path);
    write_file (dir, "qemu", "#!/bin/sh\n");
    ck_assert_ptr_null (facts_add_emulator (facts, path)->path); /* cannot be executed */
    ck_assert_uint_eq (facts->emulators->len, 3);
    ck_assert_uint_gt (facts_free_memory (), 1024 * 1024);
    remove_tree (dir);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-files");
    TCase *tcase = tcase_create ("files");
    g_autofree char *qemu_img = g_find_program_in_path ("qemu-img");

    tcase_set_timeout (tcase, 60);
    if (qemu_img) {
        tcase_add_test (tcase, users);
        tcase_add_test (tcase, reach_of_users);
        tcase_add_test (tcase, files_are_given);
        tcase_add_test (tcase, images_are_made_once);
        tcase_add_test (tcase, overlays);
        tcase_add_test (tcase, a_failure_leaves_nothing);
        tcase_add_test (tcase, a_cancelled_one_leaves_nothing);
    }
    tcase_add_test (tcase, what_cannot_be_removed);
    tcase_add_loop_test (tcase, holders_of_ports, 0, 2);
    tcase_add_test (tcase, ports_that_cannot_be);
    tcase_add_test (tcase, sockets);
    tcase_add_test (tcase, facts_of_an_empty_host);
    tcase_add_loop_test (tcase, facts_of_hosts, 0, G_N_ELEMENTS (hosts));
    tcase_add_test (tcase, emulators_are_found_once);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
