/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns a lab whose steps are done by nobody; see lab-world.h. */
#include "fault/lab-world.h"

#include "base/error.h"
#include "base/file.h"

#include <string.h>
#include <unistd.h>

const char *const lab_ids[N_LAB_IDS] = { "directory:run", "directory:state", "image:m1/disk",
                                         "image:m2/disk", "switch:lan",      "machine:m1",
                                         "machine:m2",    "machine:m3" };

/* the effects get no user data of their own: the tests run one world at a time,
 * which the name of the program leads to */
static World *
world_of (EffectsContext *context)
{
    return (World *)context->program;
}

static gboolean
end_later (gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    const char *failure = g_task_get_task_data (task);

    if (failure)
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_MACHINE, "%s", failure);
    else
        g_task_return_boolean (task, TRUE);
    return G_SOURCE_REMOVE;
}

static void
fake_do (EffectsContext *context, const Step *step, Executed *executed,
         GAsyncReadyCallback callback, gpointer user_data)
{
    World *world = world_of (context);
    GTask *task = g_task_new (NULL, NULL, callback, user_data);

    ck_assert_str_eq (executed->id, step->id);
    ck_assert_int_eq (executed->status, EXECUTED_DOING);
    for (gsize i = 0; step->needs && step->needs[i]; i++)
        ck_assert_msg (g_hash_table_contains (world->done, step->needs[i]), "%s before %s",
                       step->id, step->needs[i]);
    g_ptr_array_add (world->log, g_strconcat ("do ", step->id, NULL));
    if (step->kind == STEP_DIRECTORY)
        ck_assert (file_make_private_dir (step->directory->path, NULL));
    if (g_strcmp0 (world->fail_do, step->id) == 0)
        g_task_set_task_data (task, (gpointer) "told to fail", NULL);
    else
        g_hash_table_add (world->done, step->id);
    if (g_strcmp0 (world->slow, step->id) == 0)
        world->held = task;
    else
        g_idle_add (end_later, task);
    if (world->held && g_strcmp0 (world->fail_do, step->id) == 0)
        g_timeout_add (20, end_later, g_steal_pointer (&world->held));
}

static void
fake_undo (EffectsContext *context, const Step *step, Executed *executed,
           GAsyncReadyCallback callback, gpointer user_data)
{
    World *world = world_of (context);
    GTask *task = g_task_new (NULL, NULL, callback, user_data);
    GHashTableIter iter;
    gpointer id;

    ck_assert_str_eq (executed->id, step->id);
    ck_assert (context->rollback == (world->fail_do || world->slow_undo));
    /* nothing that needs it is left */
    g_hash_table_iter_init (&iter, world->done);
    while (g_hash_table_iter_next (&iter, &id, NULL)) {
        const Plan *plan = live_lab_get_plan (world->lab);

        for (guint i = 0; i < plan->steps->len; i++) {
            const Step *other = g_ptr_array_index (plan->steps, i);

            if (g_str_equal (other->id, id) && other->needs)
                ck_assert_msg (!g_strv_contains ((const char *const *)other->needs, step->id),
                               "%s is undone before %s", step->id, other->id);
        }
    }
    g_ptr_array_add (world->log, g_strconcat ("undo ", step->id, NULL));
    g_hash_table_remove (world->done, step->id);
    if (g_strcmp0 (world->fail_undo, step->id) == 0)
        g_task_set_task_data (task, (gpointer) "the undo fails as well", NULL);
    if (g_strcmp0 (world->slow_undo, step->id) == 0)
        world->held = task;
    else
        g_idle_add (end_later, task);
}

void
world_let_go (World *world)
{
    world->slow_undo = NULL;
    g_idle_add (end_later, g_steal_pointer (&world->held));
}

static void
fake_adopt (EffectsContext *context, const Step *step, Executed *executed,
            GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new (NULL, NULL, callback, user_data);

    g_ptr_array_add (world_of (context)->log, g_strconcat ("adopt ", step->id, NULL));
    g_idle_add (end_later, task);
}

static gboolean
fake_finish (GAsyncResult *result, char **ret_note, GError **error)
{
    *ret_note = NULL;
    return g_task_propagate_boolean (G_TASK (result), error);
}

static const Effects fake_effects = {
    .do_async = fake_do, .undo_async = fake_undo, .adopt_async = fake_adopt, .finish = fake_finish
};

/* --- a plan with every kind of step --- */

static Step *
add_step (Plan *plan, StepKind kind, const char *id, const char *needs)
{
    Step *step = record_new (&step_record);

    step->kind = kind;
    step->id = g_strdup (id);
    step->needs = g_strsplit (needs, " ", -1);
    if (!*needs)
        g_clear_pointer (&step->needs, g_strfreev);
    g_ptr_array_add (plan->steps, step);
    return step;
}

static void
add_directory (Plan *plan, const char *id, const char *path)
{
    Step *step = add_step (plan, STEP_DIRECTORY, id, "");

    step->directory = record_new (&directory_record);
    step->directory->path = g_strdup (path);
}

static void
add_machine (Plan *plan, const char *name, const char *needs)
{
    g_autofree char *id = g_strconcat ("machine:", name, NULL);
    Step *step = add_step (plan, STEP_MACHINE, id, needs);

    step->machine = record_new (&machine_step_record);
    step->machine->name = g_strdup (name);
    step->machine->monitor = g_build_filename (plan->run_dir, name, NULL);
    step->machine->log_dir = g_strdup (plan->state_dir);
    step->machine->argv = g_strsplit ("/bin/false", " ", -1);
}

Plan *
world_plan (World *world)
{
    Plan *plan = plan_new ();
    Step *step;

    plan->lab = g_strdup ("lab");
    plan->profile = g_strdup ("lab.yaml");
    plan->run_dir = g_strdup (world->run_dir);
    plan->state_dir = g_build_filename (world->dir, "state", NULL);
    add_directory (plan, "directory:run", plan->run_dir);
    add_directory (plan, "directory:state", plan->state_dir);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *id = g_strdup_printf ("image:m%d/disk", i);

        step = add_step (plan, STEP_IMAGE, id, "directory:state");
        step->image = record_new (&image_record);
        step->image->path = g_build_filename (plan->state_dir, id + strlen ("image:m1/"), NULL);
    }
    step = add_step (plan, STEP_SWITCH, "switch:lan", "directory:run");
    step->sw = record_new (&switch_record);
    step->sw->name = g_strdup ("lan");
    step->sw->argv = g_strsplit ("roost-switch", " ", -1);
    add_machine (plan, "m1", "directory:run image:m1/disk switch:lan");
    add_machine (plan, "m2", "directory:run image:m2/disk switch:lan");
    add_machine (plan, "m3", "directory:run directory:state");
    return plan;
}

World *
world_new (void)
{
    static const LabHandlers no_handlers;
    World *world = g_new0 (World, 1);

    world->dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_setenv ("ROOST_RUN_DIR", world->dir, TRUE);
    world->run_dir = g_build_filename (world->dir, "lab", NULL);
    world->log = g_ptr_array_new_with_free_func (g_free);
    world->done = g_hash_table_new (g_str_hash, g_str_equal);
    world->lab = live_lab_new ((const char *)world, &fake_effects, &no_handlers, NULL);
    return world;
}

void
world_free (World *world)
{
    g_autofree char *state = g_build_filename (world->dir, "state", NULL);

    live_lab_free (world->lab);
    rmdir (world->run_dir);
    rmdir (state);
    ck_assert_msg (rmdir (world->dir) == 0, "%s is not empty", world->dir);
    g_clear_error (&world->error);
    g_ptr_array_unref (world->log);
    g_hash_table_unref (world->done);
    g_free (world->run_dir);
    g_free (world->dir);
    g_free (world);
}

void
world_up_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
    World *world = user_data;
    JsonNode *changes = NULL;

    ck_assert (live_lab_up_finish (world->lab, result, &changes, &world->error) == !world->error);
    ck_assert_ptr_null (changes);
    world->ended = TRUE;
}

void
world_down_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
    World *world = user_data;

    ck_assert (live_lab_down_finish (world->lab, result, &world->error) == !world->error);
    world->ended = TRUE;
}

static const UpOptions options = { .force = TRUE };

void
world_bring_up (World *world)
{
    live_lab_up_async (world->lab, world_plan (world), &options, world_up_ended, world);
    ck_wait (world->ended);
}

gboolean
world_has_logged (World *world, const char *what, const char *id)
{
    g_autofree char *entry = g_strdup_printf ("%s %s", what, id);

    return g_ptr_array_find_with_equal_func (world->log, entry, g_str_equal, NULL);
}

gboolean
world_has_state_file (World *world)
{
    g_autofree char *path = g_build_filename (world->run_dir, "state.json", NULL);

    return access (path, F_OK) == 0;
}
