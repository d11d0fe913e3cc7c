/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the order in which a layer comes over a disk of a running machine, one
 * disk after the other:
 *   1. the layer is made on the file that is the head now;
 *   2. the book has it as the head; so has the machine's record;
 *   3. which node has the old head open is asked;
 *   4. the emulator opens the layer and puts it on top.
 * When 3 or 4 fails the layer goes again.
 */
#include "lab/disk-snapshot.h"

#include "base/error.h"
#include "host/image.h"
#include "plan/disk-head.h"

#include <string.h>

#define COMMAND_MS (60 * 1000)

typedef struct {
    LiveMachine *machine;
    const char *folder;
    GPtrArray *disks; /* DiskRecord (not owned): those that are left */
    ImageStep step;   /* of the layer that is made; strings are owned */
    DiskEntry *entry;
    char *node;     /* its name in the emulator */
    char *old_node; /* that of what is below */
    char *old_path;
    char *old_format;
} Snapshot;

static void next_disk (GTask *task);

static void
forget_disk (Snapshot *snapshot)
{
    g_clear_pointer (&snapshot->step.path, g_free);
    g_clear_pointer (&snapshot->step.backing, g_free);
    g_clear_pointer (&snapshot->step.backing_format, g_free);
    g_clear_pointer (&snapshot->step.owner, g_free);
    g_clear_pointer (&snapshot->entry, disk_entry_free);
    g_clear_pointer (&snapshot->node, g_free);
    g_clear_pointer (&snapshot->old_node, g_free);
    g_clear_pointer (&snapshot->old_path, g_free);
    g_clear_pointer (&snapshot->old_format, g_free);
}

static void
snapshot_free (gpointer data)
{
    Snapshot *snapshot = data;

    forget_disk (snapshot);
    g_ptr_array_unref (snapshot->disks);
    g_free (snapshot);
}

static DiskRecord *
current (Snapshot *snapshot)
{
    return g_ptr_array_index (snapshot->disks, 0);
}

static void
fail (GTask *task, GError *error)
{
    Snapshot *snapshot = g_task_get_task_data (task);
    const char *machine = live_machine_get_record (snapshot->machine)->name;

    g_prefix_error (&error, "disk %s/%s: a layer over it: ", machine, current (snapshot)->name);
    roost_error_reclass (&error, ROOST_ERROR_FAILED);
    g_task_return_error (task, error);
}

/* The emulator has not taken the layer: everything is as before. */
static void
take_back (GTask *task, GError *error)
{
    Snapshot *snapshot = g_task_get_task_data (task);
    DiskEntry *entry = snapshot->entry;

    plan_set_disk_head (live_machine_get_record (snapshot->machine), current (snapshot),
                        snapshot->old_path, snapshot->old_format);
    disk_entry_drop (entry, snapshot->folder, entry->files->len - 1, 1);
    disk_book_write (snapshot->folder, entry, NULL);
    fail (task, error);
}

static JsonNode *
take_object (JsonObject *object)
{
    JsonNode *node = json_node_new (JSON_NODE_OBJECT);

    json_node_take_object (node, object);
    return node;
}

static void
execute (GTask *task, const char *command, JsonNode *arguments, GAsyncReadyCallback callback)
{
    Snapshot *snapshot = g_task_get_task_data (task);
    QmpClient *qmp = live_machine_get_qmp (snapshot->machine);
    g_autoptr (JsonNode) owned = arguments;

    if (qmp)
        qmp_client_execute_async (qmp, command, arguments, COMMAND_MS, NULL, callback,
                                  g_object_ref (task));
    else
        take_back (task,
                   g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED, "the machine has ended"));
}

static void
on_top (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value) {
        take_back (task, error);
        return;
    }
    forget_disk (snapshot);
    g_ptr_array_remove_index (snapshot->disks, 0);
    next_disk (task);
}

/* Returns: (transfer none) (nullable): the node that has @path open as @format */
static const char *
find_node (JsonNode *nodes, const char *path, const char *format)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY (nodes) ? json_node_get_array (nodes) : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        JsonNode *element = json_array_get_element (array, i);
        JsonObject *node = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;

        if (node &&
            g_strcmp0 (json_object_get_string_member_with_default (node, "file", ""), path) == 0 &&
            g_strcmp0 (json_object_get_string_member_with_default (node, "drv", ""), format) == 0)
            return json_object_get_string_member_with_default (node, "node-name", NULL);
    }
    return NULL;
}

static void
layer_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);
    JsonObject *arguments;

    if (!value) {
        take_back (task, error);
        return;
    }
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "node", snapshot->old_node);
    json_object_set_string_member (arguments, "overlay", snapshot->node);
    execute (task, "blockdev-snapshot", take_object (arguments), on_top);
}

static void
nodes_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    GError *error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    snapshot->old_node =
        value ? g_strdup (find_node (value, snapshot->old_path, snapshot->old_format)) : NULL;
    if (!snapshot->old_node)
        take_back (task,
                   error ? error
                         : g_error_new (ROOST_ERROR, ROOST_ERROR_FAILED,
                                        "the emulator does not have %s open", snapshot->old_path));
    else
        execute (task, "blockdev-add",
                 plan_disk_node (live_machine_get_record (snapshot->machine), current (snapshot),
                                 snapshot->node),
                 layer_open);
}

static void
layer_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Snapshot *snapshot = g_task_get_task_data (task);
    DiskRecord *disk = current (snapshot);
    g_autofree char *name = g_path_get_basename (snapshot->step.path);
    ImageResult made = { 0 };
    GError *error = NULL;
    JsonObject *arguments;

    if (!image_make_finish (result, &made, &error)) {
        fail (task, error);
        return;
    }
    g_free (made.note);
    snapshot->old_path = g_strdup (disk->path);
    snapshot->old_format = g_strdup (disk->format);
    disk_entry_push (snapshot->entry, snapshot->folder, name, "qcow2");
    plan_set_disk_head (live_machine_get_record (snapshot->machine), disk, snapshot->step.path,
                        "qcow2");
    if (!disk_book_write (snapshot->folder, snapshot->entry, &error)) {
        take_back (task, error);
        return;
    }
    arguments = json_object_new ();
    json_object_set_boolean_member (arguments, "flat", TRUE);
    execute (task, "query-named-block-nodes", take_object (arguments), nodes_known);
}

/* A node's name ends with the number of the layer, which no other has. */
static void
make_layer (GTask *task)
{
    Snapshot *snapshot = g_task_get_task_data (task);
    const char *machine = live_machine_get_record (snapshot->machine)->name;
    const DiskRecord *disk = current (snapshot);
    g_autofree char *name = disk_entry_next_name (snapshot->entry, snapshot->folder);
    g_auto (GStrv) parts = g_strsplit (name, ".", -1);

    snapshot->node = g_strdup_printf ("drive-%s.%s", disk->name, parts[2] ? parts[2] : "layer");
    snapshot->step = (ImageStep){ .owner = g_strdup_printf ("%s/%s", machine, disk->name),
                                  .path = g_build_filename (snapshot->folder, name, NULL),
                                  .format = (char *)"qcow2",
                                  .backing = g_strdup (disk->path),
                                  .backing_format = g_strdup (disk->format),
                                  .nocow = TRUE };
    image_make_async (&snapshot->step, NULL, NULL, NULL, layer_made, g_object_ref (task));
}

static void
next_disk (GTask *task)
{
    Snapshot *snapshot = g_task_get_task_data (task);
    const char *machine = live_machine_get_record (snapshot->machine)->name;
    GError *error = NULL;

    if (snapshot->disks->len == 0) {
        g_task_return_boolean (task, TRUE);
        return;
    }
    snapshot->entry = disk_book_read (snapshot->folder, machine, current (snapshot)->name, &error);
    if (snapshot->entry)
        make_layer (task);
    else
        fail (task, error ? error
                          : g_error_new_literal (ROOST_ERROR, ROOST_ERROR_FAILED,
                                                 "it is not in the book of the lab's disks"));
}

/* Returns: whether every disk that is meant can have a layer */
static gboolean
choose_disks (Snapshot *snapshot, const char *name, GError **error)
{
    const MachineStep *record = live_machine_get_record (snapshot->machine);

    for (guint i = 0; i < record->disks->len; i++) {
        DiskRecord *disk = g_ptr_array_index (record->disks, i);

        if ((name && g_strcmp0 (disk->name, name) != 0) || !disk->path || disk->read_only)
            continue;
        if (!disk->ours) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                         "disk %s/%s: %s is yours and is written to directly; with clone: overlay "
                         "it could have layers",
                         record->name, disk->name, disk->path);
            return FALSE;
        }
        g_ptr_array_add (snapshot->disks, disk);
    }
    if (!name || snapshot->disks->len > 0)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED,
                 "machine %s has no disk %s that it writes to", record->name, name);
    return FALSE;
}

void
disk_snapshot_async (LiveMachine *machine, const char *folder, const char *disk,
                     GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Snapshot *snapshot = g_new0 (Snapshot, 1);
    GError *error = NULL;

    snapshot->machine = machine;
    snapshot->folder = folder;
    snapshot->disks = g_ptr_array_new ();
    g_task_set_task_data (task, snapshot, snapshot_free);
    if (choose_disks (snapshot, disk, &error))
        next_disk (task);
    else
        g_task_return_error (task, error);
}

gboolean
disk_snapshot_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
