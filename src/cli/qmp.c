/* roost qmp: one QMP command through the machine's shared socket, as any QMP
 * client would send it.
 */
#include "base/error.h"
#include "base/file.h"
#include "cli/client.h"
#include "base/dirs.h"
#include "base/record.h"
#include "cli/machines.h"
#include "cli/output.h"
#include "cli/wait.h"
#include "host/socket.h"
#include "qmp/qmp-error.h"

#include <stdio.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS (10 * 1000)

/* integers, true, false, null, objects and arrays as JSON, all else as a string */
static JsonNode *
read_value (const char *text)
{
    JsonNode *node =
        strchr ("{[-0123456789tfn", *text) && *text ? json_from_string (text, NULL) : NULL;

    if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_clear_pointer (&node, json_node_unref);
    if (!node) {
        node = json_node_new (JSON_NODE_VALUE);
        json_node_set_string (node, text);
    }
    return node;
}

/* a.b.c=1 sets a member of a member of a member */
static void
set_dotted (JsonObject *object, const char *key, JsonNode *value)
{
    g_auto (GStrv) parts = g_strsplit (key, ".", -1);

    for (gsize i = 0; parts[i]; i++) {
        JsonNode *member = json_object_get_member (object, parts[i]);

        if (!parts[i + 1]) {
            json_object_set_member (object, parts[i], value);
            return;
        }
        if (!member || !JSON_NODE_HOLDS_OBJECT (member))
            json_object_set_object_member (object, parts[i], json_object_new ());
        object = json_object_get_object_member (object, parts[i]);
    }
}

static gboolean
add_argument (JsonObject *object, const char *word, GError **error)
{
    const char *equals = strchr (word, '=');
    gboolean is_json = equals && equals > word && equals[-1] == ':';
    g_autofree char *key = NULL;
    JsonNode *value;

    if (!equals || equals == word) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not KEY=VALUE", word);
        return FALSE;
    }
    key = g_strndup (word, equals - word - (is_json ? 1 : 0));
    value = is_json ? json_from_string (equals + 1, error) : read_value (equals + 1);
    if (!value) {
        g_prefix_error (error, "%s: ", word);
        roost_error_reclass (error, ROOST_ERROR_USAGE);
        return FALSE;
    }
    set_dotted (object, key, value);
    return TRUE;
}

/* {"execute": …} in one word */
static gboolean
read_command (const char *text, char **ret_command, JsonNode **ret_arguments, GError **error)
{
    g_autoptr (JsonNode) node = json_from_string (text, error);
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *command = object ? member_string (object, "execute", NULL) : NULL;

    if (!command) {
        g_clear_error (error);
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is no QMP command", text);
        return FALSE;
    }
    *ret_command = g_strdup (command);
    if (json_object_has_member (object, "arguments"))
        *ret_arguments = json_node_copy (json_object_get_member (object, "arguments"));
    return TRUE;
}

static gboolean
build (Options *options, char **ret_command, JsonNode **ret_arguments, GError **error)
{
    JsonObject *object;

    if (options->argv[1][0] == '{' && options->argc == 2)
        return read_command (options->argv[1], ret_command, ret_arguments, error);
    object = json_object_new ();
    *ret_arguments = json_node_new (JSON_NODE_OBJECT);
    json_node_take_object (*ret_arguments, object);
    if (options->hmp) {
        g_autofree char *line = g_strjoinv (" ", options->argv + 1);

        *ret_command = g_strdup ("human-monitor-command");
        json_object_set_string_member (object, "command-line", line);
        return TRUE;
    }
    *ret_command = g_strdup (options->argv[1]);
    for (int i = 2; i < options->argc; i++)
        if (!add_argument (object, options->argv[i], error))
            return FALSE;
    return TRUE;
}

static JsonNode *
send (const char *path, const char *command, JsonNode *arguments, guint timeout_ms, GError **error)
{
    g_autoptr (QmpClient) qmp = qmp_client_new (QMP_CLIENT_DEFAULT);
    g_autoptr (GAsyncResult) connected = NULL, replied = NULL;
    Wait wait = { NULL }, wait2 = { NULL };

    qmp_client_connect_path_async (qmp, path, CONNECT_TIMEOUT_MS, NULL, wait_arrived, &wait);
    connected = wait_for (&wait);
    if (!qmp_client_connect_finish (qmp, connected, error))
        return NULL;
    qmp_client_execute_async (qmp, command, arguments, timeout_ms, NULL, wait_arrived, &wait2);
    replied = wait_for (&wait2);
    return qmp_client_execute_finish (qmp, replied, error);
}

static void
print_value (JsonNode *value, gboolean hmp)
{
    g_autofree char *text = NULL;

    if (hmp && JSON_NODE_HOLDS_VALUE (value) && json_node_get_string (value)) {
        fputs (json_node_get_string (value), stdout);
        return;
    }
    text = json_to_pretty_text (value);
    puts (text);
}

/* Where the supervisor has gone, a new one takes the lab over first. */
static gboolean
is_served (const char *lab, const char *path, GError **error)
{
    g_auto (AutoFd) fd = socket_connect (path, NULL);
    g_autoptr (LabClient) client = fd < 0 ? lab_client_open (lab, error) : NULL;

    return fd >= 0 || client;
}

gboolean
verb_qmp (Options *options, GError **error)
{
    const char *machine;
    g_autofree char *lab = lab_client_split_machine (options, options->argv[0], &machine, error);
    g_autofree char *run_dir = lab ? dirs_lab_run (lab) : NULL;
    g_autofree char *file = g_strconcat (machine, ".qmp", NULL), *path = NULL, *command = NULL;
    g_autoptr (JsonNode) arguments = NULL, value = NULL;
    guint timeout_ms = 0;

    if (!lab || !machines_duration ("timeout", options->timeout, &timeout_ms, error) ||
        !build (options, &command, &arguments, error))
        return FALSE;
    path = g_build_filename (run_dir, file, NULL);
    if (!is_served (lab, path, error))
        return FALSE;
    if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "lab %s has no running machine %s",
                     lab, machine);
        return FALSE;
    }
    value = send (path, command, arguments, timeout_ms, error);
    if (!value) {
        const char *error_class = error ? qmp_error_get_class (*error) : NULL;

        if (error_class)
            g_prefix_error (error, "%s: ", error_class);
        return FALSE;
    }
    print_value (value, options->hmp);
    return TRUE;
}
