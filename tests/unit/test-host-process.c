/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/process/process: real programs, started, watched and ended. */
#include "base/error.h"
#include "base/file.h"
#include "host/process/process.h"
#include "unit/tap.h"
#include "unit/wait.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

typedef struct {
    guint ends;
    ProcessExit exit;
} End;

static void
on_end (const ProcessExit *exit, gpointer user_data)
{
    End *end = user_data;

    end->ends++;
    end->exit = *exit;
}

/* what `sh -c SCRIPT` says, as a process of ours */
static ProcessId
spawn (const char *script, const char *log, const ProcessSpec *more)
{
    const char *argv[] = { "its own name", "-c", script, NULL };
    ProcessSpec spec = more ? *more : (ProcessSpec){ 0 };
    g_autoptr (GError) error = NULL;
    ProcessId id = { 0 };

    spec.program = "/bin/sh";
    spec.argv = argv;
    spec.stderr_path = log;
    ck_assert_msg (process_spawn (&spec, &id, &error), "%s", error ? error->message : "");
    ck_assert_int_gt (id.pid, 0);
    ck_assert_int_gt (id.start_time, 0);
    return id;
}

static char *
run_to_end (const char *script, const ProcessSpec *more, ProcessExit *ret_exit)
{
    g_autofree char *log = NULL;
    int fd = g_file_open_tmp ("roost-XXXXXX", &log, NULL);
    ProcessId id = spawn (script, log, more);
    End end = { 0 };
    ProcessWatch *watch = process_watch_new (id, on_end, &end);
    char *text;

    ck_wait (end.ends);
    process_watch_free (watch);
    text = file_tail (log, 10000);
    close (fd);
    unlink (log);
    if (ret_exit)
        *ret_exit = end.exit;
    return g_strchomp (text);
}

START_TEST (descriptors_have_their_numbers)
{
    int ends[2], numbers[] = { 3, 9 };
    int fds[2];
    ProcessSpec spec = { .fds = fds, .fd_numbers = numbers, .n_fds = 2 };
    g_autofree char *text = NULL;
    char got[8] = "";

    ck_assert (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
    fds[0] = fds[1] = ends[1];
    text = run_to_end ("printf three >&3; printf nine >&9; ls /proc/self/fd | wc -l", &spec, NULL);
    close (ends[1]);
    ck_assert_int_eq (read (ends[0], got, 5), 5);
    ck_assert_str_eq (got, "three");
    ck_assert_int_eq (read (ends[0], got, 4), 4);
    /* 0 1 2 3 9 and the one that ls reads: nothing else was inherited */
    ck_assert_str_eq (text, "6");
    close (ends[0]);
}
END_TEST

START_TEST (a_session_of_its_own)
{
    ProcessExit exit;
    g_autofree char *text =
        run_to_end ("cut -d' ' -f1,5,6 /proc/$$/stat; umask; pwd; echo $0; exit 7", NULL, &exit);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_auto (GStrv) ids = g_strsplit (lines[0], " ", -1);

    ck_assert_uint_eq (g_strv_length (ids), 3);
    ck_assert_str_eq (ids[0], ids[1]);
    ck_assert_str_eq (ids[0], ids[2]);
    ck_assert_str_eq (lines[1], "0077");
    ck_assert_str_eq (lines[2], "/");
    ck_assert_str_eq (lines[3], "its own name");
    ck_assert (exit.known);
    ck_assert_int_eq (exit.status, 7);
    ck_assert_int_eq (exit.signal, 0);
}
END_TEST

START_TEST (a_short_environment)
{
    ProcessSpec whole = { .whole_env = TRUE };
    g_autofree char *text = NULL, *all = NULL;

    g_setenv ("ROOST_TEST_SECRET", "1", TRUE);
    g_setenv ("LD_PRELOAD", "", TRUE);
    text = run_to_end ("env", NULL, NULL);
    all = run_to_end ("env", &whole, NULL);
    ck_assert_ptr_nonnull (strstr (text, "PATH="));
    ck_assert_ptr_null (strstr (text, "ROOST_TEST_SECRET"));
    ck_assert_ptr_null (strstr (text, "LD_PRELOAD"));
    ck_assert_ptr_nonnull (strstr (all, "ROOST_TEST_SECRET=1"));
}
END_TEST

START_TEST (logs_are_kept_or_not)
{
    ProcessSpec append = { .append = TRUE };
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *log = g_build_filename (dir, "log", NULL), *text = NULL, *again = NULL;
    const ProcessSpec *specs[] = { NULL, &append, NULL };

    for (int i = 0; i < 3; i++) {
        End end = { 0 };
        ProcessWatch *watch =
            process_watch_new (spawn ("echo out; echo err >&2", log, specs[i]), on_end, &end);

        ck_wait (end.ends);
        process_watch_free (watch);
        if (i == 1)
            text = file_tail (log, 1000);
    }
    again = file_tail (log, 1000);
    ck_assert_str_eq (text, "out\nerr\nout\nerr\n");
    ck_assert_str_eq (again, "out\nerr\n");
    unlink (log);
    ck_assert_int_eq (rmdir (dir), 0);
}
END_TEST

START_TEST (what_cannot_be_started)
{
    const char *argv[] = { "nosuch", NULL };
    ProcessSpec spec = { .program = "/nosuch/program", .argv = argv, .stderr_path = "/dev/null" };
    g_autoptr (GError) error = NULL;
    ProcessId id = { 77, 77 };

    ck_assert (!process_spawn (&spec, &id, &error));
    ck_assert (g_error_matches (error, ROOST_ERROR, ROOST_ERROR_HOST));
    g_clear_error (&error);
    spec.stderr_path = "/nosuch/log";
    ck_assert (!process_spawn (&spec, &id, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "opening log /nosuch/log"));
    ck_assert_int_eq (id.pid, 77);
}
END_TEST

START_TEST (signals_and_their_words)
{
    ProcessId id = spawn ("exec sleep 1000", "/dev/null", NULL);
    End end = { 0 };
    ProcessWatch *watch = process_watch_new (id, on_end, &end);
    ProcessExit unknown = { 0 }, seven = { .known = TRUE, .status = 7 };
    g_autofree char *killed = NULL, *ended = process_describe_exit (&unknown);
    g_autofree char *exited = process_describe_exit (&seven);

    ck_assert (process_is_alive (id));
    ck_assert (process_signal (id, SIGTERM));
    ck_wait (end.ends);
    process_watch_free (watch);
    killed = process_describe_exit (&end.exit);
    ck_assert_str_eq (killed, "was killed by signal 15 (Terminated)");
    ck_assert_str_eq (ended, "ended");
    ck_assert_str_eq (exited, "exited with status 7");
    ck_assert (!process_is_alive (id));
    ck_assert (!process_signal (id, SIGTERM));
}
END_TEST

START_TEST (watching_what_has_ended)
{
    ProcessId id = spawn ("exit 3", "/dev/null", NULL);
    ProcessId none = { 0 };
    siginfo_t info;
    End first = { 0 }, second = { 0 }, third = { 0 };
    ProcessWatch *watch;

    /* it has ended and is not reaped: a zombie is not alive */
    ck_assert_int_eq (waitid (P_PID, id.pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert (!process_is_alive (id));
    watch = process_watch_new (id, on_end, &first);
    ck_wait (first.ends);
    process_watch_free (watch);
    ck_assert (first.exit.known);
    ck_assert_int_eq (first.exit.status, 3);
    /* and now there is nothing of it */
    watch = process_watch_new (id, on_end, &second);
    ck_assert_uint_eq (second.ends, 0); /* never before the main loop */
    ck_wait (second.ends);
    process_watch_free (watch);
    ck_assert (!second.exit.known);
    watch = process_watch_new (none, on_end, &third);
    ck_wait (third.ends);
    process_watch_free (watch);
    wait_settle ();
    ck_assert_uint_eq (first.ends + second.ends + third.ends, 3);
}
END_TEST

/* a pid with another start time is somebody else */
START_TEST (a_recycled_pid_is_left_alone)
{
    ProcessId id = spawn ("exec sleep 1000", "/dev/null", NULL);
    ProcessId former = { id.pid, id.start_time - 1 };
    End end = { 0 }, real = { 0 };
    ProcessWatch *watch;

    ck_assert (!process_is_alive (former));
    ck_assert (!process_signal (former, SIGKILL));
    watch = process_watch_new (former, on_end, &end);
    ck_wait (end.ends);
    process_watch_free (watch);
    ck_assert (!end.exit.known);
    ck_assert (process_is_alive (id));
    /* nor is the end of who has the pid now taken away from its own watch */
    ck_assert (process_signal (id, SIGKILL));
    {
        siginfo_t info;

        ck_assert_int_eq (waitid (P_PID, id.pid, &info, WEXITED | WNOWAIT), 0);
    }
    watch = process_watch_new (former, on_end, &end);
    ck_wait (end.ends == 2);
    process_watch_free (watch);
    watch = process_watch_new (id, on_end, &real);
    ck_wait (real.ends);
    process_watch_free (watch);
    ck_assert_int_eq (real.exit.signal, SIGKILL);
}
END_TEST

START_TEST (a_watch_that_is_freed_is_silent)
{
    ProcessId id = spawn ("exec sleep 1000", "/dev/null", NULL);
    End end = { 0 };
    ProcessWatch *watch = process_watch_new (id, on_end, &end);

    process_watch_free (watch);
    process_watch_free (NULL);
    ck_assert (process_is_alive (id));
    ck_assert (process_signal (id, SIGKILL));
    ck_assert_int_eq (waitpid (id.pid, NULL, 0), id.pid);
    wait_settle ();
    ck_assert_uint_eq (end.ends, 0);
}
END_TEST

START_TEST (who_we_are)
{
    ProcessId self = process_self ();
    g_autofree char *name = process_command_name (self.pid), *none = process_command_name (-1);

    ck_assert_int_eq (self.pid, getpid ());
    ck_assert (process_is_alive (self));
    ck_assert_ptr_nonnull (strstr (name, "test-host-process"));
    ck_assert_ptr_null (none);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-process");
    TCase *tcase = tcase_create ("process");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, descriptors_have_their_numbers);
    tcase_add_test (tcase, a_session_of_its_own);
    tcase_add_test (tcase, a_short_environment);
    tcase_add_test (tcase, logs_are_kept_or_not);
    tcase_add_test (tcase, what_cannot_be_started);
    tcase_add_test (tcase, signals_and_their_words);
    tcase_add_test (tcase, watching_what_has_ended);
    tcase_add_test (tcase, a_recycled_pid_is_left_alone);
    tcase_add_test (tcase, a_watch_that_is_freed_is_silent);
    tcase_add_test (tcase, who_we_are);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
