/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors that QmpClient passes to a real QEMU. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/qmp-peer.h"
#include "tests/integration/qmp-process.h"
#include "tests/unit/tap.h"
#include "tests/unit/wait.h"

#define QEMU "qemu-system-x86_64"
#define MONITOR "-chardev", "socket,id=qmp,fd=3,server=on,wait=off", "-mon"
#define PAIRS 200

static const char *const argv_plain[] = { QEMU,       "-machine",
                                          "none",     "-nodefaults",
                                          "-display", "none",
                                          MONITOR,    "chardev=qmp,mode=control",
                                          NULL };

typedef struct {
    Process *qemu;
    QmpClient *client;
    Outcome calls[3];
} Fixture;

static Fixture fix;

static void
setup (void)
{
    fix.qemu = process_start (argv_plain);
    fix.client = process_connect (fix.qemu, QMP_CLIENT_WANT_OOB);
}

static void
teardown (void)
{
    g_clear_object (&fix.client);
    g_clear_pointer (&fix.qemu, process_free);
    for (guint i = 0; i < G_N_ELEMENTS (fix.calls); i++)
        outcome_clear (&fix.calls[i]);
}

/* The path that add-fd's descriptor has in QEMU */
static char *
path_in_qemu (QmpReply *reply)
{
    g_autofree char *json = g_strndup (reply->value ? reply->value : "null", reply->value_length);
    g_autoptr (JsonNode) node = json_from_string (json, NULL);
    g_autofree char *link = NULL;

    ck_assert_msg (reply->value != NULL, "%.*s", (int)reply->error_length, reply->error);
    link = g_strdup_printf ("/proc/%d/fd/%d", process_get_pid (fix.qemu),
                            (int)json_object_get_int_member (json_node_get_object (node), "fd"));
    return g_file_read_link (link, NULL);
}

/* Two at once, as often as it takes for them to be swapped when nothing prevents it, with
 * out-of-band calls between them. */
START_TEST (descriptors_are_not_swapped)
{
    static const char *const files[] = { "/dev/null", "/dev/zero" };
    QmpCallOptions oob = { .oob = TRUE };
    int fds[2];

    for (int i = 0; i < 2; i++)
        fds[i] = open (files[i], O_RDONLY | O_CLOEXEC);
    for (int pair = 0; pair < PAIRS; pair++) {
        for (int i = 0; i < 2; i++) {
            QmpCallOptions options = { .fds = &fds[i], .n_fds = 1 };

            qmp_client_call_async (fix.client, "add-fd", NULL, 0, &options, NULL, outcome_called,
                                   &fix.calls[i]);
            qmp_client_call_async (fix.client, "query-yank", NULL, 0, &oob, NULL, outcome_called,
                                   &fix.calls[2]);
        }
        ck_wait (fix.calls[0].n_calls && fix.calls[1].n_calls && fix.calls[2].n_calls == 2);
        for (int i = 0; i < 2; i++) {
            g_autofree char *path = path_in_qemu (fix.calls[i].reply);

            ck_assert_str_eq (path, files[i]);
        }
        for (int i = 0; i < 3; i++)
            outcome_clear (&fix.calls[i]);
    }
    close (fds[0]);
    close (fds[1]);
}
END_TEST

START_TEST (getfd_pairs)
{
    static const char one[] = "{\"fdname\":\"one\"}", two[] = "{\"fdname\":\"two\"}";
    int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    QmpCallOptions options = { .fds = &fd, .n_fds = 1 };

    for (int pair = 0; pair < PAIRS; pair++) {
        qmp_client_call_async (fix.client, "getfd", one, strlen (one), &options, NULL,
                               outcome_called, &fix.calls[0]);
        qmp_client_call_async (fix.client, "getfd", two, strlen (two), &options, NULL,
                               outcome_called, &fix.calls[1]);
        ck_wait (fix.calls[0].n_calls && fix.calls[1].n_calls);
        ck_assert_ptr_nonnull (fix.calls[0].reply->value);
        ck_assert_ptr_nonnull (fix.calls[1].reply->value);
        outcome_clear (&fix.calls[0]);
        outcome_clear (&fix.calls[1]);
    }
    close (fd);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("qmp-real-fds");
    TCase *tcase = tcase_create ("qemu");

    if (skip_without (QEMU))
        return EXIT_SUCCESS;
    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, descriptors_are_not_swapped);
    tcase_add_test (tcase, getfd_pairs);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
