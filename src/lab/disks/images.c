/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the look over all images of roost's own, and their end; see images.h.
 *
 * What `roost image` makes may lie anywhere and on any file system, so it is
 * written down below the state directory: one file for each, named after the
 * path, with the inode by which the image is known again.
 */
#include "lab/disks/images.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "host/holder.h"
#include "host/image/image-info.h"
#include "host/process/process.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/registry.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MADE_FOLDER ".images" /* no lab's name begins with a dot */
#define RECORD_MAX 65536

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

/* --- what `roost image` has made --- */

static char *
made_folder (void)
{
    g_autofree char *root = dirs_state_root ();

    return g_build_filename (root, MADE_FOLDER, NULL);
}

static char *
made_record (const char *path)
{
    g_autofree char *folder = made_folder ();
    g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

    return g_build_filename (folder, hash, NULL);
}

static gint64
inode_of (const char *path)
{
    struct stat info;

    return lstat (path, &info) == 0 && S_ISREG (info.st_mode) ? (gint64)info.st_ino : 0;
}

gboolean
images_register (const char *path, GError **error)
{
    g_autofree char *folder = made_folder (), *record = made_record (path);
    g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " %s", inode_of (path), path);

    if (file_make_private_dir (folder, error) &&
        file_write_whole (record, text, strlen (text), 0600, error))
        return TRUE;
    roost_error_reclass (error, ROOST_ERROR_HOST);
    return FALSE;
}

/* the path in a record, when the image that was made is still there */
static char *
read_made (const char *record)
{
    g_autofree char *text = file_read (record, RECORD_MAX, NULL, NULL);
    char *end;
    gint64 inode = text ? g_ascii_strtoll (text, &end, 10) : 0;

    if (inode == 0 || *end != ' ' || inode_of (end + 1) != inode)
        return NULL;
    return g_strdup (end + 1);
}

static void
list_made (GPtrArray *images)
{
    g_autofree char *folder = made_folder ();
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *record = g_build_filename (folder, name, NULL);
        char *path = read_made (record);
        OwnImage *image;

        if (!path)
            continue;
        image = g_new0 (OwnImage, 1);
        image->path = path;
        g_ptr_array_add (images, image);
    }
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
        list_made (images);
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

static gboolean
needed (const char *path, const char *dependent, GError **error)
{
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "%s stands on %s and would be broken: delete or rebase it first", dependent, path);
    return FALSE;
}

gboolean
images_check_unneeded (const char *path, GError **error)
{
    g_autofree char *dependent = images_dependent (path, NULL);

    return !dependent || needed (path, dependent, error);
}

/* --- the end --- */

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
            (dependent && !needed (path, dependent, error)))
            return FALSE;
    }
    return disk_book_delete (image->folder, image->entry, error);
}

static gboolean
remove_made (const char *path, GError **error)
{
    g_autofree char *record = made_record (path), *made = read_made (record);

    if (!made) {
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

static OwnImage *
find_disk (GPtrArray *images, const char *name, const char *path)
{
    for (guint i = 0; i < images->len; i++)
        if (is_named (g_ptr_array_index (images, i), name, path))
            return g_ptr_array_index (images, i);
    return NULL;
}

gboolean
images_is_own (const char *path)
{
    g_autofree char *record = made_record (path), *made = read_made (record);
    g_autoptr (GPtrArray) images = images_list (NULL);

    return made || find_disk (images, path, path);
}

gboolean
images_set_base (const char *path, const char *base, GError **error)
{
    g_autoptr (GPtrArray) images = images_list (NULL);
    OwnImage *image = find_disk (images, path, path);

    if (!image)
        return TRUE;
    disk_entry_set_base (image->entry, base);
    return disk_book_write (image->folder, image->entry, error);
}

gboolean
images_look_again (const char *path, GError **error)
{
    g_autoptr (GPtrArray) images = images_list (NULL);
    OwnImage *image = find_disk (images, path, path);

    if (!image)
        return TRUE;
    disk_entry_accept_base (image->entry);
    return disk_book_write (image->folder, image->entry, error);
}

gboolean
images_remove (const char *name, GError **error)
{
    g_autofree char *path = g_canonicalize_filename (name, NULL);
    g_autoptr (GPtrArray) images = images_list (NULL);
    OwnImage *disk = find_disk (images, name, path);

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
