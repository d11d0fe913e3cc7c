/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the commands of the control socket about disks of machines that run. */
#include "control/commands/command-private.h"

#include "base/error.h"
#include "machine/describe.h"
#include "lab/disks/disk-backup.h"
#include "lab/disks/disk-job.h"
#include "lab/disks/disk-live.h"
#include "lab/disks/disk-media.h"
#include "lab/disks/disk-merge.h"

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
                             control_call_get_string (call, "disk"), FALSE, snapshot_taken, call);
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
    const char *file = control_call_get_string (call, "file");
    LiveMachine *machine = control_call_get_machine (call);

    if (machine && file && !g_path_is_absolute (file))
        control_call_fail (call, g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                                              "%s is not an absolute path", file));
    else if (machine)
        disk_change_media_async (machine, control_call_get_string (call, "disk"), file,
                                 media_changed, call);
}

/* --- what takes its time --- */

static void
backup_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    gboolean success = disk_backup_finish (result, &error);

    control_call_end (user_data, success, error);
}

void
run_disk_backup (ControlCall *call)
{
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        disk_backup_async (control_call_get_lab (call), machine,
                           control_call_get_string (call, "disk"),
                           control_call_get_string (call, "file"),
                           MAX (control_call_get_int (call, "speed"), 0), backup_made, call);
}

static void
merged (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;
    guint layers = disk_merge_finish (result, &error);
    JsonNode *value;

    if (error) {
        control_call_fail (user_data, error);
        return;
    }
    value = json_node_new (JSON_NODE_OBJECT);
    json_node_take_object (value, json_object_new ());
    json_object_set_int_member (json_node_get_object (value), "layers", layers);
    control_call_return (user_data, value);
}

static MergeOptions
merge_options (ControlCall *call)
{
    return (MergeOptions){ .layer = control_call_get_string (call, "layer"),
                           .force = control_call_get_boolean (call, "force"),
                           .speed = MAX (control_call_get_int (call, "speed"), 0) };
}

void
run_disk_commit (ControlCall *call)
{
    MergeOptions options = merge_options (call);
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        disk_commit_async (control_call_get_lab (call), machine,
                           control_call_get_string (call, "disk"), &options, merged, call);
}

void
run_disk_stream (ControlCall *call)
{
    MergeOptions options = merge_options (call);
    LiveMachine *machine = control_call_get_machine (call);

    if (machine)
        disk_stream_async (control_call_get_lab (call), machine,
                           control_call_get_string (call, "disk"), &options, merged, call);
}

void
run_disk_cancel (ControlCall *call)
{
    disk_job_cancel (control_call_get_lab (call), control_call_get_string (call, "machine"),
                     control_call_get_string (call, "disk"));
    control_call_end (call, TRUE, NULL);
}
