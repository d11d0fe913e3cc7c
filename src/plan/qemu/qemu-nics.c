/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the options of NICs and of the backends that they hang on. */
#include "plan/qemu/qemu.h"

#include "plan/qemu/emulator-check.h"
#include "plan/qemu/hostfwd.h"
#include "plan/network/network-steps.h"
#include "plan/qemu/part.h"

/* a controller for them alone: those of disks and inputs may be full */
#define USB_CONTROLLER "qemu-xhci"
#define USB_ID "nics"
#define USB_PORTS 15

static void
write_user (QemuWriter *writer, const Switch *sw, const NicRecord *record, Place place,
            const char *key)
{
    OptString *opt = opt_new ("user");

    opt_add (opt, "id", record->netdev);
    if (sw && sw->subnet)
        opt_add (opt, "net", sw->subnet);
    if (sw && sw->restrict_)
        opt_add_flag (opt, "restrict", TRUE);
    for (guint i = 0; i < writer->step->forwards->len; i++) {
        const ForwardRecord *forward = g_ptr_array_index (writer->step->forwards, i);

        g_autofree char *rule = hostfwd_rule (forward);

        if (g_strcmp0 (forward->netdev, record->netdev) == 0)
            opt_add (opt, "hostfwd", rule);
    }
    qemu_add (writer, "-netdev", opt, place, key);
}

static void
write_internal (QemuWriter *writer, const Switch *sw, const Nic *nic, const NicRecord *record,
                const char *key)
{
    const char *machine = writer->machine->name;
    Paths *paths = &writer->planner->paths;
    g_autofree char *local = paths_port (paths, nic->place, sw->name, machine, nic->name, 'm');
    g_autofree char *remote = paths_port (paths, nic->place, sw->name, machine, nic->name, 's');
    OptString *opt = opt_new ("dgram");

    opt_add (opt, "id", record->netdev);
    opt_add (opt, "local.type", "unix");
    opt_add (opt, "local.path", local);
    opt_add (opt, "remote.type", "unix");
    opt_add (opt, "remote.path", remote);
    qemu_add (writer, "-netdev", opt, nic->place, key);
}

static gboolean
wants_vhost (const QemuWriter *writer, const Switch *sw, const Nic *nic)
{
    if (nic->vhost != CHOICE_UNSET)
        return nic->vhost == CHOICE_YES;
    return g_str_has_prefix (nic->model, "virtio-net") && writer->planner->facts->vhost_net &&
           network_steps_vnet_hdr (sw);
}

/* what the emulator refuses in words that do not help */
static void
check_vhost (QemuWriter *writer, const Nic *nic)
{
    if (nic->vhost == CHOICE_YES && !writer->planner->facts->vhost_net)
        planner_complain (writer->planner, DIAG_ERROR, nic->place,
                          planner_key (writer->machine, "nics.%s.vhost", nic->name),
                          "there is no /dev/vhost-net that may be used: modprobe vhost_net, or "
                          "leave vhost out and it is taken where it is");
}

static void
write_tap (QemuWriter *writer, const Switch *sw, const Nic *nic, const NicRecord *record,
           const char *key)
{
    FdKind kind = sw->type == SWITCH_MACVTAP ? FD_MACVTAP : FD_TAP;
    g_autoptr (GString) numbers = g_string_new (NULL);
    OptString *opt = opt_new ("tap");

    for (int i = 0; i < nic->queues; i++) {
        gint64 fd = argv_add_fd (writer->argv, kind, record->tap);
        FdRecord *added = g_ptr_array_index (writer->argv->fds, writer->argv->fds->len - 1);

        added->tap = record_new (&tap_use_record);
        added->tap->net = g_strdup (writer->planner->net);
        added->tap->vnet_hdr = network_steps_vnet_hdr (sw);
        added->tap->multi_queue = nic->queues > 1;
        g_string_append_printf (numbers, "%s%" G_GINT64_FORMAT, i ? ":" : "", fd);
    }
    opt_add (opt, "id", record->netdev);
    opt_add (opt, nic->queues > 1 ? "fds" : "fd", numbers->str);
    check_vhost (writer, nic);
    if (wants_vhost (writer, sw, nic))
        opt_add_flag (opt, "vhost", TRUE);
    qemu_add (writer, "-netdev", opt, nic->place, key);
}

static void
write_backend (QemuWriter *writer, const Nic *nic, const NicRecord *record, const char *key)
{
    const Switch *sw = planner_switch (writer->planner, nic);

    switch (sw ? sw->type : SWITCH_USER) {
    case SWITCH_USER:
        write_user (writer, sw, record, nic->place, key);
        break;
    case SWITCH_INTERNAL:
        write_internal (writer, sw, nic, record, key);
        break;
    case SWITCH_BRIDGE:
    case SWITCH_OVS:
    case SWITCH_MACVTAP:
        write_tap (writer, sw, nic, record, key);
        break;
    }
}

static void
write_device (QemuWriter *writer, const Nic *nic, const NicRecord *record, const char *key)
{
    g_autofree char *id = g_strdup_printf ("nic-%s", nic->name);
    OptString *opt = opt_new (nic->model);

    emulator_check (writer->planner, writer->emulator, OFFER_NIC, nic->model, nic->model_place,
                    planner_key (writer->machine, "%s.model", key));
    opt_add (opt, "netdev", record->netdev);
    opt_add (opt, "id", id);
    if (part_model_is_usb (nic->model))
        opt_add (opt, "bus", USB_ID ".0");
    if (nic->hotplug && part_model_is_pci (nic->model))
        qemu_write_port (writer, id, opt, nic->place, key);
    opt_add (opt, "mac", record->mac);
    if (record->bootindex != BOOTINDEX_UNSET)
        opt_add_int (opt, "bootindex", record->bootindex);
    if (nic->queues > 1) {
        opt_add_flag (opt, "mq", TRUE);
        opt_add_int (opt, "vectors", 2 * nic->queues + 2); /* each queue, control, configuration */
    }
    qemu_add (writer, "-device", opt, nic->model_place, key);
    if (!part_model_is_usb (nic->model))
        writer->n_pci++;
}

/* With all the ports that it can have: NICs may come while the machine runs. */
static void
write_usb_controller (QemuWriter *writer)
{
    const Nic *first = NULL;
    guint n = 0;
    OptString *opt;

    for (guint i = 0; i < writer->machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (writer->machine->nics, i);

        if (!part_model_is_usb (nic->model))
            continue;
        first = first ? first : nic;
        if (++n == USB_PORTS + 1)
            planner_complain (writer->planner, DIAG_ERROR, nic->model_place,
                              planner_key (writer->machine, "nics.%s.model", nic->name),
                              "there is room for %d NICs on USB: take another model", USB_PORTS);
    }
    if (!first)
        return;
    emulator_check (writer->planner, writer->emulator, OFFER_DEVICE, USB_CONTROLLER,
                    first->model_place,
                    planner_key (writer->machine, "nics.%s.model", first->name));
    opt = opt_new (USB_CONTROLLER);
    opt_add (opt, "id", USB_ID);
    opt_add_int (opt, "p2", USB_PORTS);
    opt_add_int (opt, "p3", USB_PORTS);
    qemu_add (writer, "-device", opt, first->model_place, "nics");
    writer->n_pci++;
}

void
qemu_write_nics (QemuWriter *writer)
{
    const Machine *machine = writer->machine;

    write_usb_controller (writer);
    for (guint i = 0; i < machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (machine->nics, i);
        const NicRecord *record = g_ptr_array_index (writer->step->nics, i);
        g_autofree char *key = g_strdup_printf ("nics.%s", nic->name);

        write_backend (writer, nic, record, key);
        write_device (writer, nic, record, key);
    }
}
