/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the reading of image headers, and qemu-img's word where there is none
 * that is simple to read; see image-info.h.
 */
#include "host/image/image-info.h"

#include "base/error.h"
#include "base/file.h"
#include "base/record.h"
#include "host/process/command.h"
#include "host/process/run-as.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define INFO_TIMEOUT_MS (60 * 1000)
#define BACKING_NAME_MAX 1023 /* as the format says */
#define SECTOR 512
#define QCOW2_HEADER 80

/* The beginning of a qcow2 file: its version at byte 4, the offset of the backing
 * file's name at 8, its length at 16, the virtual size at 24, from version 3 on the
 * features that a reader must know at 72, all big endian. */
typedef struct {
    guint32 version;
    guint64 name_offset;
    guint32 name_length;
    guint64 size;
    guint64 features;
} Qcow2;
#define FEATURE_DATA_FILE (1 << 2) /* its content is in another file */

static gboolean
read_qcow2 (int fd, Qcow2 *ret)
{
    guint8 header[QCOW2_HEADER];

    if (pread (fd, header, sizeof header, 0) != sizeof header || memcmp (header, "QFI\xfb", 4) != 0)
        return FALSE;
    memcpy (&ret->version, header + 4, sizeof ret->version);
    memcpy (&ret->name_offset, header + 8, sizeof ret->name_offset);
    memcpy (&ret->name_length, header + 16, sizeof ret->name_length);
    memcpy (&ret->size, header + 24, sizeof ret->size);
    memcpy (&ret->features, header + 72, sizeof ret->features);
    ret->version = GUINT32_FROM_BE (ret->version);
    ret->features = ret->version >= 3 ? GUINT64_FROM_BE (ret->features) : 0;
    ret->name_offset = GUINT64_FROM_BE (ret->name_offset);
    ret->name_length = GUINT32_FROM_BE (ret->name_length);
    ret->size = GUINT64_FROM_BE (ret->size);
    return TRUE;
}

gboolean
image_find_backing (const char *path, char **ret_backing)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    g_autofree char *name = NULL;
    Qcow2 header;

    if (fd < 0 || !read_qcow2 (fd, &header) || header.name_length > BACKING_NAME_MAX)
        return FALSE;
    if (header.name_offset != 0 && header.name_length != 0) {
        name = g_malloc0 (header.name_length + 1);
        if (pread (fd, name, header.name_length, (off_t)header.name_offset) !=
            (gssize)header.name_length)
            return FALSE;
    }
    *ret_backing = g_steal_pointer (&name);
    return TRUE;
}

char *
image_read_backing (const char *path)
{
    char *name = NULL;

    return image_find_backing (path, &name) ? name : NULL;
}

gboolean
image_has_data_file (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    Qcow2 header;

    return fd >= 0 && read_qcow2 (fd, &header) && (header.features & FEATURE_DATA_FILE);
}

RunAs *
image_find_owner (const char *path)
{
    struct stat info;
    g_autofree char *text = NULL, *problem = NULL;
    RunAs *user = NULL;

    if (geteuid () != 0 || stat (path, &info) < 0 || info.st_uid == 0)
        return NULL;
    text = g_strdup_printf ("%u:%u", info.st_uid, info.st_gid);
    problem = run_as_find (text, "/dev/null", &user);
    return user;
}

static gint64
device_size (int fd)
{
    guint64 size = 0;

    return ioctl (fd, BLKGETSIZE64, &size) == 0 ? (gint64)size : -1;
}

gint64
image_read_size (const char *path, const char *format)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    Qcow2 header;

    if (fd < 0 || fstat (fd, &info) < 0)
        return -1;
    if (g_strcmp0 (format, "qcow2") == 0)
        return read_qcow2 (fd, &header) && header.size <= G_MAXINT64 ? (gint64)header.size : -1;
    if (g_strcmp0 (format, "raw") != 0)
        return -1;
    /* the emulator counts in sectors, and so does what it is asked for */
    return S_ISBLK (info.st_mode) ? device_size (fd)
                                  : (info.st_size + SECTOR - 1) / SECTOR * SECTOR;
}

gint64
image_read_used (const char *path)
{
    g_auto (AutoFd) fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;

    if (fd < 0 || fstat (fd, &info) < 0)
        return -1;
    return S_ISBLK (info.st_mode) ? device_size (fd) : (gint64)info.st_blocks * SECTOR;
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;
    g_autofree char *text = command_run_finish (result, &error);
    g_autoptr (JsonNode) node = text ? json_from_text (text, &error) : NULL;
    gint64 size = -1;

    if (node && JSON_NODE_HOLDS_OBJECT (node))
        size = json_object_get_int_member_with_default (json_node_get_object (node), "virtual-size",
                                                        -1);
    if (!error && size < 0)
        error = g_error_new_literal (ROOST_ERROR, ROOST_ERROR_HOST, "qemu-img does not say");
    if (error) {
        g_prefix_error (&error,
                        "looking up the size of %s: ", (const char *)g_task_get_task_data (task));
        roost_error_reclass (&error, ROOST_ERROR_HOST);
        g_task_return_error (task, error);
        return;
    }
    g_task_return_pointer (task, g_memdup2 (&size, sizeof size), g_free);
}

void
image_size_async (const char *path, const char *format, GCancellable *cancellable,
                  GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    const char *argv[] = { "qemu-img", "info", "-U", "--output=json", "-f", format, path, NULL };
    g_autoptr (RunAs) owner = NULL;
    gint64 size = image_read_size (path, format);

    g_task_set_source_tag (task, image_size_async);
    g_task_set_task_data (task, g_strdup (path), g_free);
    if (size >= 0)
        g_task_return_pointer (task, g_memdup2 (&size, sizeof size), g_free);
    else
        command_run_as_async (owner = image_find_owner (path), -1, argv, INFO_TIMEOUT_MS, NULL,
                              NULL, cancellable, answered, g_steal_pointer (&task));
}

gint64
image_size_finish (GAsyncResult *result, GError **error)
{
    g_autofree gint64 *size = g_task_propagate_pointer (G_TASK (result), error);

    return size ? *size : -1;
}
