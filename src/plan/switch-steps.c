/* Owns the command line of an internal switch. */
#include "plan/switch-steps.h"

#include "plan/argv.h"

/* argv[0] of the process, by which the program knows what it is to be */
#define SWITCH_PROGRAM "roost-switch"

static void
add_int (Argv *argv, const char *option, guint value)
{
    g_autofree char *text = g_strdup_printf ("%u", value);

    argv_add_pair (argv, option, text);
}

static Argv *
begin (Planner *planner, const Switch *sw)
{
    g_autofree char *control = paths_socket (&planner->paths, sw->place, "%s.switch", sw->name);
    Argv *argv = argv_new (SWITCH_PROGRAM);

    argv_add_pair (argv, "--name", sw->name);
    argv_add_pair (argv, "--control", control);
    /* a part of a second counts as one: 0 would mean never to learn */
    add_int (argv, "--ageing", sw->ageing_ms / 1000 + (sw->ageing_ms % 1000 != 0));
    return argv;
}

static void
add_port (Planner *planner, Argv *argv, const Switch *sw, const Machine *machine, const Nic *nic)
{
    Paths *paths = &planner->paths;
    g_autofree char *name = g_strdup_printf ("%s/%s", machine->name, nic->name);
    g_autofree char *local =
        paths_port (paths, nic->place, sw->name, machine->name, nic->name, 's');
    g_autofree char *remote =
        paths_port (paths, nic->place, sw->name, machine->name, nic->name, 'm');

    argv_add_pair (argv, "--port", name);
    argv_add_pair (argv, "--local", local);
    argv_add_pair (argv, "--remote", remote);
    if (nic->vlan != VLAN_UNSET)
        add_int (argv, "--vlan", nic->vlan);
    if (!vlan_set_is_empty (&nic->trunk)) {
        g_autofree char *trunk = vlan_set_format (&nic->trunk);

        argv_add_pair (argv, "--trunk", trunk);
    }
}

static Step *
finish (Planner *planner, const Switch *sw, Argv *argv)
{
    const char *const needs[] = { "directory:run", "directory:logs", NULL };
    Step *step = record_new (&step_record);
    g_autoptr (GPtrArray) fds = NULL;

    step->id = g_strdup_printf ("switch:%s", sw->name);
    step->kind = STEP_SWITCH;
    step->needs = g_strdupv ((GStrv)needs);
    step->sw = record_new (&switch_record);
    step->sw->name = g_strdup (sw->name);
    step->sw->place = place_format (sw->place);
    step->sw->control = paths_socket (&planner->paths, sw->place, "%s.switch", sw->name);
    step->sw->log = paths_log (&planner->paths, "%s.switch.log", sw->name);
    step->sw->argv = argv_steal (argv, &fds);
    return step;
}

void
switch_steps_add (Planner *planner, Plan *plan)
{
    const Lab *lab = planner->lab;
    /* const Switch* → owned Argv* of those that have a port */
    g_autoptr (GHashTable) argvs =
        g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)argv_free);

    for (guint i = 0; i < lab->machines->len; i++) {
        const Machine *machine = g_ptr_array_index (lab->machines, i);

        for (guint j = 0; j < machine->nics->len; j++) {
            const Nic *nic = g_ptr_array_index (machine->nics, j);
            const Switch *sw = planner_switch (planner, nic);
            Argv *argv;

            if (!sw || sw->type != SWITCH_INTERNAL)
                continue;
            argv = g_hash_table_lookup (argvs, sw);
            if (!argv) {
                argv = begin (planner, sw);
                g_hash_table_insert (argvs, (gpointer)sw, argv);
            }
            add_port (planner, argv, sw, machine, nic);
        }
    }
    for (guint i = 0; i < lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (lab->switches, i);
        Argv *argv = g_hash_table_lookup (argvs, sw);

        if (argv)
            g_ptr_array_add (plan->steps, finish (planner, sw, argv));
    }
}
