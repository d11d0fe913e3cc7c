/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends the same bytes to QEMU and to a QmpSession, and compares what comes back byte for byte.
 * Where the two differ on purpose, the row says what each sends, and why.  The session's greeting
 * is the one that QEMU sent; nothing is left out of the comparison. */
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "integration/qmp-conform-rows.h"
#include "integration/qmp-process.h"
#include "qmp/qmp-session.h"
#include "unit/pump.h"
#include "unit/tap.h"

#define QEMU "qemu-system-x86_64"
#define DEADLINE 60000

/* --- both servers and their client ---------------------------------------------------------- */

typedef struct {
    GString *got;
    gboolean ended;
} Client;

typedef struct {
    Process *process;
    char *greeting; /* without line end */
} Qemu;

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    Client *client = data;
    char bytes[65536];
    ssize_t n = read (fd, bytes, sizeof bytes);

    if (n > 0)
        g_string_append_len (client->got, bytes, n);
    client->ended = n <= 0;
    return n > 0;
}

static gboolean
has_last (gpointer data)
{
    Client *client = data;
    const char *last = strstr (client->got->str, LAST_ID);

    return client->ended || (last && strstr (last, "\r\n"));
}

static gboolean
has_line (gpointer data)
{
    return strchr (((Client *)data)->got->str, '\n') != NULL;
}

/* Sends @in and LAST.  Returns: all that came back, the greeting too */
static char *
converse (int fd, const char *in, gsize length, PumpUntil until)
{
    Client client = { .got = g_string_new (NULL) };
    guint watch = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP, on_readable, &client);

    ck_assert_int_eq (write (fd, in, length), length);
    if (until == has_last)
        ck_assert_int_eq (write (fd, LAST, strlen (LAST)), strlen (LAST));
    ck_assert_msg (pump_until (until, &client, DEADLINE), "no end after: %s", client.got->str);
    ck_assert_msg (!client.ended, "ended after: %s", client.got->str);
    g_source_remove (watch);
    return g_string_free (client.got, FALSE);
}

static int
connect_to (const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy (address.sun_path, path, sizeof address.sun_path);
    ck_assert_int_eq (connect (fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* QEMU that is slow to start may forget what it was told until then: QmpClient copes with that,
 * and plain bytes come after it. */
static Qemu *
qemu_start (void)
{
    Qemu *qemu = g_new0 (Qemu, 1);
    g_autoptr (QmpClient) first = NULL;
    int client;

    qemu->process = process_start ((const char *const[]){
        QEMU, "-machine", "none", "-nodefaults", "-display", "none", "-chardev",
        "socket,id=m,fd=3,server=on,wait=off", "-mon", "chardev=m,mode=control", NULL });
    first = process_connect (qemu->process, 0);
    qmp_client_close (first, NULL);
    client = connect_to (qemu->process->path);
    qemu->greeting = converse (client, "", 0, has_line);
    *strchr (qemu->greeting, '\r') = '\0';
    close (client);
    return qemu;
}

static void
qemu_stop (Qemu *qemu)
{
    process_free (qemu->process);
    g_free (qemu->greeting);
    g_free (qemu);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Qemu, qemu_stop)

/* The commands that the rows use. */
static void
on_request (QmpSession *session, QmpRequest *request, gpointer data)
{
    gboolean is_name = !strcmp (request->command, "query-name");
    gboolean is_yank = !strcmp (request->command, "query-yank");

    if (!is_name && !is_yank)
        qmp_session_error (session, request, "CommandNotFound", "The command %s has not been found",
                           request->command);
    else if (request->oob && is_name)
        qmp_session_error (session, request, "GenericError", "The command %s does not support OOB",
                           request->command);
    else
        qmp_session_return_bytes (session, request, is_name ? "{}" : YANK,
                                  strlen (is_name ? "{}" : YANK));
}

static char *
ask_session (const char *greeting, const char *in, gsize length)
{
    static const QmpSessionHandlers handlers = { .request = on_request };
    g_autoptr (GSocketConnection) connection = NULL;
    g_autoptr (GSocket) socket = NULL;
    g_autoptr (QmpSession) session = NULL;
    char *got;
    int fds[2];

    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    socket = g_socket_new_from_fd (fds[0], NULL);
    connection = g_socket_connection_factory_create_connection (socket);
    session = qmp_session_new (connection, greeting, TRUE, &handlers, NULL);
    got = converse (fds[1], in, length, has_last);
    close (fds[1]);
    return got;
}

static char *
ask_qemu (Qemu *qemu, const char *in, gsize length)
{
    int fd = connect_to (qemu->process->path);
    char *got = converse (fd, in, length, has_last);

    close (fd);
    return got;
}

static void
compare (Qemu *qemu, const char *in, gsize length)
{
    g_autofree char *theirs = ask_qemu (qemu, in, length);
    g_autofree char *ours = ask_session (qemu->greeting, in, length);
    g_autofree char *shown = g_strescape (in, NULL);

    ck_assert_msg (g_str_equal (theirs, ours), "%s\nQEMU: %s\nours: %s", shown, theirs, ours);
}

/* --- tests ---------------------------------------------------------------------------------- */

START_TEST (alike)
{
    g_autoptr (Qemu) qemu = qemu_start ();

    for (gsize i = 0; i < G_N_ELEMENTS (ALIKE); i++)
        compare (qemu, ALIKE[i].in, ALIKE[i].length ? ALIKE[i].length : strlen (ALIKE[i].in));
}
END_TEST

START_TEST (alike_at_the_limits)
{
    g_autoptr (Qemu) qemu = qemu_start ();

    for (int depth = 1023; depth <= 1030; depth += depth < 1025 ? 1 : 5) {
        g_autoptr (GString) in = g_string_new (CAPS "{\"execute\":\"query-name\",\"id\":");

        for (int i = 0; i < depth; i++)
            g_string_append_c (in, '[');
        for (int i = 0; i < depth; i++)
            g_string_append_c (in, ']');
        g_string_append_c (in, '}');
        compare (qemu, in->str, in->len);
    }
    for (int length = 990; length < 1040; length++) {
        g_autofree char *word = g_strnfill (length, 'w');
        g_autofree char *in = g_strconcat (CAPS, word, " ", NULL);

        compare (qemu, in, strlen (in));
    }
}
END_TEST

START_TEST (differences)
{
    g_autoptr (Qemu) qemu = qemu_start ();

    for (gsize i = 0; i < G_N_ELEMENTS (DIFFERENCES); i++) {
        const Difference *row = &DIFFERENCES[i];
        g_autofree char *in = g_strconcat (CAPS, row->in, NULL);
        g_autofree char *theirs = ask_qemu (qemu, in, strlen (in));
        g_autofree char *ours = ask_session (qemu->greeting, in, strlen (in));
        g_autofree char *start = g_strconcat (qemu->greeting, "\r\n{\"return\": {}}\r\n", NULL);
        g_autofree char *end =
            g_strdup (GENERIC ("JSON parse error, stray '\\u0001'") OK ("\"end\""));
        g_autofree char *want_theirs = g_strconcat (start, row->qemu, end, NULL);
        g_autofree char *want_ours = g_strconcat (start, row->ours, end, NULL);

        ck_assert_str_eq (theirs, want_theirs);
        ck_assert_str_eq (ours, want_ours);
    }
}
END_TEST

/* A stray token of many bytes is quoted back only in part: an error need not be a megabyte. */
START_TEST (long_stray_token)
{
    g_autoptr (Qemu) qemu = qemu_start ();
    g_autofree char *word = g_strnfill (5000, 'w');
    g_autofree char *in = g_strconcat (CAPS "\"", word, NULL);
    g_autofree char *theirs = ask_qemu (qemu, in, strlen (in));
    g_autofree char *ours = ask_session (qemu->greeting, in, strlen (in));

    ck_assert_uint_gt (strlen (theirs), strlen (ours));
    ck_assert (strstr (theirs, word));
    ck_assert (strstr (ours, "stray '\\\"www"));
}
END_TEST

/* Pieces put together by chance.  Out of band is left out: QEMU runs it in another thread, so the
 * order of its replies is by chance as well. */
START_TEST (alike_by_chance)
{
    static const char *const pieces[] = { "{",
                                          "}",
                                          "[",
                                          "]",
                                          ":",
                                          ",",
                                          "{\"execute\":\"query-name\"}",
                                          "{\"exec-oob\":\"query-yank\",\"id\":3}",
                                          "{\"execute\":",
                                          "\"id\":",
                                          "'arguments':",
                                          "\"query-name\"",
                                          "'q\\u0061'",
                                          "\"\\ud83d\\",
                                          "\"",
                                          "'",
                                          "\\",
                                          "\\u12",
                                          "1",
                                          "-",
                                          "0",
                                          ".",
                                          "e",
                                          "true",
                                          "nul",
                                          " ",
                                          "\t",
                                          "\n",
                                          "\x01",
                                          "\xff",
                                          "\xc3",
                                          "\xa9",
                                          "\xf0\x9f\x98\x80",
                                          "/",
                                          CAPS };
    g_autoptr (Qemu) qemu = qemu_start ();
    g_autoptr (GRand) random = g_rand_new_with_seed (1971);

    for (int round = 0; round < 1500; round++) {
        g_autoptr (GString) in = g_string_new (round % 3 ? CAPS : "");
        int n = g_rand_int_range (random, 1, 25);

        while (n--)
            g_string_append (in, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
        compare (qemu, in->str, in->len);
    }
}
END_TEST

static Suite *
conform_suite (void)
{
    Suite *suite = suite_create ("qmp-conform");
    TCase *tests = tcase_create ("against QEMU");

    tcase_set_timeout (tests, 120);
    tcase_add_test (tests, alike);
    tcase_add_test (tests, alike_at_the_limits);
    tcase_add_test (tests, differences);
    tcase_add_test (tests, long_stray_token);
    tcase_add_test (tests, alike_by_chance);
    suite_add_tcase (suite, tests);
    return suite;
}

int
main (void)
{
    if (skip_without (QEMU))
        return EXIT_SUCCESS;
    return run_tap (conform_suite ());
}
