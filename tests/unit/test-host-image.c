/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host/image/image: images are made once, whole or not at all. */
#include "base/error.h"
#include "host/image/image.h"
#include "unit/folder.h"
#include "unit/tap.h"
#include "unit/wait.h"

#include <string.h>
#include <sys/stat.h>

static guint
n_entries (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    guint n = 0;

    while (g_dir_read_name (dir))
        n++;
    return n;
}

typedef struct {
    gboolean ended;
    gboolean good;
    ImageResult result;
    GError *error;
} Made;

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Made *made = user_data;

    made->good = image_make_finish (result, &made->result, &made->error);
    made->ended = TRUE;
}

static Made
make_image (const ImageStep *step, GCancellable *cancellable)
{
    Made made = { 0 };

    image_make_async (step, NULL, NULL, cancellable, on_made, &made);
    ck_wait (made.ended);
    ck_assert (made.good == (made.error == NULL));
    return made;
}

START_TEST (images_are_made_once)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "a, b=c.qcow2", NULL);
    ImageStep step = { .owner = (char *)"m/d",
                       .path = path,
                       .format = (char *)"qcow2",
                       .size = 1024 * 1024,
                       .nocow = TRUE };
    Made made = make_image (&step, NULL);
    struct stat info, again;

    ck_assert (made.good && made.result.created);
    ck_assert_int_eq (stat (path, &info), 0);
    made = make_image (&step, NULL);
    ck_assert (made.good && !made.result.created);
    ck_assert_int_eq (stat (path, &again), 0);
    ck_assert_int_eq (info.st_ino, again.st_ino);
    ck_assert_uint_eq (n_entries (dir), 1);
    ck_assert (image_remove (&step, NULL));
    ck_assert (image_remove (&step, NULL));
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (overlays)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *base = g_build_filename (dir, "base.raw", NULL);
    g_autofree char *path = g_build_filename (dir, "over.qcow2", NULL);
    ImageStep step = { .owner = (char *)"m/d",
                       .path = path,
                       .format = (char *)"qcow2",
                       .backing = base,
                       .backing_format = (char *)"raw" };
    Made made;

    folder_write (dir, "base.raw", "0123456789");
    made = make_image (&step, NULL);
    ck_assert (made.good && made.result.created);
    folder_remove (dir);
}
END_TEST

START_TEST (a_failure_leaves_nothing)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "x.qcow2", NULL);
    g_autofree char *part = g_strconcat (path, ".part", NULL);
    ImageStep step = { .owner = (char *)"m/d",
                       .path = path,
                       .format = (char *)"qcow2",
                       .backing = (char *)"/nosuch.raw",
                       .backing_format = (char *)"raw" };
    Made made;

    folder_write (dir, "x.qcow2.part", "of an attempt that was killed");
    made = make_image (&step, NULL);
    ck_assert (!made.good);
    ck_assert (g_error_matches (made.error, ROOST_ERROR, ROOST_ERROR_HOST));
    ck_assert (g_str_has_prefix (made.error->message, "disk m/d: making "));
    ck_assert_ptr_nonnull (strstr (made.error->message, "/nosuch.raw"));
    ck_assert_ptr_null (strchr (made.error->message, '\n'));
    g_error_free (made.error);
    ck_assert_uint_eq (n_entries (dir), 0);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (a_cancelled_one_leaves_nothing)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (dir, "x.raw", NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    ImageStep step = {
        .owner = (char *)"m/d", .path = path, .format = (char *)"raw", .size = 1024 * 1024
    };
    Made made;

    g_cancellable_cancel (cancellable);
    made = make_image (&step, cancellable);
    ck_assert (!made.good);
    g_error_free (made.error);
    ck_assert_uint_eq (n_entries (dir), 0);
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

START_TEST (what_cannot_be_removed)
{
    g_autofree char *dir = g_dir_make_tmp ("roost-XXXXXX", NULL);
    ImageStep step = { .owner = (char *)"m/d", .path = dir };
    g_autoptr (GError) error = NULL;

    ck_assert (!image_remove (&step, &error));
    ck_assert (g_str_has_prefix (error->message, "disk m/d: deleting "));
    ck_assert_int_eq (g_rmdir (dir), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("host-image");
    TCase *tcase = tcase_create ("image");

    tcase_set_timeout (tcase, 60);
    tcase_add_test (tcase, images_are_made_once);
    tcase_add_test (tcase, overlays);
    tcase_add_test (tcase, a_failure_leaves_nothing);
    tcase_add_test (tcase, a_cancelled_one_leaves_nothing);
    tcase_add_test (tcase, what_cannot_be_removed);
    suite_add_tcase (suite, tcase);
    return run_tap (suite);
}
