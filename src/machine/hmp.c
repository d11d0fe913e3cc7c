/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the way through human-monitor-command; see hmp.h. */
#include "machine/hmp.h"

#include "base/record.h"

void
hmp_run_async (QmpClient *qmp, const char *line, guint timeout_ms, GCancellable *cancellable,
               GAsyncReadyCallback callback, gpointer user_data)
{
    JsonObject *object = json_object_new ();
    g_autoptr (JsonNode) arguments = NULL;

    json_object_set_string_member (object, "command-line", line);
    arguments = json_take_object (object);
    qmp_client_execute_async (qmp, "human-monitor-command", arguments, timeout_ms, cancellable,
                              callback, user_data);
}

char *
hmp_run_finish (QmpClient *qmp, GAsyncResult *result, GError **error)
{
    g_autoptr (JsonNode) value = qmp_client_execute_finish (qmp, result, error);

    if (!value)
        return NULL;
    return g_strdup (JSON_NODE_HOLDS_VALUE (value) && json_node_get_string (value)
                         ? json_node_get_string (value)
                         : "");
}
