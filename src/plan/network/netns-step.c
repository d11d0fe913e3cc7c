/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the command line of the process that holds a private network. */
#include "plan/network/netns-step.h"

#include "plan/qemu/argv.h"

/* argv[0] of the process, by which the program knows what it is to be */
#define NETNS_PROGRAM "roost-net"

char *
netns_step_socket (Planner *planner)
{
    if (planner->lab->isolation != ISOLATION_PRIVATE)
        return NULL;
    return paths_socket (&planner->paths, planner->lab->isolation_place, "net.sock");
}

/* Whether an Open vSwitch has to run inside. */
static gboolean
has_ovs (const Lab *lab)
{
    for (guint i = 0; i < lab->switches->len; i++)
        if (((Switch *)g_ptr_array_index (lab->switches, i))->type == SWITCH_OVS)
            return TRUE;
    return FALSE;
}

void
netns_step_add (Planner *planner, Plan *plan)
{
    static const char *const needs[] = { "directory:run", "directory:logs", NULL };
    g_autofree char *socket = netns_step_socket (planner);
    g_autoptr (GPtrArray) fds = NULL;
    g_autoptr (Argv) argv = NULL;
    Step *step;

    if (!socket)
        return;
    argv = argv_new (NETNS_PROGRAM);
    argv_add_pair (argv, "--name", planner->lab->name);
    argv_add_pair (argv, "--socket", socket);
    if (has_ovs (planner->lab)) {
        g_autofree char *ovs = g_build_filename (planner->paths.run, NETNS_OVS_DIR, NULL);

        argv_add_pair (argv, "--ovs", ovs);
    }
    step = record_new (&step_record);
    step->id = g_strdup (NETNS_STEP_ID);
    step->kind = STEP_NETNS;
    step->needs = g_strdupv ((GStrv)needs);
    step->netns = record_new (&netns_record);
    step->netns->socket = g_steal_pointer (&socket);
    step->netns->log = paths_log (&planner->paths, "network.log");
    step->netns->argv = argv_steal (argv, &fds);
    g_ptr_array_add (plan->steps, step);
}
