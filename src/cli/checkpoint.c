/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roost checkpoint: the whole lab at one instant, kept and gone back to. */
#include "cli/checkpoint.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/quantity.h"
#include "cli/common/client.h"
#include "cli/down.h"
#include "cli/common/load.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/up.h"
#include "cli/common/wait.h"
#include "lab/remains.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *
find_lab (const Options *options, GError **error)
{
    return lab_client_find (options, options->argc > 2 ? options->argv[2] : NULL, error);
}

static gint64
size_of (const Checkpoint *checkpoint)
{
    gint64 bytes = 0;

    for (guint i = 0; i < checkpoint->machines->len; i++)
        bytes +=
            ((const CheckpointMachine *)g_ptr_array_index (checkpoint->machines, i))->ram_bytes;
    return bytes;
}

static gboolean
on_interrupt (gpointer user_data)
{
    LabClient *client = user_data;

    qmp_client_execute_async (client->qmp, "lab-cancel", NULL, 0, NULL, NULL, NULL);
    return G_SOURCE_CONTINUE;
}

/* Ctrl-C cancels it. */
static gboolean
run_save (Options *options, GError **error)
{
    g_autofree char *lab = find_lab (options, error);
    g_autoptr (LabClient) client = lab ? lab_client_open (lab, error) : NULL;
    g_autoptr (Progress) progress = client ? progress_new ("saving") : NULL;
    g_autoptr (JsonNode) value = NULL;
    JsonObject *arguments;
    guint sigint;

    if (!client)
        return FALSE;
    sigint = g_unix_signal_add (SIGINT, on_interrupt, client);
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "name", options->argv[1]);
    value = lab_client_call (client, "checkpoint-save", arguments, 0, error);
    g_source_remove (sigint);
    return value != NULL;
}

/* Returns: (transfer full): as the clock on the wall has it */
static char *
show_time (const char *iso)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, NULL);
    g_autoptr (GDateTime) local = time ? g_date_time_to_local (time) : NULL;

    return local ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup (iso);
}

static void
print_checkpoint (const Checkpoint *checkpoint, Table *table)
{
    g_autofree char *machines = g_strdup_printf ("%u", checkpoint->machines->len);
    g_autofree char *size = quantity_format_amount (size_of (checkpoint));
    g_autofree char *created = show_time (checkpoint->created);
    g_autoptr (JsonNode) node = NULL;
    JsonObject *object;

    if (table) {
        table_add (table, checkpoint->name, created, machines, size);
        return;
    }
    node = json_node_new (JSON_NODE_OBJECT);
    object = json_object_new ();
    json_object_set_string_member (object, "name", checkpoint->name);
    json_object_set_string_member (object, "lab", checkpoint->lab);
    json_object_set_string_member (object, "created", checkpoint->created);
    json_object_set_int_member (object, "machines", checkpoint->machines->len);
    json_object_set_int_member (object, "bytes", size_of (checkpoint));
    json_node_take_object (node, object);
    print_json (node);
}

static gboolean
run_list (Options *options, GError **error)
{
    g_autofree char *lab =
        lab_client_find (options, options->argc > 1 ? options->argv[1] : NULL, error);
    g_autofree char *state_dir = lab ? dirs_lab_state (lab) : NULL;
    g_autoptr (GPtrArray) list = lab ? checkpoint_list (state_dir) : NULL;
    Table *table = options->json ? NULL : table_new ("CHECKPOINT|CREATED|MACHINES|MEMORY");

    for (guint i = 0; list && i < list->len; i++)
        print_checkpoint (g_ptr_array_index (list, i), table);
    if (table)
        table_print (table);
    return list != NULL;
}

static Checkpoint *
read_named (Options *options, GError **error)
{
    g_autofree char *lab = find_lab (options, error);
    g_autofree char *state_dir = lab ? dirs_lab_state (lab) : NULL;

    return lab ? checkpoint_read (state_dir, options->argv[1], error) : NULL;
}

static gboolean
run_show (Options *options, GError **error)
{
    g_autoptr (Checkpoint) checkpoint = read_named (options, error);
    g_autofree char *created = NULL;
    Table *table;

    if (!checkpoint)
        return FALSE;
    if (options->json) {
        g_autoptr (JsonNode) node = record_to_json (&checkpoint_record, checkpoint);

        print_json (node);
        return TRUE;
    }
    created = show_time (checkpoint->created);
    printf ("checkpoint %s of lab %s, %s\n", checkpoint->name, checkpoint->lab, created);
    table = table_new ("MACHINE|STATE|MEMORY|DISKS|EMULATOR");
    for (guint i = 0; i < checkpoint->machines->len; i++) {
        const CheckpointMachine *part = g_ptr_array_index (checkpoint->machines, i);
        g_autofree char *size = quantity_format_amount (part->ram_bytes);
        g_autofree char *disks = g_strdup_printf ("%u", part->disks->len);

        table_add (table, part->machine,
                   part->off       ? "off"
                   : part->running ? "running"
                                   : "paused",
                   part->off ? NULL : size, disks, part->fingerprint);
    }
    table_print (table);
    return TRUE;
}

static void
print_note (const char *note)
{
    if (note && *note)
        fprintf (stderr, "note: %s\n", note);
}

static gboolean
remove_live (const Checkpoint *checkpoint, GError **error)
{
    g_autoptr (LabClient) client = lab_client_open (checkpoint->lab, error);
    g_autoptr (Progress) progress = client ? progress_new ("merging layers") : NULL;
    JsonObject *arguments;
    g_autoptr (JsonNode) value = NULL;

    if (!client)
        return FALSE;
    arguments = json_object_new ();
    json_object_set_string_member (arguments, "name", checkpoint->name);
    value = lab_client_call (client, "checkpoint-remove", arguments, 0, error);
    if (value)
        print_note (member_string (json_node_get_object (value), "note", NULL));
    return value != NULL;
}

/* The lab has no supervisor: its lock is ours, so that it gets none. */
static gboolean
remove_here (const Checkpoint *checkpoint, GError **error)
{
    g_autofree char *run_dir = dirs_lab_run (checkpoint->lab), *note = NULL;
    g_autoptr (Progress) progress = progress_new ("merging layers");
    g_autoptr (GAsyncResult) result = NULL;
    g_auto (AutoFd) lock = -1;
    Wait wait = { NULL };

    if (!file_make_private_dir (run_dir, error))
        return FALSE;
    lock = remains_lock (run_dir, error);
    if (lock < 0) {
        g_prefix_error (error, "lab %s is being brought up or down: ", checkpoint->lab);
        return FALSE;
    }
    checkpoint_remove_async (NULL, checkpoint->plan->state_dir, checkpoint->name, wait_arrived,
                             &wait);
    result = wait_for (&wait);
    note = checkpoint_remove_finish (result, error);
    print_note (note);
    rmdir (run_dir);
    return note != NULL;
}

static gboolean
run_rm (Options *options, GError **error)
{
    g_autoptr (Checkpoint) checkpoint = read_named (options, error);

    if (!checkpoint)
        return FALSE;
    return down_is_down (checkpoint->lab) ? remove_here (checkpoint, error)
                                          : remove_live (checkpoint, error);
}

static gboolean
check_fit (const Checkpoint *checkpoint, const Plan *plan, gboolean force, GError **error)
{
    g_autofree char *problem = checkpoint_problem (checkpoint, plan);

    if (!problem || force)
        return TRUE;
    g_set_error (error, ROOST_ERROR, ROOST_ERROR_FAILED, "checkpoint %s cannot be gone on from: %s",
                 checkpoint->name, problem);
    return FALSE;
}

/* Makes the disks what they were; @plan: (nullable): what the profile says now.
 *
 * Returns: (transfer full): the plan with which the lab goes on */
static Plan *
take (Checkpoint *checkpoint, const Plan *plan, gboolean force, GError **error)
{
    g_autoptr (GAsyncResult) result = NULL;
    Wait wait = { NULL };

    if (!check_fit (checkpoint, plan, force, error))
        return NULL;
    checkpoint_prepare_async (checkpoint, wait_arrived, &wait);
    result = wait_for (&wait);
    if (!checkpoint_prepare_finish (result, error))
        return NULL;
    return g_steal_pointer (&checkpoint->plan);
}

/* The profile has to fit under the name that the saved lab had. */
static Plan *
take_copy (const Checkpoint *checkpoint, const Plan *plan, const Options *options, GError **error)
{
    g_autoptr (Plan) like = load_plan_like (options, checkpoint->plan, error);
    g_autoptr (JsonNode) node = NULL;

    if (!like || !check_fit (checkpoint, like, options->force, error) ||
        !checkpoint_check_disks (checkpoint, error))
        return NULL;
    node = record_to_json (&plan_record, plan);
    return record_from_json (&plan_record, node, error);
}

Plan *
checkpoint_plan (const Plan *plan, Options *options, GError **error)
{
    const char *spec = plan->origin ? plan->origin : options->from;
    g_autoptr (Checkpoint) checkpoint = checkpoint_find (spec, plan->lab, error);
    g_autofree char *from = checkpoint ? checkpoint_spec (checkpoint) : NULL;
    Plan *saved;

    if (!checkpoint)
        return NULL;
    saved = plan->origin ? take_copy (checkpoint, plan, options, error)
                         : take (checkpoint, plan, options->force, error);
    g_free (options->from);
    options->from = g_steal_pointer (&from);
    return saved;
}

/* The lab goes, and comes back as it was: by the plan that was saved. */
static gboolean
run_restore (Options *options, GError **error)
{
    g_autoptr (Checkpoint) checkpoint = read_named (options, error);
    g_autoptr (Plan) plan = NULL;
    Options gone = { .force = TRUE };

    if (!checkpoint || !check_fit (checkpoint, NULL, options->force, error))
        return FALSE;
    if (!down_is_down (checkpoint->lab) &&
        !down_take (checkpoint->lab, &gone, DOWN_TRIES, 0, error))
        return FALSE;
    plan = take (checkpoint, NULL, options->force, error);
    g_free (options->from);
    options->from = g_strdup (checkpoint->name);
    return plan && up_carry_out (plan, options, error);
}

gboolean
verb_checkpoint (Options *options, GError **error)
{
    static const struct {
        const char *word;
        int min_args;
        gboolean (*run) (Options *options, GError **error);
    } words[] = { { "save", 2, run_save },
                  { "list", 1, run_list },
                  { "show", 2, run_show },
                  { "restore", 2, run_restore },
                  { "rm", 2, run_rm } };

    for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        if (g_str_equal (options->argv[0], words[i].word) && options->argc >= words[i].min_args)
            return words[i].run (options, error);
    g_set_error (
        error, ROOST_ERROR, ROOST_ERROR_USAGE,
        "checkpoint takes save NAME [LAB], list [LAB], show NAME, restore NAME or rm NAME");
    return FALSE;
}
