/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket about disks of machines that run. */
#include "control/command-private.h"

#include "base/error.h"
#include "lab/describe.h"
#include "lab/disk-backup.h"
#include "lab/disk-live.h"

static void
snapshot_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    g_autofree char *file = disk_snapshot_finish (result, &error);

    if (file)
        control_call_return (user_data, describe_pair ("file", file, NULL, NULL));
    else
        control_call_fail (user_data, error);
}

void
run_disk_snapshot (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        disk_snapshot_async (control_call_get_lab (call), machine,
                             control_call_get_string (call, "disk"), snapshot_taken, call);
}

static void
media_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = disk_change_media_finish (result, &error);

    control_call_end (user_data, success, error);
}

void
run_media_change (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
    const char *file = control_call_get_string (call, "file");

    if (machine && file && !g_path_is_absolute (file))
        control_call_fail (call, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                                              "%s is not an absolute path", file));
    else if (machine)
        disk_change_media_async (machine, control_call_get_string (call, "disk"), file,
                                 media_changed, call);
}

/* --- copies --- */

typedef struct {
    ControlCall *call;
    LiveLab *lab;
    char *machine;
    char *disk;
} Copying;

static void
backup_progress (guint percent, gpointer user_data)
{
    const Copying *copying = user_data;
    JsonNode *data = describe_pair ("machine", copying->machine, "disk", copying->disk);

    json_object_set_int_member (json_node_get_object (data), "percent", percent);
    live_lab_tell (copying->lab, "DISK_BACKUP", data);
}

static void
backup_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Copying *copying = user_data;
    GError *error = NULL;
    gboolean success = disk_backup_finish (result, &error);

    control_call_end (copying->call, success, error);
    g_free (copying->machine);
    g_free (copying->disk);
    g_free (copying);
}

void
run_disk_backup (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);
    Copying *copying;

    if (!machine)
        return;
    copying = g_new (Copying, 1);
    *copying = (Copying){ call, control_call_get_lab (call),
                          g_strdup (control_call_get_string (call, "machine")),
                          g_strdup (control_call_get_string (call, "disk")) };
    disk_backup_async (machine, copying->disk, control_call_get_string (call, "file"),
                       backup_progress, copying, backup_made, copying);
}

void
run_disk_backup_cancel (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);

    if (!machine)
        return;
    disk_backup_cancel (machine, control_call_get_string (call, "disk"));
    control_call_end (call, TRUE, NULL);
}
