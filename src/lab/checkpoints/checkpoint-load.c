/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what has to be so before a lab goes on from a checkpoint: emulators and
 * machines are those that were saved, and the disks are what they were.
 */
#include "base/error.h"
#include "base/file.h"
#include "host/emulator/fingerprint.h"
#include "host/process/run-as.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-layer.h"
#include "plan/qemu/disk-file.h"

#include <string.h>
#include <unistd.h>

#define VARS_MAX (64 * 1024 * 1024)

/* --- whether it fits --- */

/* What may be another at each start, as it is no part of what the guest sees, or
 * follows from the order in which NICs and disks came: the machine is started as it
 * was saved. */
static char *
comparable (const char *word)
{
    static const char *const ignored[] = { "file.filename=", "hostfwd=",   "driver=",   "fd=",
                                           "fds=",           "bus=spare-", "bus=pci.0", "addr=",
                                           "scsi-id=",       NULL };
    g_auto (GStrv) parts = g_strsplit (word, ",", -1);
    GString *text = g_string_new (NULL);

    for (gsize i = 0; parts[i]; i++) {
        gboolean skip = FALSE;

        for (gsize k = 0; ignored[k]; k++)
            skip |= g_str_has_prefix (parts[i], ignored[k]);
        if (!skip)
            g_string_append_printf (text, "%s,", parts[i]);
    }
    return g_string_free (text, FALSE);
}

/* An option with its value, as it is and as it is compared. */
typedef struct {
    char *text;
    char *compared;
} Word;

static void
word_free (gpointer data)
{
    Word *word = data;

    g_free (word->text);
    g_free (word->compared);
    g_free (word);
}

static GPtrArray *
words_of (const MachineStep *step)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (word_free);

    for (gsize i = 1; step->argv[0] && step->argv[i]; i++) {
        const char *value =
            step->argv[i][0] == '-' && step->argv[i + 1] && *step->argv[i + 1] != '-'
                ? step->argv[i + 1]
                : NULL;
        g_autofree char *compared = value ? comparable (value) : NULL;
        Word *word = g_new (Word, 1);

        *word = (Word){ g_strjoin (" ", step->argv[i], value, NULL),
                        g_strjoin (" ", step->argv[i], compared, NULL) };
        g_ptr_array_add (words, word);
        i += value != NULL;
    }
    return words;
}

/* those that both have go from both */
static void
drop_common (GPtrArray *was, GPtrArray *is)
{
    for (guint i = was->len; i-- > 0;) {
        const Word *word = g_ptr_array_index (was, i);

        for (guint j = is->len; j-- > 0;) {
            if (strcmp (word->compared, ((Word *)g_ptr_array_index (is, j))->compared) != 0)
                continue;
            g_ptr_array_remove_index (was, i);
            g_ptr_array_remove_index (is, j);
            break;
        }
    }
}

static char *
compare_argv (const MachineStep *was, const MachineStep *is)
{
    g_autoptr (GPtrArray) old = words_of (was), new = words_of (is);

    drop_common (old, new);
    if (old->len == 0 && new->len == 0)
        return NULL;
    return g_strdup_printf (
        "machine %s was `%s` and would be `%s`", was->name,
        old->len > 0 ? ((Word *)g_ptr_array_index (old, 0))->text : "nothing more",
        new->len > 0 ? ((Word *)g_ptr_array_index (new, 0))->text : "nothing more");
}

static char *
compare_machine (const CheckpointMachine *part, const MachineStep *was, const Plan *plan)
{
    const MachineStep *is = plan ? plan_find_machine (plan, part->machine) : was;
    g_autofree char *fingerprint = NULL;

    if (!is)
        return g_strdup_printf ("the profile has no machine %s any more", part->machine);
    if (g_strcmp0 (is->argv[0], was->argv[0]) != 0)
        return g_strdup_printf ("machine %s was run by %s and would be by %s", part->machine,
                                was->argv[0], is->argv[0]);
    fingerprint = fingerprint_of (was->argv[0]);
    /* one that was off has no state that only the same program can read */
    if (!part->off && g_strcmp0 (fingerprint, part->fingerprint) != 0)
        return g_strdup_printf ("%s is another program than it was (%s, now %s)", was->argv[0],
                                part->fingerprint, fingerprint ? fingerprint : "gone");
    return plan ? compare_argv (was, is) : NULL;
}

char *
checkpoint_problem (const Checkpoint *checkpoint, const Plan *plan)
{
    for (guint i = 0; i < checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);
        char *problem =
            compare_machine (part, plan_find_machine (checkpoint->plan, part->machine), plan);

        if (problem)
            return problem;
    }
    for (guint i = 0; plan && i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE &&
            !plan_find_machine (checkpoint->plan, step->machine->name))
            return g_strdup_printf ("the profile has a machine %s more", step->machine->name);
    }
    return NULL;
}

/* --- disks --- */

typedef struct {
    Checkpoint *checkpoint;
    GPtrArray *checkpoints; /* all of the lab */
    char *disks;
    guint machine, disk; /* which one is next */
} Load;

static void next_disk (GTask *task);

static void
load_free (gpointer data)
{
    Load *load = data;

    g_ptr_array_unref (load->checkpoints);
    g_free (load->disks);
    g_free (load);
}

static DiskEntry *
current (const Load *load)
{
    const CheckpointMachine *part = g_ptr_array_index (load->checkpoint->machines, load->machine);

    return g_ptr_array_index (part->disks, load->disk);
}

static void
layer_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    Load *load = g_task_get_task_data (task);
    DiskEntry *entry = current (load);
    GError *error = NULL;
    g_autofree char *path = disk_layer_finish (result, &error);
    g_autoptr (DiskEntry) now =
        path ? disk_book_read (load->disks, entry->machine, entry->disk, NULL) : NULL;
    MachineStep *machine = plan_find_machine (load->checkpoint->plan, entry->machine);

    if (!path || !disk_layer_push (load->disks, entry, path, &error)) {
        g_task_return_error (task, error);
        return;
    }
    /* what the disk has had since */
    if (now)
        checkpoint_drop_layers (load->disks, now, entry, load->checkpoints);
    if (machine)
        machine_step_set_disk_file (machine, entry->disk, path, "qcow2");
    load->disk++;
    next_disk (task);
}

static void
make_layer (GTask *task)
{
    const Load *load = g_task_get_task_data (task);
    const DiskEntry *entry = current (load);
    const MachineStep *machine = plan_find_machine (load->checkpoint->plan, entry->machine);

    disk_layer_async (load->disks, entry, machine ? machine->user : NULL, layer_made,
                      g_object_ref (task));
}

static gboolean
restore_vars (const Load *load, const CheckpointMachine *part, GError **error)
{
    const MachineStep *record = plan_find_machine (load->checkpoint->plan, part->machine);
    g_autofree char *folder =
        checkpoint_folder (load->checkpoint->plan->state_dir, load->checkpoint->name);
    g_autofree char *from = part->vars ? g_build_filename (folder, part->vars, NULL) : NULL;
    g_autofree char *data = NULL;
    gsize length;

    if (!from || !record->firmware_vars)
        return TRUE;
    data = file_read (from, VARS_MAX, &length, error);
    return data && file_write_whole (record->firmware_vars, data, length, 0600, error) &&
           run_as_give (record->user, record->firmware_vars, error);
}

static void
next_disk (GTask *task)
{
    Load *load = g_task_get_task_data (task);
    const CheckpointMachine *part;
    GError *error = NULL;

    for (; load->machine < load->checkpoint->machines->len; load->machine++, load->disk = 0) {
        part = g_ptr_array_index (load->checkpoint->machines, load->machine);
        if (load->disk < part->disks->len) {
            make_layer (task);
            return;
        }
        if (!restore_vars (load, part, &error)) {
            g_task_return_error (task, error);
            return;
        }
    }
    g_task_return_boolean (task, TRUE);
}

void
checkpoint_prepare_async (Checkpoint *checkpoint, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
    Load *load = g_new0 (Load, 1);

    load->checkpoint = checkpoint;
    load->checkpoints = checkpoint_list (checkpoint->plan->state_dir);
    load->disks = g_build_filename (checkpoint->plan->state_dir, "disks", NULL);
    g_task_set_task_data (task, load, load_free);
    next_disk (task);
}

gboolean
checkpoint_prepare_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}
