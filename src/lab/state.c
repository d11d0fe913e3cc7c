/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the state file; see state.h. */
#include "lab/state.h"

#include "base/error.h"
#include "base/file.h"

#include <string.h>
#include <unistd.h>

#define STATE_MAX (64 * 1024 * 1024)

static const char *const status_names[] = { "doing", "done", NULL };

static const Field executed_fields[] = {
    { "id", FIELD_STRING, offsetof (Executed, id) },
    { "status", FIELD_ENUM, offsetof (Executed, status), status_names },
    { "created", FIELD_BOOL, offsetof (Executed, created) },
    { "pid", FIELD_INT, offsetof (Executed, pid) },
    { "start_time", FIELD_INT, offsetof (Executed, start_time) },
    { "starts", FIELD_INT, offsetof (Executed, starts) },
    { NULL },
};
static const Record executed_record = { "executed", sizeof (Executed), executed_fields };

static const Field state_fields[] = {
    { "version", FIELD_INT, offsetof (State, version) },
    { "supervisor_pid", FIELD_INT, offsetof (State, supervisor_pid) },
    { "supervisor_start_time", FIELD_INT, offsetof (State, supervisor_start_time) },
    { "executed", FIELD_RECORDS, offsetof (State, executed), .record = &executed_record },
    { "plan", FIELD_RECORD, offsetof (State, plan), .record = &plan_record },
    { NULL },
};
static const Record state_record = { "state", sizeof (State), state_fields };

State *
state_new (Plan *plan)
{
    State *state = record_new (&state_record);

    state->version = STATE_VERSION;
    state->plan = plan;
    return state;
}

void
state_free (State *state)
{
    record_free (&state_record, state);
}

Executed *
state_find (const State *state, const char *id)
{
    for (guint i = 0; i < state->executed->len; i++) {
        Executed *executed = g_ptr_array_index (state->executed, i);

        if (g_str_equal (executed->id, id))
            return executed;
    }
    return NULL;
}

Executed *
state_begin (State *state, const char *id)
{
    Executed *executed = state_find (state, id);

    if (!executed) {
        executed = record_new (&executed_record);
        executed->id = g_strdup (id);
        g_ptr_array_add (state->executed, executed);
    }
    executed->status = EXECUTED_DOING;
    return executed;
}

void
state_forget (State *state, const char *id)
{
    Executed *executed = state_find (state, id);

    if (executed)
        g_ptr_array_remove (state->executed, executed);
}

gboolean
state_save (const State *state, GError **error)
{
    g_autoptr (JsonNode) node = record_to_json (&state_record, state);
    g_autofree char *text = json_to_text (node);
    g_autofree char *path = g_build_filename (state->plan->run_dir, STATE_FILE, NULL);

    if (!file_write_whole (path, text, strlen (text), 0600, error)) {
        g_prefix_error (error, "keeping the state of lab %s: ", state->plan->lab);
        roost_error_reclass (error, ROOST_ERROR_HOST);
        return FALSE;
    }
    return TRUE;
}

static gboolean
step_is_whole (const Step *step)
{
    switch (step->kind) {
    case STEP_DIRECTORY:
        return step->directory && step->directory->path;
    case STEP_IMAGE:
        return step->image && step->image->path;
    case STEP_SWITCH:
        return step->sw && step->sw->name && step->sw->argv;
    case STEP_MACHINE:
        return step->machine && step->machine->name && step->machine->monitor &&
               step->machine->log_dir && step->machine->argv;
    }
    g_assert_not_reached ();
}

/* Has what the rest of the program takes for granted. */
static gboolean
is_whole (const State *state)
{
    if (!state->plan || !state->plan->lab || !state->plan->run_dir)
        return FALSE;
    for (guint i = 0; i < state->executed->len; i++)
        if (!((Executed *)g_ptr_array_index (state->executed, i))->id)
            return FALSE;
    for (guint i = 0; i < state->plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (state->plan->steps, i);

        if (!step->id || !step_is_whole (step))
            return FALSE;
    }
    return TRUE;
}

State *
state_load (const char *run_dir, GError **error)
{
    g_autofree char *path = g_build_filename (run_dir, STATE_FILE, NULL);
    g_autofree char *text = file_read (path, STATE_MAX, NULL, error);
    g_autoptr (JsonNode) node = text ? json_from_string (text, error) : NULL;
    g_autoptr (State) state = NULL;

    if (!text)
        return NULL;
    if (node)
        state = record_from_json (&state_record, node, error);
    if (state && state->version != STATE_VERSION) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "%s was written by another version of roost", path);
        return NULL;
    }
    if (state && is_whole (state))
        return g_steal_pointer (&state);
    g_clear_error (error);
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s is damaged", path);
    return NULL;
}

void
state_remove (const State *state)
{
    g_autofree char *path = g_build_filename (state->plan->run_dir, STATE_FILE, NULL);

    unlink (path);
}

ProcessId
executed_process (const Executed *executed)
{
    return (ProcessId){ .pid = executed->pid, .start_time = executed->start_time };
}
