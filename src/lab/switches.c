/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the conversation with switch processes: connect, read one JSON document
 * to its end.
 */
#include "lab/switches.h"

#include "base/record.h"
#include "lab/networks.h"

#include <gio/gunixsocketaddress.h>

#define ANSWER_MAX (16 * 1024 * 1024)
#define TIMEOUT_S 5

typedef struct {
    JsonArray *answers;
    guint waiting;
} Query;

/* one switch */
typedef struct {
    GTask *task;
    char *name;
    GSocketConnection *connection;
    GOutputStream *memory;
} Ask;

static void
query_free (gpointer data)
{
    Query *query = data;

    json_array_unref (query->answers);
    g_free (query);
}

static void
one_done (GTask *task)
{
    Query *query = g_task_get_task_data (task);
    JsonNode *node;

    if (--query->waiting > 0)
        return;
    node = json_node_new (JSON_NODE_ARRAY);
    json_node_set_array (node, query->answers);
    g_task_return_pointer (task, node, (GDestroyNotify)json_node_unref);
}

static void
ask_done (Ask *ask, JsonNode *answer, const GError *error)
{
    Query *query = g_task_get_task_data (ask->task);

    if (answer) {
        json_array_add_element (query->answers, json_node_ref (answer));
    } else {
        JsonObject *object = json_object_new ();

        json_object_set_string_member (object, "name", ask->name);
        json_object_set_string_member (object, "problem",
                                       error ? error->message : "its answer is not JSON");
        json_array_add_object_element (query->answers, object);
    }
    one_done (ask->task);
    g_object_unref (ask->task);
    g_clear_object (&ask->connection);
    g_clear_object (&ask->memory);
    g_free (ask->name);
    g_free (ask);
}

static void
read_all (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (source);
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) answer = NULL;

    if (g_output_stream_splice_finish (ask->memory, result, &error) >= 0 &&
        g_memory_output_stream_get_data_size (memory) < ANSWER_MAX) {
        g_autofree char *text = g_strndup (g_memory_output_stream_get_data (memory),
                                           g_memory_output_stream_get_data_size (memory));

        answer = json_from_text (text, NULL);
    }
    ask_done (ask, answer, error);
}

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    g_autoptr (GError) error = NULL;

    ask->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
    if (!ask->connection) {
        ask_done (ask, NULL, error);
        return;
    }
    ask->memory = g_memory_output_stream_new_resizable ();
    g_output_stream_splice_async (
        ask->memory, g_io_stream_get_input_stream (G_IO_STREAM (ask->connection)),
        G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, NULL, read_all, ask);
}

static void
ask_switch (GTask *task, const SwitchStep *step)
{
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (step->control);
    Ask *ask = g_new0 (Ask, 1);

    ask->task = g_object_ref (task);
    ask->name = g_strdup (step->name);
    g_socket_client_set_timeout (client, TIMEOUT_S);
    g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), NULL, connected, ask);
}

static void
networks_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Query *query = g_task_get_task_data (task);
    g_autoptr (JsonArray) networks = networks_query_finish (result, NULL);

    for (guint i = 0; networks && i < json_array_get_length (networks); i++)
        json_array_add_element (query->answers, json_array_dup_element (networks, i));
    one_done (task);
}

void
switches_query_async (LiveLab *lab, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const Plan *plan = live_lab_get_plan (lab);
    Query *query = g_new0 (Query, 1);

    query->answers = json_array_new ();
    query->waiting = 2; /* the networks of the host; and we, until all were asked */
    g_task_set_task_data (task, query, query_free);
    for (guint i = 0; plan && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind != STEP_SWITCH)
            continue;
        query->waiting++;
        ask_switch (task, step->sw);
    }
    networks_query_async (plan, networks_told, g_object_ref (task));
    one_done (task);
}

JsonNode *
switches_query_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
