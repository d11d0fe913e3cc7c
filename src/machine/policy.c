/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the decision what becomes of a machine that ended, and carries it out;
 * see policy.h.
 */
#include "machine/policy.h"

#include "machine/machine-private.h"

static gboolean
says (const char *policy, const char *word)
{
    return g_strcmp0 (policy, word) == 0;
}

static PolicyAction
again (const MachineStep *record)
{
    return says (record->on_reboot, "destroy") ? POLICY_REPLACE : POLICY_RESET;
}

PolicyAction
policy_decide (const MachineStep *record, Happening what)
{
    const char *policy = what == HAPPENED_POWEROFF ? record->on_poweroff : record->on_crash;

    switch (what) {
    case HAPPENED_REBOOT:
        return POLICY_QUIT; /* where it restarts, the emulator has done it */
    case HAPPENED_RESET:
        return POLICY_REPLACE;
    case HAPPENED_DEATH:
        return says (policy, "restart") ? POLICY_REPLACE : POLICY_NOTHING;
    case HAPPENED_POWEROFF:
    case HAPPENED_CRASH:
        return says (policy, "restart")    ? again (record)
               : says (policy, "preserve") ? POLICY_KEEP
                                           : POLICY_QUIT;
    }
    g_assert_not_reached ();
}

static void
policy_rate_count (PolicyRate *rate, gint64 time)
{
    rate->times[rate->next] = time;
    rate->next = (rate->next + 1) % POLICY_STARTS;
}

gboolean
policy_rate_take (PolicyRate *rate, gint64 now)
{
    gint64 oldest = rate->times[rate->next];

    if (oldest != 0 && now - oldest < POLICY_WINDOW_US)
        return FALSE;
    policy_rate_count (rate, now);
    return TRUE;
}

GStrv
policy_rate_save (const PolicyRate *rate)
{
    g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

    for (guint i = 0; i < POLICY_STARTS; i++) {
        gint64 time = rate->times[(rate->next + i) % POLICY_STARTS];
        g_autofree char *word = g_strdup_printf ("%" G_GINT64_FORMAT, time);

        if (time != 0)
            g_strv_builder_add (words, word);
    }
    return g_strv_builder_end (words);
}

void
policy_rate_load (PolicyRate *rate, GStrv words, gint64 now)
{
    *rate = (PolicyRate){ 0 };
    for (gsize i = 0; words && words[i] && i < POLICY_STARTS; i++) {
        gint64 time = g_ascii_strtoll (words[i], NULL, 10);

        if (time > 0 && time <= now)
            policy_rate_count (rate, time);
    }
}

static void
replaced (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (LiveMachine) machine = user_data;
    g_autoptr (GError) error = NULL;

    if (live_machine_start_finish (machine, result, &error) || machine->let_go)
        return;
    /* its state and its problem tell the same to who asks */
    g_message ("%s", error->message);
    if (machine->state == MACHINE_CRASHED && !machine->watch && machine->stopping->len == 0)
        machine_happened (machine, HAPPENED_DEATH, machine->problem);
    if (machine->again)
        machine_begin_again (machine);
}

void
machine_begin_again (LiveMachine *machine)
{
    machine->again = FALSE;
    live_machine_start_async (machine, FALSE, replaced, machine_ref (machine));
}

static void
give_up (LiveMachine *machine, const char *problem)
{
    machine_set_problem (
        machine, g_strdup_printf ("%s; it was begun again %d times within a minute and is given up",
                                  problem, POLICY_STARTS));
    machine_set_state (machine, MACHINE_CRASHED);
    machine_send (machine, "quit");
}

static void
carry_out (LiveMachine *machine, PolicyAction action, Happening what)
{
    switch (action) {
    case POLICY_NOTHING:
        break;
    case POLICY_KEEP:
        machine_set_state (machine, what == HAPPENED_CRASH ? MACHINE_CRASHED : MACHINE_SHUTDOWN);
        break;
    case POLICY_QUIT:
        if (what == HAPPENED_CRASH) {
            machine_set_state (machine, MACHINE_CRASHED);
            machine_send (machine, "quit");
        } else {
            machine->ended_by_request = TRUE;
            machine_stop_at (machine, STOP_QUIT);
        }
        break;
    case POLICY_RESET:
        machine_send (machine, "system_reset");
        machine_send (machine, "cont");
        break;
    case POLICY_REPLACE:
        machine->again = TRUE; /* as soon as this one is gone */
        machine->ended_by_request = TRUE;
        machine_stop_at (machine, STOP_QUIT);
        break;
    }
}

void
machine_happened (LiveMachine *machine, Happening what, const char *problem)
{
    PolicyAction action = policy_decide (machine->record, what);
    gboolean begins_again = action == POLICY_RESET || action == POLICY_REPLACE;
    gboolean too_often = FALSE;

    if (machine->stopping->len > 0) {
        machine_stop_at (machine, STOP_QUIT); /* that is what was being waited for */
        return;
    }
    /* counted before anything of it is written down */
    if (begins_again && what != HAPPENED_RESET)
        too_often = !policy_rate_take (&machine->rate, g_get_monotonic_time ());
    if (what == HAPPENED_CRASH || what == HAPPENED_DEATH) {
        if (problem != machine->problem)
            machine_set_problem (machine, g_strdup (problem));
        machine_set_state (machine, MACHINE_CRASHED);
    }
    if (too_often)
        give_up (machine, problem);
    else
        carry_out (machine, action, what);
}
