/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns whose command goes to QEMU next, and the way of its reply back.
 *
 * All clients share one connection.  QEMU takes eight in-band commands at a time
 * from it; of these the clients have seven, so that the supervisor always finds a
 * place, and one client has four at most.  What a client sends beyond that waits
 * here, and clients take turns, one command each.  So a client that pipelines ten
 * thousand commands is in nobody's way for longer than a few of them take.
 *
 * The commands of a client are sent in its order, and QEMU answers in-band commands
 * in the order in which it got them: so does a client see its replies.  What is
 * answered here waits for the client's commands before it.  Out-of-band commands
 * wait for nothing.
 */
#include "control/shared/shared-private.h"

#include <string.h>
#include <unistd.h>

#define WINDOW 7       /* in-band commands of all clients with QEMU */
#define CLIENT_SHARE 4 /* of one client */

static void send_waiting (SharedSocket *shared);

/* --- descriptors --- */

static void
drop_fds (QmpRequest *request, guint keep)
{
    for (guint i = keep; i < request->n_fds; i++)
        close (request->fds[i]);
    request->n_fds = MIN (request->n_fds, keep);
}

/* QEMU keeps a descriptor that came with a command that takes none, and gives it to
 * the next that does, whoever's that is; and of several it takes the first. */
static void
drop_stray_fds (QmpRequest *request)
{
    gboolean takes = !request->oob && (g_str_equal (request->command, "getfd") ||
                                       g_str_equal (request->command, "add-fd"));

    drop_fds (request, takes ? 1 : 0);
}

/* --- what observers may do --- */

static gboolean
may_run (const SharedClient *client, const QmpRequest *request)
{
    return !client->observer || g_str_has_prefix (request->command, "query-");
}

static void
refuse (SharedClient *client, QmpRequest *request)
{
    if (client->shared->transcript)
        transcript_refused (client->shared->transcript, client->number, request->command);
    qmp_session_error (client->session, request, "GenericError",
                       "The command %s is not for observers: this socket answers query-* commands "
                       "only",
                       request->command);
}

/* --- replies --- */

static void
answer (SharedClient *client, QmpRequest *request, const QmpReply *reply, const GError *error)
{
    g_autofree char *translated = NULL;

    if (!client->session) {
        qmp_request_free (request);
    } else if (!reply) {
        qmp_session_error (client->session, request, "GenericError", "%s", error->message);
    } else if (reply->value) {
        qmp_session_return_bytes (client->session, request, reply->value, reply->value_length);
    } else {
        if (client->names)
            translated =
                fd_names_translate_error (client->names, reply->error, reply->error_length);
        qmp_session_error_bytes (client->session, request, translated ? translated : reply->error,
                                 translated ? strlen (translated) : reply->error_length);
    }
}

static gboolean
may_send (const SharedClient *client)
{
    const QmpRequest *next = g_queue_peek_head (&((SharedClient *)client)->waiting);

    if (!next || !client->shared || !client->shared->upstream)
        return FALSE;
    return may_run (client, next) ? client->n_sent < CLIENT_SHARE : client->n_sent == 0;
}

/* Gives the client a turn when it can use one. */
static void
consider (SharedClient *client)
{
    if (client->has_turn || !may_send (client))
        return;
    client->has_turn = TRUE;
    client->turn.data = client;
    g_queue_push_tail_link (&client->shared->turns, &client->turn);
}

static void
on_reply (const QmpReply *reply, const GError *error, gpointer user_data)
{
    g_autofree SharedCall *call = user_data;
    SharedClient *client = call->client;
    SharedSocket *shared = call->shared;

    if (shared)
        g_queue_unlink (&shared->calls, &call->link);
    if (!call->oob) {
        client->n_sent--;
        if (shared && shared->generation == call->generation)
            shared->n_sent--;
    }
    if (call->request)
        answer (client, call->request, reply, error);
    if (shared) {
        consider (client);
        send_waiting (shared);
    }
    shared_client_unref (client);
}

/* --- sending --- */

/* @request: (transfer full): goes to upstream, which is there */
static void
send_request (SharedClient *client, QmpRequest *request)
{
    SharedSocket *shared = client->shared;
    QmpCallOptions options = {
        .oob = request->oob, .fds = request->fds, .n_fds = request->n_fds, .origin = client->number
    };
    g_autofree char *translated = NULL;
    const char *arguments = request->arguments;
    g_autoptr (GError) error = NULL;
    SharedCall *call = g_new (SharedCall, 1);

    if (!client->names && g_str_equal (request->command, "getfd"))
        client->names = fd_names_new (client->number);
    if (client->names)
        translated = fd_names_translate (client->names, request->command, arguments);
    if (translated)
        arguments = translated;
    *call = (SharedCall){ .shared = shared,
                          .client = g_rc_box_acquire (client),
                          .request = request,
                          .generation = shared->generation,
                          .oob = request->oob,
                          .link.data = call };
    if (!qmp_client_submit (shared->upstream, request->command, arguments,
                            arguments ? strlen (arguments) : 0, &options, on_reply, call, &error)) {
        g_free (call);
        answer (client, request, NULL, error);
        shared_client_unref (client);
        return;
    }
    drop_fds (request, 0); /* they were duplicated */
    g_queue_push_tail_link (&shared->calls, &call->link);
    if (!call->oob) {
        client->n_sent++;
        shared->n_sent++;
    }
}

/* A connection that ends tells so for each call first: nothing may be sent on it
 * then, or what waits would be answered before what was sent. */
static gboolean
can_send (SharedSocket *shared)
{
    return shared->upstream && shared->n_sent < WINDOW &&
           qmp_client_get_state (shared->upstream) == QMP_CLIENT_READY;
}

static void
send_waiting (SharedSocket *shared)
{
    while (shared->turns.length > 0 && can_send (shared)) {
        SharedClient *client = shared->turns.head->data;
        QmpRequest *request;

        g_queue_unlink (&shared->turns, &client->turn);
        client->has_turn = FALSE;
        request = g_queue_pop_head (&client->waiting);
        if (may_run (client, request))
            send_request (client, request);
        else
            refuse (client, request);
        consider (client);
    }
}

void
shared_router_take (SharedClient *client, QmpRequest *request)
{
    drop_stray_fds (request);
    if (!client->shared || !client->shared->upstream) {
        qmp_session_error (client->session, request, "GenericError", "the machine is gone");
    } else if (request->oob && may_run (client, request)) {
        send_request (client, request);
    } else if (request->oob) {
        refuse (client, request);
    } else {
        g_queue_push_tail (&client->waiting, request);
        consider (client);
        send_waiting (client->shared);
    }
}

/* --- the end of a client --- */

void
shared_router_forget (SharedClient *client)
{
    if (client->has_turn)
        g_queue_unlink (&client->shared->turns, &client->turn);
    client->has_turn = FALSE;
    g_queue_clear_full (&client->waiting, (GDestroyNotify)qmp_request_free);
}

void
shared_router_fail (SharedClient *client, const char *why)
{
    g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, why);
    QmpRequest *request;

    for (GList *link = client->shared->calls.head; link; link = link->next) {
        SharedCall *call = link->data;

        if (call->client == client && call->request)
            answer (client, g_steal_pointer (&call->request), NULL, error);
    }
    while ((request = g_queue_pop_head (&client->waiting)))
        answer (client, request, NULL, error);
    shared_router_forget (client);
}

void
shared_router_end (SharedSocket *shared)
{
    GList *link;

    while ((link = g_queue_pop_head_link (&shared->calls)))
        ((SharedCall *)link->data)->shared = NULL;
}
