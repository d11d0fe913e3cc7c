/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the list of steps: which there are, in what order, and what each needs. */
#include "plan/plan.h"

#include "plan/accel.h"
#include "plan/hook-steps.h"
#include "plan/firmware.h"
#include "plan/machine-step.h"
#include "plan/network/netns-step.h"
#include "plan/network/network-steps.h"
#include "plan/planner.h"
#include "plan/seeds.h"
#include "plan/network/switch-steps.h"

#include <string.h>

static Step *
add_step (Plan *plan, StepKind kind, char *id, GStrv needs)
{
    Step *step = record_new (&step_record);

    step->kind = kind;
    step->id = id;
    step->needs = needs;
    g_ptr_array_add (plan->steps, step);
    return step;
}

static void
add_directory (Planner *planner, Plan *plan, const char *name, const char *path, gboolean keep,
               const char *parent)
{
    const char *const needs[] = { parent, NULL };
    Step *step = add_step (plan, STEP_DIRECTORY, g_strdup_printf ("directory:%s", name),
                           g_strdupv ((GStrv)needs));

    step->directory = record_new (&directory_record);
    step->directory->path = g_strdup (path);
    step->directory->keep = keep;
    step->directory->user = run_as_copy (planner->facts->user);
}

/* Another user gets as far as to sockets and disks; nothing that we believe, as the
 * state and the book, is in a directory to which that user can write. */
static void
add_bound_directory (Planner *planner, Plan *plan)
{
    Step *step;

    if (!planner->facts->user)
        return;
    add_directory (planner, plan, PATHS_BOUND, planner->paths.bound, FALSE, "directory:run");
    step = g_ptr_array_index (plan->steps, plan->steps->len - 1);
    step->directory->theirs = TRUE;
}

static void
add_directories (Planner *planner, Plan *plan)
{
    const Paths *paths = &planner->paths;

    add_directory (planner, plan, "run", paths->run, FALSE, NULL);
    add_bound_directory (planner, plan);
    add_directory (planner, plan, "state", paths->state, TRUE, NULL);
    add_directory (planner, plan, "disks", paths->disks, TRUE, "directory:state");
    add_directory (planner, plan, "logs", paths->logs, TRUE, "directory:state");
}

/* what qemu-img calls the files that usually end so; NULL = no telling */
static const char *
format_by_name (const char *path)
{
    static const struct {
        const char *suffix, *format;
    } known[] = {
        { ".qcow2", "qcow2" }, { ".raw", "raw" },   { ".img", "raw" },
        { ".iso", "raw" },     { ".vmdk", "vmdk" }, { ".vdi", "vdi" },
        { ".vhdx", "vhdx" },   { ".vhd", "vpc" },   { ".qed", "qed" },
    };
    g_autofree char *lower = g_ascii_strdown (path, -1);

    for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
        if (g_str_has_suffix (lower, known[i].suffix))
            return known[i].format;
    return g_str_has_prefix (path, "/dev/") ? "raw" : NULL;
}

static void
fill_origin (Planner *planner, const Machine *machine, const Disk *disk, ImageStep *image)
{
    const char *format = disk->image_format ? disk->image_format : format_by_name (disk->image);

    if (!format)
        planner_complain (planner, DIAG_ERROR, disk->image_place,
                          planner_key (machine, "disks.%s.image", disk->name),
                          "the format of %s cannot be told from its name: say image_format",
                          disk->image);
    if (disk->clone == CLONE_OVERLAY) {
        image->backing = g_strdup (disk->image);
        image->backing_format = g_strdup (format);
    } else {
        image->source = g_strdup (disk->image);
        image->source_format = g_strdup (format);
        image->clone = g_strdup (disk_clone_names[disk->clone]);
    }
}

static void
add_image (Planner *planner, Plan *plan, const Machine *machine, const Disk *disk)
{
    const char *const needs[] = { "directory:disks", NULL };
    Step *step =
        add_step (plan, STEP_IMAGE, g_strdup_printf ("image:%s/%s", machine->name, disk->name),
                  g_strdupv ((GStrv)needs));
    ImageStep *image = step->image = record_new (&image_record);

    image->owner = g_strdup_printf ("%s/%s", machine->name, disk->name);
    image->place = place_format (disk->place);
    image->path = machine_step_disk_path (planner, machine, disk);
    image->format = g_strdup (disk->format);
    image->size = disk->size;
    image->nocow = disk->nocow;
    image->user = run_as_copy (planner->facts->user);
    if (disk->seed != SEED_NONE) {
        image->clone = g_strdup (disk->media == MEDIA_CDROM ? "iso" : "fat");
        seed_fill (planner, machine, disk, image);
    } else if (disk->image)
        fill_origin (planner, machine, disk, image);
}

/* A copy of the firmware's template, once: later starts find what the machine
 * has written. */
static void
add_firmware_vars (Planner *planner, Plan *plan, const Machine *machine)
{
    const char *const needs[] = { "directory:disks", NULL };
    FirmwareFacts made;
    const FirmwareFacts *firmware = firmware_choose (planner, machine, &made);
    ImageStep *image;
    Step *step;

    if (!firmware)
        return;
    step =
        add_step (plan, STEP_IMAGE, g_strdup_printf ("image:%s/" FIRMWARE_VARS_DISK, machine->name),
                  g_strdupv ((GStrv)needs));
    image = step->image = record_new (&image_record);
    image->owner = g_strdup_printf ("%s/" FIRMWARE_VARS_DISK, machine->name);
    image->place = place_format (machine->firmware->place);
    image->path = firmware_vars_path (planner, machine, firmware);
    image->format = g_strdup (firmware->vars_format);
    image->source = g_strdup (firmware->vars);
    image->source_format = g_strdup (firmware->vars_format);
    image->clone = g_strdup (disk_clone_names[CLONE_COPY]);
    image->user = run_as_copy (planner->facts->user);
}

static void
add_images (Planner *planner, Plan *plan)
{
    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);

        for (guint j = 0; j < machine->disks->len; j++) {
            const Disk *disk = g_ptr_array_index (machine->disks, j);

            if (machine_step_disk_is_ours (disk))
                add_image (planner, plan, machine, disk);
        }
        if (firmware_is_uefi (machine))
            add_firmware_vars (planner, plan, machine);
    }
}

static void
need (GPtrArray *needs, const char *id)
{
    for (guint i = 0; i < needs->len; i++)
        if (strcmp (g_ptr_array_index (needs, i), id) == 0)
            return;
    g_ptr_array_add (needs, g_strdup (id));
}

static GStrv
machine_needs (const Planner *planner, const Machine *machine)
{
    GPtrArray *needs = g_ptr_array_new ();

    need (needs, "directory:run");
    need (needs, planner_bound_directory (planner));
    need (needs, "directory:logs");
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        g_autofree char *id = g_strdup_printf ("image:%s/%s", machine->name, disk->name);

        if (machine_step_disk_is_ours (disk))
            need (needs, id);
    }
    if (firmware_is_uefi (machine)) {
        g_autofree char *id = g_strdup_printf ("image:%s/" FIRMWARE_VARS_DISK, machine->name);

        need (needs, id);
    }
    for (guint i = 0; i < machine->nics->len; i++) {
        const Switch *sw = planner_switch (planner, g_ptr_array_index (machine->nics, i));
        g_autofree char *id = sw ? g_strdup_printf ("switch:%s", sw->name) : NULL;

        if (sw && sw->type == SWITCH_INTERNAL)
            need (needs, id);
        network_steps_need (planner, machine, g_ptr_array_index (machine->nics, i), needs);
    }
    for (gsize i = 0; machine->after && machine->after[i]; i++) {
        g_autofree char *id = g_strdup_printf ("machine:%s", machine->after[i]);

        need (needs, id);
    }
    g_ptr_array_add (needs, NULL);
    return (GStrv)g_ptr_array_free (needs, FALSE);
}

static void
add_machines (Planner *planner, Plan *plan)
{
    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);
        Step *step = add_step (plan, STEP_MACHINE, g_strdup_printf ("machine:%s", machine->name),
                               machine_needs (planner, machine));

        step->machine = machine_step_new (planner, machine);
    }
}

/* All given addresses are taken before the first one is derived. */
static void
claim_macs (Planner *planner)
{
    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);

        for (guint j = 0; j < machine->nics->len; j++) {
            const Nic *nic = g_ptr_array_index (machine->nics, j);
            g_autofree char *owner = g_strdup_printf ("%s/%s", machine->name, nic->name);
            const char *holder;
            Mac mac;

            if (!nic->mac || !mac_parse (nic->mac, &mac))
                continue;
            holder = mac_pool_claim (planner->macs, &mac, owner);
            if (holder)
                planner_complain (planner, DIAG_ERROR, nic->mac_place,
                                  planner_key (machine, "nics.%s.mac", nic->name),
                                  "%s is the address of %s already: leave mac out and each gets "
                                  "one of its own",
                                  nic->mac, holder);
        }
    }
}

/* what is true of many machines is said once */
static GStrv
make_notes (const Planner *planner)
{
    const RunAs *user = planner->facts->user;
    g_autoptr (GStrvBuilder) notes = g_strv_builder_new ();

    for (guint i = 0; i < planner->lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (planner->lab->machines, i);
        g_autofree char *note = accel_note (machine, planner->facts);

        if (note) {
            g_strv_builder_add (notes, note);
            break;
        }
    }
    if (user) {
        g_autofree char *note = g_strdup_printf ("machines run as %s, user %" G_GINT64_FORMAT
                                                 " of group %" G_GINT64_FORMAT,
                                                 user->name, user->uid, user->gid);

        g_strv_builder_add (notes, note);
    }
    return g_strv_builder_end (notes);
}

Plan *
plan_build (const Lab *lab, const HostFacts *facts, const PlanOptions *options, DiagList *diags)
{
    g_autoptr (Plan) plan = plan_new ();
    Planner planner;

    planner_init (&planner, lab, facts, options, diags);
    if (facts->user_problem)
        planner_complain (&planner, DIAG_ERROR, lab->user_place, g_strdup ("user"), "%s",
                          facts->user_problem);
    plan->lab = g_strdup (lab->name);
    plan->identity = g_strdup (options->identity);
    plan->profile = g_strdup (lab->file);
    plan->run_dir = g_strdup (planner.paths.run);
    plan->state_dir = g_strdup (planner.paths.state);
    plan->notes = make_notes (&planner);
    claim_macs (&planner);
    add_directories (&planner, plan);
    add_images (&planner, plan);
    netns_step_add (&planner, plan);
    switch_steps_add (&planner, plan);
    network_steps_add (&planner, plan);
    add_machines (&planner, plan);
    hook_steps_add (&planner, plan);
    paths_check (&planner.paths, diags);
    planner_clear (&planner);
    return diag_list_n_errors (diags) == 0 ? g_steal_pointer (&plan) : NULL;
}
