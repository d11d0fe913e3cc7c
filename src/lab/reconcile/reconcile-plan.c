/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what becomes of a lab's plan while it is reconciled.  Steps keep their
 * place in memory, as machines and walks point to them: what changes is what is in
 * them.
 */
#include "machine/link.h"
#include "machine/machine.h"
#include "lab/reconcile/reconcile-private.h"
#include "plan/qemu/argv-diff.h"
#include "plan/qemu/part.h"

#include <string.h>

#define COMMAND_TIMEOUT_MS (60 * 1000)

Step *
reconcile_find_step (const Plan *plan, const char *id, guint *ret_index)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        Step *step = g_ptr_array_index (plan->steps, i);

        if (g_str_equal (step->id, id)) {
            if (ret_index)
                *ret_index = i;
            return step;
        }
    }
    return NULL;
}

/* The name stays where it is: tables of machines have it as their key. */
static void
exchange_machines (MachineStep *a, MachineStep *b)
{
    EXCHANGE (*a, *b);
    EXCHANGE (a->name, b->name);
}

/* Neither does the id: entries of the state and helpers point to it. */
static void
exchange_steps (Step *a, Step *b)
{
    if (a->kind == STEP_MACHINE) {
        EXCHANGE (a->needs, b->needs);
        exchange_machines (a->machine, b->machine);
    } else {
        EXCHANGE (*a, *b);
        EXCHANGE (a->id, b->id);
    }
}

static void
take_step (LiveLab *lab, Plan *wanted, const char *id)
{
    Plan *plan = lab->state->plan;
    guint at = 0;
    Step *wanted_step = reconcile_find_step (wanted, id, &at),
         *step = reconcile_find_step (plan, id, NULL);

    if (step) { /* it was planned before, and never done */
        exchange_steps (step, wanted_step);
        return;
    }
    g_ptr_array_steal_index (wanted->steps, at);
    g_ptr_array_add (plan->steps, wanted_step);
    if (wanted_step->kind == STEP_MACHINE)
        lab_add_machine (lab, wanted_step);
}

void
reconcile_take_added (LiveLab *lab)
{
    Reconcile *reconcile = lab->reconcile;

    for (guint i = 0; i < reconcile->changes->len; i++) {
        const Change *change = g_ptr_array_index (reconcile->changes, i);

        if (change->kind == CHANGE_ADD && !change->held)
            take_step (lab, reconcile->wanted, change->step);
    }
    state_plan_changed (lab->state);
}

static gboolean
is_of_stage (const Change *change, ChangeKind kind, gboolean switches)
{
    if (change->held || change->off)
        return FALSE;
    if (kind == CHANGE_REPLACE) /* all that machines have to be off for, or only switches */
        return switches ? change->kind == CHANGE_REPLACE && change->live
                        : (change->kind == CHANGE_REPLACE && !change->live) ||
                              change->kind == CHANGE_MACHINE;
    return change->kind == kind;
}

/* In the order of the plan, as walks want them. */
GPtrArray *
reconcile_list_steps (Reconcile *reconcile, ChangeKind kind, gboolean switches)
{
    g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
    GPtrArray *steps = g_ptr_array_new (), *all = reconcile->lab->state->plan->steps;

    for (guint i = 0; i < reconcile->changes->len; i++) {
        const Change *change = g_ptr_array_index (reconcile->changes, i);

        if (is_of_stage (change, kind, switches))
            g_hash_table_add (ids, change->step);
    }
    for (guint i = 0; i < all->len; i++)
        if (g_hash_table_contains (ids, ((Step *)g_ptr_array_index (all, i))->id))
            g_ptr_array_add (steps, g_ptr_array_index (all, i));
    return steps;
}

void
reconcile_drop (Reconcile *reconcile, GPtrArray *steps)
{
    LiveLab *lab = reconcile->lab;

    for (guint i = 0; i < steps->len; i++) {
        Step *step = g_ptr_array_index (steps, i);

        if (state_find (lab->state, step->id)) /* it could not be undone, and stays known */
            continue;
        if (step->kind == STEP_MACHINE)
            lab_drop_machine (lab, step);
        g_ptr_array_remove (lab->state->plan->steps, step);
    }
    state_plan_changed (lab->state);
}

void
reconcile_exchange (Reconcile *reconcile, GPtrArray *steps)
{
    for (guint i = 0; i < steps->len; i++) {
        Step *step = g_ptr_array_index (steps, i);

        exchange_steps (step, reconcile_find_step (reconcile->wanted, step->id, NULL));
    }
    state_plan_changed (reconcile->lab->state);
}

void
reconcile_exchange_off (Reconcile *reconcile)
{
    g_autoptr (GPtrArray) steps = g_ptr_array_new ();

    for (guint i = 0; i < reconcile->changes->len; i++) {
        const Change *change = g_ptr_array_index (reconcile->changes, i);

        if (change->off)
            g_ptr_array_add (steps,
                             reconcile_find_step (reconcile->lab->state->plan, change->step, NULL));
    }
    reconcile_exchange (reconcile, steps);
}

static void
set (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) value = qmp_client_execute_finish (QMP_CLIENT (source), result, &error);

    if (!value)
        g_debug ("set-action: %s", error->message);
}

/* the emulator's part of on_reboot; its command line says it for the next start */
static void
set_reboot (LiveMachine *machine, const char *policy)
{
    QmpClient *qmp = live_machine_get_qmp (machine);
    g_autoptr (JsonNode) arguments = json_node_new (JSON_NODE_OBJECT);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "reboot",
                                   g_strcmp0 (policy, "destroy") == 0 ? "shutdown" : "reset");
    json_node_take_object (arguments, object);
    if (qmp)
        qmp_client_execute_async (qmp, "set-action", arguments, COMMAND_TIMEOUT_MS, NULL, set,
                                  NULL);
}

/* Cables as the profile has them now. */
static void
exchange_links (LiveMachine *machine, MachineStep *wanted)
{
    MachineStep *record = live_machine_get_record (machine);

    for (guint i = 0; i < record->nics->len; i++) {
        NicRecord *nic = g_ptr_array_index (record->nics, i);
        g_autofree char *part = g_strconcat ("nic ", nic->name, NULL);
        NicRecord *other = part_find_nic (wanted, part);

        if (!other || g_strcmp0 (nic->link, other->link) == 0)
            continue;
        EXCHANGE (nic->link, other->link);
        link_follow (machine, nic->name);
    }
}

static void
exchange_settings (LiveMachine *machine, MachineStep *wanted)
{
    MachineStep *record = live_machine_get_record (machine);
    char **action = argv_find_value (record->argv, "-action");
    char **wanted_action = argv_find_value (wanted->argv, "-action");

    if (action && wanted_action)
        EXCHANGE (*action, *wanted_action);
    exchange_links (machine, wanted);
    EXCHANGE (record->on_poweroff, wanted->on_poweroff);
    EXCHANGE (record->on_crash, wanted->on_crash);
    EXCHANGE (record->ready, wanted->ready);
    EXCHANGE (record->ssh, wanted->ssh);
    EXCHANGE (record->after, wanted->after);
    if (g_strcmp0 (record->on_reboot, wanted->on_reboot) != 0)
        set_reboot (machine, wanted->on_reboot);
    EXCHANGE (record->on_reboot, wanted->on_reboot);
    live_machine_wait_anew (machine);
}

static void
exchange_hooks (Step *step, Step *wanted)
{
    EXCHANGE (step->hook, wanted->hook);
}

void
reconcile_exchange_needs (Reconcile *reconcile)
{
    g_autoptr (GHashTable) needs = g_hash_table_new (g_str_hash, g_str_equal);
    GPtrArray *wanted = reconcile->wanted->steps, *steps = reconcile->lab->state->plan->steps;

    for (guint i = 0; i < wanted->len; i++) {
        Step *step = g_ptr_array_index (wanted, i);

        g_hash_table_insert (needs, step->id, step);
    }
    for (guint i = 0; i < reconcile->changes->len; i++) { /* these have all of theirs, or none */
        const Change *change = g_ptr_array_index (reconcile->changes, i);

        if (change->kind == CHANGE_REPLACE || change->kind == CHANGE_MACHINE)
            g_hash_table_remove (needs, change->step);
    }
    for (guint i = 0; i < steps->len; i++) {
        Step *step = g_ptr_array_index (steps, i), *other = g_hash_table_lookup (needs, step->id);

        if (other)
            EXCHANGE (step->needs, other->needs);
    }
}

void
reconcile_exchange_settings (Reconcile *reconcile)
{
    for (guint i = 0; i < reconcile->changes->len; i++) {
        const Change *change = g_ptr_array_index (reconcile->changes, i);
        Step *wanted = change->kind == CHANGE_SETTINGS
                           ? reconcile_find_step (reconcile->wanted, change->step, NULL)
                           : NULL;

        if (wanted && wanted->kind == STEP_HOOK)
            exchange_hooks (reconcile_find_step (reconcile->lab->state->plan, change->step, NULL),
                            wanted);
        else if (wanted)
            exchange_settings (live_lab_find_machine (reconcile->lab, wanted->machine->name),
                               wanted->machine);
    }
    state_plan_changed (reconcile->lab->state);
}
