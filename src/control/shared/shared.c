/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the shared socket of one machine: where clients come in, the connection to
 * QEMU that they share, and the events, which go to all.  A client is
 * shared-client.c, the way of a command shared-router.c.
 */
#include "control/shared/shared-private.h"

/* Limits on what clients control; those of one client are in qmp/qmp-session.h */
#define CLIENTS_MAX 64 /* on each of the two sockets */

static guint
count_clients (SharedSocket *shared, gboolean observers)
{
    guint n = 0;

    for (guint i = 0; i < shared->clients->len; i++)
        n += ((SharedClient *)g_ptr_array_index (shared->clients, i))->observer == observers;
    return n;
}

/* A client that comes while the machine does not run finds the socket closed
 * at once, as with an emulator that is going. */
static void
let_in (SharedSocket *shared, GSocketConnection *connection, gboolean observer)
{
    if (!shared->upstream)
        return;
    if (count_clients (shared, observer) >= CLIENTS_MAX)
        qmp_session_refuse (connection, "GenericError", "this socket has %d clients already",
                            CLIENTS_MAX);
    else
        shared_client_add (shared, connection, observer);
}

static void
on_incoming (GSocketConnection *connection, gpointer user_data)
{
    let_in (user_data, connection, FALSE);
}

static void
on_observer (GSocketConnection *connection, gpointer user_data)
{
    let_in (user_data, connection, TRUE);
}

static void
on_event (QmpClient *upstream, QmpEvent *event, gpointer user_data)
{
    SharedSocket *shared = user_data;
    gsize length;
    const char *message = g_bytes_get_data (event->message, &length);

    for (guint i = 0; i < shared->clients->len; i++) {
        SharedClient *client = g_ptr_array_index (shared->clients, i);

        if (client->session)
            qmp_session_send_event (client->session, message, length);
    }
}

static void
on_traffic (QmpClient *upstream, const QmpTraffic *traffic, gpointer user_data)
{
    transcript_traffic (((SharedSocket *)user_data)->transcript, traffic);
}

static void
on_upstream_closed (QmpClient *upstream, GError *reason, gpointer user_data)
{
    SharedSocket *shared = user_data;

    if (shared->transcript)
        transcript_ended (shared->transcript, reason->message);
    shared_socket_set_upstream (shared, NULL);
}

/* Clients of this connection are told what became of their commands, and get what
 * is queued for them. */
static void
drop_upstream (SharedSocket *shared)
{
    g_autoptr (QmpClient) upstream = g_steal_pointer (&shared->upstream);

    g_signal_handlers_disconnect_by_data (upstream, shared);
    qmp_client_set_traffic_func (upstream, NULL, NULL);
    shared->generation++;
    shared->n_sent = 0;
    for (guint i = 0; i < shared->clients->len; i++)
        shared_client_finish (g_ptr_array_index (shared->clients, i), "the machine is gone");
    g_clear_pointer (&shared->greeting, g_free);
}

void
shared_socket_set_upstream (SharedSocket *shared, QmpClient *upstream)
{
    GBytes *greeting;

    if (shared->upstream)
        drop_upstream (shared);
    if (!upstream)
        return;
    greeting = qmp_client_get_greeting (upstream);
    shared->greeting = g_strndup (g_bytes_get_data (greeting, NULL), g_bytes_get_size (greeting));
    shared->upstream = g_object_ref (upstream);
    g_signal_connect (upstream, "event", G_CALLBACK (on_event), shared);
    g_signal_connect (upstream, "closed", G_CALLBACK (on_upstream_closed), shared);
    if (!shared->transcript)
        return;
    transcript_began (shared->transcript, shared->greeting);
    qmp_client_set_traffic_func (upstream, on_traffic, shared);
}

void
shared_socket_get_stats (SharedSocket *shared, SharedStats *stats)
{
    *stats = (SharedStats){ .clients = shared->clients->len, .sent = shared->n_sent };
    for (guint i = 0; i < shared->clients->len; i++)
        stats->waiting += ((SharedClient *)g_ptr_array_index (shared->clients, i))->waiting.length;
}

SharedSocket *
shared_socket_new (const char *path, const char *observer_path, const char *transcript_path,
                   GError **error)
{
    SharedSocket *shared = g_new0 (SharedSocket, 1);

    shared->clients = g_ptr_array_new_with_free_func (shared_client_unref);
    shared->listener = listener_new (path, on_incoming, shared, error);
    if (shared->listener && observer_path)
        shared->observers = listener_new (observer_path, on_observer, shared, error);
    if (!shared->listener || (observer_path && !shared->observers)) {
        shared_socket_free (shared);
        return NULL;
    }
    if (transcript_path)
        shared->transcript = transcript_new (transcript_path);
    return shared;
}

void
shared_socket_free (SharedSocket *shared)
{
    if (!shared)
        return;
    listener_free (shared->listener);
    listener_free (shared->observers);
    if (shared->upstream)
        drop_upstream (shared);
    while (shared->clients->len > 0) {
        SharedClient *client = g_ptr_array_index (shared->clients, 0);

        g_clear_pointer (&client->session, qmp_session_free);
        shared_client_remove (client);
    }
    g_ptr_array_unref (shared->clients);
    shared_router_end (shared);
    transcript_free (shared->transcript);
    g_free (shared);
}

void
shared_socket_flush (SharedSocket *shared)
{
    if (shared->transcript)
        transcript_flush (shared->transcript);
}
