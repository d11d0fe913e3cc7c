/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the deleting of images of roost's own, which nobody uses and nothing needs. */
#include "lab/disks/images-private.h"

#include "base/error.h"
#include "lab/checkpoints/checkpoint.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Whether a checkpoint of the lab goes back to it. */
static gboolean
is_saved (const OwnImage *image, GPtrArray *checkpoints, const char *file, GError **error)
{
    if (!checkpoint_pins (checkpoints, file))
        return FALSE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "%s/%s is needed by a checkpoint of lab %s: remove that first (roost checkpoint "
                 "list %s)",
                 image->folder, file, image->lab, image->lab);
    return TRUE;
}

static gboolean
remove_disk (const OwnImage *image, GError **error)
{
    g_autofree char *state_dir = g_path_get_dirname (image->folder);
    g_autoptr (GPtrArray) checkpoints = checkpoint_list (state_dir);

    for (guint i = 0; i < image->entry->files->len; i++) {
        const DiskFile *file = g_ptr_array_index (image->entry->files, i);
        g_autofree char *path = disk_file_path (image->folder, file);
        g_autofree char *dependent = images_stranger_on (path);

        if (!images_check_free (path, error) || is_saved (image, checkpoints, file->name, error) ||
            (dependent && !images_refuse_needed (path, dependent, error)))
            return FALSE;
    }
    return disk_book_delete (image->folder, image->entry, error);
}

static gboolean
remove_made (const char *path, GError **error)
{
    g_autofree char *record = images_find_made (path);

    if (!record) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "%s was not made by roost, and is yours alone to delete", path);
        return FALSE;
    }
    if (!images_check_free (path, error) || !images_check_unneeded (path, error))
        return FALSE;
    if (unlink (path) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "deleting %s: %s", path,
                     g_strerror (errno));
        return FALSE;
    }
    unlink (record);
    return TRUE;
}

gboolean
images_remove (const char *name, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (name, NULL);
    g_autoptr (GPtrArray) images = images_list (NULL);
    OwnImage *disk = images_find_disk (images, name, path);

    if (disk)
        return remove_disk (disk, error);
    if (access (path, F_OK) < 0) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
        return FALSE;
    }
    return remove_made (path, error);
}

gboolean
images_remove_lab (const char *lab, GError **error)
{
    g_autoptr (GPtrArray) images = images_list (lab);

    for (guint i = 0; i < images->len; i++)
        if (!remove_disk (g_ptr_array_index (images, i), error))
            return FALSE;
    return TRUE;
}
