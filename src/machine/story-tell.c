/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the text in which the stories of a machine are told to a person. */
#include "machine/story.h"

#include <string.h>

/* of what passed on QMP, where an answer can be pages; JSON has them whole */
#define QMP_LINE_CHARS 240

static const char *
get (JsonObject *story, const char *name)
{
    return json_object_get_string_member_with_default (story, name, NULL);
}

/* `started …, was killed by signal 9 (Killed)` */
static void
tell_end (GString *text, JsonObject *story)
{
    const char *started = get (story, "started"), *ended = get (story, "ended");

    g_string_append_printf (text, "started %s", started ? started : "before this supervisor");
    if (!ended)
        g_string_append_printf (text, ", and is %s", get (story, "state"));
    else
        g_string_append_printf (
            text, "; the emulator %s%s; seen %s", get (story, "end"),
            json_object_get_boolean_member_with_default (story, "exit_known", TRUE)
                ? ""
                : " while no supervisor lived: its exit status is not known",
            ended);
}

static void
tell_lines (GString *text, JsonObject *story, const char *name, const char *title)
{
    JsonArray *array =
        json_object_has_member (story, name) ? json_object_get_array_member (story, name) : NULL;
    guint n = array ? json_array_get_length (array) : 0;

    g_string_append_printf (text, "\n%s%s\n", title, n ? ":" : ": nothing");
    for (guint i = 0; i < n; i++) {
        const char *line = json_array_get_string_element (array, i);
        gboolean cut = g_str_equal (name, "qmp") && g_utf8_strlen (line, -1) > QMP_LINE_CHARS;
        gsize length =
            cut ? (gsize)(g_utf8_offset_to_pointer (line, QMP_LINE_CHARS) - line) : strlen (line);

        g_string_append_printf (text, "  %.*s%s\n", (int)length, line, cut ? "…" : "");
    }
}

static void
tell_argv (GString *text, JsonObject *story)
{
    JsonArray *array = json_object_get_array_member (story, "argv");

    g_string_append (text, "\nIts command line:\n ");
    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        g_autofree char *quoted = g_shell_quote (json_array_get_string_element (array, i));

        g_string_append_printf (text, " %s", quoted);
    }
    g_string_append_c (text, '\n');
}

static void
tell_whole (GString *text, JsonObject *story)
{
    const char *problem = get (story, "problem"), *then = get (story, "then");

    g_string_append_printf (text, "machine %s (%s): ", get (story, "machine"),
                            get (story, "place"));
    tell_end (text, story);
    g_string_append_c (text, '\n');
    if (problem)
        g_string_append_printf (text, "  what was wrong: %s\n", problem);
    g_string_append_printf (text, "  state: %s (on_poweroff: %s, on_reboot: %s, on_crash: %s)\n",
                            get (story, "state"), get (story, "on_poweroff"),
                            get (story, "on_reboot"), get (story, "on_crash"));
    if (then)
        g_string_append_printf (text, "  then: %s\n", then);
    if (get (story, "fingerprint"))
        g_string_append_printf (text, "  emulator: %s (%s)\n", get (story, "emulator"),
                                get (story, "fingerprint"));
    tell_lines (text, story, "events", "What the emulator told, also while nobody listened");
    tell_lines (text, story, "stderr", "Its last words");
    tell_lines (text, story, "serial", "The end of its serial port");
    tell_lines (text, story, "qmp", "The last on its QMP connection");
    tell_argv (text, story);
}

char *
story_tell (JsonNode *stories)
{
    JsonArray *array = json_node_get_array (stories);
    GString *text = g_string_new (NULL);

    for (guint i = json_array_get_length (array); i-- > 1;) {
        g_string_append (text, "earlier: ");
        tell_end (text, json_array_get_object_element (array, i));
        g_string_append_c (text, '\n');
    }
    if (json_array_get_length (array) > 0)
        tell_whole (text, json_array_get_object_element (array, 0));
    return g_string_free (text, FALSE);
}
