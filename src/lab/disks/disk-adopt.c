/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the taking over of what is done to disks; see disk-adopt.h. */
#include "lab/disks/disk-adopt.h"

#include "lab/disks/disk-backup.h"
#include "lab/disks/disk-chain.h"
#include "lab/disks/disk-merge.h"
#include "lab/disks/disk-nodes.h"
#include "lab/lab-private.h"
#include "plan/qemu/disk-file.h"

#define COMMAND_MS (60 * 1000)

typedef struct {
    LiveLab *lab;
    char *machine;
} Adopting;

/* The supervisor died between a new layer's entry in the book and its use: the
 * layer is empty, and goes. */
static void
follow_machine (LiveLab *lab, MachineStep *record, DiskEntry *entry, const char *folder,
                const char *head)
{
    g_autofree char *newest = disk_file_path (folder, disk_entry_head (entry)), *path = NULL;
    g_autoptr (GError) error = NULL;

    if (!head || g_str_equal (newest, head) || disk_chain_find (entry, folder, head) < 0)
        return;
    if (!disk_chain_settle (entry, folder, head, &error)) {
        g_warning ("%s", error->message);
        return;
    }
    path = disk_file_path (folder, disk_entry_head (entry));
    machine_step_set_disk_file (record, entry->disk, path, disk_entry_head (entry)->format);
    state_plan_changed (lab->state);
    lab_save_soon (lab);
}

static void
adopt_disk (LiveLab *lab, LiveMachine *machine, const DiskRecord *disk, JsonNode *devices)
{
    MachineStep *record = live_machine_get_record (machine);
    g_autofree char *folder = g_path_get_dirname (disk->path), *root = NULL;
    g_autofree char *head = disk_find_head (devices, disk->name, &root);
    g_autoptr (DiskEntry) entry = disk_book_read (folder, record->name, disk->name, NULL);

    if (entry && entry->job)
        disk_merge_take_over (lab, machine, disk->name, entry->job);
    else if (entry)
        follow_machine (lab, record, entry, folder, head);
}

static void
devices_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Adopting *adopting = user_data;
    LiveLab *lab = adopting->lab;
    LiveMachine *machine = live_lab_find_machine (lab, adopting->machine);
    g_autoptr (JsonNode) devices = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
    GPtrArray *disks = machine ? live_machine_get_record (machine)->disks : NULL;

    for (guint i = 0; disks && devices && i < disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (disks, i);

        if (!disk->path)
            continue;
        disk_backup_give_up (machine, disk->name);
        if (disk->ours)
            adopt_disk (lab, machine, disk, devices);
    }
    g_free (adopting->machine);
    g_free (adopting);
}

void
disk_jobs_adopt (LiveLab *lab)
{
    GHashTableIter iter;
    gpointer name, machine;

    g_hash_table_iter_init (&iter, lab->context.machines);
    while (g_hash_table_iter_next (&iter, &name, &machine)) {
        QmpClient *qmp = live_machine_get_qmp (machine);
        Adopting *adopting;

        if (!qmp)
            continue;
        adopting = g_new (Adopting, 1);
        *adopting = (Adopting){ lab, g_strdup (name) };
        qmp_client_execute_async (qmp, "query-block", NULL, COMMAND_MS, NULL, devices_known,
                                  adopting);
    }
}
