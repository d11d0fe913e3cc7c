/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns connecting, connecting again, and the reading of the schema. */
#include "cli/shell/qmp-link.h"

#include "qmp/qmp-error.h"

#include <string.h>

#define CONNECT_TIMEOUT_MS (30 * 1000)
#define SCHEMA_TIMEOUT_MS (30 * 1000)
#define SYNC_TIMEOUT_MS (3 * 1000)
#define RETRY_MS 500

struct QmpLink {
    QmpClient *client;
    char *path;
    gboolean agent, want_schema, ready;
    gboolean had_been; /* ready once: from now on failures are tried again */
    char *greeting;    /* of the server that the schema is of */
    QmpSchema *schema;
    QmpLinkHandlers handlers;
    gpointer user_data;
    GCancellable *cancellable;
    guint retry; /* timer; 0 = none */
};

static void dial (QmpLink *link);

static gboolean
on_retry (gpointer user_data)
{
    QmpLink *link = user_data;

    link->retry = 0;
    dial (link);
    return G_SOURCE_REMOVE;
}

static void
become_ready (QmpLink *link, gboolean changed, const GError *error)
{
    link->ready = link->had_been = TRUE;
    link->handlers.ready (changed, error, link->user_data);
}

/* The name and version that the server gives itself: another one may know
 * other commands. */
static gboolean
note_greeting (QmpLink *link)
{
    GBytes *greeting = qmp_client_get_greeting (link->client);
    gsize length = 0;
    const char *bytes = greeting ? g_bytes_get_data (greeting, &length) : "";
    g_autofree char *text = g_strndup (bytes, length);
    gboolean changed = g_strcmp0 (text, link->greeting) != 0;

    g_free (link->greeting);
    link->greeting = g_steal_pointer (&text);
    return changed;
}

static void
fail (QmpLink *link, const GError *error)
{
    if (link->had_been && link->retry == 0)
        link->retry = g_timeout_add (RETRY_MS, on_retry, link);
    link->handlers.failed (error, link->user_data);
}

static void
on_schema (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);
    QmpLink *link;
    QmpSchema *schema = NULL;
    gboolean changed;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    link = user_data;
    if (reply && reply->value)
        schema = link->agent ? qmp_schema_new_agent (reply->value, reply->value_length, &error)
                             : qmp_schema_new (reply->value, reply->value_length, &error);
    else if (reply)
        error = qmp_error_new_from_json (reply->error, reply->error_length);
    if (qmp_client_get_state (link->client) != QMP_CLIENT_READY) {
        if (!link->had_been)
            fail (link, error);
        return; /* otherwise it is being connected again already */
    }
    changed = note_greeting (link);
    g_clear_pointer (&link->schema, qmp_schema_free);
    link->schema = schema;
    become_ready (link, changed, error);
}

static void
ask_schema (QmpLink *link)
{
    const QmpCallOptions options = { .timeout_ms = SCHEMA_TIMEOUT_MS };

    if (!link->want_schema)
        become_ready (link, note_greeting (link), NULL);
    else
        qmp_client_call_async (link->client, link->agent ? "guest-info" : "query-qmp-schema", NULL,
                               0, &options, link->cancellable, on_schema, link);
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);
    QmpLink *link;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    link = user_data;
    if (reply) {
        ask_schema (link);
        return;
    }
    g_prefix_error (&error, "the guest agent does not answer: ");
    qmp_client_close (link->client, error);
    fail (link, error);
}

/* What an earlier client left in the line is answered before this. */
static void
sync_agent (QmpLink *link)
{
    static const char arguments[] = "{\"id\":1}";
    const QmpCallOptions options = { .timeout_ms = SYNC_TIMEOUT_MS };

    qmp_client_call_async (link->client, "guest-sync-delimited", arguments, strlen (arguments),
                           &options, link->cancellable, on_synced, link);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    gboolean done = qmp_client_connect_finish (QMP_CLIENT (source), result, &error);
    QmpLink *link;

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    link = user_data;
    if (!done)
        fail (link, error);
    else if (link->agent)
        sync_agent (link);
    else
        ask_schema (link);
}

static void
dial (QmpLink *link)
{
    qmp_client_connect_path_async (link->client, link->path, CONNECT_TIMEOUT_MS, link->cancellable,
                                   on_connected, link);
}

static void
on_closed (QmpClient *client, const GError *reason, gpointer user_data)
{
    QmpLink *link = user_data;
    gboolean was_ready = link->ready;

    link->ready = FALSE;
    if (!was_ready && !link->had_been)
        return; /* whoever waits for the schema or the agent tells it */
    if (link->retry == 0)
        link->retry = g_timeout_add (RETRY_MS, on_retry, link);
    if (was_ready)
        link->handlers.lost (reason, link->user_data);
}

static void
on_event (QmpClient *client, QmpEvent *event, gpointer user_data)
{
    QmpLink *link = user_data;

    link->handlers.event (event, link->user_data);
}

QmpLink *
qmp_link_new (const char *path, gboolean agent, gboolean schema, const QmpLinkHandlers *handlers,
              gpointer user_data)
{
    QmpLink *link = g_new0 (QmpLink, 1);

    link->client = qmp_client_new (agent ? QMP_CLIENT_NO_GREETING : QMP_CLIENT_DEFAULT);
    link->path = g_strdup (path);
    link->agent = agent;
    link->want_schema = schema;
    link->handlers = *handlers;
    link->user_data = user_data;
    link->cancellable = g_cancellable_new ();
    g_signal_connect (link->client, "closed", G_CALLBACK (on_closed), link);
    g_signal_connect (link->client, "event", G_CALLBACK (on_event), link);
    dial (link);
    return link;
}

void
qmp_link_free (QmpLink *link)
{
    if (!link)
        return;
    g_signal_handlers_disconnect_by_data (link->client, link);
    g_cancellable_cancel (link->cancellable);
    g_object_unref (link->cancellable);
    if (link->retry)
        g_source_remove (link->retry);
    qmp_client_close (link->client, NULL);
    g_object_unref (link->client);
    g_clear_pointer (&link->schema, qmp_schema_free);
    g_free (link->greeting);
    g_free (link->path);
    g_free (link);
}

void
qmp_link_persist (QmpLink *link)
{
    link->had_been = TRUE;
}

QmpClient *
qmp_link_get_client (QmpLink *link)
{
    return link->client;
}

const QmpSchema *
qmp_link_get_schema (QmpLink *link)
{
    return link->schema;
}

gboolean
qmp_link_is_ready (QmpLink *link)
{
    return link->ready;
}

gboolean
qmp_link_is_agent (QmpLink *link)
{
    return link->agent;
}
