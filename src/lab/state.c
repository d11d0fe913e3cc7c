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
    if (state)
        g_clear_pointer (&state->plan_text, g_free);
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

/* Of a plan that runs only the forwards change, and what is the same is not
 * written out anew: with many machines that is most of the cost of a save. */
static guint
sign_plan (const Plan *plan)
{
    guint signature = 1; /* 0 = nothing was signed yet */

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        for (guint j = 0; step->kind == STEP_MACHINE && j < step->machine->forwards->len; j++) {
            const ForwardRecord *forward = g_ptr_array_index (step->machine->forwards, j);

            signature = signature * 31 + i;
            signature = signature * 31 + (guint)forward->host_port;
            signature = signature * 31 + (guint)forward->bound_port;
            signature = signature * 31 + (guint)forward->guest_port;
            signature = signature * 31 + (forward->name ? g_str_hash (forward->name) : 0);
        }
    }
    return MAX (signature, 1);
}

static char *
write_text (State *state)
{
    guint signature = sign_plan (state->plan);
    Plan *plan = g_steal_pointer (&state->plan);
    g_autoptr (JsonNode) node = record_to_json (&state_record, state); /* without the plan */
    g_autofree char *text = json_to_text (node);

    state->plan = plan;
    if (signature != state->plan_signature) {
        g_autoptr (JsonNode) plan_node = record_to_json (&plan_record, plan);

        g_free (state->plan_text);
        state->plan_text = json_to_text (plan_node);
        state->plan_signature = signature;
    }
    text[strlen (text) - 1] = '\0'; /* the closing brace */
    return g_strdup_printf ("%s,\"plan\":%s}", text, state->plan_text);
}

gboolean
state_save (State *state, GError **error)
{
    g_autofree char *text = write_text (state);
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
