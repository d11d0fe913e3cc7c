/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making and deleting of roost's own disk images, in this order:
 *   1. the size of what it comes from, where the profile asks for a size;
 *   2. qemu-img create, or cp --reflink=always, or qemu-img convert, all on
 *      the temporary name;
 *   3. qemu-img resize, where a clone is to be larger than its image;
 *   4. the new name.
 * A failure at any of them removes the temporary file.  See image.h.
 */
#include "host/image/image.h"

#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "host/process/command.h"
#include "host/filesystem.h"
#include "host/holder.h"
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

/* after qemu-img or cp has made the file */
static void
made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Make *make = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (!output)
        make_failed (task, error);
    else if (make->step->source && make->step->size > make->origin_size)
        image_resize_async (make->temporary, make->step->format, make->step->size,
                            g_task_get_cancellable (task), resized, g_object_ref (task));
    else
        step_name (task);
}

static void
add (GPtrArray *argv, const char *word)
{
    g_ptr_array_add (argv, g_strdup (word));
}

static void
run_create (GTask *task)
{
    Make *make = g_task_get_task_data (task);
    const ImageStep *step = make->step;
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

    add (argv, "qemu-img");
    add (argv, "create");
    add (argv, "-q");
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
    if (step->size > 0)
        g_ptr_array_add (argv, g_strdup_printf ("%" G_GINT64_FORMAT, step->size));
    g_ptr_array_add (argv, NULL);
    command_run_async ((const char *const *)argv->pdata, CREATE_TIMEOUT_MS,
                       g_task_get_cancellable (task), made, g_object_ref (task));
}

/* A copy takes as much as its source does, never less. */
static GError *
find_room (const Make *make)
{
    gint64 needed = image_read_used (make->step->source);
    gint64 room = filesystem_free (make->step->path);
    g_autofree char *needs = NULL, *has = NULL;

    if (needed < 0 || room < 0 || needed <= room)
        return NULL;
    needs = quantity_format_size (needed);
    has = quantity_format_size (room);
    return g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                        "a copy of %s needs %s bytes, and only %s are free there: make room, or "
                        "use clone: overlay",
                        make->step->source, needs, has);
}

static void
run_copy (GTask *task)
{
    Make *make = g_task_get_task_data (task);
    const ImageStep *step = make->step;
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
    GError *error = find_room (make);

    if (error) {
        make_failed (task, error);
        return;
    }
    add (argv, "qemu-img");
    add (argv, "convert");
    add (argv, "-p");
    add (argv, "-t"); /* on the medium before it has its name */
    add (argv, "writeback");
    add (argv, "-f");
    add (argv, step->source_format);
    add (argv, "-O");
    add (argv, step->format);
    if (step->nocow) {
        add (argv, "-o");
        add (argv, "nocow=on");
    }
    add (argv, step->source);
    add (argv, make->temporary);
    g_ptr_array_add (argv, NULL);
    command_watch_async ((const char *const *)argv->pdata, SILENCE_TIMEOUT_MS, copied_some, make,
                         g_task_get_cancellable (task), made, g_object_ref (task));
}

/* A machine that writes to the image meanwhile would leave a torn one. */
static GError *
refuse_written (const ImageStep *step)
{
    g_autofree char *holder = NULL;

    if (!holder_is_written (step->source))
        return NULL;
    holder = holder_describe (step->source);
    return g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "%s is being written by %s: stop it first",
                        step->source, holder);
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
    GError *error = refuse_written (make->step);

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
    if (!error && step->size < make->origin_size)
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
    if (step->size > 0 && step->source)
        image_size_async (step->source, step->source_format, cancellable, origin_known,
                          g_steal_pointer (&task));
    else if (step->size > 0 && step->backing)
        image_size_async (step->backing, step->backing_format, cancellable, origin_known,
                          g_steal_pointer (&task));
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
