/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the control socket, its clients and the calls under way.  What the
 * commands do is in command.c.
 */
#include "control/server.h"

#include "config.h"

#include "base/error.h"
#include "base/record.h"
#include "control/commands/command.h"
#include "control/listener.h"
#include "qmp/qmp-session.h"

#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 64

struct ControlServer {
    LiveLab *lab;
    Listener *listener;
    ControlChangedFunc changed;
    gpointer user_data;
    GPtrArray *clients; /* Client, one reference each */
    guint calls;        /* not answered yet */
};

typedef struct {
    void (*leave) (gpointer user_data);
    gpointer user_data;
    GDestroyNotify destroy;
} LeaveHook;

/* Outlives its session while calls of it are under way. */
typedef struct {
    ControlServer *server; /* NULL when the server is gone */
    QmpSession *session;   /* NULL when the client is gone */
    GArray *hooks;         /* LeaveHook; NULL until there is one */
} Client;

struct ControlCall {
    Client *client; /* a reference */
    QmpRequest *request;
    JsonNode *arguments; /* an object */
};

static const char greeting[] =
    "{\"QMP\": {\"version\": {\"roost\": \"" PACKAGE_VERSION "\"}, \"capabilities\": []}}";

static void
client_clear (gpointer data)
{
    Client *client = data;

    g_clear_pointer (&client->session, qmp_session_free);
    g_clear_pointer (&client->hooks, g_array_unref);
}

static void
clear_hook (gpointer data)
{
    LeaveHook *hook = data;

    hook->destroy (hook->user_data);
}

static void
run_hooks (Client *client)
{
    g_autoptr (GArray) hooks = g_steal_pointer (&client->hooks);

    for (guint i = 0; hooks && i < hooks->len; i++) {
        LeaveHook *hook = &g_array_index (hooks, LeaveHook, i);

        hook->leave (hook->user_data);
    }
}

static void
client_unref (gpointer client)
{
    g_rc_box_release_full (client, client_clear);
}

/* --- calls --- */

static void
call_free (ControlCall *call)
{
    ControlServer *server = call->client->server;

    client_unref (call->client);
    json_node_unref (call->arguments);
    g_free (call);
    if (server) {
        server->calls--;
        server->changed (server, server->user_data);
    }
}

LiveLab *
control_call_get_lab (ControlCall *call)
{
    return call->client->server->lab;
}

JsonObject *
control_call_get_arguments (ControlCall *call)
{
    return json_node_get_object (call->arguments);
}

const char *
control_call_get_string (ControlCall *call, const char *name)
{
    return json_object_get_string_member_with_default (control_call_get_arguments (call), name,
                                                       NULL);
}

gboolean
control_call_get_boolean (ControlCall *call, const char *name)
{
    return json_object_get_boolean_member_with_default (control_call_get_arguments (call), name,
                                                        FALSE);
}

gint64
control_call_get_int (ControlCall *call, const char *name)
{
    return json_object_get_int_member_with_default (control_call_get_arguments (call), name, 0);
}

void
control_call_return (ControlCall *call, JsonNode *value)
{
    g_autoptr (JsonNode) owned = value;

    if (!call->client->session)
        qmp_request_free (call->request);
    else if (owned)
        qmp_session_return (call->client->session, call->request, owned);
    else
        qmp_session_return_bytes (call->client->session, call->request, "{}", 2);
    call_free (call);
}

void
control_call_fail (ControlCall *call, GError *error)
{
    const char *error_class =
        error->domain == ROOST_ERROR ? roost_error_class (error->code) : "GenericError";

    if (call->client->session)
        qmp_session_error (call->client->session, call->request, error_class, "%s", error->message);
    else
        qmp_request_free (call->request);
    g_error_free (error);
    call_free (call);
}

void
control_call_at_leave (ControlCall *call, void (*leave) (gpointer user_data), gpointer user_data,
                       GDestroyNotify destroy)
{
    LeaveHook hook = { leave, user_data, destroy };
    Client *client = call->client;

    if (!client->hooks) {
        client->hooks = g_array_new (FALSE, FALSE, sizeof (LeaveHook));
        g_array_set_clear_func (client->hooks, clear_hook);
    }
    g_array_append_val (client->hooks, hook);
    if (!client->session)
        run_hooks (client);
}

/* --- clients --- */

static void
on_request (QmpSession *session, QmpRequest *request, gpointer user_data)
{
    Client *client = user_data;
    const ControlCommand *command = control_command_find (request->command);
    g_autoptr (JsonNode) arguments =
        json_from_string (request->arguments ? request->arguments : "{}", NULL);
    g_autoptr (GError) error = NULL;
    ControlCall *call;

    if (!command) {
        qmp_session_error (session, request, "CommandNotFound", "The command %s has not been found",
                           request->command);
        return;
    }
    if (!arguments || !control_command_check (command, json_node_get_object (arguments), &error)) {
        qmp_session_error (session, request, "GenericError", "%s",
                           error ? error->message : "the arguments are not JSON");
        return;
    }
    call = g_new0 (ControlCall, 1);
    *call = (ControlCall){ .client = g_rc_box_acquire (client),
                           .request = request,
                           .arguments = g_steal_pointer (&arguments) };
    client->server->calls++;
    command->run (call);
}

static void
on_closed (QmpSession *session, const GError *reason, gpointer user_data)
{
    Client *client = user_data;

    ControlServer *server = client->server;

    g_clear_pointer (&client->session, qmp_session_free);
    if (!server)
        return;
    run_hooks (client);
    g_ptr_array_remove_fast (server->clients, client);
    server->changed (server, server->user_data);
}

static void
add_connection (ControlServer *server, GSocketConnection *connection)
{
    static const QmpSessionHandlers handlers = { .request = on_request, .closed = on_closed };
    Client *client = g_rc_box_new0 (Client);

    client->server = server;
    g_ptr_array_add (server->clients, client);
    client->session = qmp_session_new (connection, greeting, FALSE, &handlers, client);
}

static void
on_incoming (GSocketConnection *connection, gpointer user_data)
{
    ControlServer *server = user_data;

    if (server->clients->len >= CLIENTS_MAX)
        listener_refuse (connection, "too many clients");
    else
        add_connection (server, connection);
}

void
control_server_add (ControlServer *server, int fd)
{
    g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
    g_autoptr (GSocketConnection) connection = NULL;

    if (!socket) {
        close (fd);
        return;
    }
    connection = g_socket_connection_factory_create_connection (socket);
    add_connection (server, connection);
}

void
control_server_event (ControlServer *server, const char *name, JsonNode *data)
{
    gint64 now = g_get_real_time ();
    g_autofree char *data_text = json_to_text (data);
    g_autofree char *text = g_strdup_printf (
        "{\"timestamp\": {\"seconds\": %" G_GINT64_FORMAT ", \"microseconds\": %" G_GINT64_FORMAT
        "}, \"event\": \"%s\", \"data\": %s}",
        now / G_USEC_PER_SEC, now % G_USEC_PER_SEC, name, data_text);

    for (guint i = 0; i < server->clients->len; i++) {
        Client *client = g_ptr_array_index (server->clients, i);

        if (client->session)
            qmp_session_queue_event (client->session, text, strlen (text));
    }
}

gboolean
control_server_is_idle (ControlServer *server)
{
    return server->calls == 0;
}

void
control_server_stop_listening (ControlServer *server)
{
    g_clear_pointer (&server->listener, listener_free);
}

guint
control_server_n_clients (ControlServer *server)
{
    return server->clients->len;
}

void
control_server_close_clients (ControlServer *server)
{
    for (guint i = 0; i < server->clients->len; i++) {
        Client *client = g_ptr_array_index (server->clients, i);

        if (client->session)
            qmp_session_close (client->session);
    }
}

ControlServer *
control_server_new (const char *path, LiveLab *lab, ControlChangedFunc changed, gpointer user_data,
                    GError **error)
{
    ControlServer *server = g_new0 (ControlServer, 1);

    server->lab = lab;
    server->changed = changed;
    server->user_data = user_data;
    server->clients = g_ptr_array_new_with_free_func (client_unref);
    server->listener = listener_new (path, on_incoming, server, error);
    if (!server->listener) {
        control_server_free (server);
        return NULL;
    }
    return server;
}

void
control_server_free (ControlServer *server)
{
    if (!server)
        return;
    listener_free (server->listener);
    for (guint i = 0; i < server->clients->len; i++) {
        Client *client = g_ptr_array_index (server->clients, i);

        client->server = NULL;
        g_clear_pointer (&client->session, qmp_session_free);
    }
    g_ptr_array_unref (server->clients);
    g_free (server);
}
