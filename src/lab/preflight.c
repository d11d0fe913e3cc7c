/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the checks before `up`; see preflight.h. */
#include "lab/preflight.h"

#include "base/file.h"
#include "base/quantity.h"
#include "host/facts.h"
#include "host/filesystem.h"
#include "host/image/image-info.h"
#include "host/process/run-as.h"
#include "lab/conflicts.h"
#include "lab/disks/disk-book.h"
#include "lab/registry.h"

#include <errno.h>
#include <unistd.h>

/* images that stand on each other; deeper ones the emulator finds itself */
#define CHAIN_MAX 16

static void
check_files (const MachineStep *machine, Findings *findings)
{
    for (gsize i = 0; machine->files && machine->files[i]; i++) {
        const char *file = machine->files[i];

        if (access (file, R_OK) == 0 && !g_file_test (file, G_FILE_TEST_IS_DIR))
            continue;
        if (access (file, R_OK) == 0)
            errno = EISDIR;
        findings->profile |= errno == ENOENT || errno == EISDIR;
        findings_add (findings, "%s: machine %s: cannot read %s: %s%s", machine->place,
                      machine->name, file, g_strerror (errno),
                      errno == ENOENT ? "; put it there, or say in the profile (or with --set, "
                                        "where that is a variable) where it is"
                                      : "");
    }
}

static void
check_open (const MachineStep *machine, const char *path, int mode, Findings *findings)
{
    g_autofree char *problem =
        access (path, F_OK) == 0 ? run_as_problem (machine->user, path, mode) : NULL;

    if (problem)
        findings_add (findings, "%s: machine %s: %s", machine->place, machine->name, problem);
}

/* The image below another is opened as well. */
static void
check_chain (const MachineStep *machine, const char *path, Findings *findings)
{
    g_autofree char *at = g_strdup (path);

    for (guint depth = 0; at && depth < CHAIN_MAX; depth++) {
        g_autofree char *below = image_read_backing (at), *folder = g_path_get_dirname (at);

        if (depth > 0)
            check_open (machine, at, R_OK, findings);
        g_free (at);
        at = below ? file_absolute (folder, below) : NULL;
    }
}

/* Up to the directories in which roost makes its own. */
static void
check_way (const Plan *plan, const RunAs *user, Findings *findings)
{
    const char *const folders[] = { plan->run_dir, plan->state_dir };

    for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autofree char *root = g_path_get_dirname (folders[i]), *problem = NULL;
        g_autofree char *at = g_path_get_dirname (root);

        while (access (at, F_OK) < 0) {
            char *above = g_path_get_dirname (at);

            g_free (at);
            at = above;
        }
        problem = run_as_problem (user, at, X_OK);
        if (problem)
            findings_add (findings, "%s: %s", plan->profile, problem);
    }
}

/* What the machine opens itself, as the user that it is: those files are never
 * changed for it. */
static void
check_user (const MachineStep *machine, Findings *findings)
{
    check_open (machine, machine->argv[0], X_OK, findings);
    for (gsize i = 0; machine->reads && machine->reads[i]; i++) {
        check_open (machine, machine->reads[i], R_OK, findings);
        check_chain (machine, machine->reads[i], findings);
    }
    for (guint i = 0; i < machine->disks->len; i++) {
        const DiskRecord *disk = g_ptr_array_index (machine->disks, i);

        if (disk->path && !disk->ours && !disk->read_only)
            check_open (machine, disk->path, R_OK | W_OK, findings);
    }
    if (g_strcmp0 (machine->accel, "kvm") == 0)
        check_open (machine, "/dev/kvm", R_OK | W_OK, findings);
}

/* A copy of another lab's checkpoint stands on disks that may be another user's. */
static void
check_copied (const ImageStep *image, Findings *findings)
{
    g_autofree char *problem = run_as_problem (image->user, image->backing, R_OK);

    if (problem)
        findings_add (findings, "%s: disk %s: %s", image->place, image->owner, problem);
}

/* An overlay says nothing of its own about blocks that are not in it: another
 * image below makes garbage of it. */
static void
check_base (const ImageStep *image, Findings *findings)
{
    g_autofree char *folder = g_path_get_dirname (image->path), *problem = NULL;
    g_auto (GStrv) owner = g_strsplit (image->owner, "/", 2);
    g_autoptr (DiskEntry) entry =
        owner[1] ? disk_book_read (folder, owner[0], owner[1], NULL) : NULL;

    problem = entry && image->backing ? disk_entry_base_problem (entry) : NULL;
    if (problem)
        findings_add (findings, "%s: disk %s: %s", image->place, image->owner, problem);
}

/* Copies that are still to be made, all together: one after the other each
 * might find room and the last would not. */
static void
check_room (const Plan *plan, Findings *findings)
{
    gint64 needed = 0, room = 0;
    const char *at = NULL;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        const ImageStep *image = step->image;

        if (step->kind != STEP_IMAGE || g_strcmp0 (image->clone, "copy") != 0 ||
            access (image->path, F_OK) == 0)
            continue;
        at = image->path; /* the disks of a lab are all in one folder */
        needed += MAX (image_read_used (image->source), 0);
    }
    if (at && (room = filesystem_free (at)) >= 0 && needed > room)
        findings_add (findings,
                      "the copies of images need %" G_GINT64_FORMAT " MiB, but %" G_GINT64_FORMAT
                      " MiB are free for %s: make room, or use clone: overlay",
                      (needed >> 20) + 1, room >> 20, at);
}

/* What a machine was promised and has not touched yet will be missed later. */
static guint64
still_owed (const State *state, const MachineStep *machine)
{
    g_autofree char *id = g_strconcat ("machine:", machine->name, NULL);
    const Executed *executed = state_find (state, id);
    guint64 used;

    if (!registry_holds (state, machine->name))
        return 0;
    used = executed && executed->pid ? facts_process_memory (executed->pid) : 0;
    return (guint64)machine->memory > used ? machine->memory - used : 0;
}

static guint64
sum_owed (GPtrArray *states, const char *except)
{
    guint64 owed = 0;

    for (guint i = 0; i < states->len; i++) {
        const State *state = g_ptr_array_index (states, i);

        if (except && g_str_equal (state->plan->lab, except))
            continue;
        for (guint j = 0; j < state->plan->steps->len; j++) {
            const Step *step = g_ptr_array_index (state->plan->steps, j);

            if (step->kind == STEP_MACHINE)
                owed += still_owed (state, step->machine);
        }
    }
    return owed;
}

static void
check_memory (const Preflight *preflight, GPtrArray *states, Findings *findings)
{
    const Plan *plan = preflight->plan;
    guint64 needed = 0, available = facts_free_memory ();
    guint64 owed = sum_owed (states, preflight->running ? NULL : plan->lab);
    g_autoptr (GString) sum = g_string_new (NULL);
    g_autofree char *others = NULL;

    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);
        g_autofree char *size = NULL;

        if (step->kind != STEP_MACHINE ||
            (preflight->running && plan_find_machine (preflight->running, step->machine->name)))
            continue;
        needed += step->machine->memory;
        size = quantity_format_size (step->machine->memory);
        if (sum->len < 400)
            g_string_append_printf (sum, "%s%s %s", sum->len ? ", " : "", step->machine->name,
                                    size);
    }
    if (needed == 0 || available == 0 || needed + owed <= available)
        return;
    if (owed >> 20)
        others = g_strdup_printf (
            ", of which machines that run may still take %" G_GUINT64_FORMAT " MiB", owed >> 20);
    findings_add (findings,
                  "the lab needs %" G_GUINT64_FORMAT " MiB of memory (%s), but %" G_GUINT64_FORMAT
                  " MiB are free%s: give the machines less, or use --force",
                  needed >> 20, sum->str, available >> 20, others ? others : "");
}

gboolean
preflight_check (const Preflight *preflight, GError **error)
{
    const Plan *plan = preflight->plan;
    const RunAs *user = plan_find_user (plan);
    g_autofree char *run_root = g_path_get_dirname (plan->run_dir);
    g_autoptr (GPtrArray) states = registry_list (run_root);
    ConflictSearch search = { plan, preflight->running, states, preflight->force };
    Findings findings;

    findings_init (&findings);
    if (user)
        check_way (plan, user, &findings);
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_IMAGE && !preflight->force)
            check_base (step->image, &findings);
        if (plan->origin && step->kind == STEP_IMAGE && step->image->user && step->image->backing)
            check_copied (step->image, &findings);
        if (step->kind == STEP_MACHINE)
            check_files (step->machine, &findings);
        if (step->kind == STEP_MACHINE && step->machine->user)
            check_user (step->machine, &findings);
    }
    conflicts_find (&search, &findings);
    check_room (plan, &findings);
    if (!preflight->force)
        check_memory (preflight, states, &findings);
    return findings_end (&findings, error);
}
