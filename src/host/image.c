/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making and deleting of roost's own disk images; see image.h. */
#include "host/image.h"

#include "base/error.h"
#include "base/file.h"
#include "host/command.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define CREATE_TIMEOUT_MS (60 * 1000)
#define BACKING_NAME_MAX 1023 /* as the format says */

typedef struct {
    char *owner;
    char *path;
    char *temporary;
    gboolean nocow;
    char *note;
    gboolean created;
} Make;

static void
make_free (gpointer data)
{
    Make *make = data;

    g_free (make->owner);
    g_free (make->path);
    g_free (make->temporary);
    g_free (make->note);
    g_free (make);
}

/* Where the file system is copy-on-write the attribute must be seen; elsewhere
 * there is nothing to turn off and nothing to say. */
static char *
nocow_note (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC);
    struct statfs fs;
    int flags = 0;

    if (fd < 0 || fstatfs (fd, &fs) < 0 || fs.f_type != BTRFS_SUPER_MAGIC)
        return NULL;
    if (ioctl (fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_NOCOW_FL) != 0)
        return NULL;
    return g_strdup ("nocow was asked for, but the file does not have the attribute: this file "
                     "system is mounted so that it cannot be set");
}

static void
created (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Make *make = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output && rename (make->temporary, make->path) < 0)
        g_set_error (&error, ROOST_ERROR, ROOST_ERROR_HOST, "%s", g_strerror (errno));
    if (error) {
        unlink (make->temporary);
        g_prefix_error (&error, "disk %s: making %s: ", make->owner, make->path);
        if (error->code == ROOST_ERROR_FAILED)
            error->code = ROOST_ERROR_HOST;
        g_task_return_error (task, error);
        return;
    }
    make->created = TRUE;
    if (make->nocow)
        make->note = nocow_note (make->path);
    g_task_return_boolean (task, TRUE);
}

/* The file that a qcow2 image stands on, as its header says: the offset of the
 * name at byte 8, its length at byte 16, both big endian. */
static char *
read_backing (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC);
    guint8 header[20];
    guint64 offset;
    guint32 length;
    g_autofree char *name = NULL;

    if (fd < 0 || pread (fd, header, sizeof header, 0) != sizeof header ||
        memcmp (header, "QFI\xfb", 4) != 0)
        return NULL;
    memcpy (&offset, header + 8, sizeof offset);
    memcpy (&length, header + 16, sizeof length);
    offset = GUINT64_FROM_BE (offset);
    length = GUINT32_FROM_BE (length);
    if (offset == 0 || length == 0 || length > BACKING_NAME_MAX)
        return NULL;
    name = g_malloc0 (length + 1);
    if (pread (fd, name, length, (off_t)offset) != (gssize)length)
        return NULL;
    return g_steal_pointer (&name);
}

/* An image that is there is kept: it may hold work.  One that stands on another
 * base than the profile says would silently be another disk. */
static gboolean
fits (const ImageStep *step, GError **error)
{
    g_autofree char *backing = NULL;

    if (g_strcmp0 (step->format, "qcow2") != 0)
        return TRUE;
    backing = read_backing (step->path);
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

static GPtrArray *
create_argv (const ImageStep *step, const char *temporary)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

    g_ptr_array_add (argv, g_strdup ("qemu-img"));
    g_ptr_array_add (argv, g_strdup ("create"));
    g_ptr_array_add (argv, g_strdup ("-q"));
    g_ptr_array_add (argv, g_strdup ("-f"));
    g_ptr_array_add (argv, g_strdup (step->format));
    if (step->nocow) {
        g_ptr_array_add (argv, g_strdup ("-o"));
        g_ptr_array_add (argv, g_strdup ("nocow=on"));
    }
    if (step->backing) {
        g_ptr_array_add (argv, g_strdup ("-b"));
        g_ptr_array_add (argv, g_strdup (step->backing));
        g_ptr_array_add (argv, g_strdup ("-F"));
        g_ptr_array_add (argv, g_strdup (step->backing_format));
    }
    g_ptr_array_add (argv, g_strdup (temporary));
    if (step->size > 0)
        g_ptr_array_add (argv, g_strdup_printf ("%" G_GINT64_FORMAT, step->size));
    g_ptr_array_add (argv, NULL);
    return argv;
}

void
image_make_async (const ImageStep *step, GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    g_autoptr (GPtrArray) argv = NULL;
    Make *make = g_new0 (Make, 1);
    struct stat info;

    *make = (Make){ .owner = g_strdup (step->owner),
                    .path = g_strdup (step->path),
                    .temporary = part_path (step),
                    .nocow = step->nocow };
    g_task_set_task_data (task, make, make_free);
    g_task_set_source_tag (task, image_make_async);
    if (lstat (step->path, &info) == 0) {
        GError *error = NULL;

        if (fits (step, &error))
            g_task_return_boolean (task, TRUE);
        else
            g_task_return_error (task, error);
        return;
    }
    unlink (make->temporary);
    argv = create_argv (step, make->temporary);
    command_run_async ((const char *const *)argv->pdata, CREATE_TIMEOUT_MS, cancellable, created,
                       g_steal_pointer (&task));
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
