/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands by which a machine is worked without an agent in it: keys,
 * pictures of its screen, and waiting for what it shows. */
#include "control/commands/command-private.h"

#include "base/error.h"
#include "base/record.h"
#include "machine/screenshot.h"
#include "machine/typing.h"

#define CONDITIONS_MAX 64 /* of one wait */

/* --- keys --- */

static void
keys_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = typing_send_finish (result, &error);

    control_call_end (user_data, success, error);
}

/* @chords: (transfer full) (nullable) */
static void
send_chords (ControlCall *call, LiveMachine *machine, GArray *chords, GError *error)
{
    gint64 delay = control_call_get_int (call, "delay_ms");

    if (chords)
        typing_send_async (machine, chords, CLAMP (delay, 0, TYPING_DELAY_MAX), keys_sent, call);
    else
        control_call_fail (call, error);
}

void
run_machine_type (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
    GError *error = NULL;
    GArray *chords;

    if (!machine)
        return;
    chords = keymap_from_text (control_call_get_string (call, "text"), &error);
    send_chords (call, machine, chords, error);
}

void
run_machine_send_key (ControlCall *call)
{
    JsonArray *keys = json_object_get_array_member (control_call_get_arguments (call), "keys");
    LiveMachine *machine = control_call_get_machine (call);
    g_autoptr (GArray) chords = g_array_new (FALSE, FALSE, sizeof (Chord));
    GError *error = NULL;
    gboolean good = TRUE;

    if (!machine)
        return;
    for (guint i = 0; good && i < json_array_get_length (keys); i++) {
        Chord chord;

        good = keymap_parse_chord (json_array_get_string_element (keys, i), &chord, &error);
        if (good)
            g_array_append_val (chords, chord);
    }
    send_chords (call, machine, good ? g_steal_pointer (&chords) : NULL, error);
}

/* --- the screen --- */

static void
picture_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
    ControlCall *call = user_data;
    GError *error = NULL;
    g_autoptr (GBytes) picture = screenshot_take_finish (result, &error);
    g_autofree char *text = NULL;
    JsonObject *object;

    if (!picture) {
        g_prefix_error (&error, "machine %s: ", control_call_get_string (call, "machine"));
        control_call_fail (call, error);
        return;
    }
    text = g_base64_encode (g_bytes_get_data (picture, NULL), g_bytes_get_size (picture));
    object = json_object_new ();
    json_object_set_string_member (object, "format", "png");
    json_object_set_string_member (object, "data", text);
    control_call_return (call, json_take_object (object));
}

void
run_machine_screenshot (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
    QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

    if (qmp)
        screenshot_take_async (qmp, "png", NULL, picture_taken, call);
    else if (machine)
        control_call_fail_state (call, machine);
}

/* --- waiting --- */

static void
waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = live_machine_wait_finish (NULL, result, &error);

    control_call_end (user_data, success, error);
}

/* Returns: what is wrong with what a client waits for; NULL */
static const char *
check_wanted (const ReadyRecord *wanted)
{
    if (wanted->conditions->len == 0 || wanted->conditions->len > CONDITIONS_MAX)
        return "it names no condition, or too many";
    if (wanted->timeout_ms < 0 || wanted->timeout_ms > G_MAXINT32)
        return "timeout_ms is out of range";
    for (guint i = 0; i < wanted->conditions->len; i++) {
        const ConditionRecord *condition = g_ptr_array_index (wanted->conditions, i);
        gboolean is_screen = condition->kind == CONDITION_SCREEN_STABLE;

        if (is_screen ? condition->still_ms <= 0 : !condition->word || !*condition->word)
            return is_screen ? "still_ms is missing" : "word is missing";
    }
    return NULL;
}

void
run_machine_wait (ControlCall *call)
{
    JsonNode *node = json_object_get_member (control_call_get_arguments (call), "until");
    LiveMachine *machine = control_call_get_machine (call);
    ReadyRecord *wanted;
    const char *problem;
    GError *error = NULL;

    if (!machine)
        return;
    wanted = record_from_json (&ready_record, node, &error);
    problem = wanted ? check_wanted (wanted) : NULL;
    if (wanted && !problem) {
        live_machine_wait_async (machine, wanted, waited, call);
        return;
    }
    record_free (&ready_record, wanted);
    if (problem)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_USAGE, "what is waited for: %s", problem);
    control_call_fail (call, error);
}
