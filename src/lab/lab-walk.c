/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the doing and undoing of a lab's steps: what is written down before each,
 * what follows when one fails.
 */
#include "lab/lab-private.h"

#include "base/error.h"
#include "machine/describe.h"

/* How many steps run at once.  Starting emulators is bound by the processor, so
 * more of them gain little; but the kernel shares processors out by session,
 * and the state is written before every batch, so few at a time cost more. */
#define STEPS_PER_CPU 16

typedef struct {
    LiveLab *lab;
    const Step *step;
} StepRun;

gboolean
lab_has_executed (const LiveLab *lab, const char *but)
{
    GPtrArray *steps = lab->state->plan->steps;

    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index (steps, i);

        if (state_find (lab->state, step->id) && g_strcmp0 (step->id, but) != 0)
            return TRUE;
    }
    return FALSE;
}

/* The state is in that directory. */
static gboolean
takes_state_away (const LiveLab *lab, const Step *step)
{
    return lab->status == LAB_GOING_DOWN && g_str_equal (step->id, "directory:run");
}

static gboolean
may_begin (const Step *step, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autoptr (GError) error = NULL;

    if (takes_state_away (lab, step)) /* not before it is known what is not undone */
        return walk_n_remaining (lab->walk) == 1;
    /* nothing becomes ready while processors are stopped, and what was saved at one
     * instant goes on at one */
    if (step->kind != STEP_MACHINE || lab->direction == WALK_BACKWARDS || !step->machine->after ||
        lab->context.paused || lab->context.from)
        return TRUE;
    if (!machines_are_settled (lab->context.machines, (const char *const *)step->machine->after,
                               &error))
        return FALSE;
    if (!error)
        return TRUE;
    walk_fail (lab->walk, g_steal_pointer (&error));
    return FALSE;
}

/* Written ahead: a supervisor that dies now leaves a state that names what it
 * was about to do. */
static gboolean
begin (GPtrArray *steps, GError **error, gpointer user_data)
{
    LiveLab *lab = user_data;

    if (lab->direction == WALK_BACKWARDS)
        return TRUE;
    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index (steps, i);
        Executed *executed = state_begin (lab->state, step->id);

        g_hash_table_insert (lab->step_of, step->id, executed);
        if (lab->effects->prepare)
            lab->effects->prepare (&lab->context, step, executed);
    }
    return state_save (lab->state, error);
}

static void
hurried (GObject *source, GAsyncResult *result, gpointer user_data)
{
    /* the start that this has ended says the same */
}

/* The lab will not come up: what is under way need not take its time. */
void
lab_hurry (LiveLab *lab)
{
    static const StopOptions at_once = { .force = TRUE };
    GHashTableIter iter;
    gpointer machine;

    g_cancellable_cancel (lab->context.cancellable);
    g_hash_table_iter_init (&iter, lab->context.machines);
    while (g_hash_table_iter_next (&iter, NULL, &machine))
        if (live_machine_get_state (machine) == MACHINE_STARTING)
            live_machine_stop_async (machine, &at_once, hurried, NULL);
}

static void
step_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree StepRun *run = user_data;
    LiveLab *lab = run->lab;
    Executed *executed = g_hash_table_lookup (lab->step_of, run->step->id);
    gboolean up = lab->direction == WALK_FORWARDS;
    g_autofree char *note = NULL;
    GError *error = NULL;
    gboolean failed;

    if (lab->effects->finish (result, &note, &error)) {
        if (up)
            executed->status = EXECUTED_DONE;
        else
            state_forget (lab->state, run->step->id);
    }
    lab_tell (lab, up ? "STEP_DONE" : "STEP_UNDONE",
              describe_pair ("step", run->step->id,
                             error  ? "error"
                             : note ? "note"
                                    : NULL,
                             error ? error->message : note));
    lab_save_soon (lab);
    failed = error != NULL;
    walk_step_done (lab->walk, run->step, error);
    if (up && failed)
        lab_hurry (lab);
}

static void
run_step (Walk *walk, const Step *step, gpointer user_data)
{
    LiveLab *lab = user_data;
    StepRun *run;
    gboolean up = lab->direction == WALK_FORWARDS;

    if (takes_state_away (lab, step) && lab_has_executed (lab, step->id)) {
        walk_step_done (walk, step, NULL); /* it stays, and another `down` can go on */
        return;
    }
    run = g_new (StepRun, 1);
    *run = (StepRun){ lab, step };
    lab_tell (lab, "STEP_STARTED",
              describe_pair ("step", step->id, "direction", up ? "do" : "undo"));
    if (takes_state_away (lab, step)) {
        lab->run_dir_left = TRUE;
        state_remove (lab->state->plan->run_dir);
    }
    (up ? lab->effects->do_async : lab->effects->undo_async) (
        &lab->context, step, g_hash_table_lookup (lab->step_of, step->id), step_finished, run);
    lab_save_soon (lab); /* which process it has started */
}

static void
came_up (LiveLab *lab, GError *error)
{
    if (!error) {
        lab_end_task (lab, LAB_UP, NULL);
        return;
    }
    lab->failure = error;
    lab_roll_back (lab);
}

static void
went_down (LiveLab *lab, GError *error)
{
    GError *failure = g_steal_pointer (&lab->failure);

    lab_save (lab); /* while it still says that the lab is going down */
    if (lab->abandoned)
        g_clear_error (&failure);
    if (failure && error) {
        g_autofree char *first = g_strdup (failure->message);

        g_free (failure->message);
        failure->message = g_strdup_printf ("%s; and undoing it: %s", first, error->message);
        g_clear_error (&error);
    }
    lab_end_task (lab, LAB_DOWN, failure ? failure : error);
}

static guint
step_limit (void)
{
    return g_get_num_processors () * STEPS_PER_CPU;
}

static void
ended (Walk *walk, GError *error, gpointer user_data)
{
    LiveLab *lab = user_data;

    g_clear_pointer (&lab->walk, walk_free);
    lab->walked (lab, error);
}

static void
start_walk (LiveLab *lab, GPtrArray *steps, WalkDirection direction,
            gboolean (*is_wanted) (const Executed *executed), LabWalked walked)
{
    static const WalkHandlers handlers = { may_begin, begin, run_step, ended };

    lab->walked = walked;
    g_ptr_array_set_size (lab->steps, 0);
    g_hash_table_remove_all (lab->step_of);
    for (guint i = 0; i < steps->len; i++) {
        Step *step = g_ptr_array_index (steps, i);
        Executed *executed = state_find (lab->state, step->id);

        if (!is_wanted (executed))
            continue;
        g_ptr_array_add (lab->steps, step);
        if (executed)
            g_hash_table_insert (lab->step_of, step->id, executed);
    }
    lab->direction = direction;
    lab->walk = walk_new (lab->steps, direction,
                          direction == WALK_FORWARDS ? step_limit () : G_MAXUINT, &handlers, lab);
}

static gboolean
is_open (const Executed *executed)
{
    return !executed || executed->status != EXECUTED_DONE;
}

void
lab_walk_forwards (LiveLab *lab)
{
    start_walk (lab, lab->state->plan->steps, WALK_FORWARDS, is_open, came_up);
}

static gboolean
is_executed (const Executed *executed)
{
    return executed != NULL;
}

void
lab_walk_backwards (LiveLab *lab)
{
    State *state = lab->state;

    state->rollback = lab->context.rollback;
    state->force = lab->context.stop.force;
    state->grace_ms = lab->context.stop.grace_ms;
    lab_set_status (lab, LAB_GOING_DOWN);
    lab_save (lab); /* ahead of the first step; what goes wrong does not keep the lab up */
    start_walk (lab, lab->state->plan->steps, WALK_BACKWARDS, is_executed, went_down);
}

void
lab_walk (LiveLab *lab, GPtrArray *steps, WalkDirection direction, LabWalked walked)
{
    start_walk (lab, steps, direction, direction == WALK_FORWARDS ? is_open : is_executed, walked);
}

static gboolean
is_begun (const Executed *executed)
{
    return executed && executed->status == EXECUTED_DOING;
}

void
lab_undo_begun (LiveLab *lab, LabWalked walked)
{
    lab->context.rollback = TRUE;
    lab->context.stop = (StopOptions){ .force = TRUE };
    start_walk (lab, lab->state->plan->steps, WALK_BACKWARDS, is_begun, walked);
}

void
lab_roll_back (LiveLab *lab)
{
    lab->context.rollback = TRUE;
    lab->context.stop = (StopOptions){ .force = TRUE };
    lab_walk_backwards (lab);
}
