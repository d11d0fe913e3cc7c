/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the command line of an internal switch, and its way out. */
#include "plan/network/switch-steps.h"

#include "plan/qemu/argv.h"
#include "plan/qemu/uplink-step.h"

/* argv[0] of the process, by which the program knows what it is to be */
#define SWITCH_PROGRAM "roost-switch"

/* The process refuses more ports than this. */
#define PORTS_MAX 1024

/* One process while its ports are collected. */
typedef struct {
    const Switch *sw;
    Argv *argv;
    guint n_ports;
} Process;

static void
add_int (Argv *argv, const char *option, guint value)
{
    g_autofree char *text = g_strdup_printf ("%u", value);

    argv_add_pair (argv, option, text);
}

/* `300`, `0.25` */
static void
add_seconds (Argv *argv, const char *option, guint ms)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    argv_add_pair (argv, option, g_ascii_formatd (text, sizeof text, "%.10g", ms / 1000.0));
}

static char *
control_path (Planner *planner, const Switch *sw)
{
    return paths_bound_socket (&planner->paths, sw->place, "%s.switch", sw->name);
}

static Process *
process_new (Planner *planner, const Switch *sw)
{
    g_autofree char *control = control_path (planner, sw);
    Process *process = g_new0 (Process, 1);

    process->sw = sw;
    process->argv = argv_new (SWITCH_PROGRAM);
    argv_add_pair (process->argv, "--name", sw->name);
    argv_add_pair (process->argv, "--control", control);
    add_seconds (process->argv, "--ageing", sw->ageing_ms);
    return process;
}

static void
process_free (gpointer data)
{
    Process *process = data;

    argv_free (process->argv);
    g_free (process);
}

/* @vlan: VLAN_UNSET; @trunk: may be empty */
static void
add_port (Planner *planner, Process *process, const char *name, const char *local,
          const char *remote, int vlan, const char *trunk)
{
    argv_add_pair (process->argv, "--port", name);
    argv_add_pair (process->argv, "--local", local);
    argv_add_pair (process->argv, "--remote", remote);
    if (vlan != VLAN_UNSET)
        add_int (process->argv, "--vlan", vlan);
    if (*trunk)
        argv_add_pair (process->argv, "--trunk", trunk);
    if (++process->n_ports == PORTS_MAX + 1)
        planner_complain (planner, DIAG_ERROR, process->sw->place,
                          g_strdup_printf ("switches.%s", process->sw->name),
                          "more than %d NICs are plugged into it: use several switches", PORTS_MAX);
}

static void
add_nic (Planner *planner, Process *process, const Machine *machine, const Nic *nic)
{
    const char *sw = process->sw->name;
    Paths *paths = &planner->paths;
    g_autofree char *name = g_strdup_printf ("%s/%s", machine->name, nic->name);
    g_autofree char *local = paths_port (paths, nic->place, sw, machine->name, nic->name, 's');
    g_autofree char *remote = paths_port (paths, nic->place, sw, machine->name, nic->name, 'm');
    g_autofree char *trunk = vlan_set_format (&nic->trunk);

    add_port (planner, process, name, local, remote, nic->vlan, trunk);
}

static void
add_uplink (Planner *planner, Process *process)
{
    g_autofree char *name = uplink_tap_owner (process->sw);
    g_autofree char *local = uplink_remote_port (planner, process->sw);
    g_autofree char *remote = uplink_port (planner, process->sw);

    add_port (planner, process, name, local, remote, process->sw->vlan, "");
}

static void
add_ports (Planner *planner, GHashTable *processes, const Machine *machine)
{
    for (guint i = 0; i < machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (machine->nics, i);
        const Switch *sw = planner_switch (planner, nic);
        Process *process;

        if (!sw || sw->type != SWITCH_INTERNAL)
            continue;
        process = g_hash_table_lookup (processes, sw);
        if (!process) {
            process = process_new (planner, sw);
            g_hash_table_insert (processes, (gpointer)sw, process);
        }
        add_nic (planner, process, machine, nic);
    }
}

static Step *
make_step (Planner *planner, Process *process)
{
    const char *const needs[] = { planner_bound_directory (planner), "directory:logs", NULL };
    const Switch *sw = process->sw;
    Step *step = record_new (&step_record);
    g_autoptr (GPtrArray) fds = NULL;

    step->id = g_strdup_printf ("switch:%s", sw->name);
    step->kind = STEP_SWITCH;
    step->needs = g_strdupv ((GStrv)needs);
    step->sw = record_new (&switch_record);
    step->sw->name = g_strdup (sw->name);
    step->sw->place = place_format (sw->place);
    step->sw->control = control_path (planner, sw);
    step->sw->log = paths_log (&planner->paths, "%s.switch.log", sw->name);
    step->sw->argv = argv_steal (process->argv, &fds);
    step->sw->user = run_as_copy (planner->facts->user);
    return step;
}

void
switch_steps_add (Planner *planner, Plan *plan)
{
    const Lab *lab = planner->lab;
    /* const Switch* → owned Process* of those that have a port */
    g_autoptr (GHashTable) processes = g_hash_table_new_full (NULL, NULL, NULL, process_free);

    for (guint i = 0; i < lab->machines->len; i++)
        add_ports (planner, processes, g_ptr_array_index (lab->machines, i));
    for (guint i = 0; i < lab->switches->len; i++) {
        const Switch *sw = g_ptr_array_index (lab->switches, i);
        Process *process = g_hash_table_lookup (processes, sw);
        Step *step;

        if (!process)
            continue;
        if (uplink_is_user (sw))
            add_uplink (planner, process);
        step = make_step (planner, process);
        g_ptr_array_add (plan->steps, step);
        if (uplink_is_user (sw))
            uplink_step_add (planner, plan, sw, NULL, step->id);
    }
}
