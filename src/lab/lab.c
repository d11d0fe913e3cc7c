/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of a running lab; see lab.h. */
#include "lab/lab-private.h"

#include "base/error.h"
#include "machine/describe.h"
#include "machine/once.h"
#include "lab/disks/disk-job.h"
#include "lab/disks/disk-live.h"
#include "lab/overview.h"
#include "lab/mind.h"

/* --- telling and keeping --- */

void
lab_tell (LiveLab *lab, const char *name, JsonNode *data)
{
    g_autoptr (JsonNode) owned = data;

    if (lab->handlers.event)
        lab->handlers.event (lab, name, owned, lab->user_data);
}

void
lab_set_status (LiveLab *lab, LabState status)
{
    lab->status = status;
    if (lab->state)
        lab->state->status = status;
    lab_tell (lab, "LAB_STATE", describe_pair ("state", lab_state_names[status], NULL, NULL));
}

/* after a disk that was full, or a file system that was read-only */
#define SAVE_AGAIN_S 1

static gboolean
save_now (gpointer user_data)
{
    LiveLab *lab = user_data;

    lab->save_source = 0;
    lab_save (lab);
    return G_SOURCE_REMOVE;
}

/* What is on the disk is not how the lab is, and a supervisor that comes after this
 * one would go by it. */
static void
save_again (LiveLab *lab, const GError *error)
{
    if (!lab->unsaved)
        g_warning ("%s", error->message);
    lab->unsaved = TRUE;
    lab->save_source = g_timeout_add_seconds (SAVE_AGAIN_S, save_now, lab);
}

/* While many machines start, each of which learns its ports, the plan can wait:
 * whoever takes over asks the machines. */
void
lab_save (LiveLab *lab)
{
    g_autoptr (GError) error = NULL;

    g_clear_handle_id (&lab->save_source, g_source_remove);
    if (lab->claimed && lab->status != LAB_DOWN && !lab->run_dir_left &&
        (!(lab->walk || state_save_plan (lab->state, &error)) || !state_save (lab->state, &error)))
        save_again (lab, error);
    else
        lab->unsaved = FALSE;
}

static gboolean
keep (gpointer data, GError **error)
{
    return state_save (((LiveLab *)data)->state, error);
}

void
lab_save_soon (LiveLab *lab)
{
    if (lab->save_source && !lab->unsaved)
        return;
    g_clear_handle_id (&lab->save_source, g_source_remove);
    lab->save_source = g_idle_add (save_now, lab);
}

static void
entry_changed (gpointer user_data)
{
    lab_save_soon (user_data);
}

static void
step_progressed (const Step *step, guint percent, gpointer user_data)
{
    JsonNode *data = describe_pair ("step", step->id, NULL, NULL);

    json_object_set_int_member (json_node_get_object (data), "percent", percent);
    lab_tell (user_data, "STEP_PROGRESS", data);
}

static void
helper_lost (const Step *step, const char *how, gpointer user_data)
{
    lab_tell (user_data, "HELPER_LOST", describe_pair ("step", step->id, "how", how));
}

static JsonNode *
tell_hook (gboolean plan, gpointer user_data)
{
    LiveLab *lab = user_data;

    return plan ? record_to_json (&plan_record, lab->state->plan) : describe_lab (lab);
}

/* --- machines --- */

/* Whether it is to run is written down before it starts or ends; while the whole
 * lab goes down or comes up that is known already. */
static void
keep_machine (LiveLab *lab, LiveMachine *machine, Executed *executed)
{
    MachineState state = live_machine_get_state (machine);
    ProcessId process = live_machine_get_process (machine);
    gboolean off = state == MACHINE_STOPPING || state == MACHINE_STOPPED;
    gboolean turned = off != executed->off;

    if (process.pid && executed->pid != process.pid)
        executed->starts++;
    executed->pid = process.pid;
    executed->start_time = process.start_time;
    executed->off = off;
    g_strfreev (executed->restarts);
    executed->restarts = live_machine_get_restarts (machine);
    g_strfreev (executed->held);
    executed->held = live_machine_get_held (machine);
    executed->serial_offset = live_machine_get_serial_offset (machine);
    executed->paused = live_machine_is_start_paused (machine);
    executed->once_due = once_is_due (live_machine_get_record (machine));
    if (turned && lab->status == LAB_UP)
        lab_save (lab);
    else
        lab_save_soon (lab);
}

/* Layers may have come and gone while it was off. */
static void
machine_starting (MachineStep *record, gpointer user_data)
{
    disk_sync_heads (record);
}

static void
machine_changed (LiveMachine *machine, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autofree char *id = g_strconcat ("machine:", live_machine_get_record (machine)->name, NULL);
    Executed *executed = state_find (lab->state, id);

    if (executed)
        keep_machine (lab, machine, executed);
    lab_tell (lab, "MACHINE_STATE", describe_machine (machine));
    if (lab->walk)
        walk_advance (lab->walk);
    waiters_check (lab->waiters);
}

static void
machine_connected (LiveMachine *machine, gpointer user_data)
{
    LiveLab *lab = user_data;

    if (lab->handlers.connected)
        lab->handlers.connected (lab, machine, lab->user_data);
}

static void
machine_ended (LiveMachine *machine, gpointer user_data)
{
    LiveLab *lab = user_data;

    if (lab->handlers.ended)
        lab->handlers.ended (lab, machine, lab->user_data);
}

void
lab_add_machine (LiveLab *lab, const Step *step)
{
    static const MachineHandlers handlers = { machine_starting, machine_changed, machine_connected,
                                              machine_ended };

    g_hash_table_insert (
        lab->context.machines, step->machine->name,
        live_machine_new (step->machine, lab->state->plan->run_dir, &handlers, lab));
}

void
lab_drop_machine (LiveLab *lab, const Step *step)
{
    LiveMachine *machine = live_lab_find_machine (lab, step->machine->name);

    if (lab->handlers.removed && machine)
        lab->handlers.removed (lab, machine, lab->user_data);
    g_hash_table_remove (lab->context.machines, step->machine->name);
}

void
lab_take_state (LiveLab *lab, State *state)
{
    GPtrArray *steps = state->plan->steps;

    lab->state = state;
    lab->context.run_dir = state->plan->run_dir;
    state->supervisor_pid = process_self ().pid;
    state->supervisor_start_time = process_self ().start_time;
    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index (steps, i);

        if (step->kind == STEP_MACHINE)
            lab_add_machine (lab, step);
    }
}

/* --- waiting until machines are ready --- */

/* A checkpoint had it off, and nobody has started it since. */
static gboolean
was_left_off (const LiveLab *lab, const Step *step)
{
    const Executed *executed = state_find (lab->state, step->id);

    return executed && executed->status == EXECUTED_DONE && executed->off && executed->starts == 0;
}

void
live_lab_wait_async (LiveLab *lab, const char *const *machines, GAsyncReadyCallback callback,
                     gpointer user_data)
{
    GTask *task = g_task_new (NULL, NULL, callback, user_data);
    g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

    if (machines)
        g_strv_builder_addv (names, (const char **)machines);
    for (guint i = 0; !machines && lab->state && i < lab->state->plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (lab->state->plan->steps, i);

        if (step->kind == STEP_MACHINE && !was_left_off (lab, step))
            g_strv_builder_add (names, step->machine->name);
    }
    waiters_add (lab->waiters, g_strv_builder_end (names), task);
}

gboolean
live_lab_wait_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- what is asked of the lab --- */

void
lab_end_task (LiveLab *lab, LabState status, GError *error)
{
    g_autoptr (GTask) task = g_steal_pointer (&lab->task);

    lab_set_status (lab, status);
    /* from now on a machine that is started is started anew */
    lab->context.from = NULL;
    g_clear_pointer (&lab->from, checkpoint_free);
    if (lab->status == LAB_UP) {
        g_clear_pointer (&lab->state->from, g_free);
        lab_save_soon (lab);
    }
    if (lab->status == LAB_DOWN && lab->claimed && !lab_has_executed (lab, NULL))
        state_remove (lab->state->plan->run_dir); /* it did not come as far as a directory */
    waiters_check (lab->waiters);
    lab_begin_next (lab);
    if (task && error) {
        g_task_return_error (task, error);
    } else if (task) {
        g_task_return_boolean (task, TRUE);
    } else if (error) {
        g_warning ("%s", error->message);
        g_error_free (error);
    }
}

gboolean
lab_begin_task (LiveLab *lab, GTask *task, LabState expected)
{
    /* a lab that has been up and down is not used again */
    if (lab->task || lab->status != expected || (expected == LAB_DOWN && lab->state)) {
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_FAILED, "the lab is %s",
                                 lab_state_names[lab->status]);
        return FALSE;
    }
    lab->task = g_object_ref (task);
    return TRUE;
}

/* --- life --- */

LiveLab *
live_lab_new (const char *program, const Effects *effects, const LabHandlers *handlers,
              gpointer user_data)
{
    LiveLab *lab = g_new0 (LiveLab, 1);

    lab->effects = effects;
    lab->handlers = *handlers;
    lab->user_data = user_data;
    lab->context.program = program;
    lab->context.changed = entry_changed;
    lab->context.user_data = lab;
    lab->context.progress = step_progressed;
    lab->context.progress_data = lab;
    lab->context.helper_lost = helper_lost;
    lab->context.lost_data = lab;
    lab->context.machines =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)live_machine_free);
    lab->context.minded = mind_table_new ();
    lab->context.cancellable = g_cancellable_new ();
    lab->context.keep = keep;
    lab->context.keep_data = lab;
    lab->context.tell_hook = tell_hook;
    lab->context.hook_data = lab;
    lab->steps = g_ptr_array_new ();
    lab->step_of = g_hash_table_new (g_str_hash, g_str_equal);
    lab->waiters = waiters_new (lab->context.machines);
    lab->turns = g_queue_new ();
    lab->disk_jobs = g_ptr_array_new ();
    return lab;
}

void
live_lab_free (LiveLab *lab)
{
    if (!lab)
        return;
    if (lab->save_source)
        lab_save (lab);
    g_clear_handle_id (&lab->save_source, g_source_remove);
    lab_free_turns (lab);
    disk_jobs_let_go (lab);
    reconcile_free (lab->reconcile);
    walk_free (lab->walk);
    waiters_free (lab->waiters);
    g_hash_table_unref (lab->context.machines);
    g_hash_table_unref (lab->context.minded);
    g_object_unref (lab->context.cancellable);
    g_ptr_array_unref (lab->steps);
    g_hash_table_unref (lab->step_of);
    g_clear_object (&lab->task);
    g_clear_error (&lab->failure);
    state_free (lab->state);
    g_free (lab->go_from);
    checkpoint_free (lab->from);
    g_free (lab);
}

LabState
live_lab_get_state (LiveLab *lab)
{
    return lab->status;
}

const Plan *
live_lab_get_plan (LiveLab *lab)
{
    return lab->state ? lab->state->plan : NULL;
}

LiveMachine *
live_lab_find_machine (LiveLab *lab, const char *name)
{
    return g_hash_table_lookup (lab->context.machines, name);
}
