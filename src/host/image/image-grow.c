/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the size of images that are there already: they grow and never shrink;
 * see image.h.
 */
#include "base/error.h"
#include "base/quantity.h"
#include "host/process/command.h"
#include "host/image/image-info.h"
#include "host/image/image.h"

#define RESIZE_TIMEOUT_MS (60 * 1000)

typedef struct {
    char *path;
    char *format;
    gint64 size;
    gboolean grown;
} Grow;

static void
grow_free (gpointer data)
{
    Grow *grow = data;

    g_free (grow->path);
    g_free (grow->format);
    g_free (grow);
}

GError *
image_refuse_to_shrink (const char *path, gint64 has, gint64 wanted)
{
    g_autofree char *old = quantity_format_size (has), *new = quantity_format_size (wanted);

    return g_error_new (ROOST_ERROR, ROOST_ERROR_HOST,
                        "%s has %s and %s are asked for: no disk is made smaller, because what is "
                        "beyond its new end would be lost",
                        path, old, new);
}

void
image_resize_async (const char *path, const char *format, gint64 size, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
    g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, size);
    const char *argv[] = { "qemu-img", "resize", "-q", "-f", format, path, text, NULL };
    g_autoptr (RunAs) owner = image_find_owner (path);

    command_run_as_async (owner, -1, argv, RESIZE_TIMEOUT_MS, NULL, NULL, cancellable, callback,
                          user_data);
}

static void
resized (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Grow *grow = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output) {
        grow->grown = TRUE;
        g_task_return_boolean (task, TRUE);
        return;
    }
    g_prefix_error (&error, "growing %s: ", grow->path);
    if (error->domain == ROOST_ERROR && error->code == ROOST_ERROR_FAILED)
        error->code = ROOST_ERROR_HOST;
    g_task_return_error (task, error);
}

static void
size_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Grow *grow = g_task_get_task_data (task);
    GError *error = NULL;
    gint64 size = image_size_finish (result, &error);

    if (error)
        g_task_return_error (task, error);
    else if (size > grow->size)
        g_task_return_error (task, image_refuse_to_shrink (grow->path, size, grow->size));
    else if (size == grow->size)
        g_task_return_boolean (task, TRUE);
    else
        image_resize_async (grow->path, grow->format, grow->size, g_task_get_cancellable (task),
                            resized, g_object_ref (task));
}

void
image_grow_async (const char *path, const char *format, gint64 size, GCancellable *cancellable,
                  GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Grow *grow = g_new0 (Grow, 1);

    *grow = (Grow){ g_strdup (path), g_strdup (format), size, FALSE };
    g_task_set_task_data (task, grow, grow_free);
    g_task_set_source_tag (task, image_grow_async);
    image_size_async (path, format, cancellable, size_known, g_steal_pointer (&task));
}

gboolean
image_grow_finish (GAsyncResult *result, gboolean *ret_grown, GError **error)
{
    if (!g_task_propagate_boolean (G_TASK (result), error))
        return FALSE;
    if (ret_grown)
        *ret_grown = ((Grow *)g_task_get_task_data (G_TASK (result)))->grown;
    return TRUE;
}
