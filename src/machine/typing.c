/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the pace at which keys are sent: one command of the emulator a chord. */
#include "machine/typing.h"

#include "base/error.h"
#include "base/record.h"
#include "qmp/qmp-error.h"

#define COMMAND_TIMEOUT_MS (30 * 1000)

typedef struct {
    QmpClient *qmp;
    char *machine;
    GArray *chords;
    guint next; /* chord */
    guint delay_ms;
} Typing;

static void
typing_free (gpointer data)
{
    Typing *typing = data;

    g_object_unref (typing->qmp);
    g_free (typing->machine);
    g_array_unref (typing->chords);
    g_free (typing);
}

static JsonNode *
arguments_of (const Chord *chord, guint hold_ms)
{
    JsonObject *object = json_object_new ();
    JsonArray *keys = json_array_new ();

    for (gsize i = 0; chord->keys[i]; i++) {
        JsonObject *key = json_object_new ();

        json_object_set_string_member (key, "type", "qcode");
        json_object_set_string_member (key, "data", chord->keys[i]);
        json_array_add_object_element (keys, key);
    }
    json_object_set_array_member (object, "keys", keys);
    json_object_set_int_member (object, "hold-time", hold_ms);
    return json_take_object (object);
}

static gboolean send_next (gpointer user_data);

static void
sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Typing *typing = g_task_get_task_data (task);
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (value) {
        typing->next++;
        g_timeout_add (typing->delay_ms, send_next, g_steal_pointer (&task));
        return;
    }
    g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED,
                             "machine %s: pressing key %u of %u (%s): %s", typing->machine,
                             typing->next + 1, typing->chords->len,
                             g_array_index (typing->chords, Chord, typing->next).keys[0],
                             error->domain == QMP_ERROR && qmp_error_get_class (error)
                                 ? qmp_error_get_description (error)
                                 : error->message);
}

/* Takes the reference to the task. */
static gboolean
send_next (gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Typing *typing = g_task_get_task_data (task);
    g_autoptr (JsonNode) arguments = NULL;

    if (typing->next == typing->chords->len) {
        g_task_return_boolean (task, TRUE);
        return G_SOURCE_REMOVE;
    }
    arguments = arguments_of (&g_array_index (typing->chords, Chord, typing->next),
                              MAX (1, typing->delay_ms / 2));
    qmp_client_execute_async (typing->qmp, "send-key", arguments, COMMAND_TIMEOUT_MS, NULL, sent,
                              g_object_ref (task));
    return G_SOURCE_REMOVE;
}

void
typing_send_async (LiveMachine *machine, GArray *chords, guint delay_ms,
                   GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const char *name = live_machine_get_record (machine)->name;
    QmpClient *qmp = live_machine_get_qmp (machine);
    Typing *typing;

    g_task_set_source_tag (task, typing_send_async);
    if (!qmp || chords->len > TYPING_CHORDS_MAX) {
        g_array_unref (chords);
        if (!qmp)
            g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "machine %s: it is %s",
                                     name, machine_state_names[live_machine_get_state (machine)]);
        else
            g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_USAGE,
                                     "machine %s: at most %d keys can be sent at a time", name,
                                     TYPING_CHORDS_MAX);
        return;
    }
    typing = g_new0 (Typing, 1);
    *typing = (Typing){ g_object_ref (qmp), g_strdup (name), chords, 0,
                        delay_ms ? MIN (delay_ms, TYPING_DELAY_MAX) : TYPING_DELAY_MS };
    g_task_set_task_data (task, typing, typing_free);
    send_next (g_object_ref (task));
}

gboolean
typing_send_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
