/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what is done of a save whose supervisor has died: machines go on, and nothing of
 * it stays.
 */
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-shorten.h"
#include "lab/lab-private.h"

#define COMMAND_MS (60 * 1000)

static void
forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, NULL);
}

static void
forget (QmpClient *qmp, const char *command)
{
    qmp_client_execute_async (qmp, command, NULL, COMMAND_MS, NULL, forgotten, NULL);
}

gboolean
checkpoint_resume_frozen (LiveLab *lab)
{
    gboolean saving = lab->state->frozen != NULL;

    for (gsize i = 0; saving && lab->state->frozen[i]; i++) {
        LiveMachine *machine = live_lab_find_machine (lab, lab->state->frozen[i]);
        QmpClient *qmp = machine ? live_machine_get_qmp (machine) : NULL;

        if (!qmp)
            continue;
        forget (qmp, "migrate_cancel");
        forget (qmp, "cont");
    }
    if (saving)
        checkpoint_sweep (lab->state->plan->state_dir);
    g_clear_pointer (&lab->state->frozen, g_strfreev);
    return saving;
}

static void
nobody_waits (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    if (!disk_shorten_finish (result, &error))
        g_message ("%s", error->message);
}

void
checkpoint_undo_layers (LiveLab *lab)
{
    g_autofree char *folder = g_build_filename (lab->state->plan->state_dir, "disks", NULL);
    g_autoptr (GPtrArray) entries = disk_book_list (folder);

    for (guint i = 0; i < entries->len; i++) {
        const DiskEntry *entry = g_ptr_array_index (entries, i);
        Shortening shortening = { .lab = lab,
                                  .folder = folder,
                                  .machine = entry->machine,
                                  .disk = entry->disk,
                                  .inside = TRUE };

        disk_drop_unwritten (folder, entry);
        disk_shorten_async (&shortening, NULL, nobody_waits, NULL);
    }
}
