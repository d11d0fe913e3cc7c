/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lab is taken over whose supervisor died with a step half done, and somebody asks
 * for something at once: that waits while the step is undone, and is then done.
 */
#include "fault/lab-world.h"

#include "base/error.h"
#include "base/file.h"
#include "lab/checkpoints/checkpoint.h"
#include "unit/tap.h"

#include <string.h>

#define HALF_DONE "machine:m3"

/* when something is asked for */
typedef enum { WHILE_ADOPTING, WHEN_ADOPTED, WHILE_UNDOING, N_MOMENTS } Moment;

typedef struct {
    World *world;
    Moment moment;
    gboolean adopted;
    gboolean saved;
} Takeover;

/* what a supervisor has left that died in the middle of a step */
static State *
leave (World *world, LabState status)
{
    State *state = state_new (world_plan (world));

    ck_assert (file_make_private_dir (world->run_dir, NULL));
    ck_assert (file_make_private_dir (state->plan->state_dir, NULL));
    state->status = status;
    for (guint i = 0; i < N_LAB_IDS; i++) {
        Executed *executed = state_begin (state, lab_ids[i]);

        if (!g_str_equal (lab_ids[i], HALF_DONE))
            executed->status = EXECUTED_DONE;
        g_hash_table_add (world->done, (gpointer)lab_ids[i]);
    }
    ck_assert (state_save_plan (state, NULL) && state_save (state, NULL));
    return state;
}

static void
ask_for_down (World *world)
{
    static const StopOptions gently;

    live_lab_down_async (world->lab, &gently, world_down_ended, world);
}

static void
adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Takeover *takeover = user_data;

    ck_assert (live_lab_adopt_finish (takeover->world->lab, result, NULL));
    takeover->adopted = TRUE;
    if (takeover->moment == WHEN_ADOPTED)
        ask_for_down (takeover->world);
}

/* The half-done step is being undone. */
static void
take_over (Takeover *takeover, LabState status)
{
    World *world = takeover->world;

    world->slow_undo = HALF_DONE;
    live_lab_adopt_async (world->lab, leave (world, status), adopted, takeover);
    if (takeover->moment == WHILE_ADOPTING)
        ask_for_down (world);
    ck_wait (takeover->adopted && world->held);
}

static void
check_all_undone (World *world)
{
    ck_assert_msg (!world->error, "%s", world->error ? world->error->message : "");
    ck_assert_int_eq (live_lab_get_state (world->lab), LAB_DOWN);
    ck_assert_uint_eq (g_hash_table_size (world->done), 0);
    ck_assert (!world_has_state_file (world));
}

START_TEST (down_waits)
{
    World *world = world_new ();
    Takeover takeover = { .world = world, .moment = (Moment)_i };

    take_over (&takeover, LAB_UP);
    if (takeover.moment == WHILE_UNDOING)
        ask_for_down (world);
    wait_settle ();
    ck_assert (!world->ended && !world_has_logged (world, "undo", "machine:m1"));
    world_let_go (world);
    ck_wait (world->ended);
    check_all_undone (world);
    world_free (world);
}
END_TEST

/* nobody waits for that up any more */
START_TEST (down_gives_up_what_comes_up)
{
    World *world = world_new ();
    Takeover takeover = { .world = world, .moment = WHILE_UNDOING };

    take_over (&takeover, LAB_COMING_UP);
    ask_for_down (world);
    world->fail_do = "nothing"; /* what follows is a rollback */
    world_let_go (world);
    ck_wait (world->ended);
    ck_assert (!world_has_logged (world, "do", HALF_DONE));
    check_all_undone (world);
    world_free (world);
}
END_TEST

/* and why it did not come up is not what the down is asked for */
START_TEST (down_joins_what_rolls_back)
{
    World *world = world_new ();
    Takeover takeover = { .world = world, .moment = WHILE_UNDOING };

    take_over (&takeover, LAB_COMING_UP);
    world->fail_do = HALF_DONE;
    world_let_go (world);
    world->slow_undo = "switch:lan";
    ck_wait (world->held);
    ck_assert_int_eq (live_lab_get_state (world->lab), LAB_GOING_DOWN);
    ask_for_down (world);
    world_let_go (world);
    ck_wait (world->ended);
    check_all_undone (world);
    world_free (world);
}
END_TEST

static void
saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Takeover *takeover = user_data;

    ck_assert (checkpoint_save_finish (result, NULL));
    ck_assert (!takeover->world->ended);
    takeover->saved = TRUE;
}

/* in the order in which they were asked for */
START_TEST (others_wait)
{
    World *world = world_new ();
    Takeover takeover = { .world = world, .moment = WHILE_UNDOING };

    take_over (&takeover, LAB_UP);
    checkpoint_save_async (world->lab, "now", saved, &takeover);
    ask_for_down (world);
    wait_settle ();
    ck_assert (!takeover.saved && !world->ended);
    world_let_go (world);
    ck_wait (world->ended);
    ck_assert (takeover.saved);
    check_all_undone (world);
    ck_assert (checkpoint_remove (live_lab_get_plan (world->lab)->state_dir, "now", NULL));
    checkpoint_sweep (live_lab_get_plan (world->lab)->state_dir);
    world_free (world);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-adopt");
    TCase *tcase = tcase_create ("adopt");

    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, down_waits, 0, N_MOMENTS);
    tcase_add_test (tcase, down_gives_up_what_comes_up);
    tcase_add_test (tcase, down_joins_what_rolls_back);
    tcase_add_test (tcase, others_wait);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
