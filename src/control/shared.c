/* Owns the fan-out of one machine's QMP connection: each client has its own
 * negotiation and its own ids; commands go through the one connection, replies
 * come back to who asked, events go to all.
 */
#include "control/shared.h"

#include "control/listener.h"
#include "qmp/qmp-session.h"

#include <string.h>

#define CLIENTS_MAX 64

struct SharedSocket {
    Listener *listener;
    QmpClient *upstream; /* NULL while the machine does not run */
    char *greeting;
    GPtrArray *clients; /* Client, one reference each */
};

/* Outlives its session while replies for it are on the way. */
typedef struct {
    SharedSocket *shared; /* NULL when the socket is gone */
    QmpSession *session;  /* NULL when the client is gone */
} Client;

typedef struct {
    Client *client; /* a reference */
    QmpRequest *request;
} Call;

static void
client_clear (gpointer data)
{
    Client *client = data;

    g_clear_pointer (&client->session, qmp_session_free);
}

static void
client_unref (gpointer client)
{
    g_rc_box_release_full (client, client_clear);
}

static void
replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree Call *call = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);
    QmpSession *session = call->client->session;

    if (!session)
        qmp_request_free (call->request);
    else if (!reply)
        qmp_session_error (session, call->request, "GenericError", "%s", error->message);
    else if (reply->value)
        qmp_session_return_bytes (session, call->request, reply->value, reply->value_length);
    else
        qmp_session_error_bytes (session, call->request, reply->error, reply->error_length);
    client_unref (call->client);
}

static void
on_request (QmpSession *session, QmpRequest *request, gpointer user_data)
{
    Client *client = user_data;
    QmpCallOptions options = { .oob = request->oob, .fds = request->fds, .n_fds = request->n_fds };
    Call *call;

    if (!client->shared || !client->shared->upstream) {
        qmp_session_error (session, request, "GenericError", "the machine is gone");
        return;
    }
    call = g_new (Call, 1);
    *call = (Call){ g_rc_box_acquire (client), request };
    qmp_client_call_async (client->shared->upstream, request->command, request->arguments,
                           request->arguments ? strlen (request->arguments) : 0, &options, NULL,
                           replied, call);
}

static void
on_closed (QmpSession *session, const GError *reason, gpointer user_data)
{
    Client *client = user_data;

    g_clear_pointer (&client->session, qmp_session_free);
    if (client->shared)
        g_ptr_array_remove_fast (client->shared->clients, client);
}

/* A client that comes while the machine does not run finds the socket closed
 * at once, as with an emulator that is going. */
static void
on_incoming (GSocketConnection *connection, gpointer user_data)
{
    static const QmpSessionHandlers handlers = { .request = on_request, .closed = on_closed };
    SharedSocket *shared = user_data;
    Client *client;

    if (!shared->upstream)
        return;
    if (shared->clients->len >= CLIENTS_MAX) {
        listener_refuse (connection, "too many clients");
        return;
    }
    client = g_rc_box_new0 (Client);
    client->shared = shared;
    g_ptr_array_add (shared->clients, client);
    client->session = qmp_session_new (connection, shared->greeting,
                                       qmp_client_has_oob (shared->upstream), &handlers, client);
}

static void
on_event (QmpClient *upstream, QmpEvent *event, gpointer user_data)
{
    SharedSocket *shared = user_data;
    gsize length;
    const char *message = g_bytes_get_data (event->message, &length);

    for (guint i = 0; i < shared->clients->len; i++) {
        Client *client = g_ptr_array_index (shared->clients, i);

        if (client->session)
            qmp_session_send_event (client->session, message, length);
    }
}

/* Every pending call has been answered with an error by now; what is queued is
 * still written. */
static void
close_clients (SharedSocket *shared)
{
    for (guint i = 0; i < shared->clients->len; i++) {
        Client *client = g_ptr_array_index (shared->clients, i);

        if (client->session)
            qmp_session_close (client->session);
    }
}

static void
on_upstream_closed (QmpClient *upstream, GError *reason, gpointer user_data)
{
    shared_socket_set_upstream (user_data, NULL);
}

void
shared_socket_set_upstream (SharedSocket *shared, QmpClient *upstream)
{
    GBytes *greeting;

    if (shared->upstream) {
        g_signal_handlers_disconnect_by_data (shared->upstream, shared);
        g_clear_object (&shared->upstream);
        close_clients (shared);
    }
    g_clear_pointer (&shared->greeting, g_free);
    if (!upstream)
        return;
    greeting = qmp_client_get_greeting (upstream);
    shared->greeting = g_strndup (g_bytes_get_data (greeting, NULL), g_bytes_get_size (greeting));
    shared->upstream = g_object_ref (upstream);
    g_signal_connect (upstream, "event", G_CALLBACK (on_event), shared);
    g_signal_connect (upstream, "closed", G_CALLBACK (on_upstream_closed), shared);
}

SharedSocket *
shared_socket_new (const char *path, GError **error)
{
    SharedSocket *shared = g_new0 (SharedSocket, 1);

    shared->clients = g_ptr_array_new_with_free_func (client_unref);
    shared->listener = listener_new (path, on_incoming, shared, error);
    if (!shared->listener) {
        shared_socket_free (shared);
        return NULL;
    }
    return shared;
}

void
shared_socket_free (SharedSocket *shared)
{
    if (!shared)
        return;
    shared_socket_set_upstream (shared, NULL);
    listener_free (shared->listener);
    for (guint i = 0; i < shared->clients->len; i++)
        ((Client *)g_ptr_array_index (shared->clients, i))->shared = NULL;
    g_ptr_array_unref (shared->clients);
    g_free (shared);
}
