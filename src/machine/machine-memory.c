/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the migration of a machine to a file or from one, over a descriptor that the
 * emulator is given: it needs to reach no path.
 *
 * The end of a migration is an event, so that nobody asks again and again; what
 * failed is asked once.
 */
#include "machine/machine-memory.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define COMMAND_MS (60 * 1000)
#define SETTLE_MS 10
#define SETTLE_LOOKS 1000
#define FD_NAME "roost-memory"
/* bytes a second: no limit is wanted, and this is none */
#define BANDWIDTH "1099511627776"

typedef struct {
    QmpClient *qmp;
    gboolean load;
    int fd;
    gulong on_event, on_closed;
    guint timer, looks; /* whether it can go on */
    gboolean ended;
} Transfer;

static void
let_go (Transfer *transfer)
{
    if (transfer->on_event)
        g_signal_handler_disconnect (transfer->qmp, transfer->on_event);
    if (transfer->on_closed)
        g_signal_handler_disconnect (transfer->qmp, transfer->on_closed);
    transfer->on_event = transfer->on_closed = 0;
    g_clear_handle_id (&transfer->timer, g_source_remove);
}

static void
transfer_free (gpointer data)
{
    Transfer *transfer = data;

    let_go (transfer);
    auto_fd_close (transfer->fd);
    g_clear_object (&transfer->qmp);
    g_free (transfer);
}

static void look_whether_settled (GTask *task);

/* Ends the task once; the reference that the signals had goes. */
static void
end (GTask *task, GError *error)
{
    Transfer *transfer = g_task_get_task_data (task);

    if (transfer->ended) {
        g_clear_error (&error);
        return;
    }
    transfer->ended = TRUE;
    let_go (transfer);
    if (error) {
        g_prefix_error (&error, "%s its memory: ", transfer->load ? "loading" : "saving");
        roost_error_reclass (&error, ROOST_ERROR_MACHINE);
        g_task_return_error (task, error);
    } else {
        g_task_return_boolean (task, TRUE);
    }
    g_object_unref (task);
}

static void
send (GTask *task, const char *command, const char *arguments, GAsyncReadyCallback callback)
{
    Transfer *transfer = g_task_get_task_data (task);
    QmpCallOptions options = { .timeout_ms = COMMAND_MS };

    if (strcmp (command, "getfd") == 0) {
        options.fds = &transfer->fd;
        options.n_fds = 1;
    }
    qmp_client_call_async (transfer->qmp, command, arguments, arguments ? strlen (arguments) : 0,
                           &options, NULL, callback, g_object_ref (task));
}

/* Returns: %FALSE when the call has failed, which has ended the task */
static gboolean
went_well (GTask *task, GObject *source, GAsyncResult *result)
{
    GError *error = NULL;
    g_autoptr (QmpReply) reply = qmp_client_call_finish (QMP_CLIENT (source), result, &error);

    if (reply && !reply->error)
        return TRUE;
    if (reply)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE, "%.*s", (int)reply->error_length,
                             reply->error);
    end (task, error);
    return FALSE;
}

static void
why_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonObject *object =
        value && JSON_NODE_HOLDS_OBJECT (value) ? json_node_get_object (value) : NULL;
    const char *why =
        object ? json_object_get_string_member_with_default (object, "error-desc", NULL) : NULL;

    end (task, g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE, "%s",
                            why ? why
                                : "the emulator does not say why it failed (is the disk "
                                  "full?)"));
}

static gboolean
look_again (gpointer user_data)
{
    GTask *task = user_data;
    Transfer *transfer = g_task_get_task_data (task);

    transfer->timer = 0;
    look_whether_settled (task);
    return G_SOURCE_REMOVE;
}

static void
status_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Transfer *transfer = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    const char *status = value && JSON_NODE_HOLDS_OBJECT (value)
                             ? json_object_get_string_member_with_default (
                                   json_node_get_object (value), "status", "")
                             : "";

    if (transfer->ended || error)
        end (task, error);
    else if (strcmp (status, "finish-migrate") == 0 && transfer->looks++ < SETTLE_LOOKS)
        transfer->timer = g_timeout_add (SETTLE_MS, look_again, task);
    else
        end (task, NULL);
}

/* All is in the file, but the emulator says so a moment before it can go on; of that
 * there is no event. */
static void
look_whether_settled (GTask *task)
{
    Transfer *transfer = g_task_get_task_data (task);

    qmp_client_execute_async (transfer->qmp, "query-status", NULL, COMMAND_MS, NULL, status_known,
                              g_object_ref (task));
}

static void
on_migration (QmpClient *qmp, const QmpEvent *event, gpointer user_data)
{
    GTask *task = user_data;
    Transfer *transfer = g_task_get_task_data (task);
    g_autofree char *text = g_strndup (event->data ? event->data : "", event->data_length);

    if (strstr (text, "\"completed\"") && transfer->load)
        end (task, NULL);
    else if (strstr (text, "\"completed\""))
        look_whether_settled (task);
    else if (strstr (text, "\"failed\"") || strstr (text, "\"cancelled\""))
        qmp_client_execute_async (qmp, "query-migrate", NULL, COMMAND_MS, NULL, why_known,
                                  g_object_ref (task));
}

static void
on_closed (QmpClient *qmp, const GError *reason, gpointer user_data)
{
    end (user_data, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_MACHINE, "the emulator ended"));
}

static void
begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;

    went_well (task, source, result); /* its end is an event */
}

static void
has_fd (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Transfer *transfer = g_task_get_task_data (task);

    if (went_well (task, source, result))
        send (task, transfer->load ? "migrate-incoming" : "migrate", "{\"uri\":\"fd:" FD_NAME "\"}",
              begun);
}

static void
parameters_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;

    if (went_well (task, source, result))
        send (task, "getfd", "{\"fdname\":\"" FD_NAME "\"}", has_fd);
}

static void
events_wanted (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;

    if (went_well (task, source, result))
        send (task, "migrate-set-parameters", "{\"max-bandwidth\":" BANDWIDTH "}", parameters_set);
}

static void
begin (QmpClient *qmp, const char *path, gboolean load, GTask *task)
{
    Transfer *transfer = g_new0 (Transfer, 1);
    int flags = load ? O_RDONLY : O_WRONLY | O_CREAT | O_EXCL;

    transfer->load = load;
    transfer->qmp = g_object_ref (qmp);
    transfer->fd = open (path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    g_task_set_task_data (task, transfer, transfer_free);
    if (transfer->fd < 0) {
        end (task, g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "%s: %s", path, g_strerror (errno)));
        return;
    }
    transfer->on_event =
        g_signal_connect (qmp, "event::MIGRATION", G_CALLBACK (on_migration), task);
    transfer->on_closed = g_signal_connect (qmp, "closed", G_CALLBACK (on_closed), task);
    send (task, "migrate-set-capabilities",
          "{\"capabilities\":[{\"capability\":\"events\",\"state\":true}]}", events_wanted);
}

void
machine_memory_save_async (LiveMachine *machine, const char *path, GAsyncReadyCallback callback,
                           gpointer user_data)
{
    GTask *task = g_task_new (NULL, NULL, callback, user_data);
    QmpClient *qmp = live_machine_get_qmp (machine);

    if (qmp) {
        begin (qmp, path, FALSE, task);
        return;
    }
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_MACHINE,
                             "saving its memory: the machine has ended");
    g_object_unref (task);
}

gboolean
machine_memory_save_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

void
machine_memory_load_async (QmpClient *qmp, const char *path, GAsyncReadyCallback callback,
                           gpointer user_data)
{
    begin (qmp, path, TRUE, g_task_new (NULL, NULL, callback, user_data));
}

gboolean
machine_memory_load_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
