/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The switch process itself: start, status, clients, end. */
#include "integration/switch-rig.h"

#include "unit/tap.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static SwitchRig rig;

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

static gboolean
is_private_socket (const char *path)
{
    struct stat info;

    return lstat (path, &info) == 0 && S_ISSOCK (info.st_mode) && (info.st_mode & 0777) == 0600;
}

START_TEST (test_clean_end)
{
    const int signals[] = { SIGTERM, SIGINT };
    g_autofree char *local = rig_path (&rig, "a/n", "s");
    g_autofree char *remote = rig_path (&rig, "a/n", "m");
    g_autofree char *text = NULL;
    int status;

    rig_add_port (&rig, "a/n", NULL);
    close (rig_endpoint (&rig, "a/n"));
    ck_assert (rig_start (&rig));
    ck_assert (is_private_socket (local));
    ck_assert (is_private_socket (rig.control));
    status = rig_end (&rig, signals[_i]);
    ck_assert (WIFEXITED (status));
    ck_assert_int_eq (WEXITSTATUS (status), 0);
    ck_assert (!g_file_test (local, G_FILE_TEST_EXISTS));
    ck_assert (!g_file_test (rig.control, G_FILE_TEST_EXISTS));
    ck_assert (g_file_test (remote, G_FILE_TEST_EXISTS)); /* the machine's, not ours */
    text = rig_stderr (&rig);
    ck_assert_str_eq (text, "");
}
END_TEST

/* A path that somebody else has bound meanwhile is not ours to remove. */
START_TEST (test_removes_only_its_own)
{
    g_autofree char *local = rig_path (&rig, "a/n", "s");

    rig_add_port (&rig, "a/n", NULL);
    ck_assert (rig_start (&rig));
    g_unlink (local);
    ck_assert (g_file_set_contents (local, "", 0, NULL));
    rig_end (&rig, SIGTERM);
    ck_assert (g_file_test (local, G_FILE_TEST_EXISTS));
    ck_assert (!g_file_test (rig.control, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (test_survives_signals)
{
    rig_add_port (&rig, "a/n", NULL);
    ck_assert (rig_start (&rig));
    kill (rig.pid, SIGHUP);
    kill (rig.pid, SIGPIPE);
    ck_assert_int_eq (rig_counter (&rig, "a/n", "rx_frames"), 0);
    ck_assert_int_eq (WEXITSTATUS (rig_end (&rig, SIGTERM)), 0);
}
END_TEST

/* The child of a process that has gone: only that one is told, by SIGTERM. */
START_TEST (test_survives_its_parent)
{
    int told[2];
    pid_t pid, switch_pid;
    int fd;

    rig_add_port (&rig, "a/n", NULL);
    ck_assert_int_eq (pipe (told), 0);
    pid = fork ();
    if (pid == 0) {
        if (rig_start (&rig) && write (told[1], &rig.pid, sizeof rig.pid) < 0)
            _exit (1);
        _exit (0);
    }
    ck_assert_int_eq (waitpid (pid, NULL, 0), pid);
    close (told[1]);
    ck_assert_int_eq (read (told[0], &switch_pid, sizeof switch_pid), sizeof switch_pid);
    ck_assert_int_eq (rig_counter (&rig, "a/n", "rx_frames"), 0);
    fd = rig_connect (&rig);
    ck_assert_int_ge (fd, 0);
    ck_assert_int_eq (kill (switch_pid, SIGTERM), 0);
    close (fd);
    for (gint64 end = g_get_monotonic_time () + RIG_DEADLINE * 1000;
         g_file_test (rig.control, G_FILE_TEST_EXISTS);)
        ck_assert_int_lt (g_get_monotonic_time (), end);
}
END_TEST

START_TEST (test_refuses_a_second)
{
    g_autofree char *local = rig_path (&rig, "a/n", "s");
    g_autofree char *text = NULL;
    pid_t first;
    int a, b;
    guint8 frame[60];

    rig_add_port (&rig, "a/n", NULL);
    rig_add_port (&rig, "b/n", NULL);
    ck_assert (rig_start (&rig));
    first = rig.pid;
    ck_assert (!rig_start (&rig));
    ck_assert_int_eq (WEXITSTATUS (rig_end (&rig, 0)), 1);
    text = rig_stderr (&rig);
    ck_assert_ptr_nonnull (strstr (text, "another process answers there"));
    rig.pid = first;
    ck_assert (is_private_socket (local));
    a = rig_endpoint (&rig, "a/n");
    b = rig_endpoint (&rig, "b/n");
    rig_send (&rig, a, "a/n", frame, rig_frame (frame, 0xff, 1, -1, 60));
    ck_assert_uint_eq (rig_receive (b, frame, sizeof frame, RIG_DEADLINE), 60);
}
END_TEST

/* A start that fails says why, and leaves nothing. */
static void
expect_failure (int status, const char *part)
{
    g_autofree char *text = NULL;
    int end;

    ck_assert (!rig_start (&rig));
    end = rig_end (&rig, 0);
    text = rig_stderr (&rig);
    ck_assert (WIFEXITED (end));
    ck_assert_int_eq (WEXITSTATUS (end), status);
    ck_assert_msg (strstr (text, part) != NULL, "\"%s\" is not in \"%s\"", part, text);
    ck_assert_ptr_eq (strchr (text, '\n'), text + strlen (text) - 1);
}

START_TEST (test_failed_start)
{
    g_autofree char *first = rig_path (&rig, "a/n", "s");
    g_autofree char *second = rig_path (&rig, "b/n", "s");
    g_autofree char *reason =
        g_strdup_printf ("switch lan: port b/n: binding %s: something that is "
                         "no socket is there; remove it\n",
                         second);

    rig_add_port (&rig, "a/n", NULL);
    rig_add_port (&rig, "b/n", NULL);
    ck_assert (g_file_set_contents (second, "precious", -1, NULL));
    expect_failure (1, reason);
    ck_assert (g_file_test (second, G_FILE_TEST_IS_REGULAR));
    ck_assert (!g_file_test (first, G_FILE_TEST_EXISTS));
    ck_assert (!g_file_test (rig.control, G_FILE_TEST_EXISTS));
    g_unlink (second);
    ck_assert_int_eq (mkdir (second, 0700), 0);
    expect_failure (1, "no socket is there");
    g_rmdir (second);
    rig_add_port (&rig, "no-such-folder/x", "--vlan nonsense");
    expect_failure (2, "roost-switch: --vlan \"nonsense\": wants a VLAN, 1 to 4094");
}
END_TEST

START_TEST (test_status)
{
    g_autoptr (JsonNode) node = NULL;
    JsonObject *root, *port, *mac;
    guint8 frame[64];
    int a;

    rig_add_port (&rig, "web1/lan", "--trunk 20-25,26-29,10");
    rig_add_port (&rig, "web2/lan", "--vlan 252");
    ck_assert (rig_start (&rig));
    a = rig_endpoint (&rig, "web1/lan");
    rig_send (&rig, a, "web1/lan", frame, rig_frame (frame, 0xff, 0x1f, 10, 64));
    rig_wait_received (&rig, "web1/lan", 1);

    node = rig_status (&rig);
    root = json_node_get_object (node);
    ck_assert_str_eq (json_object_get_string_member (root, "name"), "lan");
    ck_assert_int_eq (json_object_get_int_member (root, "pid"), rig.pid);
    ck_assert_double_eq (json_object_get_double_member (root, "ageing"), 300);
    port = json_array_get_object_element (json_object_get_array_member (root, "ports"), 0);
    ck_assert_str_eq (json_object_get_string_member (port, "name"), "web1/lan");
    ck_assert_str_eq (json_object_get_string_member (port, "mode"), "trunk");
    ck_assert_str_eq (json_object_get_string_member (port, "trunk"), "10,20-29");
    ck_assert_int_eq (json_object_get_int_member (port, "vlan"), 0);
    ck_assert (json_object_get_boolean_member (port, "connected"));
    ck_assert_int_eq (json_object_get_int_member (port, "rx_frames"), 1);
    ck_assert_int_eq (json_object_get_int_member (port, "rx_bytes"), 64);
    port = json_array_get_object_element (json_object_get_array_member (root, "ports"), 1);
    ck_assert_int_eq (json_object_get_int_member (port, "vlan"), 252);
    ck_assert (!json_object_get_boolean_member (port, "connected"));
    ck_assert_int_eq (json_object_get_int_member (port, "queued"), 0);
    ck_assert_uint_eq (json_array_get_length (json_object_get_array_member (root, "macs")), 1);
    mac = json_array_get_object_element (json_object_get_array_member (root, "macs"), 0);
    ck_assert_str_eq (json_object_get_string_member (mac, "mac"), "02:00:00:00:00:1f");
    ck_assert_int_eq (json_object_get_int_member (mac, "vlan"), 10);
    ck_assert_str_eq (json_object_get_string_member (mac, "port"), "web1/lan");
    ck_assert_int_lt (json_object_get_int_member (mac, "age"), RIG_DEADLINE);
}
END_TEST

/* A full database, and clients that never read: what they hold is bounded,
 * others are served, and frames go on. */
START_TEST (test_slow_clients)
{
    enum { MACS = 17000, SLOW = 20 };
    g_autoptr (JsonNode) node = NULL;
    guint8 frame[60];
    char part[4096], last = '\0';
    int slow[SLOW];
    int a, ended = 0;

    rig_add_port (&rig, "a/n", NULL);
    ck_assert (rig_start (&rig));
    a = rig_endpoint (&rig, "a/n");
    rig_frame (frame, 0xff, 1, -1, 60);
    for (guint i = 0; i < MACS; i++) {
        frame[7] = i >> 8;
        frame[8] = i;
        rig_send (&rig, a, "a/n", frame, 60);
    }
    rig_wait_received (&rig, "a/n", MACS);
    ck_assert_int_eq (rig_counter (&rig, NULL, "macs"), 16384);
    ck_assert_int_eq (rig_counter (&rig, NULL, "fdb_full"), MACS - 16384);
    for (int i = 0; i < SLOW; i++)
        slow[i] = rig_connect (&rig);
    node = rig_status (&rig);
    ck_assert_uint_eq (
        json_array_get_length (json_object_get_array_member (json_node_get_object (node), "macs")),
        4096);
    /* those that gave way have less than a document, and then its end */
    for (int i = 0; i < SLOW; i++) {
        struct pollfd hangup = { .fd = slow[i] };

        if (poll (&hangup, 1, 0) == 1 && (hangup.revents & POLLHUP))
            ended++;
    }
    ck_assert_int_ge (ended, SLOW - 8);
    /* the last is served still, to the last byte */
    for (gssize n; (n = read (slow[SLOW - 1], part, sizeof part)) > 0;)
        last = part[n - 1];
    ck_assert_int_eq (last, '\n');
    for (int i = 0; i < SLOW; i++)
        close (slow[i]);
    ck_assert_int_eq (rig_counter (&rig, "a/n", "rx_frames"), MACS);
}
END_TEST

/* More sockets than the usual limit of open files: the switch raises its own. */
START_TEST (test_many_ports)
{
    enum { PORTS = 600 };
    guint8 frame[60];
    int first, last;

    for (int i = 0; i < PORTS; i++) {
        g_autofree char *name = g_strdup_printf ("m%d/n", i);

        rig_add_port (&rig, name, NULL);
    }
    ck_assert (rig_start (&rig));
    first = rig_endpoint (&rig, "m0/n");
    last = rig_endpoint (&rig, "m599/n");
    rig_send (&rig, first, "m0/n", frame, rig_frame (frame, 0xff, 1, -1, 60));
    ck_assert_uint_eq (rig_receive (last, frame, sizeof frame, RIG_DEADLINE), 60);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("switch-life");
    TCase *life = tcase_create ("life");

    tcase_add_checked_fixture (life, setup, teardown);
    tcase_set_timeout (life, 60);
    tcase_add_loop_test (life, test_clean_end, 0, 2);
    tcase_add_test (life, test_removes_only_its_own);
    tcase_add_test (life, test_survives_signals);
    tcase_add_test (life, test_survives_its_parent);
    tcase_add_test (life, test_refuses_a_second);
    tcase_add_test (life, test_failed_start);
    tcase_add_test (life, test_status);
    tcase_add_test (life, test_slow_clients);
    tcase_add_test (life, test_many_ports);
    suite_add_tcase (suite, life);
    return run_tap (suite);
}
