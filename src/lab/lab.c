/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the life of a running lab; see lab.h. */
#include "lab/lab.h"

#include "base/error.h"
#include "lab/describe.h"
#include "lab/preflight.h"
#include "lab/waiters.h"
#include "lab/walk.h"

#include <string.h>

/* How many steps run at once.  Starting emulators is bound by the processor, so
 * more of them gain little; but the kernel shares processors out by session,
 * and the state is written before every batch, so few at a time cost more. */
#define STEPS_PER_CPU 16

const char *const lab_state_names[] = { "down", "coming-up", "up", "going-down", NULL };

struct LiveLab {
    State *state; /* NULL before the first plan */
    LabState status;
    const Effects *effects;
    EffectsContext context;
    LabHandlers handlers;
    gpointer user_data;

    Walk *walk;
    GTask *task;         /* the up, down or adoption under way; owned */
    GError *failure;     /* why the up is being rolled back */
    GPtrArray *steps;    /* const Step *, those of the walk */
    GHashTable *step_of; /* step id (not owned) → Executed (not owned), in the walk */
    Waiters *waiters;    /* live_lab_wait_async() */
    guint save_source;
    gboolean run_dir_left; /* going down: the state has no place any more */
    guint adopting;        /* machines whose adoption is under way */
};

typedef struct {
    LiveLab *lab;
    const Step *step;
} StepRun;

static void roll_back (LiveLab *lab);

/* --- telling and keeping --- */

static void
tell (LiveLab *lab, const char *name, JsonNode *data)
{
    g_autoptr (JsonNode) owned = data;

    if (lab->handlers.event)
        lab->handlers.event (lab, name, owned, lab->user_data);
}

static void
set_status (LiveLab *lab, LabState status)
{
    lab->status = status;
    tell (lab, "LAB_STATE", describe_pair ("state", lab_state_names[status], NULL, NULL));
}

static gboolean
save_now (gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autoptr (GError) error = NULL;

    lab->save_source = 0;
    if (lab->state && lab->status != LAB_DOWN && !lab->run_dir_left &&
        state_find (lab->state, "directory:run") && !state_save (lab->state, &error))
        g_warning ("%s", error->message);
    return G_SOURCE_REMOVE;
}

static void
save_soon (LiveLab *lab)
{
    if (!lab->save_source)
        lab->save_source = g_idle_add (save_now, lab);
}

static void
step_progressed (const Step *step, guint percent, gpointer user_data)
{
    JsonNode *data = describe_pair ("step", step->id, NULL, NULL);

    json_object_set_int_member (json_node_get_object (data), "percent", percent);
    tell (user_data, "STEP_PROGRESS", data);
}

/* --- machines --- */

static void
machine_changed (LiveMachine *machine, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autofree char *id = g_strconcat ("machine:", live_machine_get_record (machine)->name, NULL);
    Executed *executed = state_find (lab->state, id);
    ProcessId process = live_machine_get_process (machine);

    if (executed) {
        if (process.pid && executed->pid != process.pid)
            executed->starts++;
        executed->pid = process.pid;
        executed->start_time = process.start_time;
        save_soon (lab);
    }
    tell (lab, "MACHINE_STATE", describe_machine (machine));
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
make_machines (LiveLab *lab)
{
    static const MachineHandlers handlers = { machine_changed, machine_connected };
    GPtrArray *steps = lab->state->plan->steps;

    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index (steps, i);

        if (step->kind == STEP_MACHINE)
            g_hash_table_insert (lab->context.machines, step->machine->name,
                                 live_machine_new (step->machine, &handlers, lab));
    }
}

/* --- waiting until machines are ready --- */

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

        if (step->kind == STEP_MACHINE)
            g_strv_builder_add (names, step->machine->name);
    }
    waiters_add (lab->waiters, g_strv_builder_end (names), task);
}

gboolean
live_lab_wait_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- the walk --- */

static gboolean
may_begin (const Step *step, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autoptr (GError) error = NULL;

    if (step->kind != STEP_MACHINE || lab->status != LAB_COMING_UP || !step->machine->after ||
        lab->context.paused) /* nothing becomes ready while processors are stopped */
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
 * was about to do.  The run directory is the one step that cannot be. */
static gboolean
begin (GPtrArray *steps, GError **error, gpointer user_data)
{
    LiveLab *lab = user_data;
    gboolean can_save = state_find (lab->state, "directory:run") != NULL;

    if (lab->status != LAB_COMING_UP)
        return TRUE;
    for (guint i = 0; i < steps->len; i++) {
        const Step *step = g_ptr_array_index (steps, i);

        g_hash_table_insert (lab->step_of, step->id, state_begin (lab->state, step->id));
    }
    return !can_save || state_save (lab->state, error);
}

static void
hurried (GObject *source, GAsyncResult *result, gpointer user_data)
{
    /* the start that this has ended says the same */
}

/* The lab will not come up: what is under way need not take its time. */
static void
hurry (LiveLab *lab)
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
    gboolean up = lab->status == LAB_COMING_UP;
    g_autofree char *note = NULL;
    GError *error = NULL;
    gboolean failed;

    if (lab->effects->finish (result, &note, &error)) {
        if (up)
            executed->status = EXECUTED_DONE;
        else
            state_forget (lab->state, run->step->id);
    }
    tell (lab, up ? "STEP_DONE" : "STEP_UNDONE",
          describe_pair ("step", run->step->id,
                         error  ? "error"
                         : note ? "note"
                                : NULL,
                         error ? error->message : note));
    save_soon (lab);
    failed = error != NULL;
    walk_step_done (lab->walk, run->step, error);
    if (up && failed)
        hurry (lab);
}

static void
run_step (Walk *walk, const Step *step, gpointer user_data)
{
    LiveLab *lab = user_data;
    StepRun *run = g_new (StepRun, 1);
    gboolean up = lab->status == LAB_COMING_UP;

    *run = (StepRun){ lab, step };
    tell (lab, "STEP_STARTED", describe_pair ("step", step->id, "direction", up ? "do" : "undo"));
    if (!up && g_str_equal (step->id, "directory:run")) {
        lab->run_dir_left = TRUE;
        state_remove (lab->state);
    }
    (up ? lab->effects->do_async : lab->effects->undo_async) (
        &lab->context, step, g_hash_table_lookup (lab->step_of, step->id), step_finished, run);
    save_soon (lab); /* which process it has started */
}

static void
end_task (LiveLab *lab, LabState status, GError *error)
{
    g_autoptr (GTask) task = g_steal_pointer (&lab->task);

    set_status (lab, status);
    if (lab->status == LAB_UP)
        save_soon (lab);
    waiters_check (lab->waiters);
    if (error)
        g_task_return_error (task, error);
    else
        g_task_return_boolean (task, TRUE);
}

static void
came_up (Walk *walk, GError *error, gpointer user_data)
{
    LiveLab *lab = user_data;

    g_clear_pointer (&lab->walk, walk_free);
    if (!error) {
        end_task (lab, LAB_UP, NULL);
        return;
    }
    lab->failure = error;
    roll_back (lab);
}

static void
went_down (Walk *walk, GError *error, gpointer user_data)
{
    LiveLab *lab = user_data;
    GError *failure = g_steal_pointer (&lab->failure);

    g_clear_pointer (&lab->walk, walk_free);
    if (failure && error) {
        g_autofree char *first = g_strdup (failure->message);

        g_free (failure->message);
        failure->message = g_strdup_printf ("%s; and undoing it: %s", first, error->message);
        g_clear_error (&error);
    }
    end_task (lab, LAB_DOWN, failure ? failure : error);
}

static guint
step_limit (void)
{
    return g_get_num_processors () * STEPS_PER_CPU;
}

static void
walk_forwards (LiveLab *lab)
{
    static const WalkHandlers handlers = { may_begin, begin, run_step, came_up };

    lab->walk = walk_new (lab->state->plan->steps, WALK_FORWARDS, step_limit (), &handlers, lab);
}

/* The executed steps, in the order of the plan. */
static void
walk_backwards (LiveLab *lab)
{
    static const WalkHandlers handlers = { may_begin, begin, run_step, went_down };
    GPtrArray *steps = lab->state->plan->steps;

    set_status (lab, LAB_GOING_DOWN);
    g_ptr_array_set_size (lab->steps, 0);
    g_hash_table_remove_all (lab->step_of);
    for (guint i = 0; i < steps->len; i++) {
        Step *step = g_ptr_array_index (steps, i);
        Executed *executed = state_find (lab->state, step->id);

        if (executed) {
            g_ptr_array_add (lab->steps, step);
            g_hash_table_insert (lab->step_of, step->id, executed);
        }
    }
    lab->walk = walk_new (lab->steps, WALK_BACKWARDS, G_MAXUINT, &handlers, lab);
}

static void
roll_back (LiveLab *lab)
{
    lab->context.rollback = TRUE;
    lab->context.stop = (StopOptions){ .force = TRUE };
    walk_backwards (lab);
}

/* --- up, adopt, down --- */

static gboolean
begin_task (LiveLab *lab, GTask *task, LabState expected)
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

void
live_lab_up_async (LiveLab *lab, Plan *plan, gboolean paused, gboolean force,
                   GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    g_autoptr (Plan) owned = plan;
    GError *error = NULL;

    g_task_set_source_tag (task, live_lab_up_async);
    if (!begin_task (lab, task, LAB_DOWN))
        return;
    lab->state = state_new (g_steal_pointer (&owned));
    lab->state->supervisor_pid = process_self ().pid;
    lab->state->supervisor_start_time = process_self ().start_time;
    lab->context.paused = paused;
    make_machines (lab);
    set_status (lab, LAB_COMING_UP);
    if (!preflight (plan, force, &error)) {
        end_task (lab, LAB_DOWN, error);
        return;
    }
    walk_forwards (lab);
}

gboolean
live_lab_up_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
live_lab_cancel (LiveLab *lab)
{
    if (lab->status != LAB_COMING_UP || !lab->walk)
        return FALSE;
    walk_fail (lab->walk, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                               "cancelled: everything was undone"));
    hurry (lab);
    return TRUE;
}

static void
adopted_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
    LiveLab *lab = user_data;
    g_autoptr (GError) error = NULL;

    if (!live_machine_adopt_finish (NULL, result, &error))
        g_warning ("%s", error->message);
    if (--lab->adopting == 0)
        end_task (lab, LAB_UP, NULL);
}

void
live_lab_adopt_async (LiveLab *lab, State *state, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, live_lab_adopt_async);
    if (!begin_task (lab, task, LAB_DOWN)) {
        state_free (state);
        return;
    }
    lab->state = state;
    state->supervisor_pid = process_self ().pid;
    state->supervisor_start_time = process_self ().start_time;
    make_machines (lab);
    lab->adopting = 1; /* ours, so that an adoption that ends at once does not end all */
    for (guint i = 0; i < state->executed->len; i++) {
        Executed *executed = g_ptr_array_index (state->executed, i);
        LiveMachine *machine = g_str_has_prefix (executed->id, "machine:")
                                   ? live_lab_find_machine (lab, executed->id + strlen ("machine:"))
                                   : NULL;

        if (!machine || executed->pid == 0) /* none, or it had been stopped */
            continue;
        lab->adopting++;
        live_machine_adopt_async (machine, executed_process (executed), adopted_one, lab);
    }
    if (--lab->adopting == 0)
        end_task (lab, LAB_UP, NULL);
}

gboolean
live_lab_adopt_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

void
live_lab_down_async (LiveLab *lab, const StopOptions *options, GAsyncReadyCallback callback,
                     gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

    g_task_set_source_tag (task, live_lab_down_async);
    if (!begin_task (lab, task, LAB_UP))
        return;
    lab->context.rollback = FALSE;
    lab->context.stop = *options;
    walk_backwards (lab);
}

gboolean
live_lab_down_finish (LiveLab *lab, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
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
    lab->context.progress = step_progressed;
    lab->context.progress_data = lab;
    lab->context.machines =
        g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)live_machine_free);
    lab->context.switches =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)process_watch_free);
    lab->context.cancellable = g_cancellable_new ();
    lab->steps = g_ptr_array_new ();
    lab->step_of = g_hash_table_new (g_str_hash, g_str_equal);
    lab->waiters = waiters_new (lab->context.machines);
    return lab;
}

void
live_lab_free (LiveLab *lab)
{
    if (!lab)
        return;
    if (lab->save_source) {
        g_source_remove (lab->save_source);
        save_now (lab);
    }
    walk_free (lab->walk);
    waiters_free (lab->waiters);
    g_hash_table_unref (lab->context.machines);
    g_hash_table_unref (lab->context.switches);
    g_object_unref (lab->context.cancellable);
    g_ptr_array_unref (lab->steps);
    g_hash_table_unref (lab->step_of);
    g_clear_object (&lab->task);
    g_clear_error (&lab->failure);
    state_free (lab->state);
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
