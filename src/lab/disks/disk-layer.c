/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making of a layer over a disk that nobody has open; see disk-layer.h. */
#include "lab/disks/disk-layer.h"

#include "base/error.h"
#include "host/image/image.h"
#include "host/process/run-as.h"
#include "lab/disks/disk-chain.h"

#include <unistd.h>

typedef struct {
    ImageStep step; /* of the file; strings are owned, but that of the format */
    const RunAs *user;
} Layer;

static void
layer_free (gpointer data)
{
    Layer *layer = data;

    g_free (layer->step.path);
    g_free (layer->step.backing);
    g_free (layer->step.owner);
    g_free (layer);
}

static void
fail (GTask *task, GError *error)
{
    const Layer *layer = g_task_get_task_data (task);

    g_prefix_error (&error, "disk %s: ", layer->step.owner);
    g_task_return_error (task, error);
}

static void
made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Layer *layer = g_task_get_task_data (task);
    ImageResult image = { 0 };
    GError *error = NULL;

    if (image_make_finish (result, &image, &error) &&
        !run_as_give (layer->user, layer->step.path, &error))
        unlink (layer->step.path);
    g_free (image.note);
    if (error)
        fail (task, error);
    else
        g_task_return_pointer (task, g_strdup (layer->step.path), g_free);
}

void
disk_layer_async (const char *folder, const DiskEntry *entry, const RunAs *user,
                  GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    const DiskFile *head = disk_entry_head (entry);
    g_autofree char *name = disk_entry_next_name (entry, folder);
    g_autofree char *problem = disk_entry_base_problem (entry);
    Layer *layer = g_new0 (Layer, 1);
    GError *error = NULL;

    layer->user = user;
    layer->step = (ImageStep){ .owner = g_strdup_printf ("%s/%s", entry->machine, entry->disk),
                               .path = g_build_filename (folder, name, NULL),
                               .format = (char *)"qcow2",
                               .backing = disk_file_path (folder, head),
                               .backing_format = head->format,
                               .nocow = TRUE };
    g_task_set_task_data (task, layer, layer_free);
    if (problem)
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST, "disk %s: %s",
                                 layer->step.owner, problem);
    else if (!disk_file_is_ours (folder, head))
        g_task_return_new_error (task, ROOST_ERROR, ROOST_ERROR_HOST,
                                 "disk %s: %s, on which it stands, is gone", layer->step.owner,
                                 layer->step.backing);
    else if (!disk_chain_check (entry, folder, &error))
        fail (task, error);
    else
        image_make_async (&layer->step, NULL, NULL, NULL, made, g_object_ref (task));
}

char *
disk_layer_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
disk_layer_push (const char *folder, DiskEntry *entry, const char *path, GError **error)
{
    g_autofree char *name = g_path_get_basename (path);

    disk_entry_push_seam (entry, folder, name);
    if (disk_book_write (folder, entry, error))
        return TRUE;
    unlink (path);
    return FALSE;
}
