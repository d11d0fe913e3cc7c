/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the options by which the emulator is held and watched: what it may do to
 * the host, where it stops, and the monitors on which it tells of that.
 */
#include "plan/qemu/qemu.h"

#include "plan/qemu/emulator-check.h"

#include <string.h>

/* What of the user's own arguments makes the emulator start programs. */
static gboolean
args_spawn (const Machine *machine)
{
    static const char *const words[] = { "exec:", "guestfwd=", "smb=", "helper=", "script=" };

    for (gsize i = 0; machine->args && machine->args[i]; i++)
        for (gsize j = 0; j < G_N_ELEMENTS (words); j++)
            if (strstr (machine->args[i], words[j]))
                return TRUE;
    return FALSE;
}

OptString *
qemu_sandbox_new (gboolean spawn)
{
    OptString *opt = opt_new ("on");

    opt_add (opt, "obsolete", "deny");
    opt_add (opt, "elevateprivileges", "deny");
    opt_add (opt, "spawn", spawn ? "allow" : "deny");
    opt_add (opt, "resourcecontrol", "deny");
    return opt;
}

/* The emulator can neither become another user nor start programs nor take
 * more of the processor than it was given.  Nothing that roost itself asks of it needs that:
 * its networks and sockets are made outside. */
void
qemu_write_sandbox (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    const GStrv options = writer->emulator ? writer->emulator->options : NULL;
    gboolean has = !options || g_strv_contains ((const char *const *)options, "sandbox");

    if (machine->sandbox == CHOICE_NO || (machine->sandbox == CHOICE_UNSET && !has) ||
        (machine->args && g_strv_contains ((const char *const *)machine->args, "-sandbox")))
        return;
    if (!has)
        planner_complain (writer->planner, DIAG_ERROR, machine->place,
                          planner_key (machine, "sandbox"),
                          "%s was built without it (seccomp): set it to false", machine->emulator);
    qemu_add (writer, "-sandbox", qemu_sandbox_new (args_spawn (machine)), machine->place,
              "sandbox");
}

/* The emulator stops where the guest ends, so that the supervisor sees why and
 * applies the policy, also when it was away for a while. */
static void
write_policies (QemuWriter *writer)
{
    OptString *opt = opt_new (NULL);
    const char *reboot = NULL;

    switch (writer->machine->on_reboot) {
    case REBOOT_RESTART:
        reboot = "reset";
        break;
    case REBOOT_DESTROY:
        reboot = "shutdown";
        break;
    }
    opt_add (opt, "reboot", reboot);
    opt_add (opt, "shutdown", "pause");
    opt_add (opt, "panic", "pause");
    opt_add (opt, "watchdog", "reset");
    qemu_add (writer, "-action", opt, writer->machine->place, "on_reboot");
}

static void
write_qmp (QemuWriter *writer)
{
    OptString *opt = opt_new ("socket");

    opt_add (opt, "id", "qmp");
    opt_add_int (opt, "fd", argv_add_fd (writer->argv, FD_QMP_LISTENER, writer->step->monitor));
    opt_add_flag (opt, "server", TRUE);
    opt_add_flag (opt, "wait", FALSE);
    qemu_add (writer, "-chardev", opt, writer->machine->place, "machine");
    argv_add_pair (writer->argv, "-mon", "chardev=qmp,mode=control");
}

/* A monitor that nobody talks to: its input is one line, its output a file of
 * the events, which are there also when no supervisor was. */
static void
write_diary (QemuWriter *writer)
{
    argv_add_pair (writer->argv, "-chardev", "stdio,id=events,signal=off");
    argv_add_pair (writer->argv, "-mon", "chardev=events,mode=control");
}

/* The device by which guests tell of their panics. */
static void
write_pvpanic (QemuWriter *writer)
{
    const Machine *machine = writer->machine;
    gboolean has_isa = strstr (qemu_machine_type (machine), "q35") ||
                       g_str_has_prefix (qemu_machine_type (machine), "pc");
    const GStrv devices = writer->emulator ? writer->emulator->devices : NULL;

    if (machine->pvpanic == CHOICE_NO ||
        (machine->pvpanic == CHOICE_UNSET &&
         (!has_isa || (devices && !g_strv_contains ((const char *const *)devices, "pvpanic")))))
        return;
    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, "pvpanic", machine->place,
                    planner_key (machine, "pvpanic"));
    argv_add_pair (writer->argv, "-device", "pvpanic");
}

void
qemu_write_watch (QemuWriter *writer)
{
    write_policies (writer);
    write_qmp (writer);
    write_diary (writer);
    write_pvpanic (writer);
}
