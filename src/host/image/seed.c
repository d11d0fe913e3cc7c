/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the making of seeds: the files are put into a folder beside the volume,
 * and xorriso, or mtools for a FAT volume, packs it.  See seed.h.
 */
#include "host/image/seed.h"

#include "base/error.h"
#include "base/file.h"
#include "host/process/command.h"
#include "host/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#define TOOL_TIMEOUT_MS (60 * 1000)
#define FILE_MAX_BYTES (16 * 1024 * 1024)
#define VERSION "1" /* of how volumes are made: a new one makes them again */
/* FAT16 of a fixed size: room for every file that is allowed */
#define FAT_BYTES (32 * 1024 * 1024)
#define FAT_SECTORS "65536"

typedef struct {
    const ImageStep *step;
    char *temporary;
    char *folder;
} Make;

static void
make_free (gpointer data)
{
    Make *make = data;

    tree_remove (make->folder, NULL);
    g_unlink (make->temporary);
    g_free (make->folder);
    g_free (make->temporary);
    g_free (make);
}

static char *
temporary_path (const ImageStep *step)
{
    return g_strconcat (step->path, FILE_PART, NULL);
}

static char *
folder_path (const ImageStep *step)
{
    return g_strconcat (step->path, ".files", NULL);
}

/* a text with a line end is the content itself */
static char *
content (const char *text, gsize *ret_length, GError **error)
{
    if (!strchr (text, '\n'))
        return file_read (text, FILE_MAX_BYTES, ret_length, error);
    *ret_length = strlen (text);
    return g_strdup (text);
}

char *
seed_digest (const ImageStep *step, GError **error)
{
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

    g_checksum_update (sum, (const guchar *)VERSION, -1);
    g_checksum_update (sum, (const guchar *)step->label, strlen (step->label) + 1);
    for (gsize i = 0; step->names[i]; i++) {
        gsize length;
        g_autofree char *data = content (step->texts[i], &length, error);
        g_autofree char *head = NULL;

        if (!data) {
            roost_error_reclass (error, ROOST_ERROR_PROFILE);
            return NULL;
        }
        head = g_strdup_printf ("%s %" G_GSIZE_FORMAT, step->names[i], length);
        g_checksum_update (sum, (const guchar *)head, strlen (head) + 1);
        g_checksum_update (sum, (const guchar *)data, (gssize)length);
    }
    return g_strconcat ("sha256:", g_checksum_get_string (sum), NULL);
}

static gboolean
put_files (const Make *make, GError **error)
{
    const ImageStep *step = make->step;

    for (gsize i = 0; step->names[i]; i++) {
        g_autofree char *path = g_build_filename (make->folder, step->names[i], NULL);
        g_autofree char *parent = g_path_get_dirname (path), *data = NULL;
        gsize length;

        data = content (step->texts[i], &length, error);
        if (!data || !file_make_private_dir (parent, error) ||
            !file_write_whole (path, data, length, 0644, error))
            return FALSE;
    }
    return TRUE;
}

static void
failed (GTask *task, GError *error)
{
    const ImageStep *step = ((Make *)g_task_get_task_data (task))->step;

    g_prefix_error (&error, "disk %s: making %s: ", step->owner, step->path);
    if (error->domain != ROOST_ERROR)
        roost_error_reclass (&error, ROOST_ERROR_HOST);
    else if (error->code == ROOST_ERROR_FAILED)
        error->code = ROOST_ERROR_HOST;
    g_task_return_error (task, error);
}

static void
packed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Make *make = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);

    if (output && g_rename (make->temporary, make->step->path) < 0)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_HOST, "%s", g_strerror (errno));
    if (error)
        failed (task, error);
    else
        g_task_return_boolean (task, TRUE);
}

static void
formatted (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Make *make = g_task_get_task_data (task);
    GError *error = NULL;
    g_autofree char *output = command_run_finish (result, &error);
    g_autofree char *file = g_build_filename (make->folder, make->step->names[0], NULL);
    g_autofree char *name = g_strconcat ("::", make->step->names[0], NULL);
    const char *argv[] = { "mcopy", "-i", make->temporary, file, name, NULL };

    if (output)
        command_run_async (argv, TOOL_TIMEOUT_MS, g_task_get_cancellable (task), packed,
                           g_object_ref (task));
    else
        failed (task, error);
}

static gboolean
make_empty (const char *path, GError **error)
{
    g_auto (AutoFd) fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd >= 0 && ftruncate (fd, FAT_BYTES) == 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_HOST, "%s", g_strerror (errno));
    return FALSE;
}

static void
pack_fat (GTask *task)
{
    Make *make = g_task_get_task_data (task);
    const char *argv[] = { "mformat", "-i", make->temporary,   "-T", FAT_SECTORS, "-h", "64", "-s",
                           "32",      "-v", make->step->label, "::", NULL };
    GError *error = NULL;

    if (make_empty (make->temporary, &error))
        command_run_async (argv, TOOL_TIMEOUT_MS, g_task_get_cancellable (task), formatted,
                           g_object_ref (task));
    else
        failed (task, error);
}

static void
pack_iso (GTask *task)
{
    Make *make = g_task_get_task_data (task);
    /* names as they are (Rock Ridge and Joliet), and short ones for installers */
    const char *argv[] = { "xorriso",         "-as", "mkisofs", "-quiet", "-V",
                           make->step->label, "-J",  "-r",      "-o",     make->temporary,
                           make->folder,      NULL };

    command_run_async (argv, TOOL_TIMEOUT_MS, g_task_get_cancellable (task), packed,
                       g_object_ref (task));
}

void
seed_make_async (const ImageStep *step, GCancellable *cancellable, GAsyncReadyCallback callback,
                 gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
    Make *make = g_new0 (Make, 1);
    GError *error = NULL;

    *make = (Make){ step, temporary_path (step), folder_path (step) };
    g_task_set_task_data (task, make, make_free);
    g_task_set_source_tag (task, seed_make_async);
    seed_discard_part (step);
    if (!put_files (make, &error))
        failed (task, error);
    else if (g_strcmp0 (step->clone, "fat") == 0)
        pack_fat (task);
    else
        pack_iso (task);
}

gboolean
seed_make_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

void
seed_discard_part (const ImageStep *step)
{
    g_autofree char *temporary = temporary_path (step), *folder = folder_path (step);

    tree_remove (folder, NULL);
    g_unlink (temporary);
}
