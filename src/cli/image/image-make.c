/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost image create, clone and convert: new images, made as roost makes them
 * for labs, and written down as roost's own.
 */
#include "base/error.h"
#include "base/quantity.h"
#include "cli/image/image-verbs.h"
#include "cli/common/wait.h"
#include "host/image/image.h"
#include "lab/disks/images.h"

#include <stdio.h>

static gboolean
make (ImageStep *step, const char *what, GError **error)
{
    g_autoptr (GAsyncResult) result = NULL;
    ImageResult made = { 0 };
    Wait wait = { NULL };
    LongJob job;
    gboolean good;

    step->owner = (char *)"image";
    long_job_begin (&job, what);
    image_make_async (step, long_job_percent, &job, job.cancellable, wait_arrived, &wait);
    result = wait_for (&wait);
    long_job_end (&job);
    good = image_make_finish (result, &made, error);
    if (good && !made.created) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s exists and is left as it is",
                     step->path);
        good = FALSE;
    }
    if (made.note)
        fprintf (stderr, "note: %s\n", made.note);
    g_free (made.note);
    return good && images_register (step->path, error);
}

static gboolean
read_size (const char *text, gint64 *ret_size, GError **error)
{
    guint64 bytes = 0;

    if (!text || !quantity_parse_size (text, &bytes) || bytes == 0 || bytes > G_MAXINT64) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not a size (try 16G)",
                     text ? text : "nothing");
        return FALSE;
    }
    *ret_size = (gint64)bytes;
    return TRUE;
}

gboolean
image_create (Options *options, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *backing =
        options->backing ? g_canonicalize_filename (options->backing, NULL) : NULL;
    g_autofree char *format = backing ? image_format (backing, error) : NULL;
    ImageStep step = { .path = path, .nocow = options->nocow };

    step.format = options->format ? options->format : (char *)"qcow2";
    step.backing = backing;
    step.backing_format = format;
    if (backing && !format)
        return FALSE;
    if ((options->argc > 2 || !backing) &&
        !read_size (options->argc > 2 ? options->argv[2] : NULL, &step.size, error))
        return FALSE;
    return make (&step, "making the image", error);
}

gboolean
image_clone (Options *options, GError **error)
{
    const char *mode = options->mode ? options->mode : "overlay";
    g_autofree char *source = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *path = g_canonicalize_filename (options->argv[2], NULL);
    g_autofree char *format = NULL;
    ImageStep step = { .path = path, .nocow = options->nocow };

    if (!g_str_equal (mode, "overlay") && !g_str_equal (mode, "reflink") &&
        !g_str_equal (mode, "copy")) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "--mode %s is none of overlay, reflink, copy", mode);
        return FALSE;
    }
    format = image_format (source, error);
    if (!format)
        return FALSE;
    if (g_str_equal (mode, "overlay")) {
        step.format = (char *)"qcow2";
        step.backing = source;
        step.backing_format = format;
    } else {
        step.format = format;
        step.source = source;
        step.source_format = format;
        step.clone = (char *)mode;
    }
    return make (&step, "cloning", error);
}

gboolean
image_convert (Options *options, GError **error)
{
    g_autofree char *source = g_canonicalize_filename (options->argv[1], NULL);
    g_autofree char *path = g_canonicalize_filename (options->argv[2], NULL);
    g_autofree char *format = image_format (source, error);
    ImageStep step = { .path = path, .nocow = options->nocow };

    if (!format)
        return FALSE;
    step.format = options->format ? options->format : (char *)"qcow2";
    step.source = source;
    step.source_format = format;
    step.clone = (char *)"copy";
    return make (&step, "converting", error);
}
