/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the folder that a run leaves for those who want to know what happened:
 *
 *   index.json, index.txt   what happened, and every file
 *   profile.yaml plan.json  what was asked for, and what that was made to
 *   MACHINE.argv MACHINE.png lab.json doctor.json
 *   state/                  the lab's folder without its disks: logs, transcripts,
 *                           standard errors, what was written about crashes
 */
#include "cli/run/run.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/common/output.h"
#include "cli/common/wait.h"
#include "host/process/command.h"
#include "host/tree.h"

#include "config.h"

#include <errno.h>
#include <string.h>

#define CALL_TIMEOUT_MS (30 * 1000)
#define PROFILE_MAX (1024 * 1024)
#define FILE_MODE 0666 /* as the umask of the user has it */

/* not for reading, or larger than all the rest */
static const char *const left_out[] = { "disks", "firmware", "checkpoints", "images", NULL };

static gboolean
write_text (const char *dir, const char *name, const char *text, GPtrArray *files, GError **error)
{
    g_autofree char *path = g_build_filename (dir, name, NULL);

    if (!file_write_whole (path, text, strlen (text), FILE_MODE, error))
        return FALSE;
    g_ptr_array_add (files, g_strdup (name));
    return TRUE;
}

static gboolean
write_json (const char *dir, const char *name, JsonNode *node, GPtrArray *files, GError **error)
{
    g_autofree char *text = json_to_pretty_text (node), *line = g_strconcat (text, "\n", NULL);

    return write_text (dir, name, line, files, error);
}

/* --- while machines run --- */

static void
take_picture (Run *run, const char *dir, const char *machine)
{
    JsonObject *arguments = json_object_new ();
    g_autofree char *name = g_strconcat (machine, ".png", NULL);
    g_autofree char *path = g_build_filename (dir, name, NULL);
    g_autoptr (JsonNode) value = NULL;
    g_autofree guchar *data = NULL;
    gsize length = 0;

    json_object_set_string_member (arguments, "machine", machine);
    value = lab_client_call (run->client, "machine-screenshot", arguments, CALL_TIMEOUT_MS, NULL);
    if (!value) /* it has no screen, or does not run */
        return;
    data = g_base64_decode (member_string (json_node_get_object (value), "data", ""), &length);
    if (file_write_whole (path, (const char *)data, length, FILE_MODE, NULL))
        g_ptr_array_add (run->pictures, g_steal_pointer (&name));
}

void
run_collect_live (Run *run, const char *dir)
{
    g_clear_pointer (&run->last_lab, json_node_unref);
    run->last_lab = lab_client_call (run->client, "query-lab", NULL, CALL_TIMEOUT_MS, NULL);
    if (!dir || g_mkdir_with_parents (dir, 0777) < 0)
        return;
    for (guint i = 0; i < run->machines->len; i++)
        take_picture (run, dir,
                      ((const RunMachine *)g_ptr_array_index (run->machines, i))->record->name);
}

/* --- the index --- */

static void
add_span (JsonObject *object, const RunSpan *span)
{
    if (span->begun && span->ended)
        json_object_set_double_member (object, "seconds", (span->ended - span->begun) / 1e6);
    json_object_set_string_member (object, "result",
                                   span->problem ? "failed"
                                   : span->ended ? "passed"
                                                 : "skipped");
    if (span->problem)
        json_object_set_string_member (object, "problem", span->problem);
}

static JsonArray *
strings_of (const char *const *strings, guint n)
{
    JsonArray *array = json_array_new ();

    for (guint i = 0; i < n; i++)
        json_array_add_string_element (array, strings[i]);
    return array;
}

static JsonNode *
make_index (const Run *run, const GPtrArray *files)
{
    JsonNode *node = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();
    JsonArray *phases = json_array_new (), *machines = json_array_new ();
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (run->started / G_USEC_PER_SEC);
    g_autofree char *stamp = g_date_time_format_iso8601 (time), *outcome = run_describe (run);

    for (guint phase = 0; phase < N_PHASES; phase++) {
        JsonObject *row = json_object_new ();

        json_object_set_string_member (row, "name", run_phase_names[phase]);
        add_span (row, &run->spans[phase]);
        json_array_add_object_element (phases, row);
    }
    for (guint i = 0; i < run->machines->len; i++) {
        const RunMachine *machine = g_ptr_array_index (run->machines, i);
        JsonObject *row = json_object_new (), *start = json_object_new (),
                   *ready = json_object_new ();

        json_object_set_string_member (row, "name", machine->record->name);
        json_object_set_string_member (row, "state", machine->state ? machine->state : "stopped");
        add_span (start, &machine->start);
        add_span (ready, &machine->ready);
        json_object_set_object_member (row, "start", start);
        json_object_set_object_member (row, "ready", ready);
        json_array_add_object_element (machines, row);
    }
    json_object_set_string_member (object, "roost", PACKAGE_VERSION);
    json_object_set_string_member (object, "lab", run->plan->lab);
    json_object_set_string_member (object, "profile", run->plan->profile);
    json_object_set_array_member (
        object, "command",
        strings_of ((const char *const *)run->options->argv, run->options->argc));
    json_object_set_string_member (object, "started", stamp);
    json_object_set_boolean_member (object, "good", run_is_good (run));
    json_object_set_string_member (object, "outcome", outcome);
    json_object_set_int_member (object, "status", run->options->status);
    json_object_set_array_member (object, "phases", phases);
    json_object_set_array_member (object, "machines", machines);
    json_object_set_array_member (object, "files",
                                  strings_of ((const char *const *)files->pdata, files->len));
    json_node_take_object (node, object);
    return node;
}

static char *
make_text_index (const Run *run, const GPtrArray *files)
{
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *outcome = run_describe (run);
    g_autofree char *command = g_strjoinv (" ", run->options->argv);

    g_string_append_printf (text, "lab %s: %s\n\ncommand: %s\nprofile: %s\n\n", run->plan->lab,
                            outcome, command, run->plan->profile);
    for (guint phase = 0; phase < N_PHASES; phase++) {
        const RunSpan *span = &run->spans[phase];

        g_string_append_printf (text, "  %-8s %-8s %8.1f s  %s\n", run_phase_names[phase],
                                span->problem ? "failed"
                                : span->ended ? "passed"
                                              : "skipped",
                                span->begun && span->ended ? (span->ended - span->begun) / 1e6
                                                           : 0.0,
                                span->problem ? span->problem : "");
    }
    g_string_append (text, "\nmachines, as they were last heard of:\n");
    for (guint i = 0; i < run->machines->len; i++) {
        const RunMachine *machine = g_ptr_array_index (run->machines, i);
        const char *problem =
            machine->start.problem ? machine->start.problem : machine->ready.problem;

        g_string_append_printf (text, "  %-16s %-9s %s\n", machine->record->name,
                                machine->state ? machine->state : "stopped",
                                problem ? problem : "");
    }
    g_string_append (text, "\nfiles:\n");
    for (guint i = 0; i < files->len; i++)
        g_string_append_printf (text, "  %s\n", (const char *)g_ptr_array_index (files, i));
    return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- all of it --- */

static gboolean
write_argvs (const Run *run, const char *dir, GPtrArray *files, GError **error)
{
    for (guint i = 0; i < run->machines->len; i++) {
        const RunMachine *machine = g_ptr_array_index (run->machines, i);
        g_autofree char *name = g_strconcat (machine->record->name, ".argv", NULL);
        g_autofree char *joined = g_strjoinv ("\n", machine->record->argv);
        g_autofree char *text = g_strconcat (joined, "\n", NULL);

        if (!write_text (dir, name, text, files, error))
            return FALSE;
    }
    return TRUE;
}

/* The host as `roost doctor` sees it; left out where that cannot be had. */
static gboolean
write_doctor (const char *dir, GPtrArray *files, GError **error)
{
    static const char *const argv[] = { "/proc/self/exe", "doctor", "--json", NULL };
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *text = NULL;
    Wait wait = { NULL };

    command_run_async (argv, CALL_TIMEOUT_MS, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    text = command_run_finish (result, NULL);
    return !text || write_text (dir, "doctor.json", text, files, error);
}

static gboolean
copy_state (const Run *run, const char *dir, GPtrArray *files, GError **error)
{
    g_autofree char *to = g_build_filename (dir, "state", NULL);
    g_autoptr (GPtrArray) copied = g_ptr_array_new_with_free_func (g_free);

    if (!g_file_test (run->plan->state_dir, G_FILE_TEST_IS_DIR))
        return TRUE;
    if (!tree_copy (run->plan->state_dir, to, left_out, copied, error))
        return FALSE;
    for (guint i = 0; i < copied->len; i++)
        g_ptr_array_add (files, g_build_filename ("state", g_ptr_array_index (copied, i), NULL));
    return TRUE;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
    return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

gboolean
run_write_artifacts (Run *run, const char *dir, GError **error)
{
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *profile = file_read (run->plan->profile, PROFILE_MAX, NULL, NULL);
    g_autoptr (JsonNode) plan = record_to_json (&plan_record, run->plan);
    g_autoptr (JsonNode) index = NULL;
    g_autofree char *text = NULL;

    if (g_mkdir_with_parents (dir, 0777) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "making %s: %s", dir,
                     g_strerror (errno));
        return FALSE;
    }
    for (guint i = 0; i < run->pictures->len; i++)
        g_ptr_array_add (files, g_strdup (g_ptr_array_index (run->pictures, i)));
    if ((profile && !write_text (dir, "profile.yaml", profile, files, error)) ||
        !write_json (dir, "plan.json", plan, files, error) ||
        (run->last_lab && !write_json (dir, "lab.json", run->last_lab, files, error)) ||
        !write_argvs (run, dir, files, error) || !write_doctor (dir, files, error) ||
        !copy_state (run, dir, files, error))
        return FALSE;
    g_ptr_array_sort (files, by_name);
    index = make_index (run, files);
    text = make_text_index (run, files);
    return write_json (dir, "index.json", index, files, error) &&
           write_text (dir, "index.txt", text, files, error);
}
