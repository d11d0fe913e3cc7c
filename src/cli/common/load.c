/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the steps that every verb with a profile begins with; see load.h. */
#include "cli/common/load.h"

#include "base/dirs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "host/facts.h"
#include "host/emulator/firmware.h"
#include "lab/checkpoints/checkpoint.h"
#include "lab/disks/disk-book.h"
#include "machine/emulator.h"
#include "profile/profile.h"

#include <stdio.h>
#include <string.h>

#define PROFILE_MAX (1024 * 1024)
#define UNIQUE_DIGITS 6

/* A YAML file that says `lab:` is a profile; one that does not is something
 * else, or is there to be included. */
static gboolean
is_profile (const char *path)
{
    g_autofree char *text = file_read (path, PROFILE_MAX, NULL, NULL);

    return text && (g_str_has_prefix (text, "lab:") || strstr (text, "\nlab:"));
}

char *
load_find_profile (const Options *options, GError **error)
{
    g_autoptr (GDir) dir = NULL;
    g_autofree char *found = NULL;
    const char *name;

    if (options->file)
        return g_strdup (options->file);
    dir = g_dir_open (".", 0, error);
    while (dir && (name = g_dir_read_name (dir))) {
        if ((!g_str_has_suffix (name, ".yaml") && !g_str_has_suffix (name, ".yml")) ||
            !is_profile (name))
            continue;
        if (found) {
            g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                         "there are several profiles here (%s, %s …): say which with -f", found,
                         name);
            return NULL;
        }
        found = g_strdup (name);
    }
    if (dir && !found)
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE,
                     "there is no profile in this directory: say which with -f FILE");
    return g_steal_pointer (&found);
}

static gboolean
report (DiagList *diags, gboolean quiet, GError **error)
{
    g_autofree char *text = NULL;

    diag_list_sort (diags);
    text = diag_list_format (diags);
    if (!quiet)
        fputs (text, stderr);
    if (diag_list_n_errors (diags) == 0)
        return TRUE;
    g_set_error_literal (error, ROOST_ERROR, ROOST_ERROR_PROFILE, "");
    return FALSE;
}

static Lab *
read_lab (const char *path, const Options *options, gboolean quiet, GError **error)
{
    const char *chosen = g_getenv ("ROOST_PROFILES");
    const char *search[] = { chosen ? chosen : ROOST_PKGDATADIR "/profiles", NULL };
    ProfileOptions profile = { .set = (const char *const *)options->set, .search_path = search };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (Lab) lab = profile_load (path, &profile, diags);

    return report (diags, quiet, error) ? g_steal_pointer (&lab) : NULL;
}

Lab *
load_lab (const char *path, const Options *options, GError **error)
{
    return read_lab (path, options, FALSE, error);
}

typedef struct {
    guint waiting;
    GError *error;
} Probing;

static void
probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Probing *probing = user_data;

    if (!emulator_probe_finish (result, probing->error ? NULL : &probing->error))
        g_debug ("an emulator did not answer");
    probing->waiting--;
}

/* Each emulator is asked once, all at the same time. */
static gboolean
probe_emulators (HostFacts *facts, GError **error)
{
    Probing probing = { 0 };

    for (guint i = 0; i < facts->emulators->len; i++) {
        probing.waiting++;
        emulator_probe_async (g_ptr_array_index (facts->emulators, i), probed, &probing);
    }
    while (probing.waiting > 0)
        g_main_context_iteration (NULL, TRUE);
    if (probing.error)
        g_propagate_error (error, probing.error);
    return probing.error == NULL;
}

HostFacts *
load_facts (const Lab *lab, GError **error)
{
    g_autoptr (HostFacts) facts = facts_probe (NULL);

    facts_set_user (facts, lab ? lab->user : NULL);
    for (guint i = 0; lab && i < lab->machines->len; i++)
        facts_add_emulator (facts, ((Machine *)g_ptr_array_index (lab->machines, i))->emulator);
    if (!lab)
        facts_add_emulator (facts, DEFAULT_EMULATOR);
    return probe_emulators (facts, error) ? g_steal_pointer (&facts) : NULL;
}

static gboolean
wants_firmware (const Lab *lab)
{
    for (guint i = 0; i < lab->machines->len; i++)
        if (((Machine *)g_ptr_array_index (lab->machines, i))->firmware)
            return TRUE;
    return FALSE;
}

/* A name of its own, for a lab that lives as long as one command. */
static char *
unique_name (const char *name)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char suffix[UNIQUE_DIGITS + 1] = { 0 };

    for (gsize i = 0; i < UNIQUE_DIGITS; i++)
        suffix[i] = digits[g_random_int_range (0, strlen (digits))];
    return g_strdup_printf ("%.*s-%s", NAME_MAX_LENGTH - UNIQUE_DIGITS - 1, name, suffix);
}

/* --name and --unique: everything that is made from the name differs as well. */
static gboolean
rename_lab (Lab *lab, const Options *options, GError **error)
{
    const char *name = options->name ? options->name : lab->name;
    char *wanted;

    if (!name_is_valid (name)) {
        g_set_error (error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s is not the name of a lab", name);
        return FALSE;
    }
    wanted = options->unique ? unique_name (name) : g_strdup (name);
    g_free (lab->name);
    lab->name = wanted;
    return TRUE;
}

/* Takes the name of @lab as it is. */
static Plan *
build (const Lab *lab, const Options *options, const char *identity, gboolean quiet, GError **error)
{
    g_autofree char *run_root = dirs_run_root (), *state_root = dirs_state_root ();
    g_autofree char *state_dir = dirs_lab_state (lab->name);
    PlanOptions plan_options = { run_root, state_root, options->force, identity };
    g_autoptr (DiagList) diags = diag_list_new ();
    g_autoptr (HostFacts) facts = load_facts (lab, error);
    g_autoptr (Plan) plan = NULL;

    if (!facts)
        return NULL;
    if (wants_firmware (lab))
        firmware_find (facts, NULL);
    disk_book_tell_facts (state_dir, facts);
    plan = plan_build (lab, facts, &plan_options, diags);
    return report (diags, quiet, error) ? g_steal_pointer (&plan) : NULL;
}

/* --- copies --- */

/* The checkpoint of --from, where NAME is that of the lab itself, or else of the lab
 * that the profile names.
 *
 * Returns: (transfer full) (nullable) */
static Checkpoint *
find_from (const Options *options, const char *profile_name, const char *name, GError **error)
{
    Checkpoint *own = options->unique ? NULL : checkpoint_find (options->from, name, NULL);

    return own ? own : checkpoint_find (options->from, profile_name, error);
}

/* Returns: (transfer full) (nullable): the checkpoint of which a lab that is down is a
 * copy, as its disks have it */
static char *
find_copied (const char *name)
{
    g_autofree char *state_dir = dirs_lab_state (name);
    g_autofree char *folder = g_build_filename (state_dir, "disks", NULL);
    g_autoptr (GPtrArray) entries = disk_book_list (folder);

    for (guint i = 0; i < entries->len; i++) {
        const DiskEntry *entry = g_ptr_array_index (entries, i);

        if (entry->copy_of)
            return g_strdup (entry->copy_of);
    }
    return NULL;
}

/* The checkpoint that a copy stands on. */
static Checkpoint *
find_below (const char *origin, const char *name, GError **error)
{
    Checkpoint *checkpoint = checkpoint_find (origin, name, error);

    if (!checkpoint)
        g_prefix_error (error,
                        "lab %s is a copy of checkpoint %s, which its disks stand on (roost down "
                        "%s --delete-disks deletes them): ",
                        name, origin, name);
    return checkpoint;
}

/* What the lab goes on from, or of what it is a copy.
 *
 * Returns: %FALSE when that leads nowhere */
static gboolean
find_origin (const Options *options, const char *profile_name, const char *name,
             Checkpoint **ret_checkpoint, GError **error)
{
    g_autofree char *run_dir = dirs_lab_run (name);
    g_autoptr (State) state = options->from ? NULL : state_load (run_dir, NULL);
    g_autofree char *origin = state           ? g_strdup (state->plan->origin)
                              : options->from ? NULL
                                              : find_copied (name);

    if (options->from)
        *ret_checkpoint = find_from (options, profile_name, name, error);
    else if (origin)
        *ret_checkpoint = find_below (origin, name, error);
    return *ret_checkpoint || !(options->from || origin);
}

Plan *
load_plan (const Options *options, GError **error)
{
    g_autofree char *path = load_find_profile (options, error);
    g_autoptr (Lab) lab = path ? load_lab (path, options, error) : NULL;
    g_autofree char *profile_name = lab ? g_strdup (lab->name) : NULL;
    g_autoptr (Checkpoint) checkpoint = NULL;
    g_autofree char *identity = NULL;
    gboolean copy;
    Plan *plan;

    if (!lab || !rename_lab (lab, options, error) ||
        !find_origin (options, profile_name, lab->name, &checkpoint, error))
        return NULL;
    copy = checkpoint && strcmp (checkpoint->lab, lab->name) != 0;
    if (checkpoint && (copy || checkpoint->plan->identity))
        identity =
            g_strdup (checkpoint->plan->identity ? checkpoint->plan->identity : checkpoint->lab);
    plan = build (lab, options, identity, FALSE, error);
    if (plan && copy)
        checkpoint_copy_plan (checkpoint, plan, !options->from);
    return plan;
}

Plan *
load_plan_like (const Options *options, const Plan *like, GError **error)
{
    g_autofree char *path = load_find_profile (options, error);
    g_autoptr (Lab) lab = path ? read_lab (path, options, TRUE, error) : NULL;

    if (!lab)
        return NULL;
    g_free (lab->name);
    lab->name = g_strdup (like->lab);
    return build (lab, options, like->identity, TRUE, error);
}
