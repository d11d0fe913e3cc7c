/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/process/marked: processes are found by what was put into their environment. */
#include "host/process/marked.h"

#include "unit/tap.h"
#include "unit/wait.h"

#include <signal.h>
#include <unistd.h>

static void
on_end (const ProcessExit *exit, gpointer user_data)
{
    *(gboolean *)user_data = TRUE;
}

static void
end (ProcessId id)
{
    gboolean ended = FALSE;
    ProcessWatch *watch = process_watch_new (id, on_end, &ended);

    process_signal (id, SIGKILL);
    ck_wait (ended);
    process_watch_free (watch);
}

/* a process that waits for its end */
static ProcessId
spawn (const char *script, const char *marker, gboolean whole_env)
{
    const char *argv[] = { "sh", "-c", script, NULL };
    ProcessSpec spec = { .program = "/bin/sh",
                         .argv = argv,
                         .stderr_path = "/dev/null",
                         .marker = marker,
                         .whole_env = whole_env };
    ProcessId id;

    ck_assert (process_spawn (&spec, &id, NULL));
    return id;
}

START_TEST (found_by_step)
{
    g_autofree char *run_dir = g_strdup_printf ("/run/test-%d", getpid ());
    g_autofree char *longer = g_strconcat (run_dir, "0", NULL);
    g_autofree char *marker = marker_new (run_dir, "machine:a:b");
    g_autofree char *other = marker_new (longer, "machine:c");
    ProcessId mine = spawn ("kill -STOP $$", marker, FALSE);
    ProcessId others = spawn ("kill -STOP $$", other, FALSE);
    g_autoptr (GPtrArray) found = marked_list (run_dir), gone = NULL;
    MarkedProcess *marked;

    ck_assert_uint_eq (found->len, 1);
    marked = g_ptr_array_index (found, 0);
    ck_assert_str_eq (marked->step, "machine:a:b");
    ck_assert_int_eq (marked->id.pid, mine.pid);
    ck_assert_int_eq (marked->id.start_time, mine.start_time);
    end (mine);
    end (others);
    gone = marked_list (run_dir);
    ck_assert_uint_eq (gone->len, 0);
}
END_TEST

/* a supervisor that is started from within a machine's hook is not the machine's */
START_TEST (not_inherited)
{
    g_autofree char *run_dir = g_strdup_printf ("/run/test-%d", getpid ());
    g_autofree char *value = g_strconcat (run_dir, ":machine:a", NULL);
    g_autoptr (GPtrArray) found = NULL;
    ProcessId id;

    g_setenv (MARKER_VARIABLE, value, TRUE);
    id = spawn ("kill -STOP $$", NULL, TRUE);
    found = marked_list (run_dir);
    ck_assert_uint_eq (found->len, 0);
    end (id);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-marked");
    TCase *tcase = tcase_create ("marked");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, found_by_step);
    tcase_add_test (tcase, not_inherited);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
