/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns finding a lab and speaking to its supervisor.  This is the outermost
 * layer of a short-lived program, so it waits by turning the main loop.
 */
#include "cli/common/client.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "base/text.h"
#include "cli/common/load.h"
#include "cli/supervise.h"
#include "cli/common/wait.h"
#include "host/socket.h"
#include "lab/registry.h"
#include "lab/remains.h"
#include "profile/model.h"
#include "qmp/qmp-error.h"

#include <string.h>

#define CONNECT_TIMEOUT_MS (60 * 1000)
#define CLOSE_TIMEOUT_MS (5 * 1000)

void
lab_client_free (LabClient *client)
{
    if (!client)
        return;
    if (client->qmp)
        qmp_client_close (client->qmp, NULL);
    g_clear_object (&client->qmp);
    g_free (client->lab);
    g_free (client->run_dir);
    g_free (client);
}

static char *
only_lab (GError **error)
{
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) states = registry_glance (root);
    g_autoptr (GString) names = g_string_new (NULL);

    if (states->len == 1)
        return g_strdup (((State *)g_ptr_array_index (states, 0))->summary->lab);
    for (guint i = 0; i < states->len; i++)
        g_string_append_printf (names, "%s%s", i ? ", " : "",
                                ((State *)g_ptr_array_index (states, i))->summary->lab);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                 states->len ? "several labs are up (%s): say which" : "no lab is up%s",
                 names->str);
    return NULL;
}

char *
lab_client_find (const Options *options, const char *name, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr (Lab) lab = NULL;

    if (!name)
        name = options->lab;
    if (!name && !options->file) /* inside of `roost run` */
        name = g_getenv ("ROOST_LAB");
    if (name && !name_is_valid (name)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not the name of a lab", name);
        return NULL;
    }
    if (name)
        return g_strdup (name);
    path = load_find_profile (options, NULL);
    if (!path)
        return only_lab (error);
    lab = load_lab (path, options, error);
    return lab ? g_strdup (lab->name) : NULL;
}

/* Takes @fd. */
static gboolean
handshake (LabClient *client, int fd, GError **error)
{
    g_autoptr (GAsyncResult) result = NULL;
    Wait wait = { NULL };

    client->qmp = qmp_client_new (QMP_CLIENT_DEFAULT);
    qmp_client_connect_fd_async (client->qmp, fd, CONNECT_TIMEOUT_MS, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    return qmp_client_connect_finish (client->qmp, result, error);
}

static LabClient *
client_new (const char *lab)
{
    LabClient *client = g_new0 (LabClient, 1);

    client->lab = g_strdup (lab);
    client->run_dir = dirs_lab_run (lab);
    return client;
}

static void
supervisor_ended (const char *lab, RoostErrorCode code, GError **error)
{
    g_autofree char *log = supervisor_log_path (lab);
    g_autofree char *tail = file_tail (log, 1000);
    g_autofree char *last = text_last_line (tail);

    g_set_error (error, ROOST_ERROR, code, "lab %s: its supervisor ended: %s (log: %s)", lab,
                 *last ? last : "it said nothing", log);
}

typedef struct {
    gboolean ended;
    gboolean late;
    int status;
} End;

static void
on_end (const ProcessExit *exit, gpointer user_data)
{
    End *end = user_data;

    end->ended = TRUE;
    end->status = exit->status;
}

static gboolean
on_late (gpointer user_data)
{
    ((End *)user_data)->late = TRUE;
    return G_SOURCE_CONTINUE;
}

/* Its exit status is the class of what it died of. */
static RoostErrorCode
end_of (ProcessId supervisor)
{
    End end = { 0 };
    ProcessWatch *watch = process_watch_new (supervisor, on_end, &end);
    guint timer = g_timeout_add (CLOSE_TIMEOUT_MS, on_late, &end);

    while (!end.ended && !end.late)
        g_main_context_iteration (NULL, TRUE);
    g_source_remove (timer);
    process_watch_free (watch);
    return end.status >= ROOST_ERROR_FAILED && end.status <= ROOST_ERROR_TIMEOUT
               ? (RoostErrorCode)end.status
               : ROOST_ERROR_FAILED;
}

LabClient *
lab_client_start (const char *lab, GError **error)
{
    g_autoptr (LabClient) client = client_new (lab);
    ProcessId supervisor;
    int fd = supervisor_spawn (lab, &supervisor, error);

    if (fd < 0)
        return NULL;
    if (!handshake (client, fd, error)) {
        g_clear_error (error);
        supervisor_ended (lab, end_of (supervisor), error);
        return NULL;
    }
    return g_steal_pointer (&client);
}

LabClient *
lab_client_open (const char *lab, GError **error)
{
    g_autoptr (LabClient) client = client_new (lab);
    g_autofree char *path = g_build_filename (client->run_dir, CONTROL_SOCKET, NULL);
    g_autoptr (State) state = NULL;
    GError *local = NULL;
    int fd = socket_connect (path, NULL);

    if (fd >= 0 && handshake (client, fd, &local))
        return g_steal_pointer (&client);
    /* one that is killed as we come takes the connection and does not greet */
    if (local && !g_error_matches (local, QMP_ERROR, QMP_ERROR_CLOSED)) {
        g_propagate_error (error, local);
        return NULL;
    }
    g_clear_error (&local);
    state = state_load (client->run_dir, &local);
    if (state)
        return lab_client_start (lab, error);
    if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_PERM))
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "lab %s: %s", lab, local->message);
    else
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "lab %s is not up", lab);
    g_error_free (local);
    return NULL;
}

static void
reclass (GError **error)
{
    const char *error_class = error && *error ? qmp_error_get_class (*error) : NULL;
    g_autofree char *description = NULL;

    if (!error_class)
        return;
    description = g_strdup (qmp_error_get_description (*error));
    error_class = g_intern_string (error_class);
    g_clear_error (error);
    g_set_error_literal (error, ROOST_ERROR, roost_error_from_class (error_class), description);
}

void
lab_client_send (LabClient *client, const char *command, const char *arguments, guint timeout_ms,
                 Wait *wait)
{
    QmpCallOptions options = { .timeout_ms = timeout_ms };

    qmp_client_call_async (client->qmp, command, arguments, arguments ? strlen (arguments) : 0,
                           &options, NULL, wait_arrived, wait);
}

JsonNode *
lab_client_receive (LabClient *client, const char *command, guint timeout_ms, Wait *wait,
                    GError **error)
{
    g_autoptr (GAsyncResult) result = wait_for (wait);
    JsonNode *value = qmp_client_execute_finish (client->qmp, result, error);

    if (!value && error && g_error_matches (*error, QMP_ERROR, QMP_ERROR_NO_REPLY)) {
        g_clear_error (error);
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_TIMEOUT, "lab %s: %s took longer than %u s",
                     client->lab, command, timeout_ms / 1000);
    } else if (!value && error && g_error_matches (*error, QMP_ERROR, QMP_ERROR_CLOSED)) {
        g_clear_error (error);
        supervisor_ended (client->lab, ROOST_ERROR_FAILED, error);
    } else if (!value) {
        reclass (error);
    }
    return value;
}

JsonNode *
lab_client_call_text (LabClient *client, const char *command, const char *arguments,
                      guint timeout_ms, GError **error)
{
    Wait wait = { NULL };

    lab_client_send (client, command, arguments, timeout_ms, &wait);
    return lab_client_receive (client, command, timeout_ms, &wait, error);
}

JsonNode *
lab_client_call (LabClient *client, const char *command, JsonObject *arguments, guint timeout_ms,
                 GError **error)
{
    g_autoptr (JsonNode) node = arguments ? json_take_object (arguments) : NULL;
    g_autofree char *text = node ? json_to_text (node) : NULL;

    return lab_client_call_text (client, command, text, timeout_ms, error);
}

char *
lab_client_split_machine (const Options *options, const char *word, const char **ret_machine,
                          GError **error)
{
    const char *slash = strchr (word, '/');
    g_autofree char *lab = slash ? g_strndup (word, slash - word) : NULL;

    *ret_machine = slash ? slash + 1 : word;
    return lab_client_find (options, lab, error);
}

static gboolean
out_of_patience (gpointer user_data)
{
    *(gboolean *)user_data = TRUE;
    return G_SOURCE_REMOVE;
}

void
lab_client_wait_closed (LabClient *client)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add (CLOSE_TIMEOUT_MS, out_of_patience, &late);

    while (!late && qmp_client_get_state (client->qmp) == QMP_CLIENT_READY)
        g_main_context_iteration (NULL, TRUE);
    if (!late)
        g_source_remove (timer);
    remains_remove (client->run_dir); /* of a supervisor that was killed on its last step */
}
