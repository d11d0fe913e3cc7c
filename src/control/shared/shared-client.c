/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of one client of a shared socket. */
#include "control/shared/shared-private.h"

#include "qmp/qmp-message.h"

static void
client_clear (gpointer data)
{
    SharedClient *client = data;

    g_clear_pointer (&client->session, qmp_session_free);
    g_queue_clear_full (&client->waiting, (GDestroyNotify)qmp_request_free);
    fd_names_free (client->names);
}

void
shared_client_unref (gpointer client)
{
    g_rc_box_release_full (client, client_clear);
}

static void
on_closed_fd (const QmpReply *reply, const GError *error, gpointer user_data)
{
    /* a name that was used is gone already */
}

/* Nobody can use the client's names any more. */
static void
close_names (SharedClient *client)
{
    g_autoptr (GPtrArray) names = client->names ? fd_names_list (client->names) : NULL;
    QmpClient *upstream = client->shared ? client->shared->upstream : NULL;

    for (guint i = 0; names && upstream && i < names->len; i++) {
        g_autoptr (GString) arguments = g_string_new ("{\"fdname\":");

        qmp_json_append_string (arguments, g_ptr_array_index (names, i), -1);
        g_string_append_c (arguments, '}');
        qmp_client_submit (upstream, "closefd", arguments->str, arguments->len, NULL, on_closed_fd,
                           NULL, NULL);
    }
}

static void
on_request (QmpSession *session, QmpRequest *request, gpointer user_data)
{
    shared_router_take (user_data, request);
}

static void
on_closed (QmpSession *session, const GError *reason, gpointer user_data)
{
    SharedClient *client = user_data;

    g_clear_pointer (&client->session, qmp_session_free);
    if (!client->shared)
        return;
    if (client->shared->transcript)
        transcript_left (client->shared->transcript, client->number,
                         reason ? reason->message : NULL);
    close_names (client);
    shared_client_remove (client);
}

void
shared_client_remove (SharedClient *client)
{
    SharedSocket *shared = client->shared;

    shared_router_forget (client);
    client->shared = NULL;
    g_ptr_array_remove_fast (shared->clients, client);
}

void
shared_client_finish (SharedClient *client, const char *why)
{
    if (!client->session)
        return;
    shared_router_fail (client, why);
    if (client->session)
        qmp_session_close (client->session);
}

void
shared_client_add (SharedSocket *shared, GSocketConnection *connection, gboolean observer)
{
    static const QmpSessionHandlers handlers = { .request = on_request, .closed = on_closed };
    SharedClient *client = g_rc_box_new0 (SharedClient);

    client->shared = shared;
    client->number = ++shared->last_number;
    client->observer = observer;
    g_ptr_array_add (shared->clients, client);
    client->session = qmp_session_new (connection, shared->greeting,
                                       qmp_client_has_oob (shared->upstream), &handlers, client);
    if (shared->transcript)
        transcript_joined (shared->transcript, client->number,
                           qmp_session_get_credentials (client->session), observer);
}
