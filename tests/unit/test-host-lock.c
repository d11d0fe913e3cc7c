/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lock between labs: one at a time, told apart when it hangs, left behind by
 * nobody.
 */
#include "host/lock.h"

#include "unit/tap.h"
#include "unit/wait.h"

#include <unistd.h>

typedef struct {
    HostLock *lock;
    GError *error;
    gboolean ended;
} Taker;

static char *folder;

static void
set_up (void)
{
    folder = g_dir_make_tmp ("roost-XXXXXX", NULL);
}

static void
tear_down (void)
{
    ck_assert_msg (rmdir (folder) == 0, "something is left in %s", folder);
    g_free (folder);
}

static void
taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Taker *taker = user_data;

    taker->lock = host_lock_take_finish (result, &taker->error);
    taker->ended = TRUE;
}

START_TEST (one_at_a_time)
{
    Taker first = { 0 }, second = { 0 };

    host_lock_take_async (folder, NULL, taken, &first);
    ck_wait (first.ended);
    ck_assert_ptr_nonnull (first.lock);
    host_lock_take_async (folder, NULL, taken, &second);
    wait_for (FALSE, 50); /* several tries */
    ck_assert (!second.ended);
    host_lock_free (first.lock);
    ck_wait (second.ended);
    ck_assert_ptr_nonnull (second.lock);
    host_lock_free (second.lock);
}
END_TEST

START_TEST (a_wait_is_cancelled)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Taker first = { 0 }, second = { 0 };

    host_lock_take_async (folder, NULL, taken, &first);
    ck_wait (first.ended);
    host_lock_take_async (folder, cancellable, taken, &second);
    g_cancellable_cancel (cancellable);
    ck_wait (second.ended);
    ck_assert (g_error_matches (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    g_clear_error (&second.error);
    host_lock_free (first.lock);
}
END_TEST

START_TEST (no_folder)
{
    Taker taker = { 0 };

    host_lock_take_async ("/nonexistent/folder", NULL, taken, &taker);
    ck_wait (taker.ended);
    ck_assert_str_eq (taker.error->message,
                      "opening /nonexistent/folder: No such file or directory");
    g_clear_error (&taker.error);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-lock");
    TCase *tcase = tcase_create ("lock");

    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_test (tcase, one_at_a_time);
    tcase_add_test (tcase, a_wait_is_cancelled);
    tcase_add_test (tcase, no_folder);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
