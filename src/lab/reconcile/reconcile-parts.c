/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the coming and going of NICs and disks of machines that run while a lab is
 * reconciled, and the way back.  One after the other.
 *
 * What comes is written down before the machine has it, what goes after it has gone:
 * a supervisor that takes over in between looks what is there (machine/plug/plug.h).
 */
#include "machine/link.h"
#include "machine/machine.h"
#include "machine/plug/plug.h"
#include "lab/reconcile/reconcile-private.h"
#include "plan/qemu/part.h"

#include <string.h>

static void next_part (Reconcile *reconcile);
static void undo_next (Reconcile *reconcile);

void
part_done_free (gpointer data)
{
    PartDone *done = data;

    g_free (done->step);
    g_free (done->part);
    record_free (&machine_step_record, done->before);
    g_free (done);
}

/* --- the record --- */

static LiveMachine *
find_machine (const Reconcile *reconcile, const char *step)
{
    return live_lab_find_machine (reconcile->lab, step + strlen ("machine:"));
}

static char *
step_of (const MachineStep *machine, const char *part)
{
    return g_strdup_printf ("%s:%s/%s", part_is_nic (part) ? "tap" : "image", machine->name,
                            part_name (part));
}

static void
add_need (const Reconcile *reconcile, Step *step, const char *id)
{
    gsize n = step->needs ? g_strv_length (step->needs) : 0;

    if (!reconcile_find_step (reconcile->lab->state->plan, id, NULL) ||
        (n > 0 && g_strv_contains ((const char *const *)step->needs, id)))
        return;
    step->needs = g_renew (char *, step->needs, n + 2);
    step->needs[n] = g_strdup (id);
    step->needs[n + 1] = NULL;
}

static void
drop_need (Step *step, const char *part)
{
    g_autofree char *id = step_of (step->machine, part);
    gsize kept = 0;

    for (gsize i = 0; step->needs && step->needs[i]; i++) {
        if (strcmp (step->needs[i], id) == 0)
            g_free (step->needs[i]);
        else
            step->needs[kept++] = step->needs[i];
    }
    if (step->needs)
        step->needs[kept] = NULL;
}

/* @wanted: (nullable): has needs that the part may have */
static void
record_part (Reconcile *reconcile, const PartDone *done, const MachineStep *from,
             const Step *wanted)
{
    Step *step = reconcile_find_step (reconcile->lab->state->plan, done->step, NULL);
    g_autofree char *own = step_of (step->machine, done->part);

    part_add (step->machine, from, done->part);
    add_need (reconcile, step, own);
    for (gsize i = 0; wanted && wanted->needs && wanted->needs[i]; i++)
        add_need (reconcile, step, wanted->needs[i]);
    state_plan_changed (reconcile->lab->state);
    lab_save (reconcile->lab);
}

static void
forget_part (Reconcile *reconcile, const PartDone *done)
{
    Step *step = reconcile_find_step (reconcile->lab->state->plan, done->step, NULL);

    part_remove (step->machine, done->part);
    drop_need (step, done->part);
    state_plan_changed (reconcile->lab->state);
    lab_save (reconcile->lab);
}

/* --- one part --- */

typedef struct {
    Reconcile *reconcile;
    PartDone *done;
    gboolean comes;
} PartRun;

/* Backwards: what can be had back is had back all the same. */
static void
undone (Reconcile *reconcile, PartDone *done, GError *error)
{
    part_done_free (done);
    if (error && !reconcile->part_failure)
        reconcile->part_failure = error;
    else
        g_clear_error (&error);
    undo_next (reconcile);
}

static void
part_changed (PartRun *run, GError *error)
{
    Reconcile *reconcile = run->reconcile;
    PartDone *done = run->done;

    if (run->comes == (error != NULL)) /* it has gone, or did not come */
        forget_part (reconcile, done);
    else if (run->comes && part_is_nic (done->part))
        link_follow (find_machine (reconcile, done->step), part_name (done->part));
    live_machine_changed (find_machine (reconcile, done->step));
    g_free (run);
    if (reconcile->undoing) {
        undone (reconcile, done, error);
    } else if (error) {
        part_done_free (done);
        reconcile_stage_done (reconcile, error);
    } else {
        g_ptr_array_add (
            reconcile->stage == STAGE_UNPLUG ? reconcile->unplugged : reconcile->plugged, done);
        next_part (reconcile);
    }
}

static void
came (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;

    plug_in_finish (result, &error);
    part_changed (user_data, error);
}

static void
went (GObject *source, GAsyncResult *result, gpointer user_data)
{
    GError *error = NULL;

    plug_out_finish (result, &error);
    part_changed (user_data, error);
}

/* Takes @done. */
static void
take_out (Reconcile *reconcile, PartDone *done)
{
    LiveMachine *machine = find_machine (reconcile, done->step);
    PartRun *run = g_new (PartRun, 1);

    *run = (PartRun){ reconcile, done, FALSE };
    if (!done->before)
        done->before = part_copy_step (live_machine_get_record (machine));
    plug_out_async (machine, done->part, went, run);
}

/* Takes @done; @from: has the part. */
static void
put_in (Reconcile *reconcile, PartDone *done, const MachineStep *from, const Step *wanted)
{
    LiveMachine *machine = find_machine (reconcile, done->step);
    PartRun *run = g_new (PartRun, 1);

    *run = (PartRun){ reconcile, done, TRUE };
    record_part (reconcile, done, from, wanted);
    plug_in_async (machine, done->part, came, run);
}

/* --- forwards --- */

static PartDone *
done_new (const Change *change)
{
    PartDone *done = g_new (PartDone, 1);

    *done = (PartDone){ g_strdup (change->step), g_strdup (change->part), NULL };
    return done;
}

static void
next_part (Reconcile *reconcile)
{
    ChangeKind kind = reconcile->stage == STAGE_UNPLUG ? CHANGE_UNPLUG : CHANGE_PLUG;

    while (!reconcile->failure && reconcile->next < reconcile->changes->len) {
        const Change *change = g_ptr_array_index (reconcile->changes, reconcile->next++);
        Step *wanted = change->kind == kind
                           ? reconcile_find_step (reconcile->wanted, change->step, NULL)
                           : NULL;

        if (!wanted)
            continue;
        if (kind == CHANGE_UNPLUG)
            take_out (reconcile, done_new (change));
        else
            put_in (reconcile, done_new (change), wanted->machine, wanted);
        return;
    }
    reconcile_stage_done (reconcile, NULL);
}

void
reconcile_run_parts (Reconcile *reconcile)
{
    reconcile->next = 0;
    next_part (reconcile);
}

/* --- backwards --- */

static void
undo_next (Reconcile *reconcile)
{
    gboolean unplug = reconcile->stage == STAGE_PLUG;
    GPtrArray *done = unplug ? reconcile->plugged : reconcile->unplugged;
    PartDone *last;

    if (done->len == 0) {
        reconcile_stage_done (reconcile, g_steal_pointer (&reconcile->part_failure));
        return;
    }
    last = g_ptr_array_steal_index (done, done->len - 1);
    if (unplug)
        take_out (reconcile, last);
    else
        put_in (reconcile, last, last->before, NULL);
}

void
reconcile_undo_parts (Reconcile *reconcile)
{
    undo_next (reconcile);
}
