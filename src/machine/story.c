/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the stories of machines' starts and their files; see story.h.  The text for
 * people is story-tell.c.
 */
#include "machine/story.h"

#include "base/file.h"
#include "base/record.h"
#include "host/emulator/fingerprint.h"
#include "machine/diary.h"
#include "machine/machine-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* Ceilings of what guests, emulators and clients can make us keep */
#define STARTS 5
#define STDERR_LINES 20
#define SERIAL_LINES 30
#define EVENT_LINES 40
#define QMP_LINES 100
#define LINE_MAX_BYTES 1024
#define TAIL_MAX (128 * 1024)
#define FILE_MAX (1024 * 1024)

static void
add_string (JsonObject *object, const char *name, const char *value)
{
    if (value)
        json_object_set_string_member (object, name, value);
}

static char *
format_time (gint64 real_us)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (real_us / G_USEC_PER_SEC);

    return time ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : NULL;
}

/* the last lines of a file, each as far as it is told */
static void
add_tail (JsonObject *object, const char *name, const char *path, guint max)
{
    g_autofree char *tail = path ? file_tail (path, TAIL_MAX) : g_strdup ("");
    g_auto (GStrv) lines = g_strsplit (g_strchomp (tail), "\n", -1);
    guint n = *tail ? g_strv_length (lines) : 0;
    JsonArray *array = json_array_new ();

    for (guint i = n > max ? n - max : 0; i < n; i++) {
        g_autofree char *line = g_strndup (lines[i], LINE_MAX_BYTES);
        g_autofree char *valid = g_utf8_make_valid (g_strchomp (line), -1);

        json_array_add_string_element (array, valid);
    }
    json_object_set_array_member (object, name, array);
}

static void
add_logs (JsonObject *object, LiveMachine *machine)
{
    const MachineStep *record = machine->record;
    g_autofree char *diary = diary_path (record);
    g_autofree char *name = g_strconcat (record->name, ".qmp.log", NULL);
    g_autofree char *qmp = g_build_filename (record->log_dir, name, NULL);

    add_tail (object, "stderr", machine->stderr_path, STDERR_LINES);
    add_tail (object, "events", diary, EVENT_LINES);
    add_tail (object, "qmp", qmp, QMP_LINES);
    add_tail (object, "serial", record->serial_logs ? record->serial_logs[0] : NULL, SERIAL_LINES);
}

static void
add_end (JsonObject *object, LiveMachine *machine, const ProcessExit *exit)
{
    g_autofree char *text = process_describe_exit (exit);
    g_autofree char *now = format_time (g_get_real_time ());

    add_string (object, "ended", now);
    add_string (object, "end", text);
    json_object_set_boolean_member (object, "exit_known", exit->known);
    json_object_set_int_member (object, "status", exit->status);
    json_object_set_int_member (object, "signal", exit->signal);
}

/* of the program that runs, which may have been replaced since; of a process that has
 * ended, of the program that is there now */
static void
add_fingerprint (JsonObject *object, LiveMachine *machine)
{
    g_autofree char *exe =
        machine->process.pid > 0
            ? g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/exe", (gint64)machine->process.pid)
            : NULL;
    g_autofree char *running = exe ? fingerprint_of (exe) : NULL;
    g_autofree char *installed = running ? NULL : fingerprint_of (machine->record->argv[0]);

    add_string (object, "fingerprint", running ? running : installed);
}

/* which QEMU it is: the first line of the events is its greeting */
static void
add_emulator (JsonObject *object, const MachineStep *record)
{
    g_autoptr (JsonNode) greeting = diary_greeting (record);
    JsonObject *whole =
        greeting && JSON_NODE_HOLDS_OBJECT (greeting) ? json_node_get_object (greeting) : NULL;
    JsonNode *qmp = whole ? json_object_get_member (whole, "QMP") : NULL;
    JsonNode *version = qmp && JSON_NODE_HOLDS_OBJECT (qmp)
                            ? json_object_get_member (json_node_get_object (qmp), "version")
                            : NULL;

    add_string (object, "emulator", record->argv[0]);
    if (version)
        json_object_set_member (object, "emulator_version", json_node_copy (version));
}

JsonNode *
story_compose (LiveMachine *machine, const ProcessExit *exit)
{
    const MachineStep *record = machine->record;
    JsonObject *object = json_object_new ();
    JsonArray *argv = json_array_new ();
    g_autofree char *started = machine->started ? format_time (machine->started) : NULL;

    for (gsize i = 0; record->argv[i]; i++)
        json_array_add_string_element (argv, record->argv[i]);
    add_string (object, "machine", record->name);
    add_string (object, "place", record->place);
    add_string (object, "started", started);
    add_emulator (object, record);
    add_fingerprint (object, machine);
    if (exit)
        add_end (object, machine, exit);
    add_string (object, "state", machine_state_names[machine->state]);
    add_string (object, "problem", machine->problem);
    add_string (object, "on_poweroff", record->on_poweroff);
    add_string (object, "on_reboot", record->on_reboot);
    add_string (object, "on_crash", record->on_crash);
    if (machine->again)
        add_string (object, "then", "a new process is started, as the policy says");
    json_object_set_array_member (object, "argv", argv);
    add_logs (object, machine);
    return json_take_object (object);
}

static char *
story_path (const char *log_dir, const char *machine, guint nth)
{
    g_autofree char *name = g_strdup_printf ("%s.start-%u.json", machine, nth);

    return g_build_filename (log_dir, name, NULL);
}

/* What cannot be kept is said in the supervisor's log, and is no reason to stop. */
void
story_write (LiveMachine *machine, const ProcessExit *exit)
{
    const MachineStep *record = machine->record;
    g_autoptr (JsonNode) story = story_compose (machine, exit);
    g_autofree char *text = json_to_text (story);
    g_autofree char *first = story_path (record->log_dir, record->name, 1);
    g_autoptr (GError) error = NULL;

    for (guint i = STARTS; i > 1; i--) {
        g_autofree char *older = story_path (record->log_dir, record->name, i);
        g_autofree char *newer = story_path (record->log_dir, record->name, i - 1);

        g_rename (newer, older);
    }
    if (!file_write_whole (first, text, strlen (text), 0600, &error))
        g_message ("machine %s: keeping how it ended: %s", record->name, error->message);
}

JsonNode *
story_load (const char *log_dir, const char *machine)
{
    JsonArray *array = json_array_new ();
    JsonNode *node = json_node_new (JSON_NODE_ARRAY);

    for (guint i = 1; i <= STARTS; i++) {
        g_autofree char *path = story_path (log_dir, machine, i);
        g_autofree char *text = file_read (path, FILE_MAX, NULL, NULL);
        JsonNode *story = text ? json_from_text (text, NULL) : NULL;

        if (story && JSON_NODE_HOLDS_OBJECT (story))
            json_array_add_element (array, story);
        else if (story)
            json_node_unref (story);
    }
    json_node_take_array (node, array);
    return node;
}
