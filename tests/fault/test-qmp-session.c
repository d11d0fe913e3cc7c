/* Tests QmpSession against clients that do what clients do wrong: real socket pairs, both ends in
 * one main loop. */
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/qmp-session.h"
#include "unit/pump.h"
#include "unit/tap.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}"
#define READY GREETING "\r\n{\"return\": {}}\r\n"
#define CAPS "{\"execute\":\"qmp_capabilities\"}"
#define EVENT "{\"event\": \"STOP\"}"
#define DEADLINE 10000

/* The owner of the session and its client. */
typedef struct {
    QmpSession *session;
    GQueue held; /* QmpRequest of "hold" */
    GString *commands;
    guint n_ready, n_closed;
    GError *reason;
    const char *free_in; /* the handler in which the owner frees the session */
    int fd;              /* the client's end */
    guint watch;         /* reads the client's end; 0 when the client does not read */
    GString *got;
    gsize wanted; /* bytes to wait for */
} World;

static void
free_session (World *world, const char *handler)
{
    if (g_strcmp0 (world->free_in, handler) == 0)
        g_clear_pointer (&world->session, qmp_session_free);
}

static void
on_ready (QmpSession *session, gpointer data)
{
    World *world = data;

    world->n_ready++;
    free_session (world, "ready");
}

static void
on_closed (QmpSession *session, const GError *reason, gpointer data)
{
    World *world = data;

    ck_assert_uint_eq (world->n_closed, 0);
    world->n_closed++;
    world->reason = reason ? g_error_copy (reason) : NULL;
    free_session (world, "closed");
}

/* The first byte of each file that came with the request. */
static void
answer_fds (World *world, QmpRequest *request)
{
    g_autoptr (GString) json = g_string_new ("\"");

    for (guint i = 0; i < request->n_fds; i++) {
        char c = '?';

        ck_assert_int_eq (pread (request->fds[i], &c, 1, 0), 1);
        g_string_append_c (json, c);
    }
    g_string_append_c (json, '"');
    qmp_session_return_bytes (world->session, request, json->str, json->len);
}

static void
answer_size (World *world, QmpRequest *request)
{
    guint64 size = g_ascii_strtoull (request->arguments + strlen ("{\"n\":"), NULL, 10);
    g_autofree char *json = g_strnfill (size, '1');

    qmp_session_return_bytes (world->session, request, json, size);
}

static void
on_request (QmpSession *session, QmpRequest *request, gpointer data)
{
    World *world = data;

    g_string_append_printf (world->commands, "%s ", request->command);
    if (world->free_in && !strcmp (world->free_in, "request")) {
        qmp_session_return_bytes (session, request, "1", 1);
        free_session (world, "request");
    } else if (!strcmp (request->command, "hold")) {
        g_queue_push_tail (&world->held, request);
    } else if (!strcmp (request->command, "fds")) {
        answer_fds (world, request);
    } else if (!strcmp (request->command, "size")) {
        answer_size (world, request);
    } else if (!strcmp (request->command, "silent")) {
        qmp_request_free (request);
    } else if (!strcmp (request->command, "close")) {
        qmp_session_return_bytes (session, request, "{}", 2);
        qmp_session_close (session);
    } else if (!strcmp (request->command, "error")) {
        qmp_session_error (session, request, "DeviceNotFound", "Device '%s' not found", "\xc3\xa9");
    } else {
        qmp_session_return_bytes (session, request, request->arguments ? request->arguments : "{}",
                                  request->arguments ? strlen (request->arguments) : 2);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
    World *world = data;
    char bytes[65536];
    ssize_t n = read (fd, bytes, sizeof bytes);

    if (n > 0) {
        g_string_append_len (world->got, bytes, n);
        return G_SOURCE_CONTINUE;
    }
    g_string_append (world->got, n == 0 ? "EOF" : "RESET");
    world->watch = 0;
    return G_SOURCE_REMOVE;
}

static void
start_reading (World *world)
{
    world->watch = g_unix_fd_add (world->fd, G_IO_IN | G_IO_HUP, on_readable, world);
}

static World *
world_new (gboolean offer_oob)
{
    static const QmpSessionHandlers handlers = { on_ready, on_request, on_closed };
    g_autoptr (GSocketConnection) connection = NULL;
    g_autoptr (GSocket) socket = NULL;
    World *world = g_new0 (World, 1);
    int fds[2];

    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    socket = g_socket_new_from_fd (fds[0], NULL);
    connection = g_socket_connection_factory_create_connection (socket);
    world->commands = g_string_new (NULL);
    world->got = g_string_new (NULL);
    world->fd = fds[1];
    world->session = qmp_session_new (connection, GREETING, offer_oob, &handlers, world);
    start_reading (world);
    return world;
}

static void
world_free (World *world)
{
    qmp_session_free (world->session);
    while (!g_queue_is_empty (&world->held))
        qmp_request_free (g_queue_pop_head (&world->held));
    if (world->watch)
        g_source_remove (world->watch);
    if (world->fd >= 0)
        close (world->fd);
    g_string_free (world->commands, TRUE);
    g_string_free (world->got, TRUE);
    g_clear_error (&world->reason);
    g_free (world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static void
stop_reading (World *world)
{
    g_source_remove (world->watch);
    world->watch = 0;
}

static void
say (World *world, const char *text)
{
    ck_assert_int_eq (write (world->fd, text, strlen (text)), strlen (text));
}

static gboolean
has_wanted (gpointer data)
{
    return ((World *)data)->got->len >= ((World *)data)->wanted;
}

static gboolean
is_closed (gpointer data)
{
    return ((World *)data)->n_closed > 0;
}

/* Waits until the client has got exactly @text, and forgets it. */
static void
expect (World *world, const char *text)
{
    world->wanted = strlen (text);
    pump_until (has_wanted, world, DEADLINE);
    pump_idle ();
    ck_assert_str_eq (world->got->str, text);
    g_string_truncate (world->got, 0);
}

static void
expect_closed (World *world)
{
    ck_assert (pump_until (is_closed, world, DEADLINE));
}

static void
begin (World *world)
{
    say (world, CAPS);
    expect (world, READY);
}

static void
answer_held (World *world)
{
    qmp_session_return_bytes (world->session, g_queue_pop_head (&world->held), "{}", 2);
}

static guint
count_fds (void)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (g_dir_read_name (dir))
        n++;
    return n;
}

/* Sends @text with @n files, of which the first bytes are @contents[i]. */
static void
say_with_fds (World *world, const char *text, const char *contents)
{
    union {
        char bytes[CMSG_SPACE (64 * sizeof (int))];
        struct cmsghdr align;
    } control = { 0 };
    gsize n = strlen (contents);
    struct iovec vector = { (char *)text, strlen (text) };
    struct msghdr message = { .msg_iov = &vector,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = CMSG_SPACE (n * sizeof (int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR (&message);
    FILE *files[64];

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN (n * sizeof (int));
    for (gsize i = 0; i < n; i++) {
        int fd;

        files[i] = tmpfile ();
        fd = fileno (files[i]);
        ck_assert_int_eq (write (fd, contents + i, 1), 1);
        memcpy (CMSG_DATA (header) + i * sizeof (int), &fd, sizeof fd);
    }
    ck_assert_int_eq (sendmsg (world->fd, &message, 0), strlen (text));
    for (gsize i = 0; i < n; i++)
        fclose (files[i]);
}

/* --- conversation -------------------------------------------------------------------------- */

START_TEST (greets_and_negotiates)
{
    g_autoptr (World) world = world_new (TRUE);

    expect (world, GREETING "\r\n");
    qmp_session_send_event (world->session, EVENT, strlen (EVENT));
    say (world, "{\"execute\":\"x\",\"id\":7}");
    expect (world, "{\"id\": 7, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"Expecting "
                   "capabilities negotiation with 'qmp_capabilities'\"}}\r\n");
    ck_assert (!qmp_session_is_ready (world->session));
    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}");
    expect (world, "{\"return\": {}, \"id\": 1}\r\n");
    ck_assert_uint_eq (world->n_ready, 1);
    ck_assert (qmp_session_has_oob (world->session));
    qmp_session_send_event (world->session, EVENT, strlen (EVENT));
    expect (world, EVENT "\r\n");
    say (world, "{\"execute\":\"qmp_capabilities\",\"id\":\"y\"}");
    expect (world, "{\"id\": \"y\", \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                   "\"Capabilities negotiation is already complete, command ignored\"}}\r\n");
    ck_assert_str_eq (world->commands->str, "");
    ck_assert_int_eq (
        g_credentials_get_unix_pid (qmp_session_get_credentials (world->session), NULL), getpid ());
}
END_TEST

START_TEST (oob_only_when_offered)
{
    g_autoptr (World) world = world_new (FALSE);

    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect (world, GREETING "\r\n{\"error\": {\"class\": \"GenericError\", \"desc\": \"Capability "
                            "oob not available\"}}\r\n");
    ck_assert_uint_eq (world->n_ready, 0);
}
END_TEST

START_TEST (replies_carry_the_id_bytes)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    say (world, "{'execute':'a','id':{\"b\": 1e2, \"a\":'\"'}}{\"execute\":\"a\"}"
                "{\"execute\":\"error\",\"id\":18446744073709551616}");
    expect (world, "{\"return\": {}, \"id\": {\"b\":1e2,\"a\":\"\\\"\"}}\r\n"
                   "{\"return\": {}}\r\n"
                   "{\"id\": 18446744073709551616, \"error\": {\"class\": \"DeviceNotFound\", "
                   "\"desc\": \"Device '\\u00E9' not found\"}}\r\n");
}
END_TEST

START_TEST (odd_names_never_reach_the_owner)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    say (world, "{\"execute\":\"\"}{\"execute\":\"a b\"}{\"execute\":\"x\\u0000\"}");
    expect (world,
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command  has not been "
            "found\"}}\r\n"
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command a b has not been "
            "found\"}}\r\n"
            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command x\\u0000 has not "
            "been found\"}}\r\n");
    ck_assert_str_eq (world->commands->str, "");
}
END_TEST

START_TEST (own_answers_wait_their_turn)
{
    g_autoptr (World) world = world_new (TRUE);
    static const char expecting[] =
        "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting "
        "value\"}}\r\n";
    g_autofree char *both = g_strconcat ("{\"return\": {}, \"id\": 1}\r\n", expecting, NULL);

    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect (world, READY);
    say (world, "{\"execute\":\"hold\",\"id\":1}]{\"execute\":\"hold\",\"id\":2}]");
    say (world, "{\"exec-oob\":\"now\",\"id\":3}{\"exec-oob\":\"now\",\"id\":4,\"x\":1}");
    expect (world, "{\"return\": {}, \"id\": 3}\r\n{\"id\": 4, \"error\": {\"class\": "
                   "\"GenericError\", \"desc\": \"QMP input member 'x' is unexpected\"}}\r\n");
    answer_held (world);
    expect (world, both);
    qmp_request_free (g_queue_pop_head (&world->held)); /* a command without a reply */
    expect (world, expecting);
}
END_TEST

START_TEST (refusals_say_why)
{
    g_autoptr (World) world = world_new (TRUE);
    g_autoptr (GSocketConnection) connection = NULL;
    g_autoptr (GSocket) socket = NULL;
    char got[200] = "";
    int fds[2];

    expect (world, GREETING "\r\n");
    qmp_session_fail (world->session, "GenericError", "uid %d may not", 7);
    expect_closed (world);
    ck_assert_ptr_null (world->reason);
    expect (world,
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"uid 7 may not\"}}\r\nEOF");

    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), 0);
    socket = g_socket_new_from_fd (fds[0], NULL);
    connection = g_socket_connection_factory_create_connection (socket);
    qmp_session_refuse (connection, "GenericError", "too many clients (limit: %d)", 64);
    ck_assert_int_gt (read (fds[1], got, sizeof got - 1), 0);
    ck_assert_str_eq (got, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"too many clients "
                           "(limit: 64)\"}}\r\n");
    ck_assert_int_eq (read (fds[1], got, sizeof got), 0);
    close (fds[1]);
}
END_TEST

/* --- ends ----------------------------------------------------------------------------------- */

START_TEST (half_close_is_answered_first)
{
    g_autoptr (World) world = world_new (TRUE);

    say (world, CAPS "{\"execute\":\"a\",\"id\":1}{\"execute\":\"hold\",\"id\":2}"
                     "{\"execute\":\"a\",\"id\":3}");
    shutdown (world->fd, SHUT_WR);
    expect (world, READY "{\"return\": {}, \"id\": 1}\r\n{\"return\": {}, \"id\": 3}\r\n");
    ck_assert_uint_eq (world->n_closed, 0);
    answer_held (world);
    expect_closed (world);
    ck_assert_ptr_null (world->reason);
    expect (world, "{\"return\": {}, \"id\": 2}\r\nEOF");
}
END_TEST

START_TEST (half_closed_client_that_leaves)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    say (world, "{\"execute\":\"hold\"}");
    shutdown (world->fd, SHUT_WR);
    pump_idle ();
    ck_assert_uint_eq (world->n_closed, 0);
    stop_reading (world);
    close (world->fd);
    world->fd = -1;
    expect_closed (world);
    answer_held (world); /* too late, and harmless */
}
END_TEST

START_TEST (client_leaves_with_commands_unanswered)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;

    begin (world);
    for (int i = 0; i < 20; i++)
        say (world, "{\"execute\":\"hold\"}");
    pump_idle ();
    ck_assert_uint_eq (world->held.length, QMP_SESSION_PENDING_MAX + 1);
    stop_reading (world);
    close (world->fd);
    world->fd = -1;
    expect_closed (world);
    ck_assert_ptr_null (world->reason);
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_eq (stats.pending, 0);
    answer_held (world);
    g_clear_pointer (&world->session, qmp_session_free);
    qmp_request_free (g_queue_pop_head (&world->held));
}
END_TEST

START_TEST (close_writes_what_is_queued)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    stop_reading (world);
    say (world, "{\"execute\":\"size\",\"arguments\":{\"n\":1000000}}");
    pump_idle ();
    say (world, "{\"execute\":\"close\"}");
    pump_idle ();
    ck_assert_uint_eq (world->n_closed, 0);
    say (world, "{\"execute\":\"never\"}"); /* unread, and no reset for that */
    start_reading (world);
    expect_closed (world);
    pump_idle ();
    ck_assert_ptr_null (world->reason);
    ck_assert (g_str_has_suffix (world->got->str, "{\"return\": {}}\r\nEOF"));
    ck_assert_str_eq (world->commands->str, "size close ");
}
END_TEST

START_TEST (close_does_not_wait_for_ever)
{
    g_autoptr (World) world = world_new (TRUE);

    begin (world);
    stop_reading (world);
    say (world, "{\"execute\":\"size\",\"arguments\":{\"n\":1000000}}{\"execute\":\"close\"}");
    expect_closed (world);
    ck_assert (g_error_matches (world->reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}
END_TEST

START_TEST (free_in_a_handler)
{
    static const char *const handlers[] = { "ready", "request", "closed" };
    g_autoptr (World) world = world_new (TRUE);

    world->free_in = handlers[_i];
    say (world, CAPS "{\"execute\":\"hold\"}{\"execute\":\"close\"}]]]");
    shutdown (world->fd, SHUT_WR);
    world->wanted = G_MAXSIZE;
    pump_until (has_wanted, world, 50);
    ck_assert_ptr_null (world->session);
    ck_assert_uint_eq (world->n_closed, _i == 2);
    ck_assert (g_str_has_suffix (world->got->str, "EOF"));
}
END_TEST

/* --- clients that take too much ------------------------------------------------------------- */

START_TEST (silent_reader_is_dropped)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;
    guint64 n = 0;

    begin (world);
    stop_reading (world);
    while (!world->n_closed && n++ < 1000000) {
        qmp_session_send_event (world->session, EVENT, strlen (EVENT));
        if (n % 1000 == 0) {
            pump_idle ();
            qmp_session_get_stats (world->session, &stats);
            ck_assert_uint_le (stats.queued, QMP_SESSION_QUEUE_MAX);
        }
    }
    expect_closed (world);
    ck_assert (g_error_matches (world->reason, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    ck_assert_uint_gt (n * strlen (EVENT "\r\n"), QMP_SESSION_QUEUE_MAX);
}
END_TEST

START_TEST (long_reply_to_a_reader)
{
    g_autoptr (World) world = world_new (TRUE);
    gsize size = 3 * QMP_SESSION_QUEUE_MAX;

    begin (world);
    say (world, "{\"execute\":\"size\",\"arguments\":{\"n\":25165824}}");
    world->wanted = size + strlen ("{\"return\": }\r\n");
    ck_assert (pump_until (has_wanted, world, DEADLINE));
    ck_assert_uint_eq (world->got->len, world->wanted);
    ck_assert_uint_eq (world->n_closed, 0);
}
END_TEST

START_TEST (faults_flood)
{
    static const char line[] = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse "
                               "error, expecting value\"}}\r\n";
    g_autoptr (World) world = world_new (TRUE);
    g_autofree char *block = g_strnfill (100000, ']');
    QmpSessionStats stats;

    expect (world, GREETING "\r\n");
    stop_reading (world);
    say (world, block);
    pump_idle ();
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_gt (stats.queued, QMP_SESSION_QUEUE_MAX / 2);
    ck_assert_uint_lt (stats.queued, QMP_SESSION_QUEUE_MAX / 2 + 1000);
    start_reading (world);
    world->wanted = 100000 * strlen (line);
    ck_assert (pump_until (has_wanted, world, DEADLINE));
    ck_assert_uint_eq (world->got->len, world->wanted);
    ck_assert_uint_eq (world->n_closed, 0);
}
END_TEST

START_TEST (fast_writer_is_not_read)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;
    guint n = 0;

    begin (world);
    while (write (world->fd, "{\"execute\":\"hold\"}", 18) == 18)
        n++;
    pump_idle ();
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_eq (stats.pending, QMP_SESSION_PENDING_MAX + 1);
    ck_assert_uint_lt (stats.bytes_in, 20000);
    for (guint i = 0; i < n; i++) {
        ck_assert_ptr_nonnull (world->held.head);
        answer_held (world);
        pump_idle ();
    }
    ck_assert_uint_ge (n, 100);
    ck_assert_uint_eq (world->got->len, n * strlen ("{\"return\": {}}\r\n"));
}
END_TEST

/* An in-band flood does not keep an out-of-band command out. */
START_TEST (oob_passes_a_full_queue)
{
    g_autoptr (World) world = world_new (TRUE);

    say (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
    expect (world, READY);
    for (int i = 0; i < QMP_SESSION_PENDING_MAX; i++)
        say (world, "{\"execute\":\"hold\"}");
    say (world, "{\"exec-oob\":\"now\",\"id\":1}");
    expect (world, "{\"return\": {}, \"id\": 1}\r\n");
}
END_TEST

START_TEST (idle_session_sleeps)
{
    g_autoptr (World) world = world_new (TRUE);
    GMainContext *context = g_main_context_default ();
    GPollFD polls[8];
    int timeout = 0, priority, n;

    begin (world);
    say (world, "{\"execute\":\"hold\"}");
    pump_idle ();
    ck_assert (g_main_context_acquire (context));
    ck_assert (!g_main_context_prepare (context, &priority));
    n = g_main_context_query (context, priority, &timeout, polls, G_N_ELEMENTS (polls));
    ck_assert_int_le (n, (int)G_N_ELEMENTS (polls));
    for (int i = 0; i < n; i++)
        polls[i].revents = 0;
    g_main_context_check (context, priority, polls, n);
    g_main_context_release (context);
    ck_assert_int_eq (timeout, -1);
}
END_TEST

START_TEST (random_bytes)
{
    static const char *const pieces[] = { "{",
                                          "}",
                                          "[",
                                          "]",
                                          ":",
                                          ",",
                                          "\"execute\"",
                                          "'a'",
                                          "01",
                                          "\"hold\"",
                                          "\"exec-oob\"",
                                          "\"id\"",
                                          "1e5",
                                          "\"arguments\"",
                                          "{}",
                                          "\n",
                                          "\x01",
                                          "\xff",
                                          "nul",
                                          "null",
                                          "{\"execute\":\"a\"}",
                                          "\\u",
                                          "\"",
                                          "\"\\ud8\"",
                                          " ",
                                          "\xc3\xa9",
                                          "-",
                                          CAPS };
    g_autoptr (GRand) random = g_rand_new_with_seed (71);

    for (int round = 0; round < 300; round++) {
        g_autoptr (World) world = world_new (round % 2);

        for (int i = 0; i < 200; i++) {
            say (world, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
            if (g_rand_int_range (random, 0, 4) == 0)
                g_main_context_iteration (NULL, FALSE);
            while (world->held.length > 5)
                answer_held (world);
        }
        shutdown (world->fd, SHUT_WR);
        pump_idle ();
        while (!g_queue_is_empty (&world->held)) {
            answer_held (world);
            pump_idle ();
        }
        expect_closed (world);
        ck_assert_ptr_null (world->reason);
    }
}
END_TEST

/* --- descriptors ---------------------------------------------------------------------------- */

START_TEST (fds_go_to_their_command)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    /* all of it is in the socket before the first read */
    say (world, "{\"execute\":\"fds\",\"id\":1}{\"execute\":\"fds\",");
    say_with_fds (world, "\"id\":2}", "B");
    say (world, "{\"execute\":\"fds\",\"id\":3}");
    say_with_fds (world, "{\"execute\":\"fds\",\"id\":4}{\"execute\":\"fds\",\"id\":5}", "DE");
    say_with_fds (world, "\n{\"execute\":\"fds\",\"id\":6}\n", "F");
    expect (world, "{\"return\": \"\", \"id\": 1}\r\n{\"return\": \"B\", \"id\": 2}\r\n"
                   "{\"return\": \"\", \"id\": 3}\r\n{\"return\": \"DE\", \"id\": 4}\r\n"
                   "{\"return\": \"\", \"id\": 5}\r\n{\"return\": \"F\", \"id\": 6}\r\n");
    /* a command in pieces: the descriptor comes with its first half */
    say_with_fds (world, "{\"execute\":", "G");
    pump_idle ();
    say (world, "\"fds\"}");
    expect (world, "{\"return\": \"G\"}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

START_TEST (stray_fds_are_closed)
{
    g_autoptr (World) world = world_new (TRUE);
    QmpSessionStats stats;
    guint before;

    begin (world);
    before = count_fds ();
    say (world, "{\"execute\":\"fds\"}");
    pump_idle ();
    say_with_fds (world, "\n", "A"); /* after the closing brace */
    pump_idle ();
    say (world, "{\"execute\":\"fds\"}");
    say_with_fds (world, "5 ", "B");
    say_with_fds (world, "]", "C");
    say_with_fds (world, "{\"execute\":\"qmp_capabilities\",\"arguments\":1}", "D");
    say (world, "{\"execute\":\"fds\"}");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before);
    ck_assert_str_eq (world->commands->str, "fds fds fds ");
    ck_assert_ptr_null (strpbrk (strstr (world->got->str, "return"), "A"));
    qmp_session_get_stats (world->session, &stats);
    ck_assert_uint_eq (stats.fds_closed, 4);
    /* one that waits for the rest of its command when the session goes */
    say_with_fds (world, "{\"execute\":", "E");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before + 1);
    g_clear_pointer (&world->session, qmp_session_free);
    ck_assert_uint_eq (count_fds (), before - 1);
}
END_TEST

START_TEST (too_many_fds_are_closed)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    say_with_fds (world, "{\"execute\":\"fds\"}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect (world, "{\"return\": \"ABCDEFGHIJKLMNOP\"}\r\n");
    for (int i = 0; i < 10; i++)
        say_with_fds (world, i ? " " : "{", "abcdefgh");
    pump_idle ();
    ck_assert_uint_eq (count_fds (), before + 16);
    say (world, "\"execute\":\"fds\"}");
    expect (world, "{\"return\": \"abcdefghabcdefgh\"}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

START_TEST (fds_while_paused)
{
    g_autoptr (World) world = world_new (TRUE);
    guint before;

    begin (world);
    before = count_fds ();
    for (int i = 0; i < 10; i++)
        say (world, "{\"execute\":\"hold\"}");
    say_with_fds (world, "{\"execute\":\"fds\",\"id\":1}{\"execute\":\"fds\",\"id\":2}", "A");
    pump_idle ();
    ck_assert_uint_eq (world->held.length, 9);
    answer_held (world);
    pump_idle ();
    ck_assert_uint_eq (world->held.length, 9);
    g_string_truncate (world->got, 0);
    answer_held (world);
    expect (world, "{\"return\": {}}\r\n{\"return\": \"A\", \"id\": 1}\r\n"
                   "{\"return\": \"\", \"id\": 2}\r\n");
    ck_assert_uint_eq (count_fds (), before);
}
END_TEST

static Suite *
session_suite (void)
{
    Suite *suite = suite_create ("qmp-session");
    TCase *talk = tcase_create ("conversation");
    TCase *ends = tcase_create ("ends");
    TCase *floods = tcase_create ("floods");
    TCase *fds = tcase_create ("descriptors");

    tcase_add_test (talk, greets_and_negotiates);
    tcase_add_test (talk, oob_only_when_offered);
    tcase_add_test (talk, replies_carry_the_id_bytes);
    tcase_add_test (talk, odd_names_never_reach_the_owner);
    tcase_add_test (talk, own_answers_wait_their_turn);
    tcase_add_test (talk, refusals_say_why);
    tcase_add_test (talk, idle_session_sleeps);
    suite_add_tcase (suite, talk);
    tcase_set_timeout (ends, 30);
    tcase_add_test (ends, half_close_is_answered_first);
    tcase_add_test (ends, half_closed_client_that_leaves);
    tcase_add_test (ends, client_leaves_with_commands_unanswered);
    tcase_add_test (ends, close_writes_what_is_queued);
    tcase_add_test (ends, close_does_not_wait_for_ever);
    tcase_add_loop_test (ends, free_in_a_handler, 0, 3);
    suite_add_tcase (suite, ends);
    tcase_set_timeout (floods, 60);
    tcase_add_test (floods, silent_reader_is_dropped);
    tcase_add_test (floods, long_reply_to_a_reader);
    tcase_add_test (floods, faults_flood);
    tcase_add_test (floods, fast_writer_is_not_read);
    tcase_add_test (floods, oob_passes_a_full_queue);
    tcase_add_test (floods, random_bytes);
    suite_add_tcase (suite, floods);
    tcase_add_test (fds, fds_go_to_their_command);
    tcase_add_test (fds, stray_fds_are_closed);
    tcase_add_test (fds, too_many_fds_are_closed);
    tcase_add_test (fds, fds_while_paused);
    suite_add_tcase (suite, fds);
    return suite;
}

int
main (void)
{
    return run_tap (session_suite ());
}
