/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost image commit, rebase, resize, check and rm: images that are there
 * already, and that nobody uses meanwhile.
 */
#include "base/error.h"
#include "base/quantity.h"
#include "cli/image/image-verbs.h"
#include "cli/common/output.h"
#include "cli/common/wait.h"
#include "host/process/command.h"
#include "host/process/run-as.h"
#include "host/image/image-info.h"
#include "host/image/image.h"
#include "lab/disks/images.h"

#include <stdio.h>
#include <unistd.h>

/* What another user owns is committed as that user; see image_find_owner(). */
static gboolean
check_writable (const char *path, const char *backing, GError **error)
{
    g_autoptr (RunAs) owner = image_find_owner (path);
    g_autofree char *problem = owner ? run_as_problem (owner, backing, R_OK | W_OK) : NULL;

    if (!problem)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "%s belongs to user %" G_GINT64_FORMAT ", and is committed as that one: %s", path,
                 owner->uid, problem);
    return FALSE;
}

/* A layer goes down into the image below, which changes for everyone who
 * stands on it. */
gboolean
image_commit (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *backing = image_read_backing (path);
    g_autofree char *format = NULL;
    const char *argv[] = { "qemu-img", "commit", "-p", "-d", "-f", "qcow2", path, NULL };
    g_autofree char *dependent = backing ? images_dependent (backing, path) : NULL;
    LongJob job;
    gboolean good;

    if (!backing) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s %s", path,
                     access (path, F_OK) < 0 ? "is not there" : "stands on no image");
        return FALSE;
    }
    if (dependent && !options->force) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "%s stands on %s, which would change below it: rebase or delete it first, or "
                     "use --force",
                     dependent, backing);
        return FALSE;
    }
    if (!images_is_own (backing) && !options->force) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "%s was not made by roost: use --force to write %s into it", backing, path);
        return FALSE;
    }
    if (!images_check_sound (path, &format, error) || !check_writable (path, backing, error) ||
        !images_check_free (path, error) || !images_check_unneeded (path, error) ||
        !images_check_free (backing, error))
        return FALSE;
    long_job_begin (&job, "committing");
    good = long_job_run (&job, path, argv, error);
    long_job_end (&job);
    if (!good)
        g_prefix_error (error, "committing %s to %s: ", path, backing);
    return good && images_look_again (path, error);
}

gboolean
image_rebase (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *base =
        options->argc > 2 ? g_canonicalize_filename (options->argv[2], NULL) : g_strdup ("");
    g_autofree char *format = *base ? image_format (base, error) : NULL;
    g_autofree char *own = *base && !format ? NULL : image_format (path, error);
    /* without a format when it is to stand alone */
    const char *argv[] = { "qemu-img",
                           "rebase",
                           "-p",
                           "-f",
                           own,
                           "-b",
                           base,
                           *base ? "-F" : path,
                           *base ? format : NULL,
                           path,
                           NULL };
    LongJob job;
    gboolean good;

    if (!own)
        return FALSE;
    if (!images_check_free (path, error) || (*base && !images_check_free (base, error)))
        return FALSE;
    long_job_begin (&job, "rebasing");
    good = long_job_run (&job, path, argv, error);
    long_job_end (&job);
    if (!good)
        g_prefix_error (error, "rebasing %s: ", path);
    return good && images_set_base (path, *base ? base : NULL, error);
}

gboolean
image_resize (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *format = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    Wait wait = { NULL };
    guint64 size = 0;

    if (!quantity_parse_size (options->argv[2], &size) || size == 0 || size > G_MAXINT64) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not a size (try 16G)",
                     options->argv[2]);
        return FALSE;
    }
    if (!images_check_free (path, error) || !images_check_unneeded (path, error))
        return FALSE;
    format = image_format (path, error);
    if (!format)
        return FALSE;
    image_grow_async (path, format, (gint64)size, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    return image_grow_finish (result, NULL, error);
}

gboolean
image_check (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *output = NULL;
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *format = image_format (path, error);
    g_autoptr (RunAs) owner = image_find_owner (path);
    const char *argv[] = { "qemu-img", "check", "-f", format, path, NULL };
    Wait wait = { NULL };

    if (!format || !images_check_free (path, error))
        return FALSE;
    command_run_as_async (owner, -1, argv, G_MAXINT, NULL, NULL, NULL, wait_arrived, &wait);
    result = wait_for (&wait);
    output = command_run_finish (result, error);
    if (!output) {
        g_prefix_error (error, "checking %s: ", path);
        return FALSE;
    }
    fputs (output, stdout);
    return TRUE;
}

gboolean
image_rm (Options *options, GError **error)
{
    for (int i = 1; i < options->argc; i++)
        if (!images_remove (options->argv[i], error))
            return FALSE;
    return TRUE;
}
