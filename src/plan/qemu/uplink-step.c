/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the command line of an emulator that is only a NAT. */
#include "plan/qemu/uplink-step.h"

#include "plan/qemu/qemu.h"

/* the descriptor behind the tap's is that of the NAT's readiness: its greeting */
#define READY_ID "ready"

#define TAP_OWNER ".uplink/"

gboolean
uplink_is_user (const Switch *sw)
{
    return g_strcmp0 (sw->uplink, UPLINK_USER) == 0;
}

char *
uplink_tap_owner (const Switch *sw)
{
    return g_strconcat (TAP_OWNER, sw->name, NULL);
}

char *
uplink_tap_id (const Switch *sw)
{
    g_autofree char *owner = uplink_tap_owner (sw);

    return g_strconcat ("tap:", owner, NULL);
}

gboolean
uplink_has_tap (const TapStep *tap)
{
    return g_str_has_prefix (tap->owner, TAP_OWNER);
}

/* where ports of machines have the names of machine and nic */
#define PORT_OWNER ".uplink"

char *
uplink_port (Planner *planner, const Switch *sw)
{
    return paths_port (&planner->paths, sw->place, sw->name, PORT_OWNER, UPLINK_USER, 'm');
}

char *
uplink_remote_port (Planner *planner, const Switch *sw)
{
    return paths_port (&planner->paths, sw->place, sw->name, PORT_OWNER, UPLINK_USER, 's');
}

static void
add_option (Planner *planner, Argv *argv, const char *option, OptString *opt, const Switch *sw)
{
    g_autofree char *problem = NULL;
    g_autofree char *value = opt_end (opt, &problem);

    if (value)
        argv_add_pair (argv, option, value);
    else
        planner_complain (planner, DIAG_ERROR, sw->place,
                          g_strdup_printf ("switches.%s.uplink", sw->name), "%s", problem);
}

static void
add_hub_port (Planner *planner, Argv *argv, const char *id, const char *netdev, const Switch *sw)
{
    OptString *opt = opt_new ("hubport");

    opt_add (opt, "id", id);
    opt_add_int (opt, "hubid", 0);
    opt_add (opt, "netdev", netdev);
    add_option (planner, argv, "-netdev", opt, sw);
}

static void
write_tap (Planner *planner, Argv *argv, const Switch *sw, const char *tap)
{
    OptString *opt = opt_new ("tap");
    FdRecord *fd;

    opt_add (opt, "id", "port");
    opt_add_int (opt, "fd", argv_add_fd (argv, FD_TAP, tap));
    fd = g_ptr_array_index (argv->fds, argv->fds->len - 1);
    fd->tap = record_new (&tap_use_record);
    fd->tap->net = g_strdup (planner->net);
    add_option (planner, argv, "-netdev", opt, sw);
}

static void
write_socket (Planner *planner, Argv *argv, const Switch *sw)
{
    OptString *opt = opt_new ("dgram");
    g_autofree char *local = uplink_port (planner, sw);
    g_autofree char *remote = uplink_remote_port (planner, sw);

    opt_add (opt, "id", "port");
    opt_add (opt, "local.type", "unix");
    opt_add (opt, "local.path", local);
    opt_add (opt, "remote.type", "unix");
    opt_add (opt, "remote.path", remote);
    add_option (planner, argv, "-netdev", opt, sw);
}

static void
write_networks (Planner *planner, Argv *argv, const Switch *sw, const char *tap)
{
    OptString *opt = opt_new ("user");

    opt_add (opt, "id", "nat");
    if (sw->subnet)
        opt_add (opt, "net", sw->subnet);
    add_option (planner, argv, "-netdev", opt, sw);
    if (tap)
        write_tap (planner, argv, sw, tap);
    else
        write_socket (planner, argv, sw);
    add_hub_port (planner, argv, "hub-nat", "nat", sw);
    add_hub_port (planner, argv, "hub-port", "port", sw);
}

/* that of the machines: it is there, or was complained about */
static const EmulatorFacts *
first_emulator (const Planner *planner)
{
    const GPtrArray *emulators = planner->facts->emulators;

    return emulators->len > 0 ? g_ptr_array_index (emulators, 0) : NULL;
}

static gboolean
has_sandbox (const EmulatorFacts *emulator)
{
    return !emulator || !emulator->options ||
           g_strv_contains ((const char *const *)emulator->options, "sandbox");
}

static void
write_head (Planner *planner, Argv *argv, const Switch *sw)
{
    g_autofree char *name = g_strdup_printf ("%s/uplink of %s", planner->lab->name, sw->name);
    OptString *opt;

    qemu_write_process (argv, name);
    if (has_sandbox (first_emulator (planner)))
        add_option (planner, argv, "-sandbox", qemu_sandbox_new (FALSE), sw);
    argv_add_pair (argv, "-display", "none");
    argv_add_pair (argv, "-machine", "none");
    opt = opt_new ("socket");
    opt_add (opt, "id", READY_ID);
    opt_add_int (opt, "fd", argv_add_fd (argv, FD_QMP_LISTENER, NULL));
    add_option (planner, argv, "-chardev", opt, sw);
    argv_add_pair (argv, "-mon", "chardev=" READY_ID ",mode=control");
}

void
uplink_step_add (Planner *planner, Plan *plan, const Switch *sw, const char *tap,
                 const char *switch_id)
{
    const EmulatorFacts *emulator = first_emulator (planner);
    g_autoptr (Argv) argv =
        argv_new (emulator && emulator->path ? emulator->path : "qemu-system-x86_64");
    g_autofree char *tap_id = tap ? uplink_tap_id (sw) : NULL;
    const char *const needs[] = { "directory:logs", tap ? tap_id : switch_id,
                                  tap ? switch_id : NULL, NULL };
    Step *step = record_new (&step_record);

    write_head (planner, argv, sw);
    write_networks (planner, argv, sw, tap);
    step->kind = STEP_UPLINK;
    step->id = g_strconcat ("uplink:", sw->name, NULL);
    step->needs = g_strdupv ((GStrv)needs);
    step->uplink = record_new (&uplink_record);
    step->uplink->name = g_strdup (sw->name);
    step->uplink->place = place_format (sw->place);
    step->uplink->log = paths_log (&planner->paths, "%s.uplink.log", sw->name);
    g_ptr_array_unref (step->uplink->fds);
    step->uplink->argv = argv_steal (argv, &step->uplink->fds);
    step->uplink->user = run_as_copy (planner->facts->user);
    g_ptr_array_add (plan->steps, step);
}
