/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab/walk: the order of steps, forwards and backwards. */
#include "lab/walk.h"

#include "base/error.h"
#include "unit/tap.h"
#include "unit/wait.h"

#include <string.h>

typedef struct {
    GPtrArray *steps; /* owned Step */
    Walk *walk;
    GString *log;  /* `+a` begun, `-a` done, `!` finished */
    GString *held; /* one letter for each step that does not end by itself */
    char refused;  /* may not begin */
    char failing;
    gboolean cannot_begin;
    guint running, most;
    guint finished;
    GError *error;
} World;

static gboolean
may_begin (const Step *step, gpointer user_data)
{
    World *world = user_data;

    return step->id[0] != world->refused;
}

static gboolean
begin (GPtrArray *steps, GError **error, gpointer user_data)
{
    World *world = user_data;

    if (world->cannot_begin)
        g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_HOST, "disk full");
    return !world->cannot_begin;
}

static void
end_step (World *world, const Step *step)
{
    world->running--;
    g_string_append_printf (world->log, "-%s", step->id);
    walk_step_done (world->walk, step,
                    step->id[0] == world->failing
                        ? g_error_new (ROOST_ERROR, ROOST_ERROR_MACHINE, "%s failed", step->id)
                        : NULL);
}

static void
run (Walk *walk, const Step *step, gpointer user_data)
{
    World *world = user_data;

    world->walk = walk;
    world->running++;
    world->most = MAX (world->most, world->running);
    g_string_append_printf (world->log, "+%s", step->id);
    if (!strchr (world->held->str, step->id[0]))
        end_step (world, step);
}

static void
finished (Walk *walk, GError *error, gpointer user_data)
{
    World *world = user_data;

    world->finished++;
    world->error = error;
    g_string_append_c (world->log, '!');
}

static void
add (World *world, const char *id, const char *needs)
{
    Step *step = record_new (&step_record);

    step->id = g_strdup (id);
    step->needs = needs ? g_strsplit (needs, " ", -1) : NULL;
    g_ptr_array_add (world->steps, step);
}

static void
setup (World *world)
{
    *world = (World){ .steps = record_array_new (&step_record),
                      .log = g_string_new (NULL),
                      .held = g_string_new (NULL) };
}

/* a diamond: d needs b and c, which need a */
static void
setup_diamond (World *world)
{
    setup (world);
    add (world, "a", NULL);
    add (world, "b", "a");
    add (world, "c", "a not-among-them");
    add (world, "d", "b c");
}

static void
teardown (World *world)
{
    walk_free (world->walk);
    g_clear_error (&world->error);
    g_ptr_array_unref (world->steps);
    g_string_free (world->log, TRUE);
    g_string_free (world->held, TRUE);
}

static void
start (World *world, WalkDirection direction, guint limit)
{
    static const WalkHandlers handlers = { may_begin, begin, run, finished };

    world->walk = walk_new (world->steps, direction, limit, &handlers, world);
    ck_assert_str_eq (world->log->str, ""); /* never before the main loop */
}

static void
walk_all (World *world, WalkDirection direction, guint limit)
{
    start (world, direction, limit);
    ck_wait (world->finished);
    wait_settle ();
    ck_assert_uint_eq (world->finished, 1);
}

/* ends a step that was held */
static void
release (World *world, char id)
{
    for (guint i = 0; i < world->steps->len; i++) {
        const Step *step = g_ptr_array_index (world->steps, i);

        if (step->id[0] == id)
            end_step (world, step);
    }
    wait_settle ();
}

START_TEST (forwards)
{
    World world;

    setup_diamond (&world);
    walk_all (&world, WALK_FORWARDS, 10);
    ck_assert_str_eq (world.log->str, "+a-a+b-b+c-c+d-d!");
    ck_assert_ptr_null (world.error);
    teardown (&world);
}
END_TEST

START_TEST (backwards)
{
    World world;

    setup_diamond (&world);
    walk_all (&world, WALK_BACKWARDS, 10);
    ck_assert_str_eq (world.log->str, "+d-d+c-c+b-b+a-a!");
    teardown (&world);
}
END_TEST

START_TEST (nothing_to_do)
{
    World world;

    setup (&world);
    walk_all (&world, _i ? WALK_FORWARDS : WALK_BACKWARDS, 1);
    ck_assert_str_eq (world.log->str, "!");
    teardown (&world);
}
END_TEST

START_TEST (several_at_once)
{
    World world;

    setup_diamond (&world);
    g_string_assign (world.held, "bc");
    start (&world, WALK_FORWARDS, 10);
    wait_settle ();
    ck_assert_str_eq (world.log->str, "+a-a+b+c");
    release (&world, 'c');
    ck_assert_str_eq (world.log->str, "+a-a+b+c-c"); /* d needs b as well */
    release (&world, 'b');
    ck_assert_str_eq (world.log->str, "+a-a+b+c-c-b+d-d!");
    teardown (&world);
}
END_TEST

START_TEST (the_limit)
{
    World world;

    setup (&world);
    for (char id = 'a'; id <= 'j'; id++)
        add (&world, (char[]){ id, '\0' }, NULL);
    g_string_assign (world.held, "abcdefghij");
    start (&world, WALK_FORWARDS, 3);
    wait_settle ();
    for (char id = 'a'; id <= 'j'; id++) {
        ck_assert_uint_eq (world.running, MIN (3, 'j' - id + 1));
        release (&world, id);
    }
    ck_assert_uint_eq (world.most, 3);
    ck_assert_uint_eq (world.finished, 1);
    teardown (&world);
}
END_TEST

START_TEST (a_failure_stops_forwards)
{
    World world;

    setup_diamond (&world);
    g_string_assign (world.held, "c");
    world.failing = 'b';
    start (&world, WALK_FORWARDS, 10);
    wait_settle ();
    /* what is under way is waited for, nothing more begins */
    ck_assert_str_eq (world.log->str, "+a-a+b-b+c");
    release (&world, 'c');
    ck_assert_str_eq (world.log->str, "+a-a+b-b+c-c!");
    ck_assert_str_eq (world.error->message, "b failed");
    teardown (&world);
}
END_TEST

START_TEST (backwards_goes_on)
{
    World world;

    setup_diamond (&world);
    world.failing = 'd';
    walk_all (&world, WALK_BACKWARDS, 10);
    ck_assert_str_eq (world.log->str, "+d-d+c-c+b-b+a-a!");
    ck_assert_str_eq (world.error->message, "d failed");
    teardown (&world);
}
END_TEST

START_TEST (the_first_failure_is_told)
{
    World world;

    setup_diamond (&world);
    g_string_assign (world.held, "bc");
    start (&world, WALK_FORWARDS, 10);
    wait_settle ();
    world.failing = 'c';
    release (&world, 'c');
    world.failing = 'b';
    release (&world, 'b');
    ck_assert_str_eq (world.error->message, "c failed");
    teardown (&world);
}
END_TEST

START_TEST (may_begin_is_asked_again)
{
    World world;

    setup_diamond (&world);
    world.refused = 'b';
    start (&world, WALK_FORWARDS, 10);
    wait_settle ();
    ck_assert_str_eq (world.log->str, "+a-a+c-c");
    walk_advance (world.walk);
    wait_settle ();
    ck_assert_uint_eq (world.finished, 0);
    world.refused = 0;
    walk_advance (world.walk);
    walk_advance (world.walk);
    wait_settle ();
    ck_assert_str_eq (world.log->str, "+a-a+c-c+b-b+d-d!");
    teardown (&world);
}
END_TEST

START_TEST (failed_from_outside)
{
    World world;

    setup_diamond (&world);
    world.refused = 'b';
    start (&world, WALK_FORWARDS, 10);
    wait_settle ();
    walk_fail (world.walk, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "cancelled"));
    walk_fail (world.walk, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "twice"));
    wait_settle ();
    ck_assert_str_eq (world.log->str, "+a-a+c-c!");
    ck_assert_str_eq (world.error->message, "cancelled");
    teardown (&world);
}
END_TEST

/* what cannot be written down is not done */
START_TEST (begin_fails)
{
    World world;

    setup_diamond (&world);
    world.cannot_begin = TRUE;
    walk_all (&world, WALK_FORWARDS, 10);
    ck_assert_str_eq (world.log->str, "!");
    ck_assert_str_eq (world.error->message, "disk full");
    teardown (&world);
}
END_TEST

START_TEST (freed_in_the_middle)
{
    World world;

    setup_diamond (&world);
    g_string_assign (world.held, "a");
    start (&world, WALK_FORWARDS, 10);
    wait_settle ();
    walk_fail (world.walk, g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "never told"));
    g_clear_pointer (&world.walk, walk_free);
    wait_settle ();
    ck_assert_uint_eq (world.finished, 0);
    teardown (&world);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-walk");
    TCase *tcase = tcase_create ("walk");

    tcase_set_timeout (tcase, 30);
    tcase_add_test (tcase, forwards);
    tcase_add_test (tcase, backwards);
    tcase_add_loop_test (tcase, nothing_to_do, 0, 2);
    tcase_add_test (tcase, several_at_once);
    tcase_add_test (tcase, the_limit);
    tcase_add_test (tcase, a_failure_stops_forwards);
    tcase_add_test (tcase, backwards_goes_on);
    tcase_add_test (tcase, the_first_failure_is_told);
    tcase_add_test (tcase, may_begin_is_asked_again);
    tcase_add_test (tcase, failed_from_outside);
    tcase_add_test (tcase, begin_fails);
    tcase_add_test (tcase, freed_in_the_middle);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
