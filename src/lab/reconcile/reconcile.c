/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order in which a lab that is up becomes what is wanted, and the way
 * back; see reconcile.h.
 */
#include "lab/reconcile/reconcile-private.h"

#include "base/error.h"

#include <string.h>

static void run_stage (Reconcile *reconcile);
static void exchanged_down (LiveLab *lab, GError *error);

/* --- what differs --- */

static void
find_off (const State *state, GHashTable *off, GHashTable *undone)
{
    for (guint i = 0; i < state->plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (state->plan->steps, i);
        const Executed *executed = state_find (state, step->id);

        if (!executed)
            g_hash_table_add (undone, step->id);
        else if (step->kind == STEP_MACHINE &&
                 (executed->pid == 0 || !process_is_alive (executed_process (executed))))
            g_hash_table_add (off, step->machine->name);
    }
}

GPtrArray *
reconcile_find_changes (const State *state, Plan *wanted, gboolean restart)
{
    g_autoptr (GHashTable) off = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) undone = g_hash_table_new (g_str_hash, g_str_equal);
    DiffInput input = { state->plan, wanted, restart, off, undone };

    find_off (state, off, undone);
    return plan_diff (&input);
}

JsonNode *
reconcile_changes_to_json (GPtrArray *changes)
{
    JsonArray *array = json_array_new ();
    JsonNode *node = json_node_new (JSON_NODE_ARRAY);

    for (guint i = 0; i < changes->len; i++)
        json_array_add_element (array,
                                record_to_json (&change_record, g_ptr_array_index (changes, i)));
    json_node_take_array (node, array);
    return node;
}

/* --- the end --- */

void
reconcile_free (Reconcile *reconcile)
{
    if (!reconcile)
        return;
    g_ptr_array_unref (reconcile->changes);
    plan_free (reconcile->wanted);
    g_clear_pointer (&reconcile->steps, g_ptr_array_unref);
    g_ptr_array_unref (reconcile->closed);
    g_ptr_array_unref (reconcile->opened);
    g_ptr_array_unref (reconcile->unplugged);
    g_ptr_array_unref (reconcile->plugged);
    g_ptr_array_unref (reconcile->adjusted);
    g_ptr_array_unref (reconcile->moved);
    g_clear_error (&reconcile->part_failure);
    g_clear_error (&reconcile->failure);
    g_free (reconcile);
}

static void
finish (Reconcile *reconcile, GError *error)
{
    LiveLab *lab = reconcile->lab;

    lab->context.rollback = FALSE;
    lab->reconcile = NULL;
    if (!error) {
        EXCHANGE (lab->state->plan->profile, reconcile->wanted->profile);
        EXCHANGE (lab->state->plan->notes, reconcile->wanted->notes);
        state_plan_changed (lab->state);
        g_task_set_task_data (lab->task, reconcile_changes_to_json (reconcile->changes),
                              (GDestroyNotify)json_node_unref);
    }
    reconcile_free (reconcile);
    lab_end_task (lab, LAB_UP, error);
}

/* A machine that was stopped in a hurry has cancelled what is not done yet. */
static void
renew_cancellable (LiveLab *lab)
{
    if (!g_cancellable_is_cancelled (lab->context.cancellable))
        return;
    g_object_unref (lab->context.cancellable);
    lab->context.cancellable = g_cancellable_new ();
}

/* --- from stage to stage --- */

static void
begin_undo (Reconcile *reconcile, GError *error)
{
    reconcile->failure = error;
    reconcile->undoing = TRUE;
    renew_cancellable (reconcile->lab);
    run_stage (reconcile);
}

static void
undo_ended (Reconcile *reconcile, GError *error)
{
    if (error) { /* what can be had back is had back all the same */
        g_autofree char *first = g_strdup (reconcile->failure->message);

        g_free (reconcile->failure->message);
        reconcile->failure->message =
            g_strdup_printf ("%s; and undoing it: %s", first, error->message);
        g_error_free (error);
    }
    if (reconcile->stage-- > 0)
        run_stage (reconcile);
    else
        finish (reconcile, g_steal_pointer (&reconcile->failure));
}

void
reconcile_stage_done (Reconcile *reconcile, GError *error)
{
    g_clear_pointer (&reconcile->steps, g_ptr_array_unref);
    if (reconcile->undoing) {
        undo_ended (reconcile, error);
        return;
    }
    if (reconcile->stage == STAGE_REMOVE) {
        finish (reconcile, error);
        return;
    }
    if (!error)
        error = g_steal_pointer (&reconcile->failure); /* cancelled meanwhile */
    if (error) {
        begin_undo (reconcile, error);
        return;
    }
    reconcile->stage++;
    run_stage (reconcile);
}

/* --- steps that are new, and those that go --- */

static void
added (LiveLab *lab, GError *error)
{
    reconcile_stage_done (lab->reconcile, error);
}

static void
dropped (LiveLab *lab, GError *error)
{
    reconcile_drop (lab->reconcile, lab->reconcile->steps);
    reconcile_stage_done (lab->reconcile, error);
}

static void
run_add (Reconcile *reconcile)
{
    reconcile->steps = reconcile_list_steps (reconcile, CHANGE_ADD, FALSE);
    lab_walk (reconcile->lab, reconcile->steps, WALK_FORWARDS, added);
}

static void
undo_add (Reconcile *reconcile)
{
    LiveLab *lab = reconcile->lab;

    reconcile->steps = reconcile_list_steps (reconcile, CHANGE_ADD, FALSE);
    lab->context.rollback = TRUE;
    lab->context.stop = (StopOptions){ .force = TRUE };
    lab_walk (lab, reconcile->steps, WALK_BACKWARDS, dropped);
}

static void
run_remove (Reconcile *reconcile)
{
    LiveLab *lab = reconcile->lab;

    reconcile->steps = reconcile_list_steps (reconcile, CHANGE_REMOVE, FALSE);
    lab->context.stop = (StopOptions){ .force = FALSE };
    lab_walk (lab, reconcile->steps, WALK_BACKWARDS, dropped);
}

/* --- steps that are undone and done as they are wanted now --- */

static void
exchanged_up (LiveLab *lab, GError *error)
{
    lab->context.live = FALSE;
    reconcile_stage_done (lab->reconcile, error);
}

static void
exchanged_down (LiveLab *lab, GError *error)
{
    Reconcile *reconcile = lab->reconcile;

    if (error && !reconcile->undoing) {
        exchanged_up (lab, error);
        return;
    }
    g_clear_error (&error);
    if (reconcile->undoing != reconcile->exchanged[reconcile->stage]) {
        /* undone before it was exchanged: it is as it was */
    } else {
        reconcile_exchange (reconcile, reconcile->steps);
        reconcile->exchanged[reconcile->stage] = !reconcile->undoing;
    }
    lab_walk (lab, reconcile->steps, WALK_FORWARDS, exchanged_up);
}

static void
replace (Reconcile *reconcile)
{
    LiveLab *lab = reconcile->lab;
    gboolean live = reconcile->stage == STAGE_SWITCHES;

    reconcile->steps = reconcile_list_steps (reconcile, CHANGE_REPLACE, live);
    lab->context.live = live;
    lab->context.rollback = FALSE;
    lab->context.stop = (StopOptions){ .force = reconcile->undoing };
    lab_walk (lab, reconcile->steps, WALK_BACKWARDS, exchanged_down);
}

/* --- the stages --- */

static void
run_settings (Reconcile *reconcile)
{
    reconcile_exchange_settings (reconcile);
    reconcile_exchange_off (reconcile);
    reconcile_exchange_needs (reconcile);
    reconcile_stage_done (reconcile, NULL);
}

static void
run_nothing (Reconcile *reconcile)
{
    reconcile_stage_done (reconcile, NULL);
}

static const struct {
    void (*run) (Reconcile *reconcile);
    void (*undo) (Reconcile *reconcile);
} stages[N_STAGES] = {
    [STAGE_CLOSE] = { reconcile_close_ports, reconcile_undo_ports },
    [STAGE_UNPLUG] = { reconcile_run_parts, reconcile_undo_parts },
    [STAGE_ADJUST] = { reconcile_adjust_networks, reconcile_undo_adjusted },
    [STAGE_ADD] = { run_add, undo_add },
    [STAGE_SWITCHES] = { replace, replace },
    [STAGE_MOVE] = { reconcile_move_taps, reconcile_undo_moves },
    [STAGE_PLUG] = { reconcile_run_parts, reconcile_undo_parts },
    [STAGE_OPEN] = { reconcile_open_ports, reconcile_undo_ports },
    [STAGE_RESTART] = { replace, replace },
    [STAGE_SETTINGS] = { run_settings, run_settings },
    [STAGE_REMOVE] = { run_remove, run_nothing },
};

static void
run_stage (Reconcile *reconcile)
{
    (reconcile->undoing ? stages[reconcile->stage].undo : stages[reconcile->stage].run) (reconcile);
}

static void
claimed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LiveLab *lab = user_data;
    Reconcile *reconcile = lab->reconcile;
    GError *error = NULL;

    if (!lab_claim_finish (result, &error)) {
        g_autoptr (GPtrArray) steps = reconcile_list_steps (reconcile, CHANGE_ADD, FALSE);

        reconcile_drop (reconcile, steps);
        renew_cancellable (lab);
        if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
            g_clear_error (&error);
            error = g_steal_pointer (&reconcile->failure);
        }
        finish (reconcile, error);
        return;
    }
    run_stage (reconcile);
}

/* Directories and disks belong to one user, and machines that run have them open. */
static GError *
refuse_user (const Plan *was, const Plan *is)
{
    const RunAs *before = plan_find_user (was), *after = plan_find_user (is);

    return g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                        "lab %s runs as %s, and the profile says %s: take it down first (roost "
                        "down %s)",
                        was->lab, before ? before->name : "root", after ? after->name : "root",
                        was->lab);
}

void
reconcile_begin (LiveLab *lab, Plan *plan, const UpOptions *options)
{
    Reconcile *reconcile = g_new0 (Reconcile, 1);

    reconcile->lab = lab;
    reconcile->wanted = plan;
    reconcile->options = *options;
    reconcile->changes = reconcile_find_changes (lab->state, plan, options->restart);
    reconcile->closed = g_ptr_array_new_with_free_func (port_free);
    reconcile->opened = g_ptr_array_new_with_free_func (port_free);
    reconcile->unplugged = g_ptr_array_new_with_free_func (part_done_free);
    reconcile->plugged = g_ptr_array_new_with_free_func (part_done_free);
    reconcile->adjusted = g_ptr_array_new ();
    reconcile->moved = g_ptr_array_new ();
    lab->reconcile = reconcile;
    if (!run_as_equal (plan_find_user (lab->state->plan), plan_find_user (plan))) {
        finish (reconcile, refuse_user (lab->state->plan, plan));
        return;
    }
    if (reconcile->changes->len == 0) {
        finish (reconcile, NULL);
        return;
    }
    lab->context.paused = options->paused;
    lab_set_status (lab, LAB_CHANGING);
    lab_claim_async (lab, plan, lab->state->plan, options->force, reconcile_take_added, claimed,
                     lab);
}

/* Also while nothing can be interrupted: then it is undone after that. */
gboolean
reconcile_cancel (LiveLab *lab)
{
    Reconcile *reconcile = lab->reconcile;

    if (reconcile->undoing || reconcile->failure || reconcile->stage == STAGE_REMOVE)
        return FALSE;
    reconcile->failure =
        g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "cancelled: the lab is as it was");
    if (lab->walk && lab->direction == WALK_FORWARDS)
        walk_fail (lab->walk, g_error_copy (reconcile->failure));
    lab_hurry (lab);
    return TRUE;
}
