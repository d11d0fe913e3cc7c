/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every step of an `up` fails once: what was done is undone, in the reverse
 * order of dependence, nothing else is, and no state file stays, unless something
 * could not be undone: that another `down` can go on with.
 */
#include "fault/lab-world.h"

#include "base/error.h"
#include "unit/tap.h"

#include <glib/gstdio.h>

static const UpOptions options = { .force = TRUE };

/* the step whose undo has failed: the state is kept for it, but not in a directory that
 * cannot be removed for another reason */
static const char *
what_is_left (World *world)
{
    return world->fail_undo && world_has_logged (world, "do", world->fail_undo) &&
                   !g_str_equal (world->fail_undo, "directory:run")
               ? world->fail_undo
               : NULL;
}

/* The next supervisor finds what is left, and the way to the end. */
static void
check_state (World *world)
{
    g_autoptr (State) state = state_load (world->run_dir, NULL);

    ck_assert_ptr_nonnull (state);
    ck_assert_int_eq (state->status, LAB_GOING_DOWN);
    ck_assert_uint_eq (state->executed->len, 2);
    ck_assert_ptr_nonnull (state_find (state, what_is_left (world)));
    ck_assert_ptr_nonnull (state_find (state, "directory:run"));
    state_remove (world->run_dir);
}

/* What was begun is undone and nothing else; fake_undo() looks at the order. */
static void
check_undone (World *world)
{
    const char *left = what_is_left (world);

    ck_assert_int_eq (live_lab_get_state (world->lab), LAB_DOWN);
    ck_assert_uint_eq (g_hash_table_size (world->done), left != NULL);
    for (guint i = 0; i < N_LAB_IDS; i++)
        ck_assert_msg (world_has_logged (world, "do", lab_ids[i]) ==
                           (world_has_logged (world, "undo", lab_ids[i]) ||
                            (left && g_str_equal (lab_ids[i], "directory:run"))),
                       "%s was %s", lab_ids[i],
                       world_has_logged (world, "do", lab_ids[i]) ? "not undone" : "undone");
    ck_assert (world_has_state_file (world) == (left != NULL));
    if (left)
        check_state (world);
}

START_TEST (each_step_fails)
{
    World *world = world_new ();

    world->fail_do = lab_ids[_i];
    world_bring_up (world);
    ck_assert (g_error_matches (world->error, ROOST_ERROR, ROOST_ERROR_MACHINE));
    ck_assert_str_eq (world->error->message, "told to fail");
    ck_assert (world_has_logged (world, "do", lab_ids[_i]));
    check_undone (world);
    world_free (world);
}
END_TEST

/* m3 is under way when m1 fails, and ends well after that */
START_TEST (others_are_under_way)
{
    World *world = world_new ();

    world->fail_do = "machine:m1";
    world->slow = "machine:m3";
    world_bring_up (world);
    ck_assert_ptr_null (world->held);
    ck_assert_str_eq (world->error->message, "told to fail");
    ck_assert (world_has_logged (world, "undo", "machine:m3"));
    check_undone (world);
    world_free (world);
}
END_TEST

START_TEST (each_undo_fails)
{
    World *world = world_new ();

    world->fail_do = "machine:m3";
    world->fail_undo = lab_ids[_i];
    world_bring_up (world);
    if (world_has_logged (world, "undo", lab_ids[_i]))
        ck_assert_str_eq (world->error->message,
                          "told to fail; and undoing it: the undo fails as well");
    check_undone (world); /* the others are undone all the same */
    world_free (world);
}
END_TEST

START_TEST (down_after_up)
{
    static const StopOptions gently;
    World *world = world_new ();

    world_bring_up (world);
    ck_assert_msg (world->error == NULL, "%s", world->error ? world->error->message : "");
    ck_assert_int_eq (live_lab_get_state (world->lab), LAB_UP);
    ck_wait (world_has_state_file (world));
    ck_assert_uint_eq (world->log->len, N_LAB_IDS);
    world->ended = FALSE;
    live_lab_down_async (world->lab, &gently, world_down_ended, world);
    ck_wait (world->ended);
    ck_assert_ptr_null (world->error);
    ck_assert_uint_eq (world->log->len, 2 * N_LAB_IDS);
    /* the state was there for as long as anything else was */
    ck_assert_str_eq (g_ptr_array_index (world->log, world->log->len - 1), "undo directory:run");
    check_undone (world);
    world_free (world);
}
END_TEST

START_TEST (an_undo_fails_in_down)
{
    static const StopOptions gently;
    World *world = world_new ();

    world_bring_up (world);
    world->ended = FALSE;
    world->fail_undo = lab_ids[_i];
    live_lab_down_async (world->lab, &gently, world_down_ended, world);
    ck_wait (world->ended);
    ck_assert_str_eq (world->error->message, "the undo fails as well");
    check_undone (world);
    world_free (world);
}
END_TEST

START_TEST (cancelled)
{
    World *world = world_new ();

    world->slow = "machine:m1";
    ck_assert (!live_lab_cancel (world->lab));
    live_lab_up_async (world->lab, world_plan (world), &options, world_up_ended, world);
    ck_wait (world->held != NULL);
    world->fail_do = "nothing"; /* what follows is a rollback */
    ck_assert (live_lab_cancel (world->lab));
    world_let_go (world);
    ck_wait (world->ended);
    ck_assert_str_eq (world->error->message, "cancelled: everything was undone");
    check_undone (world);
    world_free (world);
}
END_TEST

/* a supervisor that died with every step done leaves this to the next one */
START_TEST (the_state_is_complete)
{
    World *world = world_new ();
    g_autoptr (State) state = NULL;

    world_bring_up (world);
    wait_settle ();
    state = state_load (world->run_dir, NULL);
    ck_assert_ptr_nonnull (state);
    ck_assert_uint_eq (state->executed->len, N_LAB_IDS);
    for (guint i = 0; i < N_LAB_IDS; i++)
        ck_assert_int_eq (state_find (state, lab_ids[i])->status, EXECUTED_DONE);
    state_remove (world->run_dir);
    world_free (world);
}
END_TEST

static gboolean
is_written_as_up (World *world)
{
    g_autoptr (State) state = state_load (world->run_dir, NULL);

    return state && state->status == LAB_UP;
}

START_TEST (a_full_disk_passes)
{
    World *world = world_new ();
    g_autofree char *blocked = g_build_filename (world->run_dir, STATE_FILE ".part", NULL);

    world_bring_up (world);
    ck_assert_int_eq (g_mkdir (blocked, 0700), 0);
    wait_settle ();
    ck_assert (!is_written_as_up (world));
    ck_assert_int_eq (g_rmdir (blocked), 0);
    ck_wait (is_written_as_up (world));
    state_remove (world->run_dir);
    world_free (world);
}
END_TEST

START_TEST (one_life)
{
    World *world = world_new ();

    world->fail_do = "machine:m2";
    world_bring_up (world);
    g_clear_error (&world->error);
    world->ended = FALSE;
    world_bring_up (world);
    ck_assert_str_eq (world->error->message, "the lab is down");
    world_free (world);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-rollback");
    TCase *tcase = tcase_create ("rollback");

    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, each_step_fails, 0, N_LAB_IDS);
    tcase_add_test (tcase, others_are_under_way);
    tcase_add_loop_test (tcase, each_undo_fails, 0, N_LAB_IDS);
    tcase_add_test (tcase, down_after_up);
    tcase_add_loop_test (tcase, an_undo_fails_in_down, 0, N_LAB_IDS);
    tcase_add_test (tcase, cancelled);
    tcase_add_test (tcase, the_state_is_complete);
    tcase_add_test (tcase, a_full_disk_passes);
    tcase_add_test (tcase, one_life);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
