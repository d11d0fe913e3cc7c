/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns where hooks stand in a plan.  Each owner has two steps at most: one before
 * its own steps, which is before_up and, when it is undone, after_down; and one
 * after them, which is after_up and before_down.  So what a hook has done is undone
 * by its counterpart, whenever a step is.
 */
#include "plan/hook-steps.h"

#include "plan/machine-step.h"

typedef struct {
    Planner *planner;
    GHashTable *waiting;  /* id (not owned) → Step that has no place yet */
    GHashTable *known;    /* ids (not owned) of all steps of hooks */
    GHashTable *machines; /* name (not owned) → const Machine */
    GPtrArray *steps;     /* Step, as they will be in the plan */
} Hooking;

static void
add_need (Step *step, const char *id)
{
    guint n = step->needs ? g_strv_length (step->needs) : 0;

    step->needs = g_renew (char *, step->needs, n + 2);
    step->needs[n] = g_strdup (id);
    step->needs[n + 1] = NULL;
}

/* The step of a hook gets its place, after those of hooks that it needs. */
static void
place_hook (Hooking *hooking, const char *id)
{
    Step *step = g_hash_table_lookup (hooking->waiting, id);

    if (!step)
        return;
    g_hash_table_remove (hooking->waiting, id);
    for (gsize i = 0; step->needs[i]; i++)
        place_hook (hooking, step->needs[i]);
    g_ptr_array_add (hooking->steps, step);
}

/* @id: (transfer full): of the step of a hook, which may be none */
static void
need_hook (Hooking *hooking, Step *step, char *id)
{
    g_autofree char *owned = id;

    if (g_hash_table_contains (hooking->known, id))
        add_need (step, id);
}

/* Returns: (transfer full): `hook:OWNER/before`, or without an owner for the lab */
static char *
hook_id (const char *owner, const char *when)
{
    return owner ? g_strdup_printf ("hook:%s/%s", owner, when) : g_strconcat ("hook:", when, NULL);
}

static GStrv
make_environment (const Planner *planner, const Machine *machine, const Disk *disk)
{
    g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
    const struct {
        const char *name, *value;
    } all[] = { { "ROOST_LAB", planner->lab->name },
                { "ROOST_RUN_DIR", planner->paths.run },
                { "ROOST_STATE_DIR", planner->paths.state },
                { "ROOST_MACHINE", machine ? machine->name : NULL },
                { "ROOST_DISK", disk ? disk->name : NULL } };

    for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
        g_autofree char *word = g_strdup_printf ("%s=%s", all[i].name, all[i].value);

        if (all[i].value)
            g_strv_builder_add (words, word);
    }
    return g_strv_builder_end (words);
}

/* What must be before a step of @machine, or of its @disk; both may be NULL. */
static void
need_before (Hooking *hooking, Step *step, const Machine *machine, const char *disk)
{
    need_hook (hooking, step, hook_id (NULL, "before"));
    if (machine)
        need_hook (hooking, step, hook_id (machine->name, "before"));
    if (disk)
        need_hook (hooking, step, hook_id (disk, "before"));
}

static Step *
add_step (Hooking *hooking, const Hooks *hooks, const Machine *machine, const Disk *disk, char *id)
{
    const Planner *planner = hooking->planner;
    Step *step = record_new (&step_record);
    HookStep *hook = step->hook = record_new (&hook_record);

    step->kind = STEP_HOOK;
    step->id = id;
    add_need (step, "directory:run");
    add_need (step, "directory:logs");
    hook->owner = disk      ? g_strdup_printf ("disk %s/%s", machine->name, disk->name)
                  : machine ? g_strdup_printf ("machine %s", machine->name)
                            : g_strdup_printf ("lab %s", planner->lab->name);
    hook->place = place_format (hooks->place);
    hook->folder = g_path_is_absolute (planner->lab->file) ? g_path_get_dirname (planner->lab->file)
                                                           : g_strdup ("/");
    hook->log = paths_log (&planner->paths, "hooks.log");
    hook->environment = make_environment (planner, machine, disk);
    hook->timeout_ms = hooks->timeout_ms;
    g_hash_table_insert (hooking->waiting, step->id, step);
    return step;
}

/* @owner: id of what of the plan is the owner's own, or NULL */
static void
add_pair (Hooking *hooking, const Hooks *hooks, const Machine *machine, const Disk *disk,
          const char *owner)
{
    g_autofree char *name = disk      ? g_strdup_printf ("%s/%s", machine->name, disk->name)
                            : machine ? g_strdup (machine->name)
                                      : NULL;
    Step *step;

    if (hooks && (hooks->before_up || hooks->after_down)) {
        step = add_step (hooking, hooks, machine, disk, hook_id (name, "before"));
        need_before (hooking, step, machine, name);
        g_hash_table_add (hooking->known, step->id); /* only now: it does not need itself */
        step->hook->up_name = g_strdup ("before_up");
        step->hook->up = g_strdupv (hooks->before_up);
        step->hook->down_name = g_strdup ("after_down");
        step->hook->down = g_strdupv (hooks->after_down);
    }
    if (hooks && (hooks->after_up || hooks->before_down)) {
        step = add_step (hooking, hooks, machine, disk, hook_id (name, "after"));
        need_before (hooking, step, machine, name);
        if (owner)
            add_need (step, owner);
        g_hash_table_add (hooking->known, step->id);
        step->hook->up_name = g_strdup ("after_up");
        step->hook->up = g_strdupv (hooks->after_up);
        step->hook->down_name = g_strdup ("before_down");
        step->hook->down = g_strdupv (hooks->before_down);
    }
}

static void
add_pairs (Hooking *hooking)
{
    const Lab *lab = hooking->planner->lab;

    add_pair (hooking, lab->hooks, NULL, NULL, NULL);
    for (guint i = 0; i < lab->machines->len; i++) {
        Machine *machine = g_ptr_array_index (lab->machines, i);
        g_autofree char *own = g_strconcat ("machine:", machine->name, NULL);

        g_hash_table_insert (hooking->machines, machine->name, machine);
        add_pair (hooking, machine->hooks, machine, NULL, own);
        for (guint j = 0; j < machine->disks->len; j++) {
            const Disk *disk = g_ptr_array_index (machine->disks, j);
            g_autofree char *image = g_strdup_printf ("image:%s/%s", machine->name, disk->name);

            add_pair (hooking, disk->hooks, machine, disk,
                      machine_step_disk_is_ours (disk) ? image : NULL);
        }
    }
}

/* A machine starts when all is done for its disks. */
static void
need_disks (Hooking *hooking, Step *step, const Machine *machine)
{
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        g_autofree char *name = g_strdup_printf ("%s/%s", machine->name, disk->name);

        need_hook (hooking, step, hook_id (name, "before"));
        need_hook (hooking, step, hook_id (name, "after"));
    }
}

static void
need_hooks (Hooking *hooking, Step *step)
{
    const char *owner = step->kind == STEP_IMAGE     ? step->image->owner
                        : step->kind == STEP_TAP     ? step->tap->owner
                        : step->kind == STEP_MACHINE ? step->machine->name
                                                     : NULL;
    g_auto (GStrv) parts = owner ? g_strsplit (owner, "/", 2) : NULL;
    const Machine *machine = parts ? g_hash_table_lookup (hooking->machines, parts[0]) : NULL;

    if (step->kind == STEP_DIRECTORY)
        return;
    need_before (hooking, step, machine, step->kind == STEP_IMAGE ? owner : NULL);
    if (step->kind == STEP_MACHINE)
        need_disks (hooking, step, machine);
}

/* The lab has come up when all else has. */
static void
end_with_lab (Hooking *hooking)
{
    Step *step = g_hash_table_lookup (hooking->waiting, "hook:after");
    g_autoptr (GPtrArray) needs = g_ptr_array_new ();

    if (!step)
        return;
    for (guint i = 0; i < hooking->steps->len; i++)
        g_ptr_array_add (needs, g_strdup (((Step *)g_ptr_array_index (hooking->steps, i))->id));
    g_ptr_array_add (needs, NULL);
    g_strfreev (step->needs);
    step->needs = (GStrv)g_ptr_array_free (g_steal_pointer (&needs), FALSE);
    place_hook (hooking, step->id);
}

void
hook_steps_add (Planner *planner, Plan *plan)
{
    g_autoptr (GHashTable) waiting = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GHashTable) machines = g_hash_table_new (g_str_hash, g_str_equal);
    g_autoptr (GPtrArray) others = g_ptr_array_copy (plan->steps, NULL, NULL);
    Hooking hooking = { planner, waiting, known, machines, plan->steps };

    g_ptr_array_set_free_func (others, NULL); /* the plan owns them */
    add_pairs (&hooking);
    if (g_hash_table_size (known) == 0)
        return;
    while (plan->steps->len > 0)
        g_ptr_array_steal_index (plan->steps, plan->steps->len - 1);
    for (guint i = 0; i < others->len; i++) {
        Step *step = g_ptr_array_index (others, i);

        need_hooks (&hooking, step);
        for (gsize j = 0; step->needs && step->needs[j]; j++)
            place_hook (&hooking, step->needs[j]);
        g_ptr_array_add (plan->steps, step);
        if (step->kind == STEP_MACHINE) {
            g_autofree char *after = hook_id (step->machine->name, "after");

            place_hook (&hooking, after);
        }
    }
    end_with_lab (&hooking);
}

gboolean
hook_steps_bring_files (const Planner *planner, const Machine *machine, const Disk *disk)
{
    const Hooks *all[] = { planner->lab->hooks, machine->hooks, disk ? disk->hooks : NULL };

    for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
        if (all[i] && all[i]->before_up)
            return TRUE;
    return FALSE;
}
