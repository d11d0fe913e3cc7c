/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the copying of images; see image-copy.h.  Of an image of another user's, in order:
 *   1. an empty image of its size is made;
 *   2. it is lent to the owner, as an open descriptor: no folder need be open to him;
 *   3. qemu-img fills it as that user, and reaches no more than he does;
 *   4. it is ours again.
 */
#include "host/image/image-copy.h"

#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "host/filesystem.h"
#include "host/image/image-info.h"
#include "host/process/run-as.h"

#include <errno.h>
#include <fcntl.h>

#define CREATE_MS (60 * 1000)
/* qemu-img tells of every percent; on slow storage one may take very long */
#define SILENCE_MS (60 * 60 * 1000)

typedef struct {
    const ImageStep *step;
    const char *to;
    gint64 size;
    CommandOutputFunc output;
    gpointer output_data;
    RunAs *owner; /* of the source; NULL = us */
} Copy;

static void
copy_free (gpointer data)
{
    Copy *copy = data;

    run_as_free (copy->owner);
    g_free (copy);
}

/* A copy takes as much as its source does, never less. */
static GError *
find_room (const Copy *copy)
{
    gint64 needed = image_read_used (copy->step->source);
    gint64 room = filesystem_free (copy->step->path);
    g_autofree char *needs = NULL, *has = NULL;

    if (needed < 0 || room < 0 || needed <= room)
        return NULL;
    needs = quantity_format_size (needed);
    has = quantity_format_size (room);
    return g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                        "a copy of %s needs %s bytes, and only %s are free there: make room, or "
                        "use clone: overlay",
                        copy->step->source, needs, has);
}

static void
add (GPtrArray *argv, const char *word)
{
    g_ptr_array_add (argv, g_strdup (word));
}

static void
add_nocow (GPtrArray *argv, const Copy *copy)
{
    if (!copy->step->nocow)
        return;
    add (argv, "-o");
    add (argv, "nocow=on");
}

static void
filled (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    const Copy *copy = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output)
        run_as_take_back (copy->owner, copy->to, &error);
    if (error)
        g_task_return_error (task, error);
    else
        g_task_return_boolean (task, TRUE);
}

/* @fd: (transfer full): the file, when it is there; -1 when it is to be made */
static void
fill (GTask *task, int fd)
{
    const Copy *copy = g_task_get_task_data (task);
    const ImageStep *step = copy->step;
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

    add (argv, "qemu-img");
    add (argv, "convert");
    add (argv, "-p");
    add (argv, "-t"); /* on the medium before it has its name */
    add (argv, "writeback");
    add (argv, "-f");
    add (argv, step->source_format);
    add (argv, "-O");
    add (argv, step->format);
    if (fd >= 0) {
        add (argv, "-n");
        add (argv, "--target-is-zero");
    } else {
        add_nocow (argv, copy);
    }
    add (argv, step->source);
    g_ptr_array_add (argv, fd >= 0 ? g_strdup_printf ("/proc/self/fd/%d", COMMAND_FD)
                                   : g_strdup (copy->to));
    g_ptr_array_add (argv, NULL);
    command_run_as_async (copy->owner, fd, (const char *const *)argv->pdata, SILENCE_MS,
                          copy->output, copy->output_data, g_task_get_cancellable (task), filled,
                          g_object_ref (task));
}

static void
made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    const Copy *copy = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);
    g_auto (AutoFd) fd = output ? open (copy->to, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;

    if (output && fd < 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "opening %s: %s", copy->to,
                             g_strerror (errno));
    if (error || !run_as_give (copy->owner, copy->to, &error))
        g_task_return_error (task, error);
    else
        fill (task, g_steal_fd (&fd));
}

static void
make_empty (GTask *task)
{
    const Copy *copy = g_task_get_task_data (task);
    g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

    add (argv, "qemu-img");
    add (argv, "create");
    add (argv, "-q");
    add (argv, "-f");
    add (argv, copy->step->format);
    add_nocow (argv, copy);
    add (argv, copy->to);
    g_ptr_array_add (argv, g_strdup_printf ("%" G_GINT64_FORMAT, copy->size));
    g_ptr_array_add (argv, NULL);
    command_run_async ((const char *const *)argv->pdata, CREATE_MS, g_task_get_cancellable (task),
                       made, g_object_ref (task));
}

void
image_copy_async (const ImageStep *step, const char *to, gint64 size, CommandOutputFunc output,
                  gpointer output_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Copy *copy = g_new0 (Copy, 1);
    GError *error;

    *copy = (Copy){ step, to, size, output, output_data, image_find_owner (step->source) };
    g_task_set_task_data (task, copy, copy_free);
    error = find_room (copy);
    if (error)
        g_task_return_error (task, error);
    else if (copy->owner)
        make_empty (task);
    else
        fill (task, -1);
}

gboolean
image_copy_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
