/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of transcripts. */
#include "cli/shell/qmp-transcript.h"

#include "base/error.h"
#include "base/file.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-scan.h"

#include <string.h>

/* Limit: of each of the two files */
#define TAIL_MAX (16 << 20)

#define START "{\"time\":\""
#define EVENT "\",\"event\":"
#define MASK "\"***\"" /* as control/shared/secrets.c writes it */

gboolean
qmp_transcript_is_line (const char *line)
{
    return g_str_has_prefix (line, START);
}

static char *
refuse (GError **error, const char *what)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "the transcript does not have %s of this command: write it yourself", what);
    return NULL;
}

char *
qmp_transcript_command (const char *line, GError **error)
{
    gsize length = strlen (line);
    const QmpMember *client, *command, *arguments;
    gboolean oob = FALSE;
    QmpObject object;
    gint64 number;

    if (!qmp_scan_object (line, length, 0, &object, NULL))
        return g_strdup ("");
    client = qmp_object_find (&object, "client");
    command = qmp_object_find (&object, "execute");
    if (!command) {
        command = qmp_object_find (&object, "exec-oob");
        oob = command != NULL;
    }
    arguments = qmp_object_find (&object, "arguments");
    /* what the supervisor did is its own business */
    if (!command || !client || !qmp_slice_to_int64 (client->value, client->value_length, &number))
        return g_strdup ("");
    if (qmp_object_find (&object, "arguments-omitted"))
        return refuse (error, "the long arguments");
    if (qmp_object_find (&object, "fds"))
        return refuse (error, "the descriptor");
    if (arguments && g_strstr_len (arguments->value, (gssize)arguments->value_length, MASK))
        return refuse (error, "the secret");
    return g_strdup_printf (
        "{\"%s\":%.*s%s%.*s}", oob ? "exec-oob" : "execute", (int)command->value_length,
        command->value, arguments ? ",\"arguments\":" : "",
        arguments ? (int)arguments->value_length : 0, arguments ? arguments->value : "");
}

/* Returns: (nullable): the event in @line, which is cut to it */
static const char *
cut_event (char *line)
{
    char *start = qmp_transcript_is_line (line) ? strchr (line + strlen (START), '"') : NULL;
    gsize length = strlen (line);

    if (!start || !g_str_has_prefix (start, EVENT) || line[length - 1] != '}')
        return NULL;
    line[length - 1] = '\0';
    return start + strlen (EVENT);
}

static gboolean
counts (const char *text, gboolean (*func) (const QmpEvent *event, gpointer user_data),
        gpointer user_data)
{
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    gsize length;
    const char *copy = g_bytes_get_data (bytes, &length);
    g_autofree char *name = NULL;
    QmpMessage message;

    if (!qmp_message_read (copy, length, &message, NULL) || message.kind != QMP_MESSAGE_EVENT)
        return FALSE;
    name = qmp_slice_to_string (message.body, message.body_length);
    return name && func (&(QmpEvent){ .name = name,
                                      .data = message.data,
                                      .data_length = message.data_length,
                                      .seconds = message.seconds,
                                      .microseconds = message.microseconds,
                                      .message = bytes },
                         user_data);
}

GPtrArray *
qmp_transcript_events (const char *path, guint n,
                       gboolean (*func) (const QmpEvent *event, gpointer user_data),
                       gpointer user_data)
{
    GPtrArray *events = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *older = g_strconcat (path, ".1", NULL);
    const char *const paths[] = { older, path };

    for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_autofree char *text = file_tail (paths[i], TAIL_MAX);
        g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

        for (gsize j = 0; lines[j]; j++) {
            const char *event = cut_event (lines[j]);

            if (event && counts (event, func, user_data))
                g_ptr_array_add (events, g_strdup (event));
        }
    }
    if (events->len > n)
        g_ptr_array_remove_range (events, 0, events->len - n);
    return events;
}
