/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is known of images that `roost image` has made.  They may lie anywhere and
 * on any file system, so each is written down below the state directory: one file for
 * each, named after the path, with the inode by which the image is known again.
 */
#include "lab/disks/images-private.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"

#include <string.h>
#include <sys/stat.h>

#define MADE_FOLDER ".images" /* no lab's name begins with a dot */
#define RECORD_MAX 65536

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
    g_autofree char *text = file_read_own (record, RECORD_MAX, NULL);
    char *end;
    gint64 inode = text ? g_ascii_strtoll (text, &end, 10) : 0;

    if (inode == 0 || *end != ' ' || inode_of (end + 1) != inode)
        return NULL;
    return g_strdup (end + 1);
}

void
images_list_made (GPtrArray *images)
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

char *
images_find_made (const char *path)
{
    g_autofree char *record = made_record (path), *made = read_made (record);

    return made ? g_steal_pointer (&record) : NULL;
}
