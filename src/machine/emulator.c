/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the questions to an emulator and the cache of its answers; see emulator.h.
 *
 * One process with `-machine none` answers six commands, then `quit`:
 * version, machine types, device models, CPU models, accelerators, options.
 */
#include "machine/emulator.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "base/text.h"
#include "host/emulator/fingerprint.h"
#include "host/process/process.h"
#include "qmp/qmp-client.h"
#include "qmp/qmp-error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define PROBE_TIMEOUT_MS (30 * 1000)
#define CACHE_MAX (4 * 1024 * 1024)
#define CHILD_FD 3

static const Field cache_fields[] = {
    { "path", FIELD_STRING, offsetof (EmulatorFacts, path) },
    { "version", FIELD_STRING, offsetof (EmulatorFacts, version) },
    { "machines", FIELD_STRINGS, offsetof (EmulatorFacts, machines) },
    { "devices", FIELD_STRINGS, offsetof (EmulatorFacts, devices) },
    { "cpus", FIELD_STRINGS, offsetof (EmulatorFacts, cpus) },
    { "accels", FIELD_STRINGS, offsetof (EmulatorFacts, accels) },
    { "properties", FIELD_STRINGS, offsetof (EmulatorFacts, properties) },
    { "fingerprint", FIELD_STRING, offsetof (EmulatorFacts, fingerprint) },
    { "options", FIELD_STRINGS, offsetof (EmulatorFacts, options) },
    { NULL },
};
static const Record cache_record = { "emulator", sizeof (EmulatorFacts), cache_fields };

/* One question: a command, and where the names in its answer go. */
typedef struct {
    const char *command;
    const char *arguments;
    const char *member; /* of each element of the answer */
    gsize offset;       /* of the GStrv in EmulatorFacts */
    const char *suffix; /* only names that end so, without it; NULL = all */
    gboolean optional;  /* an emulator that cannot answer has none */
} Question;

static const Question questions[] = {
    { "query-machines", NULL, "name", offsetof (EmulatorFacts, machines), NULL, FALSE },
    { "qom-list-types", "{\"implements\":\"device\",\"abstract\":false}", "name",
      offsetof (EmulatorFacts, devices), NULL, FALSE },
    { "query-cpu-definitions", NULL, "name", offsetof (EmulatorFacts, cpus), NULL, FALSE },
    { "qom-list-types", "{\"implements\":\"accel\",\"abstract\":false}", "name",
      offsetof (EmulatorFacts, accels), "-accel", FALSE },
    { "qom-list-properties", "{\"typename\":\"generic-pc-machine\"}", "name",
      offsetof (EmulatorFacts, properties), NULL, TRUE },
    { "query-command-line-options", NULL, "option", offsetof (EmulatorFacts, options), NULL,
      FALSE },
};

typedef struct {
    EmulatorFacts *emulator;
    QmpClient *qmp;
    ProcessId process;
    ProcessWatch *watch;
    int log_fd;  /* of a file that has no name any more … */
    char *log;   /* … but this one for us */
    guint next;  /* question */
    GTask *task; /* a reference of its own, while the process lives */
    GError *failure;
} Probe;

static void
probe_free (gpointer data)
{
    Probe *probe = data;

    process_watch_free (probe->watch);
    g_clear_object (&probe->qmp);
    auto_fd_close (probe->log_fd);
    g_clear_error (&probe->failure);
    g_free (probe->log);
    g_free (probe);
}

/* --- the cache --- */

/* A binary that was replaced has another inode, size or time; a roost that asks for
 * other things has other fields. */
static char *
cache_path (const char *path)
{
    struct stat info;
    GString *identity;
    g_autofree char *hash = NULL, *name = NULL, *root = dirs_cache_root ();

    if (stat (path, &info) < 0)
        return NULL;
    identity = g_string_new (NULL);
    g_string_append_printf (identity, "%s %lld %lld %lld.%09ld", path, (long long)info.st_ino,
                            (long long)info.st_size, (long long)info.st_mtim.tv_sec,
                            info.st_mtim.tv_nsec);
    for (const Field *field = cache_fields; field->name; field++)
        g_string_append_printf (identity, " %s", field->name);
    hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, identity->str, -1);
    g_string_free (identity, TRUE);
    name = g_strconcat ("emulator-", hash, ".json", NULL);
    return g_build_filename (root, name, NULL);
}

static gboolean
read_cache (EmulatorFacts *emulator)
{
    g_autofree char *path = cache_path (emulator->path);
    g_autofree char *text = path ? file_read (path, CACHE_MAX, NULL, NULL) : NULL;
    g_autoptr (JsonNode) node = text ? json_from_text (text, NULL) : NULL;
    EmulatorFacts *cached = node ? record_from_json (&cache_record, node, NULL) : NULL;

    if (!cached || !cached->version || !cached->machines || !cached->devices) {
        record_free (&cache_record, cached);
        return FALSE;
    }
    emulator->version = g_steal_pointer (&cached->version);
    emulator->machines = g_steal_pointer (&cached->machines);
    emulator->devices = g_steal_pointer (&cached->devices);
    emulator->cpus = g_steal_pointer (&cached->cpus);
    emulator->accels = g_steal_pointer (&cached->accels);
    emulator->properties = g_steal_pointer (&cached->properties);
    emulator->fingerprint = g_steal_pointer (&cached->fingerprint);
    emulator->options = g_steal_pointer (&cached->options);
    record_free (&cache_record, cached);
    return TRUE;
}

/* A cache that cannot be written only costs time. */
static void
write_cache (const EmulatorFacts *emulator)
{
    g_autofree char *path = cache_path (emulator->path);
    g_autofree char *root = dirs_cache_root ();
    g_autofree char *text = record_to_text (&cache_record, emulator);

    if (path && file_make_private_dir (root, NULL))
        file_write_whole (path, text, strlen (text), 0600, NULL);
}

/* --- the questions --- */

static GError *
explain (Probe *probe, GError *error)
{
    g_autofree char *tail = file_tail (probe->log, 1000);
    g_autofree char *last = text_last_line (tail);

    g_prefix_error (&error, "asking emulator %s what it offers: %s%s", probe->emulator->path, last,
                    *last ? ": " : "");
    error->domain = ROOST_ERROR;
    error->code = ROOST_ERROR_HOST;
    return error;
}

/* The end of the process ends the probe, so that no zombie stays. */
static void
fail (GTask *task, GError *error)
{
    Probe *probe = g_task_get_task_data (task);

    if (probe->failure)
        g_error_free (error);
    else
        probe->failure = explain (probe, error);
    process_signal (probe->process, SIGKILL);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GStrv
collect_names (JsonNode *answer, const Question *question)
{
    GPtrArray *names = g_ptr_array_new ();
    JsonArray *array = JSON_NODE_HOLDS_ARRAY (answer) ? json_node_get_array (answer) : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        JsonNode *element = json_array_get_element (array, i);
        JsonObject *object =
            JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
        const char *name =
            object ? json_object_get_string_member_with_default (object, question->member, NULL)
                   : NULL;
        const char *alias =
            object ? json_object_get_string_member_with_default (object, "alias", NULL) : NULL;

        if (!name || (question->suffix && !g_str_has_suffix (name, question->suffix)))
            continue;
        g_ptr_array_add (
            names,
            g_strndup (name, strlen (name) - (question->suffix ? strlen (question->suffix) : 0)));
        if (alias)
            g_ptr_array_add (names, g_strdup (alias));
    }
    g_ptr_array_sort (names, by_text);
    g_ptr_array_add (names, NULL);
    return (GStrv)g_ptr_array_free (names, FALSE);
}

static void answered (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_next (GTask *task)
{
    Probe *probe = g_task_get_task_data (task);
    g_autoptr (JsonNode) arguments = NULL;
    const Question *question;

    if (probe->next == G_N_ELEMENTS (questions)) {
        probe->emulator->fingerprint = fingerprint_of (probe->emulator->path);
        write_cache (probe->emulator);
        process_signal (probe->process, SIGKILL);
        return;
    }
    question = &questions[probe->next];
    if (question->arguments)
        arguments = json_from_text (question->arguments, NULL);
    qmp_client_execute_async (probe->qmp, question->command, arguments, PROBE_TIMEOUT_MS, NULL,
                              answered, g_object_ref (task));
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Probe *probe = g_task_get_task_data (task);
    const Question *question = &questions[probe->next];
    GError *error = NULL;
    g_autoptr (JsonNode) answer = qmp_client_execute_finish (probe->qmp, result, &error);

    if (!answer && question->optional && error->domain == QMP_ERROR) {
        g_clear_error (&error);
        answer = json_node_init_null (json_node_alloc ());
    }
    if (!answer) {
        fail (task, error);
        return;
    }
    G_STRUCT_MEMBER (GStrv, probe->emulator, question->offset) = collect_names (answer, question);
    probe->next++;
    ask_next (task);
}

static void
version_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Probe *probe = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) answer = qmp_client_execute_finish (probe->qmp, result, &error);
    JsonObject *object, *qemu;
    const char *package;

    if (!answer) {
        fail (task, error);
        return;
    }
    object = JSON_NODE_HOLDS_OBJECT (answer) ? json_node_get_object (answer) : NULL;
    qemu = object && json_object_has_member (object, "qemu")
               ? json_object_get_object_member (object, "qemu")
               : NULL;
    package = object ? json_object_get_string_member_with_default (object, "package", "") : "";
    probe->emulator->version = g_strdup_printf (
        "%d.%d.%d%s%s%s", qemu ? (int)json_object_get_int_member (qemu, "major") : 0,
        qemu ? (int)json_object_get_int_member (qemu, "minor") : 0,
        qemu ? (int)json_object_get_int_member (qemu, "micro") : 0, *package ? " (" : "", package,
        *package ? ")" : "");
    ask_next (task);
}

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Probe *probe = g_task_get_task_data (task);
    GError *error = NULL;

    if (!qmp_client_connect_finish (probe->qmp, result, &error)) {
        fail (task, error);
        return;
    }
    qmp_client_execute_async (probe->qmp, "query-version", NULL, PROBE_TIMEOUT_MS, NULL,
                              version_known, g_object_ref (task));
}

static void
ended (const ProcessExit *exit, gpointer user_data)
{
    Probe *probe = user_data;
    g_autoptr (GTask) task = g_steal_pointer (&probe->task);

    if (probe->next < G_N_ELEMENTS (questions) && !probe->failure)
        probe->failure = explain (probe, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_HOST,
                                                              "it ended before it had answered"));
    qmp_client_close (probe->qmp, NULL);
    if (probe->failure)
        g_task_return_error (task, g_steal_pointer (&probe->failure));
    else
        g_task_return_boolean (task, TRUE);
}

static gboolean
spawn (Probe *probe, int *ret_connection, GError **error)
{
    const char *argv[] = { probe->emulator->path,
                           "-no-user-config",
                           "-nodefaults",
                           "-display",
                           "none",
                           "-machine",
                           "none",
                           "-S",
                           "-chardev",
                           "socket,id=qmp,fd=3",
                           "-mon",
                           "chardev=qmp,mode=control",
                           NULL };
    int ends[2], number = CHILD_FD;
    ProcessSpec spec = { .program = probe->emulator->path,
                         .argv = argv,
                         .fds = &ends[1],
                         .fd_numbers = &number,
                         .n_fds = 1,
                         .bound = TRUE }; /* nobody looks for it when we are killed */
    g_autofree char *log = NULL;
    gboolean spawned;

    probe->log_fd = g_file_open_tmp ("roost-probe-XXXXXX", &log, error);
    if (probe->log_fd < 0)
        return FALSE;
    probe->log = g_strdup_printf ("/proc/self/fd/%d", probe->log_fd);
    spec.stderr_path = log;
    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_HOST, "no socket pair can be made");
        unlink (log);
        return FALSE;
    }
    spawned = process_spawn (&spec, &probe->process, error);
    unlink (log); /* it goes with its last descriptor, whatever becomes of us */
    close (ends[1]);
    if (!spawned) {
        close (ends[0]);
        return FALSE;
    }
    probe->watch = process_watch_new (probe->process, ended, probe);
    probe->qmp = qmp_client_new (QMP_CLIENT_DEFAULT);
    *ret_connection = ends[0];
    return TRUE;
}

void
emulator_probe_async (EmulatorFacts *emulator, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Probe *probe = g_new0 (Probe, 1);
    GError *error = NULL;
    int connection;

    probe->emulator = emulator;
    probe->log_fd = -1;
    g_task_set_task_data (task, probe, probe_free);
    if (!emulator->path || emulator->version || read_cache (emulator)) {
        g_task_return_boolean (task, TRUE);
        return;
    }
    if (!spawn (probe, &connection, &error)) {
        g_task_return_error (task, explain (probe, error));
        return;
    }
    probe->task = g_object_ref (task);
    qmp_client_connect_fd_async (probe->qmp, connection, PROBE_TIMEOUT_MS, NULL, connected,
                                 g_object_ref (task));
}

gboolean
emulator_probe_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
