/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the end of a checkpoint: under the lock that a copy has while it claims what
 * it stands on, the folder goes; after that the layers that only it needed go or
 * become one with those above them.
 */
#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "host/lock.h"
#include "lab/disks/disk-shorten.h"
#include "lab/lab-private.h"

typedef struct {
    LiveLab *lab; /* NULL = it is down */
    char *state_dir;
    char *name;
    char *folder;           /* of the disks */
    Checkpoint *checkpoint; /* that has gone */
    guint machine, disk;    /* which is next */
    GString *notes;
} Removal;

static void next_disk (GTask *task);

static void
removal_free (gpointer data)
{
    Removal *removal = data;

    g_free (removal->state_dir);
    g_free (removal->name);
    g_free (removal->folder);
    checkpoint_free (removal->checkpoint);
    if (removal->notes)
        g_string_free (removal->notes, TRUE);
    g_free (removal);
}

/* That a chain is still long is no failure: another time it will be shortened. */
static void
shortened (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Removal *removal = g_task_get_task_data (task);
    g_autoptr (GError) error = NULL;

    if (!disk_shorten_finish (result, &error))
        g_string_append_printf (removal->notes, "%s%s", removal->notes->len ? "; " : "",
                                error->message);
    removal->disk++;
    next_disk (task);
}

static void
next_disk (GTask *task)
{
    Removal *removal = g_task_get_task_data (task);
    const GPtrArray *machines = removal->checkpoint->machines;

    for (; removal->machine < machines->len; removal->machine++, removal->disk = 0) {
        const CheckpointMachine *part = g_ptr_array_index (machines, removal->machine);
        const DiskEntry *entry = removal->disk < part->disks->len
                                     ? g_ptr_array_index (part->disks, removal->disk)
                                     : NULL;
        Shortening shortening = { .lab = removal->lab, .folder = removal->folder };

        if (!entry)
            continue;
        shortening.machine = entry->machine;
        shortening.disk = entry->disk;
        disk_shorten_async (&shortening, NULL, shortened, g_object_ref (task));
        return;
    }
    g_task_return_pointer (
        task, removal->notes->len ? g_strdup (removal->notes->str) : g_strdup (""), g_free);
}

static void
locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Removal *removal = g_task_get_task_data (task);
    GError *error = NULL;
    HostLock *lock = host_lock_take_finish (result, &error);

    if (lock)
        removal->checkpoint = checkpoint_read (removal->state_dir, removal->name, &error);
    if (!removal->checkpoint || !checkpoint_check_unused (removal->checkpoint, &error) ||
        !checkpoint_remove (removal->state_dir, removal->name, &error))
        g_task_return_error (task, error);
    host_lock_free (lock);
    if (!error)
        next_disk (task);
}

static void
begin (LiveLab *lab, GTask *task, gpointer data)
{
    g_autofree char *root = dirs_run_root ();
    GError *error = NULL;

    if (lab && lab->status != LAB_UP)
        error = g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED, "the lab is %s",
                             lab_state_names[lab->status]);
    if (error || !file_make_private_dir (root, &error))
        g_task_return_error (task, error);
    else
        host_lock_take_async (root, NULL, locked, g_object_ref (task));
}

void
checkpoint_remove_async (LiveLab *lab, const char *state_dir, const char *name,
                         GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Removal *removal = g_new0 (Removal, 1);

    removal->lab = lab;
    removal->state_dir = g_strdup (state_dir);
    removal->name = g_strdup (name);
    removal->folder = g_build_filename (state_dir, "disks", NULL);
    removal->notes = g_string_new (NULL);
    g_task_set_task_data (task, removal, removal_free);
    if (lab)
        lab_take_turn (lab, task, lab->task || lab_is_adopting (lab), begin, NULL, g_free);
    else
        begin (NULL, task, NULL);
}

char *
checkpoint_remove_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}
