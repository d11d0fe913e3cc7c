/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns add-fd and remove-fd; see fdset.h. */
#include "lab/fdset.h"

#include "base/error.h"

#define COMMAND_MS (30 * 1000)

void
fdset_add_async (QmpClient *qmp, int fd, GAsyncReadyCallback callback, gpointer user_data)
{
    QmpCallOptions options = { .timeout_ms = COMMAND_MS, .fds = &fd, .n_fds = 1 };

    qmp_client_call_async (qmp, "add-fd", NULL, 0, &options, NULL, callback, user_data);
}

gint64
fdset_add_finish (QmpClient *qmp, GAsyncResult *result, GError **error)
{
    g_autoptr (QmpReply) reply = qmp_client_call_finish (qmp, result, error);
    g_autofree char *text =
        reply && reply->value ? g_strndup (reply->value, reply->value_length) : NULL;
    g_autoptr (JsonNode) node = text ? json_from_string (text, NULL) : NULL;

    if (node && JSON_NODE_HOLDS_OBJECT (node) &&
        json_object_has_member (json_node_get_object (node), "fdset-id"))
        return json_object_get_int_member (json_node_get_object (node), "fdset-id");
    if (reply)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "the emulator takes no file: %.*s",
                     (int)reply->error_length, reply->error ? reply->error : "");
    return -1;
}

char *
fdset_path (gint64 set)
{
    return g_strdup_printf ("/dev/fdset/%" G_GINT64_FORMAT, set);
}

static void
removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

void
fdset_remove (QmpClient *qmp, gint64 set)
{
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);

    json_object_set_int_member (object, "fdset-id", set);
    json_node_take_object (arguments, object);
    qmp_client_execute_async (qmp, "remove-fd", arguments, COMMAND_MS, NULL, removed, NULL);
}
