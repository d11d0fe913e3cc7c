/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab/state: the file goes round, is whole and private, and one that is not
 * ours to read is refused.
 */
#include "lab/state.h"

#include "base/error.h"
#include "base/file.h"
#include "lab/registry.h"
#include "unit/tap.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *root;
    char *run_dir;
    char *path;
    char *plan_path;
} Folder;

static Folder
place_new (void)
{
    Folder place = { .root = g_dir_make_tmp ("roost-XXXXXX", NULL) };

    place.run_dir = g_build_filename (place.root, "lab", NULL);
    place.path = g_build_filename (place.run_dir, "state.json", NULL);
    place.plan_path = g_build_filename (place.run_dir, "plan.json", NULL);
    ck_assert_int_eq (g_mkdir (place.run_dir, 0700), 0);
    return place;
}

static void
place_clear (Folder *place)
{
    state_remove (place->run_dir);
    ck_assert_int_eq (g_rmdir (place->run_dir), 0);
    ck_assert_int_eq (g_rmdir (place->root), 0);
    g_free (place->path);
    g_free (place->plan_path);
    g_free (place->run_dir);
    g_free (place->root);
}

static State *
make_state (const Folder *place)
{
    Plan *plan = plan_new ();
    Step *step = record_new (&step_record);

    plan->lab = g_strdup ("lab");
    plan->run_dir = g_strdup (place->run_dir);
    plan->state_dir = g_strdup (place->root);
    step->id = g_strdup ("directory:run");
    step->directory = record_new (&directory_record);
    step->directory->path = g_strdup (place->run_dir);
    g_ptr_array_add (plan->steps, step);
    return state_new (plan);
}

START_TEST (goes_round)
{
    Folder place = place_new ();
    g_autoptr (State) state = make_state (&place), back = NULL, gone = NULL;
    g_autoptr (GError) error = NULL;
    Executed *executed = state_begin (state, "machine:m");
    struct stat info;

    executed->pid = process_self ().pid;
    executed->start_time = process_self ().start_time;
    executed->starts = 3;
    executed->created = TRUE;
    executed->status = EXECUTED_DONE;
    state_begin (state, "image:m/d");
    state->supervisor_pid = process_self ().pid;
    state->supervisor_start_time = process_self ().start_time;
    ck_assert (state_save (state, NULL));
    ck_assert_int_eq (stat (place.path, &info), 0);
    ck_assert_int_eq (info.st_mode & 07777, 0600);
    ck_assert_int_eq (stat (place.plan_path, &info), 0);
    ck_assert_int_eq (info.st_mode & 07777, 0600);
    back = state_load (place.run_dir, NULL);
    ck_assert_ptr_nonnull (back);
    ck_assert_str_eq (back->plan->lab, "lab");
    ck_assert_uint_eq (back->plan->steps->len, 1);
    ck_assert_uint_eq (back->executed->len, 2);
    executed = state_find (back, "machine:m");
    ck_assert_int_eq (executed->status, EXECUTED_DONE);
    ck_assert_int_eq (executed->starts, 3);
    ck_assert (executed->created);
    ck_assert (process_is_alive (executed_process (executed)));
    ck_assert_int_eq (state_find (back, "image:m/d")->status, EXECUTED_DOING);
    ck_assert (registry_is_supervised (back));
    state_remove (place.run_dir);
    gone = state_load (place.run_dir, &error);
    ck_assert_ptr_null (gone);
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    place_clear (&place);
}
END_TEST

static Step *
add_machine (State *state)
{
    Step *step = record_new (&step_record);

    step->id = g_strdup ("machine:m");
    step->kind = STEP_MACHINE;
    step->machine = record_new (&machine_step_record);
    step->machine->name = g_strdup ("m");
    step->machine->monitor = g_strdup ("/x/m");
    step->machine->log_dir = g_strdup ("/x");
    step->machine->argv = g_strsplit ("/bin/false", " ", -1);
    g_ptr_array_add (state->plan->steps, step);
    return step;
}

static guint64
inode (const char *path)
{
    struct stat info;

    ck_assert_int_eq (stat (path, &info), 0);
    return info.st_ino;
}

/* each write is a new file, so the inode tells of one */
START_TEST (the_plan_is_written_when_it_changes)
{
    Folder place = place_new ();
    g_autoptr (State) state = make_state (&place), back = NULL;
    Step *step = add_machine (state);
    ForwardRecord *forward = record_new (&forward_record);
    guint64 first;

    ck_assert (state_save (state, NULL));
    first = inode (place.plan_path);
    state_begin (state, "machine:m");
    ck_assert (state_save (state, NULL) && state_save_plan (state, NULL));
    ck_assert_uint_eq (inode (place.plan_path), first);
    forward->proto = g_strdup ("tcp");
    forward->bound_port = 4711;
    g_ptr_array_add (step->machine->forwards, forward);
    ck_assert (state_save_plan (state, NULL));
    back = state_load (place.run_dir, NULL);
    step = g_ptr_array_index (back->plan->steps, 1);
    forward = g_ptr_array_index (step->machine->forwards, 0);
    ck_assert_int_eq (forward->bound_port, 4711);
    g_free (state->plan->profile);
    state->plan->profile = g_strdup ("/other.yaml");
    state_plan_changed (state);
    ck_assert (state_save (state, NULL));
    g_clear_pointer (&back, state_free);
    back = state_load (place.run_dir, NULL);
    ck_assert_str_eq (back->plan->profile, "/other.yaml");
    place_clear (&place);
}
END_TEST

/* what a writer that was killed has left is no state, and goes */
START_TEST (half_written)
{
    Folder place = place_new ();
    g_autofree char *part = g_strconcat (place.path, ".part", NULL);
    g_autoptr (State) state = make_state (&place);

    ck_assert (g_file_set_contents (part, "{", 1, NULL));
    ck_assert_ptr_null (state_load (place.run_dir, NULL));
    ck_assert (state_save (state, NULL));
    ck_assert_int_ne (access (part, F_OK), 0);
    ck_assert (g_file_set_contents (part, "{", 1, NULL));
    place_clear (&place); /* is empty after state_remove() */
}
END_TEST

START_TEST (entries)
{
    Folder place = place_new ();
    g_autoptr (State) state = make_state (&place);
    Executed *executed = state_begin (state, "a:1");

    executed->status = EXECUTED_DONE;
    ck_assert_ptr_eq (state_begin (state, "a:1"), executed);
    ck_assert_int_eq (executed->status, EXECUTED_DOING);
    ck_assert_uint_eq (state->executed->len, 1);
    state_forget (state, "a:2");
    state_forget (state, "a:1");
    ck_assert_ptr_null (state_find (state, "a:1"));
    place_clear (&place);
}
END_TEST

START_TEST (cannot_be_saved)
{
    Folder place = place_new ();
    g_autoptr (State) state = make_state (&place);
    g_autoptr (GError) error = NULL;

    g_free (state->plan->run_dir);
    state->plan->run_dir = g_strdup ("/nosuch/lab");
    ck_assert (!state_save (state, &error));
    ck_assert (g_error_matches (error, ROOST_ERROR, ROOST_ERROR_HOST));
    ck_assert (g_str_has_prefix (error->message, "keeping the state of lab lab: "));
    place_clear (&place);
}
END_TEST

/* lists of labs go by the summary; a state without one is summed up from the plan */
START_TEST (a_glance_reads_no_plan)
{
    static const char older[] = "{\"version\":2,\"status\":\"up\",\"supervisor_pid\":7}";
    Folder place = place_new ();
    g_autoptr (State) state = make_state (&place), old = NULL, back = NULL;
    g_autoptr (GPtrArray) states = NULL;
    g_autoptr (GError) error = NULL;

    state->plan->profile = g_strdup ("/lab.yaml");
    ck_assert (state_save (state, NULL));
    add_machine (state);
    state_plan_changed (state);
    ck_assert (state_save (state, NULL));
    ck_assert (file_write_whole (place.path, older, strlen (older), 0600, NULL));
    old = state_glance (place.run_dir, NULL);
    ck_assert_str_eq (old->summary->profile, "/lab.yaml");
    ck_assert_int_eq (old->summary->machines, 1);
    ck_assert_int_eq (old->supervisor_pid, 7);
    ck_assert_int_eq (g_unlink (place.plan_path), 0);
    ck_assert_ptr_null (state_glance (place.run_dir, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "plan.json cannot be read"));
    ck_assert (state_save (state, NULL));
    ck_assert_int_ne (access (place.plan_path, F_OK), 0);
    states = registry_glance (place.root);
    ck_assert_uint_eq (states->len, 1);
    back = state_glance (place.run_dir, NULL);
    ck_assert_ptr_null (back->plan);
    ck_assert_str_eq (back->summary->lab, "lab");
    ck_assert_str_eq (back->summary->profile, "/lab.yaml");
    ck_assert_int_eq (back->summary->machines, 1);
    place_clear (&place);
}
END_TEST

#define STATE "{\"version\":2,\"status\":\"up\"}"
#define PLAN "\"version\":1,\"lab\":\"lab\",\"run_dir\":\"/x\",\"state_dir\":\"/x\""

static const char *const refused[][3] = {
    { "", "{" PLAN "}", "state.json is damaged" },
    { "{", "{" PLAN "}", "state.json is damaged" },
    { "[]", "{" PLAN "}", "state.json is damaged" },
    { "{}", "{" PLAN "}", "state.json was written by another version" },
    { "{\"version\":1}", "{" PLAN "}", "state.json was written by another version" },
    { "{\"version\":\"2\"}", "{" PLAN "}", "state.json is damaged" },
    { "{\"version\":2,\"status\":\"odd\"}", "{" PLAN "}", "state.json is damaged" },
    { "{\"version\":2,\"executed\":[{}]}", "{" PLAN "}", "state.json is damaged" },
    { "{\"version\":2,\"executed\":[{\"id\":\"a\"},{\"id\":\"a\"}]}", "{" PLAN "}",
      "state.json is damaged" },
    { STATE, NULL, "plan.json cannot be read" },
    { STATE, "", "plan.json is damaged" },
    { STATE, "{}", "plan.json was written by another version" },
    { STATE, "{\"version\":1,\"lab\":\"lab\"}", "plan.json is damaged" },
    { STATE, "{" PLAN ",\"steps\":[{}]}", "plan.json is damaged" },
    { STATE, "{" PLAN ",\"steps\":[{\"id\":\"machine:m\",\"kind\":\"machine\"}]}",
      "plan.json is damaged" },
    { STATE,
      "{" PLAN ",\"steps\":[{\"id\":\"machine:m\",\"kind\":\"machine\","
      "\"machine\":{\"name\":\"m\"}}]}",
      "plan.json is damaged" },
};

START_TEST (what_is_refused)
{
    Folder place = place_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) states = NULL;
    const char *text = refused[_i][0], *plan = refused[_i][1];

    ck_assert (file_write_whole (place.path, text, strlen (text), 0600, NULL));
    ck_assert (!plan || file_write_whole (place.plan_path, plan, strlen (plan), 0600, NULL));
    ck_assert_ptr_null (state_load (place.run_dir, &error));
    ck_assert_msg (strstr (error->message, refused[_i][2]) != NULL, "%s", error->message);
    ck_assert_ptr_null (state_load (place.run_dir, NULL));
    states = registry_list (place.root);
    ck_assert_uint_eq (states->len, 0);
    place_clear (&place);
}
END_TEST

START_TEST (who_has_a_process)
{
    Folder place = place_new ();
    g_autoptr (State) state = make_state (&place);
    g_autoptr (GPtrArray) states = NULL, none = registry_list ("/nosuch");
    g_autofree char *holder = NULL, *nobody = NULL;
    Executed *executed = state_begin (state, "machine:m");

    ck_assert_uint_eq (none->len, 0);
    executed->pid = process_self ().pid;
    executed->start_time = process_self ().start_time;
    executed = state_begin (state, "machine:other"); /* had its pid before */
    executed->pid = getppid ();
    ck_assert (state_save (state, NULL));
    states = registry_list (place.root);
    ck_assert_uint_eq (states->len, 1);
    holder = registry_find_process (states, getpid ());
    nobody = registry_find_process (states, getppid ());
    ck_assert_str_eq (holder, "machine m of lab lab");
    ck_assert_ptr_null (nobody);
    ck_assert_ptr_null (registry_find_process (states, 0));
    place_clear (&place);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("lab-state");
    TCase *tcase = tcase_create ("state");

    tcase_add_test (tcase, goes_round);
    tcase_add_test (tcase, the_plan_is_written_when_it_changes);
    tcase_add_test (tcase, a_glance_reads_no_plan);
    tcase_add_test (tcase, half_written);
    tcase_add_test (tcase, entries);
    tcase_add_test (tcase, cannot_be_saved);
    tcase_add_loop_test (tcase, what_is_refused, 0, G_N_ELEMENTS (refused));
    tcase_add_test (tcase, who_has_a_process);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
