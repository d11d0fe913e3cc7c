/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the state files; see state.h. */
#include "lab/state.h"

#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "plan/qemu/part.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STATE_MAX (64 * 1024 * 1024)

const char *const lab_state_names[] = { "down", "coming-up", "up", "changing", "going-down", NULL };
static const char *const status_names[] = { "doing", "done", NULL };

static const Field executed_fields[] = {
    { "id", FIELD_STRING, offsetof (Executed, id) },
    { "status", FIELD_ENUM, offsetof (Executed, status), status_names },
    { "created", FIELD_BOOL, offsetof (Executed, created) },
    { "pid", FIELD_INT, offsetof (Executed, pid) },
    { "start_time", FIELD_INT, offsetof (Executed, start_time) },
    { "starts", FIELD_INT, offsetof (Executed, starts) },
    { "restarts", FIELD_STRINGS, offsetof (Executed, restarts) },
    { "held", FIELD_STRINGS, offsetof (Executed, held) },
    { "serial_offset", FIELD_INT, offsetof (Executed, serial_offset) },
    { "paused", FIELD_BOOL, offsetof (Executed, paused) },
    { "off", FIELD_BOOL, offsetof (Executed, off) },
    { "once_due", FIELD_BOOL, offsetof (Executed, once_due) },
    { "before", FIELD_STRINGS, offsetof (Executed, before) },
    { NULL },
};
static const Record executed_record = { "executed", sizeof (Executed), executed_fields };

static const Field summary_fields[] = {
    { "lab", FIELD_STRING, offsetof (Summary, lab) },
    { "profile", FIELD_STRING, offsetof (Summary, profile) },
    { "machines", FIELD_INT, offsetof (Summary, machines) },
    { NULL },
};
static const Record summary_record = { "summary", sizeof (Summary), summary_fields };

static const Field state_fields[] = {
    { "version", FIELD_INT, offsetof (State, version) },
    { "supervisor_pid", FIELD_INT, offsetof (State, supervisor_pid) },
    { "supervisor_start_time", FIELD_INT, offsetof (State, supervisor_start_time) },
    { "status", FIELD_ENUM, offsetof (State, status), lab_state_names },
    { "paused", FIELD_BOOL, offsetof (State, paused) },
    { "rollback", FIELD_BOOL, offsetof (State, rollback) },
    { "force", FIELD_BOOL, offsetof (State, force) },
    { "grace_ms", FIELD_INT, offsetof (State, grace_ms) },
    { "from", FIELD_STRING, offsetof (State, from) },
    { "frozen", FIELD_STRINGS, offsetof (State, frozen) },
    { "summary", FIELD_RECORD, offsetof (State, summary), .record = &summary_record },
    { "executed", FIELD_RECORDS, offsetof (State, executed), .record = &executed_record },
    { NULL },
};
static const Record state_record = { "state", sizeof (State), state_fields };

State *
state_new (Plan *plan)
{
    State *state = record_new (&state_record);

    state->version = STATE_VERSION;
    state->plan = plan;
    state->by_id = g_hash_table_new (g_str_hash, g_str_equal);
    return state;
}

void
state_free (State *state)
{
    if (state) {
        plan_free (state->plan);
        g_clear_pointer (&state->by_id, g_hash_table_unref);
    }
    record_free (&state_record, state);
}

Executed *
state_find (const State *state, const char *id)
{
    return g_hash_table_lookup (state->by_id, id);
}

Executed *
state_begin (State *state, const char *id)
{
    Executed *executed = state_find (state, id);

    if (!executed) {
        executed = record_new (&executed_record);
        executed->id = g_strdup (id);
        g_ptr_array_add (state->executed, executed);
        g_hash_table_insert (state->by_id, executed->id, executed);
    }
    executed->status = EXECUTED_DOING;
    return executed;
}

void
state_forget (State *state, const char *id)
{
    Executed *executed = state_find (state, id);

    if (!executed)
        return;
    g_hash_table_remove (state->by_id, id);
    g_ptr_array_remove (state->executed, executed);
}

static guint
sign_parts (const MachineStep *machine, guint signature)
{
    g_autoptr (GPtrArray) parts = part_list (machine);

    for (guint i = 0; i < parts->len; i++)
        signature = signature * 31 + g_str_hash (g_ptr_array_index (parts, i));
    return signature;
}

/* What a running machine changes in the plan: its forwards, NICs and disks. */
static guint
sign_plan (const Plan *plan)
{
    guint signature = 1; /* 0 = nothing was signed yet */

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE)
            signature = sign_parts (step->machine, signature);
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
file_path (const char *run_dir, const char *name)
{
    return g_build_filename (run_dir, name, NULL);
}

static gboolean
write_record (const State *state, const char *name, const Record *record, gconstpointer data,
              GError **error)
{
    g_autofree char *text = record_to_text (record, data);
    g_autofree char *path = file_path (state->plan->run_dir, name);

    if (file_replace (path, text, strlen (text), 0600, error))
        return TRUE;
    g_prefix_error (error, "keeping the state of lab %s: ", state->plan->lab);
    roost_error_reclass (error, ROOST_ERROR_HOST);
    return FALSE;
}

static void
sum_up (State *state, const Plan *plan)
{
    record_free (&summary_record, state->summary);
    state->summary = record_new (&summary_record);
    state->summary->lab = g_strdup (plan->lab);
    state->summary->profile = g_strdup (plan->profile);
    for (guint i = 0; i < plan->steps->len; i++)
        state->summary->machines +=
            ((const Step *)g_ptr_array_index (plan->steps, i))->kind == STEP_MACHINE;
}

gboolean
state_save_plan (State *state, GError **error)
{
    guint signature = sign_plan (state->plan);

    if (signature == state->plan_signature)
        return TRUE;
    if (!write_record (state, PLAN_FILE, &plan_record, state->plan, error))
        return FALSE;
    state->plan_signature = signature;
    sum_up (state, state->plan);
    return TRUE;
}

void
state_plan_changed (State *state)
{
    state->plan_signature = 0;
}

gboolean
state_save (State *state, GError **error)
{
    if (state->plan_signature == 0 && !state_save_plan (state, error))
        return FALSE;
    return write_record (state, STATE_FILE, &state_record, state, error);
}

static gboolean
fds_are_whole (const MachineStep *machine)
{
    for (guint i = 0; i < machine->fds->len; i++) {
        const FdRecord *fd = g_ptr_array_index (machine->fds, i);

        if (!fd->path || (fd->kind != FD_QMP_LISTENER && !fd->tap))
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
    case STEP_NETNS:
        return step->netns && step->netns->socket && step->netns->log && step->netns->argv;
    case STEP_NETWORK:
        return step->network && step->network->bridge && step->network->mark;
    case STEP_TAP:
        return step->tap && step->tap->name && step->tap->mark;
    case STEP_OVS:
        return step->ovs && step->ovs->mark;
    case STEP_UPLINK:
        return step->uplink && step->uplink->name && step->uplink->log && step->uplink->argv;
    case STEP_HOOK:
        return step->hook && step->hook->up_name && step->hook->down_name && step->hook->log &&
               step->hook->folder;
    case STEP_MACHINE:
        return step->machine && step->machine->name && step->machine->monitor &&
               step->machine->log_dir && step->machine->argv && fds_are_whole (step->machine);
    }
    g_assert_not_reached ();
}

gboolean
state_plan_is_whole (const Plan *plan)
{
    if (!plan->lab || !plan->run_dir || !plan->state_dir)
        return FALSE;
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (!step->id || !step_is_whole (step))
            return FALSE;
    }
    return TRUE;
}

static gboolean
index_executed (State *state)
{
    state->by_id = g_hash_table_new (g_str_hash, g_str_equal);
    for (guint i = 0; i < state->executed->len; i++) {
        Executed *executed = g_ptr_array_index (state->executed, i);

        if (!executed->id || !g_hash_table_insert (state->by_id, executed->id, executed))
            return FALSE;
    }
    return TRUE;
}

/* @ret: (out) (transfer full): NULL when the text is damaged.  Returns: %FALSE when
 * there is no such file, or it cannot be read */
static gboolean
read_record (const char *path, const Record *record, gpointer *ret, GError **error)
{
    g_autofree char *text = file_read_own (path, STATE_MAX, error);
    g_autoptr (JsonNode) node = text ? json_from_text (text, NULL) : NULL;

    *ret = node ? record_from_json (record, node, NULL) : NULL;
    return text != NULL;
}

static gboolean
refuse (const char *path, const char *problem, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s %s", path, problem);
    return FALSE;
}

#define OTHER_VERSION "was written by another version of roost"

gboolean
state_exists (const char *run_dir)
{
    g_autofree char *path = file_path (run_dir, STATE_FILE);

    return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Returns: (transfer full): what `state.json` has, without the plan */
static State *
load_executed (const char *run_dir, GError **error)
{
    g_autofree char *path = file_path (run_dir, STATE_FILE);
    g_autoptr (State) state = NULL;
    gpointer read;
    gboolean good;

    if (!read_record (path, &state_record, &read, error))
        return NULL;
    state = read;
    good = state ? state->version == STATE_VERSION || refuse (path, OTHER_VERSION, error)
                 : refuse (path, "is damaged", error);
    if (!good || !(index_executed (state) || refuse (path, "is damaged", error)))
        return NULL;
    return g_steal_pointer (&state);
}

static Plan *
load_plan (const char *run_dir, GError **error)
{
    g_autofree char *path = file_path (run_dir, PLAN_FILE);
    g_autoptr (Plan) plan = NULL;
    gpointer read;
    gboolean good;

    if (!read_record (path, &plan_record, &read, NULL)) {
        refuse (path, "cannot be read", error);
        return NULL;
    }
    plan = read;
    good = plan ? plan->version == PLAN_VERSION || refuse (path, OTHER_VERSION, error)
                : refuse (path, "is damaged", error);
    if (!good || !(state_plan_is_whole (plan) || refuse (path, "is damaged", error)))
        return NULL;
    return g_steal_pointer (&plan);
}

State *
state_load (const char *run_dir, GError **error)
{
    g_autoptr (State) state = load_executed (run_dir, error);

    if (!state || !(state->plan = load_plan (run_dir, error)))
        return NULL;
    state->plan_signature = sign_plan (state->plan);
    sum_up (state, state->plan);
    return g_steal_pointer (&state);
}

State *
state_glance (const char *run_dir, GError **error)
{
    g_autoptr (State) state = load_executed (run_dir, error);
    g_autoptr (Plan) plan = NULL;

    if (!state || (state->summary && state->summary->lab))
        return g_steal_pointer (&state);
    plan = load_plan (run_dir, error); /* there was no summary before */
    if (!plan)
        return NULL;
    sum_up (state, plan);
    return g_steal_pointer (&state);
}

void
state_remove (const char *run_dir)
{
    static const char *const files[] = { STATE_FILE, STATE_FILE FILE_PART, PLAN_FILE,
                                         PLAN_FILE FILE_PART };

    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *path = file_path (run_dir, files[i]);

        remove (path); /* whatever it is: nobody else has a say here */
    }
}

ProcessId
executed_process (const Executed *executed)
{
    return (ProcessId){ .pid = executed->pid, .start_time = executed->start_time };
}
