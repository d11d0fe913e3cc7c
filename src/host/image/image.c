/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making and deleting of roost's own disk images, in this order:
 *   1. the size of what it comes from, where the profile asks for a size, or another
 *      user could have put anything into that;
 *   2. qemu-img create, or cp --reflink=always, or qemu-img convert, all on
 *      the temporary name;
 *   3. qemu-img resize, where a clone is to be larger than its image;
 *   4. the new name.
 * A failure at any of them removes the temporary file.  What another user owns is not
 * looked into by root: image-copy.c.  See image.h.
 */
#include "host/image/image.h"

#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "host/process/command.h"
#include "host/filesystem.h"
#include "host/holder.h"
#include "host/image/image-copy.h"
#include "host/image/image-info.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREATE_TIMEOUT_MS (60 * 1000)
/* qemu-img tells of every percent; on slow storage one may take very long */
#define SILENCE_TIMEOUT_MS (60 * 60 * 1000)

typedef struct {
    const ImageStep *step;
    ImageProgressFunc progress;
    gpointer progress_data;
    char *temporary;
    gint64 origin_size; /* what the backing file or the source has; -1 = not asked */
    gboolean foreign;   /* another user may have put anything into that */
    char *note;
    gboolean created;
} Make;

static void
make_free (gpointer data)
{
    Make *make = data;

    g_free (make->temporary);
    g_free (make->note);
    g_free (make);
}

static void
make_failed (GTask *task, GError *error)
{
    Make *make = g_task_get_task_data (task);
    const char *from = make->step->source ? make->step->source : make->step->backing;

    unlink (make->temporary);
    if (from && strstr (error->message, " lock")) {
        g_autofree char *holder = holder_describe (from);

        g_clear_error (&error);
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                             "%s is being written by %s: stop it first", from, holder);
    }
    g_prefix_error (&error, "disk %s: making %s: ", make->step->owner, make->step->path);
    if (error->domain == ROOST_ERROR && error->code == ROOST_ERROR_FAILED)
        error->code = ROOST_ERROR_HOST;
    g_task_return_error (task, error);
}

int
image_parse_percent (const char *text)
{
    const char *at = strrchr (text, '(');
    double percent;

    return at && sscanf (at, "(%lf/100%%)", &percent) == 1 ? (int)CLAMP (percent, 0, 100) : -1;
}

static void
copied_some (const char *text, gpointer user_data)
{
    Make *make = user_data;
    int percent = image_parse_percent (text);

    if (percent >= 0 && make->progress)
        make->progress ((guint)percent, make->progress_data);
}

static void
step_name (GTask *task)
{
    Make *make = g_task_get_task_data (task);

    if (rename (make->temporary, make->step->path) < 0) {
        make_failed (task, g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "%s", g_strerror (errno)));
        return;
    }
    make->created = TRUE;
    if (make->step->nocow && !make->note)
        make->note = filesystem_nocow_note (make->step->path);
    g_task_return_boolean (task, TRUE);
}

static void
resized (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output)
        step_name (task);
    else
        make_failed (task, error);
}

static void
file_made (GTask *task)
{
    Make *make = g_task_get_task_data (task);

    if (make->step->source && image_has_data_file (make->temporary))
        make_failed (task, g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                                        "%s says that its content is in another file: convert it "
                                        "to an image that has it in itself",
                                        make->step->source));
    else if (make->step->source && make->step->size > make->origin_size)
        image_resize_async (make->temporary, make->step->format, make->step->size,
                            g_task_get_cancellable (task), resized, g_object_ref (task));
    else
        step_name (task);
}

/* after qemu-img or cp has made the file */
static void
made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output)
        file_made (task);
    else
        make_failed (task, error);
}

static void
add (GPtrArray *argv, const char *word)
{
    g_ptr_array_add (argv, g_strdup (word));
}

/* A machine that writes to the image meanwhile would leave a torn one. */
static GError *
refuse_written (const char *path)
{
    g_autofree char *holder = NULL;

    if (!holder_is_written (path))
        return NULL;
    holder = holder_describe (path);
    return g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "%s is being written by %s: stop it first",
                        path, holder);
}

static void
run_create (GTask *task)
{
    Make *make = g_task_get_task_data (task);
    const ImageStep *step = make->step;
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
    gint64 size = step->size > 0 || !make->foreign ? step->size : make->origin_size;
    GError *error = make->foreign && step->backing ? refuse_written (step->backing) : NULL;

    if (error) {
        make_failed (task, error);
        return;
    }
    add (argv, "qemu-img");
    add (argv, "create");
    add (argv, "-q");
    if (make->foreign) /* without a look into it */
        add (argv, "-u");
    add (argv, "-f");
    add (argv, step->format);
    if (step->nocow) {
        add (argv, "-o");
        add (argv, "nocow=on");
    }
    if (step->backing) {
        add (argv, "-b");
        add (argv, step->backing);
        add (argv, "-F");
        add (argv, step->backing_format);
    }
    add (argv, make->temporary);
    if (size > 0)
        g_ptr_array_add (argv, g_strdup_printf ("%" G_GINT64_FORMAT, size));
    g_ptr_array_add (argv, NULL);
    command_run_async ((const char *const *)argv->pdata, CREATE_TIMEOUT_MS,
                       g_task_get_cancellable (task), made, g_object_ref (task));
}

static void
copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;

    if (image_copy_finish (result, &error))
        file_made (task);
    else
        make_failed (task, error);
}

static void
run_copy (GTask *task)
{
    Make *make = g_task_get_task_data (task);

    image_copy_async (make->step, make->temporary, make->origin_size, copied_some, make,
                      g_task_get_cancellable (task), copied, g_object_ref (task));
}

static GError *
refuse_nocow (const Make *make)
{
    if (!make->step->nocow || filesystem_is_nocow (make->step->source))
        return NULL;
    return g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                        "a reflink of %s cannot be nocow, because the image is not: leave nocow "
                        "out, or use clone: copy",
                        make->step->source);
}

static void
run_reflink (GTask *task)
{
    Make *make = g_task_get_task_data (task);
    const char *argv[] = {
        "cp", "--reflink=always", "--", make->step->source, make->temporary, NULL
    };
    g_autofree char *why = NULL, *size = NULL;
    GError *error = refuse_written (make->step->source);

    if (!error)
        filesystem_prepare_reflink (make->step->source, make->temporary, &why, &error);
    if (!error && !why)
        error = refuse_nocow (make);
    if (error) {
        make_failed (task, error);
    } else if (!why) {
        command_watch_async (argv, SILENCE_TIMEOUT_MS, NULL, NULL, g_task_get_cancellable (task),
                             made, g_object_ref (task));
    } else {
        size = quantity_format_size (MAX (image_read_used (make->step->source), 0));
        make->note =
            g_strdup_printf ("clone: reflink became a full copy of %s bytes: %s", size, why);
        run_copy (task);
    }
}

static void
step_make (GTask *task)
{
    const ImageStep *step = ((Make *)g_task_get_task_data (task))->step;

    if (!step->source)
        run_create (task);
    else if (g_strcmp0 (step->clone, "reflink") == 0)
        run_reflink (task);
    else
        run_copy (task);
}

static void
origin_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Make *make = g_task_get_task_data (task);
    const ImageStep *step = make->step;
    GError *error = NULL;

    make->origin_size = image_size_finish (result, &error);
    if (!error && step->size > 0 && step->size < make->origin_size)
        error = image_refuse_to_shrink (step->source ? step->source : step->backing,
                                        make->origin_size, step->size);
    if (error)
        make_failed (task, error);
    else
        step_make (task);
}

/* An image that is there is kept: it may hold work.  One that stands on another
 * base than the profile says would silently be another disk. */
static gboolean
fits (const ImageStep *step, GError **error)
{
    g_autofree char *backing = NULL;

    if (g_strcmp0 (step->format, "qcow2") != 0)
        return TRUE;
    backing = image_read_backing (step->path);
    if (g_strcmp0 (backing, step->backing) == 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST,
                 "disk %s: %s is there already and stands on %s, but the profile says %s: move or "
                 "delete it, or give the lab another name",
                 step->owner, step->path, backing ? backing : "no image",
                 step->backing ? step->backing : "no image");
    return FALSE;
}

static char *
part_path (const ImageStep *step)
{
    return g_strconcat (step->path, FILE_PART, NULL);
}

void
image_make_async (const ImageStep *step, ImageProgressFunc progress, gpointer progress_data,
                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Make *make = g_new0 (Make, 1);
    g_autoptr (RunAs) owner = NULL;
    const char *from;
    GError *error = NULL;
    struct stat info;

    *make = (Make){ .step = step,
                    .progress = progress,
                    .progress_data = progress_data,
                    .temporary = part_path (step),
                    .origin_size = G_MAXINT64 };
    g_task_set_task_data (task, make, make_free);
    g_task_set_source_tag (task, image_make_async);
    if (lstat (step->path, &info) == 0) {
        if (fits (step, &error))
            g_task_return_boolean (task, TRUE);
        else
            g_task_return_error (task, error);
        return;
    }
    unlink (make->temporary);
    from = step->source ? step->source : step->backing;
    owner = from ? image_find_owner (from) : NULL;
    make->foreign = owner != NULL;
    if (from && (step->size > 0 || make->foreign))
        image_size_async (from, step->source ? step->source_format : step->backing_format,
                          cancellable, origin_known, g_steal_pointer (&task));
    else
        step_make (task);
}

gboolean
image_make_finish (GAsyncResult *result, ImageResult *ret, GError **error)
{
    Make *make = g_task_get_task_data (G_TASK (result));

    if (!g_task_propagate_boolean (G_TASK (result), error))
        return FALSE;
    ret->created = make->created;
    ret->note = g_steal_pointer (&make->note);
    return TRUE;
}

void
image_discard_part (const ImageStep *step)
{
    g_autofree char *path = part_path (step);

    unlink (path);
}

gboolean
image_remove (const ImageStep *step, GError **error)
{
    if (unlink (step->path) == 0 || errno == ENOENT)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "disk %s: deleting %s: %s", step->owner,
                 step->path, g_strerror (errno));
    return FALSE;
}
