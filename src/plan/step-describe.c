/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns how steps are told to people, one line each; those of networks are in
 * step-network.c.
 */
#include "plan/step.h"

#include "base/quantity.h"

static char *
describe_image (const ImageStep *image)
{
    g_autofree char *size = image->size > 0 ? quantity_format_size (image->size) : NULL;

    const char *how = image->label                               ? ", volume "
                      : image->backing                           ? ", over "
                      : !image->source                           ? ""
                      : g_strcmp0 (image->clone, "reflink") == 0 ? ", reflink of "
                                                                 : ", copy of ";
    const char *from = image->label     ? image->label
                       : image->backing ? image->backing
                       : image->source  ? image->source
                                        : "";

    return g_strdup_printf ("image %s: %s%s%s%s%s, %s", image->owner, image->format,
                            size ? ", " : "", size ? size : "", how, from, image->path);
}

static char *
describe_machine (const MachineStep *machine)
{
    g_autofree char *memory = quantity_format_size (machine->memory);

    return g_strdup_printf ("machine %s: %s, %" G_GINT64_FORMAT " CPU%s, %s, %u disk%s, %u nic%s",
                            machine->name, machine->accel, machine->cpus,
                            machine->cpus == 1 ? "" : "s", memory, machine->disks->len,
                            machine->disks->len == 1 ? "" : "s", machine->nics->len,
                            machine->nics->len == 1 ? "" : "s");
}

static char *
describe_switch (const SwitchStep *sw)
{
    guint n_ports = 0;

    for (gsize i = 0; sw->argv && sw->argv[i]; i++)
        n_ports += g_strcmp0 (sw->argv[i], "--port") == 0;
    return g_strdup_printf ("switch %s: internal, %u port%s", sw->name, n_ports,
                            n_ports == 1 ? "" : "s");
}

static char *
describe_hook (const HookStep *hook)
{
    return g_strdup_printf (
        "hooks of %s: %s%s%s%s%s%s%s", hook->owner, hook->up ? hook->up_name : "",
        hook->up ? " " : "", hook->up ? hook->up[0] : "", hook->up && hook->down ? ", " : "",
        hook->down ? hook->down_name : "", hook->down ? " " : "", hook->down ? hook->down[0] : "");
}

char *
step_describe (const Step *step)
{
    switch (step->kind) {
    case STEP_DIRECTORY:
        return g_strdup_printf ("directory %s%s", step->directory->path,
                                step->directory->keep ? " (kept)" : "");
    case STEP_IMAGE:
        return describe_image (step->image);
    case STEP_SWITCH:
        return describe_switch (step->sw);
    case STEP_NETNS:
        return g_strdup ("network of the lab's own: private, no privilege needed");
    case STEP_NETWORK:
        return network_step_describe (step->network);
    case STEP_TAP:
        return tap_step_describe (step->tap);
    case STEP_OVS:
        return ovs_step_describe (step->ovs);
    case STEP_UPLINK:
        return g_strdup_printf ("uplink of switch %s: user, QEMU's NAT", step->uplink->name);
    case STEP_MACHINE:
        return describe_machine (step->machine);
    case STEP_HOOK:
        return describe_hook (step->hook);
    }
    g_assert_not_reached ();
}
