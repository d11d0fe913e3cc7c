/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the owner's side of the QmpSession tests: the commands that they send. */
#include "fault/session-world.h"

#include <check.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
    if (request->n_fds == 1) { /* the owner may keep them */
        close (request->fds[0]);
        g_clear_pointer (&request->fds, g_free);
    }
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

void
start_reading (World *world)
{
    world->watch = g_unix_fd_add (world->fd, G_IO_IN | G_IO_HUP, on_readable, world);
}

World *
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

void
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
void
stop_reading (World *world)
{
    g_source_remove (world->watch);
    world->watch = 0;
}

void
say (World *world, const char *text)
{
    ck_assert_int_eq (write (world->fd, text, strlen (text)), strlen (text));
}

gboolean
has_wanted (gpointer data)
{
    return ((World *)data)->got->len >= ((World *)data)->wanted;
}

static gboolean
is_closed (gpointer data)
{
    return ((World *)data)->n_closed > 0;
}

void
expect (World *world, const char *text)
{
    world->wanted = strlen (text);
    pump_until (has_wanted, world, DEADLINE);
    pump_idle ();
    ck_assert_str_eq (world->got->str, text);
    g_string_truncate (world->got, 0);
}

void
expect_closed (World *world)
{
    ck_assert (pump_until (is_closed, world, DEADLINE));
}

void
begin (World *world)
{
    say (world, CAPS);
    expect (world, READY);
}

void
answer_held (World *world)
{
    qmp_session_return_bytes (world->session, g_queue_pop_head (&world->held), "{}", 2);
}
