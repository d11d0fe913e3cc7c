/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/process/command: helpers that end, hang, or are given up. */
#include "base/error.h"
#include "host/process/command.h"
#include "unit/tap.h"
#include "unit/wait.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

typedef struct {
    gboolean ended;
    char *output;
    GError *error;
} Outcome;

static void
on_command (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Outcome *outcome = user_data;

    outcome->output = command_run_finish (result, &outcome->error);
    outcome->ended = TRUE;
}

static Outcome
run_command (const char *program, const char *script, guint timeout_ms, GCancellable *cancellable)
{
    const char *argv[] = { program, "-c", script, NULL };
    Outcome outcome = { 0 };

    command_run_async (argv, timeout_ms, cancellable, on_command, &outcome);
    ck_wait (outcome.ended);
    ck_assert ((outcome.output == NULL) == (outcome.error != NULL));
    return outcome;
}

START_TEST (commands_end)
{
    Outcome good = run_command ("sh", "echo text; echo ignored >&2", 5000, NULL);
    Outcome bad = run_command ("sh", "echo one >&2; echo two >&2; exit 3", 5000, NULL);
    Outcome killed = run_command ("sh", "kill -KILL $$", 5000, NULL);
    Outcome missing = run_command ("roost-no-such-program", "", 5000, NULL);

    ck_assert_str_eq (good.output, "text\n");
    ck_assert_str_eq (bad.error->message, "sh failed with status 3: one; two");
    ck_assert_str_eq (killed.error->message, "sh was killed by signal 9");
    ck_assert (g_error_matches (missing.error, ROOST_ERROR, ROOST_ERROR_HOST));
    ck_assert (g_str_has_prefix (missing.error->message, "starting roost-no-such-program: "));
    g_free (good.output);
    g_error_free (bad.error);
    g_error_free (killed.error);
    g_error_free (missing.error);
}
END_TEST

START_TEST (the_last_lines_are_kept)
{
    Outcome much = run_command (
        "sh", "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done >&2; exit 1", 5000,
        NULL);

    ck_assert_uint_lt (strlen (much.error->message), 5000);
    ck_assert (g_str_has_suffix (much.error->message, "line 1999"));
    g_error_free (much.error);
}
END_TEST

START_TEST (commands_have_deadlines)
{
    gint64 began = g_get_monotonic_time ();
    Outcome late = run_command ("sh", "exec sleep 1000", 100, NULL);

    ck_assert (g_error_matches (late.error, ROOST_ERROR, ROOST_ERROR_TIMEOUT));
    ck_assert_int_lt (g_get_monotonic_time () - began, 5 * G_USEC_PER_SEC);
    g_error_free (late.error);
}
END_TEST

static gboolean
cancel (gpointer cancellable)
{
    g_cancellable_cancel (cancellable);
    return G_SOURCE_REMOVE;
}

START_TEST (commands_are_cancelled)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Outcome outcome;

    g_timeout_add (20, cancel, cancellable);
    outcome = run_command ("sh", "exec sleep 1000", 100000, cancellable);
    ck_assert (g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error (&outcome.error);
    outcome = run_command ("sh", "exec sleep 1000", 100000, cancellable);
    ck_assert (g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_error_free (outcome.error);
}
END_TEST

typedef struct {
    GCancellable *cancellable;
    char *pid_file;
} Killing;

static gboolean
cancel_when_begun (gpointer user_data)
{
    Killing *killing = user_data;
    g_autofree char *text = NULL;

    g_file_get_contents (killing->pid_file, &text, NULL, NULL);
    if (!text || !strchr (text, '\n'))
        return G_SOURCE_CONTINUE;
    g_cancellable_cancel (killing->cancellable);
    return G_SOURCE_REMOVE;
}

/* it could make a file that was just looked for */
START_TEST (what_is_cancelled_has_ended)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL), *text = NULL, *script = NULL;
    g_autofree char *pid_file = g_build_filename (dir, "pid", NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Killing killing = { cancellable, pid_file };
    Outcome outcome;

    script = g_strdup_printf ("echo $$ >'%s'; exec sleep 1000", pid_file);
    g_timeout_add (5, cancel_when_begun, &killing);
    outcome = run_command ("sh", script, 100000, cancellable);
    ck_assert (g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert (g_file_get_contents (pid_file, &text, NULL, NULL));
    ck_assert (kill (atoi (text), 0) < 0 && errno == ESRCH);
    g_error_free (outcome.error);
    g_unlink (pid_file);
    g_rmdir (dir);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-command");
    TCase *tcase = tcase_create ("command");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, commands_end);
    tcase_add_test (tcase, the_last_lines_are_kept);
    tcase_add_test (tcase, commands_have_deadlines);
    tcase_add_test (tcase, commands_are_cancelled);
    tcase_add_test (tcase, what_is_cancelled_has_ended);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
