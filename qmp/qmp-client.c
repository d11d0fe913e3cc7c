/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns the object and its public functions.  What happens on the connection is qmp-connection.c,
 * what happens to calls is qmp-calls.c. */
#include "qmp/qmp-client-private.h"

#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"

static guint signals[QMP_N_SIGNALS];

G_DEFINE_FINAL_TYPE (QmpClient, qmp_client, G_TYPE_OBJECT)

static void
tell_call_traffic (const QmpTraffic *traffic, gpointer user_data)
{
    QmpClient *self = user_data;

    if (self->traffic)
        self->traffic (self, traffic, self->traffic_data);
}

static void
qmp_client_init (QmpClient *self)
{
    self->calls = qmp_calls_new (tell_call_traffic, self);
}

static void
qmp_client_dispose (GObject *object)
{
    qmp_connection_drop (QMP_CLIENT (object));
    G_OBJECT_CLASS (qmp_client_parent_class)->dispose (object);
}

static void
qmp_client_finalize (GObject *object)
{
    QmpClient *self = QMP_CLIENT (object);

    qmp_calls_free (self->calls);
    g_clear_pointer (&self->greeting, g_bytes_unref);
    g_clear_pointer (&self->context, g_main_context_unref);
    g_free (self->peer);
    G_OBJECT_CLASS (qmp_client_parent_class)->finalize (object);
}

static void
qmp_client_class_init (QmpClientClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS (class);

    object_class->dispose = qmp_client_dispose;
    object_class->finalize = qmp_client_finalize;
    signals[QMP_SIGNAL_EVENT] =
        g_signal_new ("event", QMP_TYPE_CLIENT, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    signals[QMP_SIGNAL_CLOSED] =
        g_signal_new ("closed", QMP_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

void
qmp_client_emit (QmpClient *self, guint signal, GQuark detail, gconstpointer argument)
{
    g_signal_emit (self, signals[signal], detail, argument);
}

QmpClient *
qmp_client_new (QmpClientFlags flags)
{
    QmpClient *self = g_object_new (QMP_TYPE_CLIENT, NULL);

    self->flags = flags;
    return self;
}

/* Returns: (nullable): the task of a connect that may begin; it has failed already when %NULL */
static GTask *
start_connect (QmpClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
               gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

    g_task_set_source_tag (task, start_connect);
    if (g_task_return_error_if_cancelled (task))
        return NULL;
    if (self->state != QMP_CLIENT_IDLE) {
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PENDING,
                                 "already connected or connecting to %s", self->peer);
        return NULL;
    }
    return g_steal_pointer (&task);
}

void
qmp_client_connect_path_async (QmpClient *self, const char *path, guint timeout_ms,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
    g_autoptr (GSocketAddress) address = NULL;
    GTask *task;

    g_return_if_fail (QMP_IS_CLIENT (self));
    g_return_if_fail (path != NULL);
    task = start_connect (self, cancellable, callback, user_data);
    if (!task)
        return;
    if (strlen (path) >= sizeof ((struct sockaddr_un *)NULL)->sun_path) {
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                                 "connecting to %s: the path is %zu bytes long, a socket's path "
                                 "has %zu at most",
                                 path, strlen (path),
                                 sizeof ((struct sockaddr_un *)NULL)->sun_path - 1);
        g_object_unref (task);
        return;
    }
    address = g_unix_socket_address_new (path);
    qmp_connection_prepare (self, task, path, timeout_ms);
    qmp_connection_dial (self, address, QMP_DIAL_STARTING);
}

void
qmp_client_connect_address_async (QmpClient *self, GSocketAddress *address, guint timeout_ms,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
    g_autofree char *peer = NULL;
    GTask *task;

    g_return_if_fail (QMP_IS_CLIENT (self));
    g_return_if_fail (G_IS_SOCKET_ADDRESS (address));
    task = start_connect (self, cancellable, callback, user_data);
    if (!task)
        return;
    peer = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
    qmp_connection_prepare (self, task, peer, timeout_ms);
    qmp_connection_dial (self, address, QMP_DIAL_BUSY_ONLY);
}

void
qmp_client_connect_fd_async (QmpClient *self, int fd, guint timeout_ms, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
    g_autofree char *peer = g_strdup_printf ("descriptor %d", fd);
    GError *error = NULL;
    GSocket *socket;
    GTask *task;

    g_return_if_fail (QMP_IS_CLIENT (self));
    task = start_connect (self, cancellable, callback, user_data);
    if (!task) {
        close (fd);
        return;
    }
    socket = g_socket_new_from_fd (fd, &error);
    if (!socket) {
        close (fd);
        g_prefix_error (&error, "connecting to %s: ", peer);
        g_task_return_error (task, error);
        g_object_unref (task);
        return;
    }
    qmp_connection_prepare (self, task, peer, timeout_ms);
    qmp_connection_begin (self, socket);
}

gboolean
qmp_client_connect_finish (QmpClient *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
    return g_task_propagate_boolean (G_TASK (result), error);
}

void
qmp_client_call_async (QmpClient *self, const char *command, const char *arguments,
                       gsize arguments_length, const QmpCallOptions *options,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = NULL;
    QmpCallEnd end = { 0 };
    GError *error = NULL;

    g_return_if_fail (QMP_IS_CLIENT (self));
    g_return_if_fail (command != NULL);
    task = g_task_new (self, cancellable, callback, user_data);
    g_task_set_source_tag (task, qmp_client_call_async);
    if (g_task_return_error_if_cancelled (task))
        return;
    end.task = task;
    if (!qmp_calls_start (self->calls, &end, command, arguments, arguments_length, options, &error))
        g_task_return_error (task, error);
}

gboolean
qmp_client_submit (QmpClient *self, const char *command, const char *arguments,
                   gsize arguments_length, const QmpCallOptions *options, QmpReplyFunc func,
                   gpointer user_data, GError **error)
{
    QmpCallEnd end = { .func = func, .data = user_data };

    g_return_val_if_fail (QMP_IS_CLIENT (self), FALSE);
    g_return_val_if_fail (command && func, FALSE);
    return qmp_calls_start (self->calls, &end, command, arguments, arguments_length, options,
                            error);
}

void
qmp_client_set_traffic_func (QmpClient *self, QmpTrafficFunc func, gpointer user_data)
{
    g_return_if_fail (QMP_IS_CLIENT (self));
    self->traffic = func;
    self->traffic_data = user_data;
}

QmpReply *
qmp_client_call_finish (QmpClient *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail (g_task_is_valid (result, self), NULL);
    return g_task_propagate_pointer (G_TASK (result), error);
}

void
qmp_client_execute_async (QmpClient *self, const char *command, JsonNode *arguments,
                          guint timeout_ms, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
    QmpCallOptions options = { .timeout_ms = timeout_ms };
    g_autofree char *text = arguments ? json_to_string (arguments, FALSE) : NULL;

    qmp_client_call_async (self, command, text, text ? strlen (text) : 0, &options, cancellable,
                           callback, user_data);
}

JsonNode *
qmp_client_execute_finish (QmpClient *self, GAsyncResult *result, GError **error)
{
    g_autoptr (QmpReply) reply = qmp_client_call_finish (self, result, error);
    g_autoptr (JsonParser) parser = NULL;
    g_autoptr (GError) problem = NULL;

    if (!reply)
        return NULL;
    if (reply->error) {
        g_propagate_error (error, qmp_error_new_from_json (reply->error, reply->error_length));
        return NULL;
    }
    /* the scanner has bounded depth and size, but lets pass what QEMU prints for infinity */
    parser = json_parser_new ();
    if (!qmp_scan_value (reply->value, reply->value_length, QMP_SCAN_STRICT, &problem) ||
        !json_parser_load_from_data (parser, reply->value, (gssize)reply->value_length, &problem)) {
        g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "the returned value is %s",
                     problem->message);
        return NULL;
    }
    return json_parser_steal_root (parser);
}

void
qmp_client_close (QmpClient *self, const GError *reason)
{
    g_autoptr (GError) closed = NULL;

    g_return_if_fail (QMP_IS_CLIENT (self));
    if (self->state == QMP_CLIENT_IDLE)
        return;
    closed = reason
                 ? g_error_copy (reason)
                 : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection was closed");
    qmp_connection_end (self, closed, FALSE);
}

void
qmp_client_drain (QmpClient *self)
{
    g_return_if_fail (QMP_IS_CLIENT (self));
    g_object_ref (self);
    if (self->transport)
        qmp_transport_drain (self->transport);
    g_object_unref (self);
}

QmpClientState
qmp_client_get_state (QmpClient *self)
{
    g_return_val_if_fail (QMP_IS_CLIENT (self), QMP_CLIENT_IDLE);
    return self->state;
}

gboolean
qmp_client_has_oob (QmpClient *self)
{
    g_return_val_if_fail (QMP_IS_CLIENT (self), FALSE);
    return self->has_oob;
}

JsonNode *
qmp_event_get_data (const QmpEvent *event)
{
    g_autofree char *text = event->data ? g_strndup (event->data, event->data_length) : NULL;
    g_autoptr (JsonNode) node = text ? json_from_string (text, NULL) : NULL;

    return node && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

GBytes *
qmp_client_get_greeting (QmpClient *self)
{
    g_return_val_if_fail (QMP_IS_CLIENT (self), NULL);
    return self->greeting;
}

guint
qmp_client_get_n_pending (QmpClient *self)
{
    g_return_val_if_fail (QMP_IS_CLIENT (self), 0);
    return qmp_calls_get_n_waiting (self->calls);
}

void
qmp_client_get_counters (QmpClient *self, QmpClientCounters *counters)
{
    g_return_if_fail (QMP_IS_CLIENT (self));
    *counters = self->counters;
}
