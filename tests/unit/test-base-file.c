/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/file and base/dirs: whole files, private folders, paths. */
#include "base/dirs.h"
#include "base/file.h"
#include "unit/tap.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t
mode_of (const char *path)
{
    struct stat info;

    ck_assert_int_eq (lstat (path, &info), 0);
    return info.st_mode & 07777;
}

START_TEST (files_are_written_whole)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "file", NULL), *text = NULL;
    g_autofree char *below = g_build_filename (path, "below", NULL), *target = NULL;
    g_autofree char *tail = NULL, *nothing = NULL;
    g_autoptr (GError) error = NULL;
    gsize length;

    ck_assert (file_write_whole (path, "a\0b", 3, 0600, NULL));
    ck_assert_int_eq (mode_of (path), 0600);
    text = file_read (path, 3, &length, NULL);
    ck_assert_uint_eq (length, 3);
    ck_assert_mem_eq (text, "a\0b", 4);
    ck_assert_ptr_null (file_read (path, 2, NULL, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "larger than the limit of 2 bytes"));
    g_clear_error (&error);
    ck_assert (file_write_whole (path, "new text", 8, 0600, NULL));
    tail = file_tail (path, 4);
    nothing = file_tail (below, 4);
    ck_assert_str_eq (tail, "text");
    ck_assert_str_eq (nothing, "");
    ck_assert (!file_write_whole (below, "x", 1, 0600, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR));
    g_clear_error (&error);
    ck_assert_ptr_null (file_read (dir, 10, NULL, &error));
    g_clear_error (&error);
    /* a directory is in its way: it stays, and no temporary file does */
    target = g_build_filename (dir, "dir", NULL);
    ck_assert_int_eq (g_mkdir (target, 0700), 0);
    ck_assert (!file_write_whole (target, "x", 1, 0600, &error));
    ck_assert_int_eq (g_rmdir (target), 0);
    ck_assert_int_eq (g_unlink (path), 0);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

/* what says which files are ours to delete must be ours itself */
START_TEST (own_files)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "file", NULL);
    g_autofree char *link = g_build_filename (dir, "link", NULL), *text = NULL;
    g_autoptr (GError) error = NULL;

    ck_assert (file_write_whole (path, "abc", 3, 0600, NULL));
    text = file_read_own (path, 3, NULL);
    ck_assert_str_eq (text, "abc");
    ck_assert_int_eq (symlink (path, link), 0);
    ck_assert_ptr_null (file_read_own (link, 3, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_LOOP));
    g_clear_error (&error);
    ck_assert_int_eq (chmod (path, 0602), 0);
    ck_assert_ptr_null (file_read_own (path, 3, &error));
    ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_PERM));
    g_clear_error (&error);
    if (geteuid () == 0) {
        ck_assert (chmod (path, 0600) == 0 && chown (path, 12345, 0) == 0);
        ck_assert_ptr_null (file_read_own (path, 3, &error));
        ck_assert (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_PERM));
        ck_assert_ptr_nonnull (strstr (error->message, "belongs to user 12345"));
    }
    g_unlink (link);
    g_unlink (path);
    g_rmdir (dir);
}
END_TEST

START_TEST (private_directories)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *a = g_build_filename (dir, "a", NULL), *b = g_build_filename (a, "b", NULL);
    g_autofree char *link = g_build_filename (dir, "link", NULL);
    g_autoptr (GError) error = NULL;

    ck_assert (file_make_private_dir (b, NULL));
    ck_assert_int_eq (mode_of (a), 0700);
    ck_assert_int_eq (mode_of (b), 0700);
    ck_assert_int_eq (chmod (b, 0755), 0);
    ck_assert (file_make_private_dir (b, NULL));
    ck_assert_int_eq (mode_of (b), 0700);
    ck_assert_int_eq (symlink (b, link), 0);
    ck_assert (!file_make_private_dir (link, &error));
    if (geteuid () == 0) {
        g_clear_error (&error);
        ck_assert_int_eq (chown (b, 65534, 65534), 0);
        ck_assert (!file_make_private_dir (b, &error));
        ck_assert_ptr_nonnull (strstr (error->message, "belongs to user 65534"));
    }
    g_unlink (link);
    g_rmdir (b);
    g_rmdir (a);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (paths)
{
    g_autofree char *relative = file_absolute ("/a/b", "../c/./d");
    g_autofree char *absolute = file_absolute ("/a/b", "/x/../y");
    g_autofree char *home = file_absolute ("/a", "~/x"), *run = NULL, *lab = NULL;
    g_autofree char *wanted = g_build_filename (g_get_home_dir (), "x", NULL);

    ck_assert_str_eq (relative, "/a/c/d");
    ck_assert_str_eq (absolute, "/y");
    ck_assert_str_eq (home, wanted);
    g_setenv ("ROOST_RUN_DIR", "/tmp/x", TRUE);
    run = dirs_run_root ();
    lab = dirs_lab_run ("lab");
    ck_assert_str_eq (run, "/tmp/x");
    ck_assert_str_eq (lab, "/tmp/x/lab");
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("base-file");
    TCase *tcase = tcase_create ("file");

    tcase_add_test (tcase, files_are_written_whole);
    tcase_add_test (tcase, own_files);
    tcase_add_test (tcase, private_directories);
    tcase_add_test (tcase, paths);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
