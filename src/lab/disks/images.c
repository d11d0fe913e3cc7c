/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look over all images of roost's own, and what is asked of one; see images.h. */
#include "lab/disks/images-private.h"

#include "base/dirs.h"
#include "base/error.h"
#include "host/holder.h"
#include "host/image/image-info.h"
#include "host/process/process.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-chain.h"
#include "lab/registry.h"

#include <string.h>

static void
own_image_free (OwnImage *image)
{
    g_free (image->lab);
    g_free (image->folder);
    disk_entry_free (image->entry);
    g_free (image->path);
    g_free (image->format);
    g_free (image);
}

/* --- the disks of labs --- */

static void
list_lab (GPtrArray *images, const char *lab)
{
    g_autofree char *state = registry_state_dir (lab);
    g_autofree char *folder = g_build_filename (state, "disks", NULL);
    g_autoptr (GPtrArray) entries = disk_book_list (folder);

    for (guint i = 0; i < entries->len; i++) {
        DiskEntry *entry = g_ptr_array_index (entries, i);
        const DiskFile *head = disk_entry_head (entry);
        OwnImage *image = g_new0 (OwnImage, 1);

        image->lab = g_strdup (lab);
        image->folder = g_strdup (folder);
        image->path = disk_file_path (folder, head);
        image->format = g_strdup (head->format);
        image->entry = entry;
        g_ptr_array_add (images, image);
    }
    g_ptr_array_set_free_func (entries, NULL); /* they have gone to the images */
}

static int
by_path (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(OwnImage *const *)a)->path, (*(OwnImage *const *)b)->path);
}

GPtrArray *
images_list (const char *lab)
{
    GPtrArray *images = g_ptr_array_new_with_free_func ((GDestroyNotify)own_image_free);
    g_autofree char *root = dirs_state_root ();
    g_autoptr (GDir) dir = lab ? NULL : g_dir_open (root, 0, NULL);
    const char *name;

    if (lab)
        list_lab (images, lab);
    else
        images_list_made (images);
    while (dir && (name = g_dir_read_name (dir)))
        if (name[0] != '.')
            list_lab (images, name);
    g_ptr_array_sort (images, by_path);
    return images;
}

/* --- who uses it --- */

char *
images_user (const char *path)
{
    gint64 pid = holder_find (path);
    g_autofree char *root = dirs_run_root ();
    g_autoptr (GPtrArray) states = pid ? registry_list (root) : NULL;
    char *user = pid ? registry_find_process (states, pid) : NULL;

    if (user)
        return user;
    return pid || holder_is_written (path) ? holder_describe (path) : NULL;
}

/* Whether @image has @path below it; its own layers count where @layers. */
static gboolean
stands_on (const OwnImage *image, const char *path, gboolean layers)
{
    g_autofree char *backing = image->entry ? NULL : image_read_backing (image->path);

    if (!image->entry)
        return g_strcmp0 (backing, path) == 0;
    if (image->entry->base && g_str_equal (image->entry->base->path, path))
        return TRUE;
    for (guint i = 0; layers && i + 1 < image->entry->files->len; i++) {
        g_autofree char *layer =
            disk_file_path (image->folder, g_ptr_array_index (image->entry->files, i));

        if (g_str_equal (layer, path))
            return TRUE;
    }
    return FALSE;
}

static char *
find_dependent (const char *path, const char *except, gboolean layers)
{
    g_autoptr (GPtrArray) images = images_list (NULL);

    for (guint i = 0; i < images->len; i++) {
        const OwnImage *image = g_ptr_array_index (images, i);

        if (!stands_on (image, path, layers) || g_strcmp0 (image->path, except) == 0)
            continue;
        if (!image->entry)
            return g_strdup (image->path);
        return g_strdup_printf ("disk %s/%s of lab %s", image->entry->machine, image->entry->disk,
                                image->lab);
    }
    return NULL;
}

/* Returns: (transfer full) (nullable): the checkpoint of a lab that has @path */
static char *
find_checkpoint (const char *path)
{
    g_autofree char *disks = g_path_get_dirname (path), *name = g_path_get_basename (path);
    g_autofree char *state_dir = g_path_get_dirname (disks);
    g_autoptr (GPtrArray) checkpoints = checkpoint_list (state_dir);

    for (guint i = 0; i < checkpoints->len; i++) {
        Checkpoint *checkpoint = g_ptr_array_index (checkpoints, i);
        g_autoptr (GPtrArray) one = g_ptr_array_new ();

        g_ptr_array_add (one, checkpoint);
        if (checkpoint_pins (one, name))
            return g_strdup_printf ("checkpoint %s of lab %s", checkpoint->name, checkpoint->lab);
    }
    return NULL;
}

char *
images_dependent (const char *path, const char *except)
{
    char *dependent = find_dependent (path, except, TRUE);

    return dependent ? dependent : find_checkpoint (path);
}

char *
images_stranger_on (const char *path)
{
    return find_dependent (path, NULL, FALSE);
}

gboolean
images_check_free (const char *path, GError **error)
{
    g_autofree char *user = images_user (path);

    if (!user)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s is in use by %s: stop it first", path,
                 user);
    return FALSE;
}

gboolean
images_refuse_needed (const char *path, const char *dependent, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "%s stands on %s and would be broken: delete or rebase it first", dependent, path);
    return FALSE;
}

gboolean
images_check_unneeded (const char *path, GError **error)
{
    g_autofree char *dependent = images_dependent (path, NULL);

    return !dependent || images_refuse_needed (path, dependent, error);
}

/* whether @name is one of the layers of @image, or the name of the disk */
static gboolean
is_named (const OwnImage *image, const char *name, const char *path)
{
    g_autofree char *owner = NULL;

    if (!image->entry)
        return FALSE;
    owner = g_strdup_printf ("%s/%s/%s", image->lab, image->entry->machine, image->entry->disk);
    if (g_str_equal (owner, name))
        return TRUE;
    for (guint i = 0; i < image->entry->files->len; i++) {
        g_autofree char *layer =
            disk_file_path (image->folder, g_ptr_array_index (image->entry->files, i));

        if (g_str_equal (layer, path))
            return TRUE;
    }
    return FALSE;
}

OwnImage *
images_find_disk (GPtrArray *images, const char *name, const char *path)
{
    for (guint i = 0; i < images->len; i++)
        if (is_named (g_ptr_array_index (images, i), name, path))
            return g_ptr_array_index (images, i);
    return NULL;
}

gboolean
images_is_own (const char *path)
{
    g_autofree char *made = images_find_made (path);
    g_autoptr (GPtrArray) images = images_list (NULL);

    return made || images_find_disk (images, path, path);
}

gboolean
images_set_base (const char *path, const char *base, GError **error)
{
    g_autoptr (GPtrArray) images = images_list (NULL);
    OwnImage *image = images_find_disk (images, path, path);

    if (!image)
        return TRUE;
    disk_entry_set_base (image->entry, base);
    return disk_book_write (image->folder, image->entry, error);
}

gboolean
images_look_again (const char *path, GError **error)
{
    g_autoptr (GPtrArray) images = images_list (NULL);
    OwnImage *image = images_find_disk (images, path, path);

    if (!image)
        return TRUE;
    disk_entry_accept_base (image->entry);
    return disk_book_write (image->folder, image->entry, error);
}

/* Returns: (transfer none) (nullable): the layer of @image that is @path */
static const DiskFile *
find_layer (const OwnImage *image, const char *path)
{
    int i = image ? disk_chain_find (image->entry, image->folder, path) : -1;

    return i >= 0 ? g_ptr_array_index (image->entry->files, i) : NULL;
}

gboolean
images_check_sound (const char *path, char **ret_format, GError **error)
{
    g_autoptr (GPtrArray) images = images_list (NULL);
    const OwnImage *disk = images_find_disk (images, path, path);
    const DiskFile *layer = find_layer (disk, path);

    if (layer && !disk_chain_check (disk->entry, disk->folder, error))
        return FALSE;
    if (!layer && image_has_data_file (path)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                     "%s says that its content is in another file, and nothing is done with "
                     "images of that kind: qemu-img convert makes another kind of it",
                     path);
        return FALSE;
    }
    *ret_format = layer ? g_strdup (layer->format) : NULL;
    return TRUE;
}
