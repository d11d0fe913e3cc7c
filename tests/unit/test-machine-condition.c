/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine/conditions: what holds, what does not and what is said of it. */
#include "base/error.h"
#include "base/file.h"
#include "machine/conditions/condition.h"
#include "unit/tap.h"
#include "unit/wait.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#define LONG_MS (60 * 1000)
#define SHORT_MS 50

typedef struct {
    MachineStep *record;
    ReadyRecord *wanted;
    QmpClient *qmp;
    ConditionSet *set;
    char *log;
    char *said;      /* what came before it; NULL */
    GPtrArray *held; /* what has held already; NULL */
    gboolean called;
    GError *failure;
} World;

static World world;

static void
decided (const GError *failure, gpointer user_data)
{
    ck_assert (!world.called);
    world.called = TRUE;
    world.failure = failure ? g_error_copy (failure) : NULL;
}

static void
set_up (void)
{
    int fd = g_file_open_tmp ("condition-XXXXXX", &world.log, NULL);
    const char *const logs[] = { world.log, NULL };

    ck_assert_int_ge (fd, 0);
    close (fd);
    world.record = record_new (&machine_step_record);
    world.record->serial_logs = g_strdupv ((GStrv)logs);
    world.wanted = record_new (&ready_record);
    world.wanted->timeout_ms = LONG_MS;
    world.qmp = qmp_client_new (QMP_CLIENT_DEFAULT);
}

static void
tear_down (void)
{
    condition_set_free (world.set);
    record_free (&machine_step_record, world.record);
    record_free (&ready_record, world.wanted);
    g_object_unref (world.qmp);
    g_clear_error (&world.failure);
    g_unlink (world.log);
    g_free (world.log);
    g_free (world.said);
    g_clear_pointer (&world.held, g_ptr_array_unref);
}

static ConditionRecord *
want (ConditionKind kind, const char *word)
{
    ConditionRecord *condition = record_new (&condition_record);

    condition->kind = kind;
    condition->word = g_strdup (word);
    g_ptr_array_add (world.wanted->conditions, condition);
    return condition;
}

static void
begin (goffset serial_offset)
{
    static const ConditionHandlers handlers = { .over = decided };
    ConditionSite site = { .record = world.record,
                           .qmp = world.qmp,
                           .serial_offset = serial_offset,
                           .said = world.said,
                           .held = world.held };

    world.set = condition_set_new (world.wanted, &site, &handlers, NULL);
    ck_assert (!world.called);
}

static void
say (const char *text)
{
    g_auto (AutoFd) fd = open (world.log, O_WRONLY | O_APPEND);

    ck_assert_int_eq (write (fd, text, strlen (text)), strlen (text));
}

static void
ck_fails (int code, const char *text)
{
    ck_wait (world.called);
    ck_assert_msg (g_error_matches (world.failure, ROOST_ERROR, code), "%s",
                   world.failure ? world.failure->message : "it holds");
    ck_assert_msg (strstr (world.failure->message, text), "%s", world.failure->message);
}

static gboolean
explains (const char *text)
{
    g_autofree char *missing = condition_set_explain (world.set);

    return strstr (missing, text) != NULL;
}

static void
ck_holds (void)
{
    ck_wait (world.called);
    ck_assert_msg (!world.failure, "%s", world.failure ? world.failure->message : "");
}

START_TEST (said_before)
{
    say ("boot\nlogin: ");
    want (CONDITION_SERIAL, "^login: $");
    begin (0);
    ck_holds ();
}
END_TEST

START_TEST (said_later_in_pieces)
{
    say ("boot\n");
    want (CONDITION_SERIAL, "^login: $");
    begin (0);
    wait_settle ();
    ck_assert (!world.called);
    say ("log");
    wait_settle ();
    say ("in: ");
    ck_holds ();
}
END_TEST

START_TEST (said_by_the_run_before)
{
    say ("login: \n");
    want (CONDITION_SERIAL, "login");
    world.wanted->timeout_ms = SHORT_MS;
    begin (8);
    ck_fails (ROOST_ERROR_TIMEOUT, "nor anything else");
}
END_TEST

START_TEST (only_what_is_new)
{
    say ("login: ");
    want (CONDITION_SERIAL, "login")->fresh = TRUE;
    begin (0);
    wait_settle ();
    ck_assert (!world.called);
    say ("login: ");
    ck_holds ();
}
END_TEST

START_TEST (said_before_a_save)
{
    g_autofree char *said = g_strconcat (world.log, ".said", NULL);

    ck_assert (g_file_set_contents (said, "boot\nlog", -1, NULL));
    world.said = g_strdup (said);
    say ("login: ");
    want (CONDITION_SERIAL, "boot");
    want (CONDITION_SERIAL, "^login: $");
    begin (7);
    wait_settle ();
    ck_assert (!world.called);
    ck_assert (explains ("/^login: $/; its last line is \"log\""));
    say ("in: ");
    ck_holds ();
    g_unlink (said);
}
END_TEST

START_TEST (held_before)
{
    const ConditionRecord *event = want (CONDITION_QMP_EVENT, "STOP");

    want (CONDITION_SERIAL, "login");
    world.held = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (world.held, condition_text (event));
    begin (0);
    ck_assert (!explains ("STOP"));
    say ("login: ");
    ck_holds ();
}
END_TEST

START_TEST (all_must_hold)
{
    g_autofree char *missing = NULL;

    want (CONDITION_SERIAL, "one");
    want (CONDITION_SERIAL, "two");
    begin (0);
    say ("one\n");
    ck_wait (!explains ("/one/") && explains ("its last line is \"one\""));
    ck_assert (!world.called);
    missing = condition_set_explain (world.set);
    ck_assert_str_eq (missing, "the serial port has not said /two/; its last line is \"one\"");
    say ("two\n");
    ck_holds ();
}
END_TEST

START_TEST (in_vain)
{
    want (CONDITION_SERIAL, "never");
    want (CONDITION_QMP_EVENT, "RESET");
    begin (0);
    say ("Kernel panic\n");
    ck_wait (explains ("its last line is \"Kernel panic\"; no event RESET came"));
    ck_assert (!world.called);
}
END_TEST

START_TEST (out_of_time)
{
    say ("Kernel panic\n");
    want (CONDITION_SERIAL, "never");
    world.wanted->timeout_ms = SHORT_MS;
    begin (0);
    ck_fails (
        ROOST_ERROR_TIMEOUT,
        "after 50 ms: the serial port has not said /never/; its last line is \"Kernel panic\"");
}
END_TEST

START_TEST (what_cannot_be)
{
    want (CONDITION_SERIAL, "(");
    begin (0);
    ck_wait (world.called);
    ck_assert_ptr_nonnull (world.failure);
}
END_TEST

START_TEST (no_such_forward)
{
    want (CONDITION_TCP, "https");
    begin (0);
    ck_fails (ROOST_ERROR_FAILED, "no tcp forward https");
}
END_TEST

START_TEST (freed_while_it_waits)
{
    want (CONDITION_SERIAL, "never");
    want (CONDITION_QMP_EVENT, "RESET");
    begin (0);
    g_clear_pointer (&world.set, condition_set_free);
    say ("never\n");
    wait_settle ();
    ck_assert (!world.called);
}
END_TEST

/* --- https --- */

/* Returns: a socket that listens, and its port */
static int
listen_somewhere (guint *ret_port)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
    socklen_t length = sizeof name;
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq (bind (fd, (struct sockaddr *)&name, sizeof name), 0);
    ck_assert_int_eq (listen (fd, 4), 0);
    ck_assert_int_eq (getsockname (fd, (struct sockaddr *)&name, &length), 0);
    *ret_port = ntohs (name.sin_port);
    return fd;
}

static void
want_https (guint port)
{
    ForwardRecord *forward = record_new (&forward_record);

    forward->proto = g_strdup ("tcp");
    forward->host_address = g_strdup ("127.0.0.1");
    forward->bound_port = port;
    forward->guest_port = 443;
    g_ptr_array_add (world.record->forwards, forward);
    want (CONDITION_HTTPS, "443");
}

/* waits for the greeting on @listener and answers with @answer */
static void
answer_once (int listener, const char *answer, gsize length)
{
    g_auto (AutoFd) peer = -1;
    guint8 hello[108] = { 0 };

    fcntl (listener, F_SETFL, O_NONBLOCK);
    ck_wait ((peer = accept (listener, NULL, NULL)) >= 0);
    fcntl (peer, F_SETFL, O_NONBLOCK);
    ck_wait (recv (peer, hello, sizeof hello, MSG_PEEK) == sizeof hello);
    ck_assert_int_eq (hello[0], 0x16);
    ck_assert_int_eq (send (peer, answer, length, MSG_NOSIGNAL), length);
    shutdown (peer, SHUT_WR);
    ck_wait (world.called || !explains ("no TLS server answers"));
}

START_TEST (tls_is_answered)
{
    guint port;
    g_auto (AutoFd) listener = listen_somewhere (&port);

    want_https (port);
    begin (0);
    answer_once (listener, "\x16\x03\x03", 3);
    ck_holds ();
}
END_TEST

START_TEST (tls_is_refused_in_tls)
{
    guint port;
    g_auto (AutoFd) listener = listen_somewhere (&port);

    want_https (port);
    begin (0);
    answer_once (listener, "\x15\x03\x01\x00\x02\x02\x28", 7);
    ck_holds ();
}
END_TEST

START_TEST (no_tls)
{
    guint port;
    g_auto (AutoFd) listener = listen_somewhere (&port);

    want_https (port);
    begin (0);
    answer_once (listener, "HTTP/1.1 400 Bad Request\r\n", 26);
    ck_wait (explains (": what answers does not speak TLS"));
    ck_assert (!world.called);
}
END_TEST

START_TEST (nobody_listens)
{
    guint port;
    int listener = listen_somewhere (&port);

    close (listener);
    want_https (port);
    begin (0);
    ck_wait (explains ("connections are refused or closed"));
}
END_TEST

/* OpenSSL's own server, where it is installed */
START_TEST (a_real_server)
{
    g_autofree char *program = g_find_program_in_path ("openssl");
    g_autofree char *dir = g_dir_make_tmp ("tls-XXXXXX", NULL);
    g_autofree char *pem = g_build_filename (dir, "pem", NULL), *accept_at = NULL;
    const char *make[] = { "openssl", "req",     "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                           "/CN=x",   "-keyout", pem,     "-out",    pem,        NULL };
    guint port;
    g_autoptr (GSubprocess) server = NULL;

    if (program) {
        g_autoptr (GSubprocess) maker = g_subprocess_newv (
            make, G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);

        ck_assert (maker && g_subprocess_wait_check (maker, NULL, NULL));
        close (listen_somewhere (&port));
        accept_at = g_strdup_printf ("127.0.0.1:%u", port);
        server = g_subprocess_new (
            G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, "openssl",
            "s_server", "-accept", accept_at, "-cert", pem, "-key", pem, "-quiet", NULL);
        ck_assert_ptr_nonnull (server);
        want_https (port);
        begin (0); /* perhaps before it listens */
        ck_assert (wait_for (world.called, LONG_MS));
        ck_holds ();
        g_subprocess_force_exit (server);
        g_subprocess_wait (server, NULL, NULL);
    }
    g_unlink (pem);
    g_rmdir (dir);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("condition");
    TCase *tcase = tcase_create ("conditions");

    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_set_timeout (tcase, 180);
    tcase_add_test (tcase, said_before);
    tcase_add_test (tcase, said_later_in_pieces);
    tcase_add_test (tcase, said_by_the_run_before);
    tcase_add_test (tcase, only_what_is_new);
    tcase_add_test (tcase, said_before_a_save);
    tcase_add_test (tcase, held_before);
    tcase_add_test (tcase, all_must_hold);
    tcase_add_test (tcase, in_vain);
    tcase_add_test (tcase, out_of_time);
    tcase_add_test (tcase, what_cannot_be);
    tcase_add_test (tcase, no_such_forward);
    tcase_add_test (tcase, freed_while_it_waits);
    tcase_add_test (tcase, tls_is_answered);
    tcase_add_test (tcase, tls_is_refused_in_tls);
    tcase_add_test (tcase, no_tls);
    tcase_add_test (tcase, nobody_listens);
    tcase_add_test (tcase, a_real_server);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
