/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost up: profile → plan → a supervisor of its own, or the one of the lab that is
 * up, which carries it out; then wait until every machine is ready.
 */
#include "cli/up.h"

#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "cli/checkpoint.h"
#include "cli/common/client.h"
#include "cli/common/load.h"
#include "cli/common/machines.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "host/socket.h"
#include "lab/state.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define OTHER_UP_MS 20
#define OTHER_UP_TRIES 250

typedef struct {
    LabClient *client;
    Progress *progress;
    guint done;
    guint all;
    gboolean waiting; /* every step is done; machines are becoming ready */
} Watching;

/* Ctrl-C while steps are being done undoes them; while machines become ready
 * it only ends the wait. */
static gboolean
on_interrupt (gpointer user_data)
{
    Watching *watching = user_data;
    g_autoptr (GError) error = NULL;

    if (watching->waiting) {
        error =
            g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "interrupted; the lab stays up");
        qmp_client_close (watching->client->qmp, error);
    } else {
        progress_set (watching->progress, "cancelling");
        qmp_client_execute_async (watching->client->qmp, "lab-cancel", NULL, 0, NULL, NULL, NULL);
    }
    return G_SOURCE_CONTINUE;
}

static void
on_event (QmpClient *qmp, QmpEvent *event, gpointer user_data)
{
    Watching *watching = user_data;
    g_autoptr (JsonNode) data = NULL;
    JsonObject *object;

    /* notes are told in any case, the rest is for a terminal */
    if (!progress_is_shown (watching->progress) && !g_str_equal (event->name, "STEP_DONE"))
        return;
    data = qmp_event_get_data (event);
    object = data ? json_node_get_object (data) : NULL;
    if (!object)
        return;
    if (g_str_equal (event->name, "STEP_DONE")) {
        watching->done++;
        progress_set (watching->progress, "%u/%u %s", watching->done, watching->all,
                      member_string (object, "step", ""));
        if (member_string (object, "note", NULL))
            fprintf (stderr, "note: %s: %s\n", member_string (object, "step", ""),
                     member_string (object, "note", ""));
    } else if (g_str_equal (event->name, "STEP_PROGRESS")) {
        progress_set (watching->progress, "%u/%u %s: %d%%", watching->done, watching->all,
                      member_string (object, "step", ""),
                      (int)json_object_get_int_member_with_default (object, "percent", 0));
    } else if (g_str_equal (event->name, "STEP_UNDONE")) {
        progress_set (watching->progress, "undoing %s", member_string (object, "step", ""));
    } else if (g_str_equal (event->name, "MACHINE_STATE")) {
        progress_set (watching->progress, "%u/%u machine %s: %s, ready: %s", watching->done,
                      watching->all, member_string (object, "name", ""),
                      member_string (object, "state", ""), member_string (object, "ready", ""));
    }
}

static gboolean
is_up (const Plan *plan)
{
    g_autofree char *path = g_build_filename (plan->run_dir, "lab.sock", NULL);
    g_auto (AutoFd) fd = socket_connect (path, NULL);
    g_autoptr (State) state = fd < 0 ? state_load (plan->run_dir, NULL) : NULL;

    return fd >= 0 || state;
}

gboolean
up_is_up (const Plan *plan, GError **error)
{
    if (!is_up (plan))
        return FALSE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "lab %s is up already (see: roost status %s)", plan->lab, plan->lab);
    return TRUE;
}

static gboolean
count_down (gpointer user_data)
{
    return --*(guint *)user_data > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Another `up` of this lab was a moment ahead of us: its supervisor has the lock
 * and will listen at once. */
static void
wait_until_up (const Plan *plan)
{
    guint tries = OTHER_UP_TRIES;
    guint timer = g_timeout_add (OTHER_UP_MS, count_down, &tries);

    while (tries > 0 && !is_up (plan))
        g_main_context_iteration (NULL, TRUE);
    if (tries > 0)
        g_source_remove (timer);
}

static LabClient *
open_lab (const Plan *plan, gboolean *ret_was_up, GError **error)
{
    LabClient *client;
    GError *failure = NULL;

    *ret_was_up = is_up (plan);
    if (*ret_was_up)
        return lab_client_open (plan->lab, error);
    client = lab_client_start (plan->lab, &failure);
    if (!client && strstr (failure->message, "has a supervisor already")) {
        g_clear_error (&failure);
        wait_until_up (plan);
        *ret_was_up = TRUE;
        return lab_client_open (plan->lab, error);
    }
    if (failure)
        g_propagate_error (error, failure);
    return client;
}

static void
print_changes (JsonNode *value)
{
    JsonObject *object = json_node_get_object (value);
    JsonArray *changes = json_object_has_member (object, "changes")
                             ? json_object_get_array_member (object, "changes")
                             : NULL;

    for (guint i = 0; changes && i < json_array_get_length (changes); i++) {
        g_autofree char *line = show_change (json_array_get_object_element (changes, i));

        fprintf (stderr, "%s\n", line);
    }
}

/* What lab-up is called with. */
typedef struct {
    const Plan *plan;
    gboolean paused;
    gboolean force;
    gboolean restart;
    const char *from; /* NULL = none */
} UpArguments;

static const Field up_fields[] = {
    { "plan", FIELD_RECORD, offsetof (UpArguments, plan), .record = &plan_record },
    { "paused", FIELD_BOOL, offsetof (UpArguments, paused) },
    { "force", FIELD_BOOL, offsetof (UpArguments, force) },
    { "restart", FIELD_BOOL, offsetof (UpArguments, restart) },
    { "from", FIELD_STRING, offsetof (UpArguments, from) },
    { NULL },
};
static const Record up_record = { "lab-up", sizeof (UpArguments), up_fields };

/* Returns: (transfer full): what lab-up has answered */
static JsonNode *
bring_up (LabClient *client, const Plan *plan, const Options *options, GError **error)
{
    const UpArguments arguments = { plan, options->paused, options->force, options->restart,
                                    options->from };
    g_autofree char *text = record_to_text (&up_record, &arguments);

    return lab_client_call_text (client, "lab-up", text, 0, error);
}

gboolean
up_bring_up (LabClient *client, const Plan *plan, const Options *options, GError **error)
{
    g_autoptr (JsonNode) value = bring_up (client, plan, options, error);

    return value != NULL;
}

static gboolean
show (LabClient *client, const Options *options, GError **error)
{
    g_autoptr (JsonNode) lab = lab_client_call (client, "query-lab", NULL, 0, error);

    if (!lab)
        return FALSE;
    if (options->json)
        print_json (lab);
    else
        show_lab (lab);
    return TRUE;
}

void
up_print_notes (const Plan *plan)
{
    for (gsize i = 0; plan->notes && plan->notes[i]; i++)
        fprintf (stderr, "note: %s\n", plan->notes[i]);
}

/* The machines that have been started: those that ran before are as they were.
 * Returns: (nullable): NULL when the lab was down, and all are meant */
static JsonArray *
started_machines (JsonNode *value)
{
    JsonObject *object = json_node_get_object (value);
    JsonArray *changes = json_object_has_member (object, "changes")
                             ? json_object_get_array_member (object, "changes")
                             : NULL;
    JsonArray *names = changes ? json_array_new () : NULL;

    for (guint i = 0; changes && i < json_array_get_length (changes); i++) {
        JsonObject *change = json_array_get_object_element (changes, i);
        const char *kind = member_string (change, "kind", "");
        const char *step = member_string (change, "step", "");

        if (g_str_has_prefix (step, "machine:") &&
            (g_str_equal (kind, "add") || g_str_equal (kind, "machine")) &&
            !json_object_get_boolean_member_with_default (change, "held", FALSE) &&
            !json_object_get_boolean_member_with_default (change, "off", FALSE))
            json_array_add_string_element (names, step + strlen ("machine:"));
    }
    return names;
}

static gboolean
wait_ready (LabClient *client, JsonNode *up, const Options *options, guint timeout_ms,
            GError **error)
{
    JsonArray *names = started_machines (up);
    JsonObject *arguments = json_object_new ();
    gboolean needless =
        options->no_wait || options->paused || (names && json_array_get_length (names) == 0);
    g_autoptr (JsonNode) value = NULL;

    if (names)
        json_object_set_array_member (arguments, "machines", names);
    if (needless) {
        json_object_unref (arguments);
        return TRUE;
    }
    value = lab_client_call (client, "lab-wait", arguments, timeout_ms, error);
    return value != NULL;
}

gboolean
up_carry_out (const Plan *plan, const Options *options, GError **error)
{
    g_autoptr (LabClient) client = NULL;
    g_autoptr (JsonNode) value = NULL;
    guint timeout_ms = 0, sigint;
    gboolean good = FALSE, was_up;
    Watching watching = { 0 };

    if (!machines_duration ("timeout", options->timeout, &timeout_ms, error))
        return FALSE;
    watching.all = plan->steps->len;
    watching.progress = progress_new ("starting the supervisor");
    client = open_lab (plan, &was_up, error);
    if (!client) {
        progress_free (watching.progress);
        return FALSE;
    }
    watching.client = client;
    sigint = g_unix_signal_add (SIGINT, on_interrupt, &watching);
    g_signal_connect (client->qmp, "event", G_CALLBACK (on_event), &watching);
    up_print_notes (plan);
    value = bring_up (client, plan, options, error);
    watching.waiting = TRUE;
    if (value)
        good = wait_ready (client, value, options, timeout_ms, error);
    else if (!was_up)
        lab_client_wait_closed (client);
    progress_free (watching.progress);
    if (value)
        print_changes (value);
    g_signal_handlers_disconnect_by_data (client->qmp, &watching);
    g_source_remove (sigint);
    return good && show (client, options, error);
}

gboolean
verb_up (Options *options, GError **error)
{
    g_autoptr (Plan) plan = load_plan (options, error);
    g_autoptr (Plan) saved = NULL;

    if (!plan || (options->from && up_is_up (plan, error)))
        return FALSE;
    if (options->from && !(saved = checkpoint_plan (plan, options, error)))
        return FALSE;
    return up_carry_out (saved ? saved : plan, options, error);
}
