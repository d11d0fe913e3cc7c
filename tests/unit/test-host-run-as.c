/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/process/run-as: users, what they can reach and what is given to them. */
#include "host/process/run-as.h"
#include "unit/folder.h"
#include "unit/tap.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
user_problem (const char *text, RunAs **ret)
{
    *ret = NULL;
    return run_as_find (text, "/nonexistent", ret);
}

START_TEST (users)
{
    g_autofree char *nobody = g_strdup_printf ("%u", geteuid ());
    g_autofree char *none = NULL, *alone = NULL, *group = NULL, *self = NULL, *other = NULL;
    g_autoptr (RunAs) user = NULL;

    none = user_problem ("no-such-user", &user);
    ck_assert_ptr_nonnull (strstr (none, "no user no-such-user: useradd --system no-such-user"));
    alone = user_problem ("4000000", &user);
    ck_assert_ptr_nonnull (strstr (alone, "4000000:4000000"));
    group = user_problem ("4000000:no-such-group", &user);
    ck_assert_ptr_nonnull (strstr (group, "no group no-such-group"));
    self = user_problem (nobody, &user);
    ck_assert_ptr_null (self);
    ck_assert_ptr_null (user); /* as we are: nothing is to be done */
    other = user_problem ("4000000:4000001", &user);
    if (geteuid () != 0) {
        ck_assert_ptr_nonnull (strstr (other, "only root can"));
        return;
    }
    ck_assert_ptr_null (other);
    ck_assert_int_eq (user->uid, 4000000);
    ck_assert_int_eq (user->gid, 4000001);
}
END_TEST

/* Nothing but a file is given away, and none that would be another one's too. */
START_TEST (files_are_given)
{
    g_autofree char *folder = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *file = g_build_filename (folder, "file", NULL);
    g_autofree char *name = g_build_filename (folder, "name", NULL);
    g_autoptr (RunAs) user = NULL;
    g_autoptr (GError) error = NULL;
    struct stat info;

    if (geteuid () == 0) {
        ck_assert_ptr_null (user_problem ("4000000:4000001", &user));
        ck_assert (g_file_set_contents (file, "", 0, NULL));
        ck_assert_int_eq (symlink (file, name), 0);
        ck_assert (!run_as_give (user, name, NULL));
        ck_assert_int_eq (g_unlink (name), 0);
        ck_assert_int_eq (link (file, name), 0);
        ck_assert (!run_as_give (user, name, &error));
        ck_assert_ptr_nonnull (strstr (error->message, "other names"));
        ck_assert_int_eq (stat (file, &info), 0);
        ck_assert_uint_eq (info.st_uid, 0);
        ck_assert_int_eq (g_unlink (name), 0);
        ck_assert (!run_as_give (user, folder, NULL));
        ck_assert (run_as_give (user, file, NULL));
        ck_assert_int_eq (stat (file, &info), 0);
        ck_assert_uint_eq (info.st_uid, 4000000);
        ck_assert (run_as_take_back (user, file, NULL));
        ck_assert_int_eq (stat (file, &info), 0);
        ck_assert_uint_eq (info.st_uid, 0);
        g_unlink (file);
    }
    g_rmdir (folder);
}
END_TEST

/* What another user can reach, and how that is told; nothing stays changed. */
START_TEST (reach_of_users)
{
    g_autofree char *folder = g_dir_make_tmp ("roost-XXXXXX", NULL), *problem = NULL;
    g_autofree char *file = g_build_filename (folder, "a file", NULL), *wanted = NULL;
    g_autoptr (RunAs) user = NULL;

    if (geteuid () == 0) {
        ck_assert_ptr_null (user_problem ("4000000:4000001", &user));
        ck_assert (g_file_set_contents (file, "", 0, NULL));
        ck_assert_int_eq (chmod (file, 0640), 0);
        ck_assert (!run_as_can (user, file, R_OK));
        problem = run_as_problem (user, file, R_OK);
        wanted = g_strdup_printf ("setfacl -m u:4000000:x '%s' && setfacl -m u:4000000:r '%s'",
                                  folder, file);
        ck_assert_ptr_nonnull (strstr (problem, "user 4000000:4000001 cannot read "));
        ck_assert_ptr_nonnull (strstr (problem, wanted));
        ck_assert_int_eq (access (file, R_OK | W_OK), 0); /* we are who we were */
        ck_assert_int_eq (chmod (folder, 0711), 0);
        ck_assert (run_as_give (user, file, NULL));
        ck_assert (run_as_can (user, file, R_OK | W_OK) || !run_as_can (user, folder, X_OK));
        g_unlink (file);
    }
    g_rmdir (folder);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-run-as");
    TCase *tcase = tcase_create ("as");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, users);
    tcase_add_test (tcase, reach_of_users);
    tcase_add_test (tcase, files_are_given);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
