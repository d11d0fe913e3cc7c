/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the accepting of clients and the look at who they are; see listener.h. */
#include "control/listener.h"

#include "host/socket.h"

#include <string.h>
#include <unistd.h>

struct Listener {
    char *path;
    GSocketService *service;
    ListenerFunc callback;
    gpointer user_data;
};

void
listener_refuse (GSocketConnection *connection, const char *why)
{
    g_autofree char *text =
        g_strdup_printf ("{\"error\": {\"class\": \"GenericError\", \"desc\": \"%s\"}}\r\n", why);

    g_socket_send (g_socket_connection_get_socket (connection), text, strlen (text), NULL, NULL);
}

/* The directory is closed to others; this is for the day when it is not. */
static gboolean
is_trusted (GSocketConnection *connection)
{
    GSocket *socket = g_socket_connection_get_socket (connection);
    g_autoptr (GCredentials) credentials = g_socket_get_credentials (socket, NULL);
    uid_t uid = credentials ? g_credentials_get_unix_user (credentials, NULL) : (uid_t)-1;

    return uid == geteuid () || uid == 0;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source,
             gpointer user_data)
{
    Listener *listener = user_data;

    if (is_trusted (connection))
        listener->callback (connection, listener->user_data);
    else
        listener_refuse (connection, "only the owner of this lab may connect");
    return TRUE;
}

Listener *
listener_new (const char *path, ListenerFunc callback, gpointer user_data, GError **error)
{
    Listener *listener = g_new0 (Listener, 1);
    int fd = socket_listen (path, error);
    g_autoptr (GSocket) socket = fd >= 0 ? g_socket_new_from_fd (fd, error) : NULL;

    *listener = (Listener){ .path = g_strdup (path),
                            .service = g_socket_service_new (),
                            .callback = callback,
                            .user_data = user_data };
    if (!socket || !g_socket_listener_add_socket (G_SOCKET_LISTENER (listener->service), socket,
                                                  NULL, error)) {
        listener_free (listener);
        return NULL;
    }
    g_signal_connect (listener->service, "incoming", G_CALLBACK (on_incoming), listener);
    return listener;
}

void
listener_free (Listener *listener)
{
    if (!listener)
        return;
    g_socket_service_stop (listener->service);
    g_socket_listener_close (G_SOCKET_LISTENER (listener->service));
    g_object_unref (listener->service);
    socket_remove (listener->path);
    g_free (listener->path);
    g_free (listener);
}
