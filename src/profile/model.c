/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the words of the model's enums and the life of its structs.  Defaults
 * are not here but in keys.c: a new struct is only empty. */
#include "profile/model.h"

const char *const isolation_names[] = { "none", "private", NULL };
const char *const switch_type_names[] = { "user", "internal", "bridge", "ovs", "macvtap", NULL };
const char *const datapath_names[] = { "system", "netdev", NULL };
const char *const stp_names[] = { "off", "stp", "rstp", NULL };
const char *const macvtap_mode_names[] = { "bridge", "vepa", "private", "passthru", NULL };
const char *const tunnel_type_names[] = { "vxlan", "gre", NULL };
const char *const disk_bus_names[] = { "ide", "ahci", "usb", "nvme", "virtio", "scsi", NULL };
const char *const disk_media_names[] = { "disk", "cdrom", NULL };
const char *const disk_clone_names[] = { "none", "overlay", "reflink", "copy", NULL };
const char *const cloud_init_type_names[] = { "nocloud", "config-drive", NULL };
const char *const volume_type_names[] = { "cdrom", "usb", NULL };
const char *const firmware_type_names[] = { "bios", "uefi", "uefi-secure", NULL };
const char *const display_type_names[] = { "none", "vnc", "spice", NULL };
const char *const poweroff_policy_names[] = { "destroy", "preserve", "restart", NULL };
const char *const reboot_policy_names[] = { "restart", "destroy", NULL };
const char *const crash_policy_names[] = { "destroy", "preserve", "restart", NULL };
const char *const forward_proto_names[] = { "tcp", "udp", NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (isolation_names) == ISOLATION_PRIVATE + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (switch_type_names) == SWITCH_MACVTAP + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (datapath_names) == DATAPATH_NETDEV + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (stp_names) == STP_RSTP + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (macvtap_mode_names) == MACVTAP_PASSTHRU + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (tunnel_type_names) == TUNNEL_GRE + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (disk_bus_names) == BUS_SCSI + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (disk_media_names) == MEDIA_CDROM + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (disk_clone_names) == CLONE_COPY + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (firmware_type_names) == FIRMWARE_UEFI_SECURE + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (display_type_names) == DISPLAY_SPICE + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (poweroff_policy_names) == POWEROFF_RESTART + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (reboot_policy_names) == REBOOT_DESTROY + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (crash_policy_names) == CRASH_RESTART + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (forward_proto_names) == PROTO_UDP + 2);

static void
free_switch (gpointer data)
{
    model_switch_free (data);
}

static void
free_tunnel (gpointer data)
{
    model_tunnel_free (data);
}

static void
free_disk (gpointer data)
{
    model_disk_free (data);
}

static void
free_nic (gpointer data)
{
    model_nic_free (data);
}

static void
free_forward (gpointer data)
{
    model_forward_free (data);
}

static void
free_machine (gpointer data)
{
    model_machine_free (data);
}

Switch *
model_switch_new (void)
{
    Switch *sw = g_new0 (Switch, 1);

    sw->tunnels = g_ptr_array_new_with_free_func (free_tunnel);
    return sw;
}

Tunnel *
model_tunnel_new (void)
{
    Tunnel *tunnel = g_new0 (Tunnel, 1);

    tunnel->key = TUNNEL_KEY_UNSET;
    return tunnel;
}

Disk *
model_disk_new (void)
{
    Disk *disk = g_new0 (Disk, 1);

    disk->bootindex = BOOTINDEX_UNSET;
    return disk;
}

Nic *
model_nic_new (void)
{
    Nic *nic = g_new0 (Nic, 1);

    nic->bootindex = BOOTINDEX_UNSET;
    nic->queues = 1;
    return nic;
}

Forward *
model_forward_new (void)
{
    return g_new0 (Forward, 1);
}

CloudInit *
model_cloud_init_new (void)
{
    return g_new0 (CloudInit, 1);
}

Kickstart *
model_kickstart_new (void)
{
    return g_new0 (Kickstart, 1);
}

Hooks *
model_hooks_new (void)
{
    return g_new0 (Hooks, 1);
}

Firmware *
model_firmware_new (void)
{
    return g_new0 (Firmware, 1);
}

Ready *
model_ready_new (void)
{
    return g_new0 (Ready, 1);
}

Machine *
model_machine_new (void)
{
    Machine *machine = g_new0 (Machine, 1);

    machine->disks = g_ptr_array_new_with_free_func (free_disk);
    machine->nics = g_ptr_array_new_with_free_func (free_nic);
    machine->forwards = g_ptr_array_new_with_free_func (free_forward);
    machine->after = g_new0 (char *, 1);
    machine->args = g_new0 (char *, 1);
    machine->inputs = g_new0 (char *, 1);
    machine->channels = g_new0 (char *, 1);
    return machine;
}

Lab *
lab_new (void)
{
    Lab *lab = g_new0 (Lab, 1);

    lab->switches = g_ptr_array_new_with_free_func (free_switch);
    lab->machines = g_ptr_array_new_with_free_func (free_machine);
    lab->emulators = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return lab;
}

void
model_switch_free (Switch *sw)
{
    if (!sw)
        return;
    g_free (sw->name);
    g_free (sw->subnet);
    g_free (sw->bridge);
    g_strfreev (sw->addresses);
    g_free (sw->uplink);
    g_free (sw->flows);
    g_ptr_array_unref (sw->tunnels);
    g_free (sw);
}

void
model_tunnel_free (Tunnel *tunnel)
{
    if (!tunnel)
        return;
    g_free (tunnel->name);
    g_free (tunnel->remote);
    g_free (tunnel->local);
    g_free (tunnel);
}

void
model_disk_free (Disk *disk)
{
    if (!disk)
        return;
    g_free (disk->name);
    g_free (disk->controller);
    g_free (disk->image);
    g_free (disk->format);
    g_free (disk->image_format);
    g_free (disk->cache);
    g_free (disk->aio);
    g_free (disk->discard);
    g_free (disk->detect_zeroes);
    g_free (disk->serial);
    model_hooks_free (disk->hooks);
    g_free (disk);
}

void
model_nic_free (Nic *nic)
{
    if (!nic)
        return;
    g_free (nic->name);
    g_free (nic->switch_name);
    g_free (nic->model);
    g_free (nic->mac);
    g_free (nic->tap);
    g_free (nic);
}

void
model_forward_free (Forward *forward)
{
    if (!forward)
        return;
    g_free (forward->host_address);
    g_free (forward->guest_address);
    g_free (forward->name);
    g_free (forward);
}

void
model_ready_free (Ready *ready)
{
    if (!ready)
        return;
    g_strfreev (ready->tcp);
    g_strfreev (ready->https);
    g_strfreev (ready->serial);
    g_strfreev (ready->qmp_event);
    g_free (ready);
}

void
model_cloud_init_free (CloudInit *init)
{
    if (!init)
        return;
    g_free (init->user_data);
    g_free (init->meta_data);
    g_free (init->network_config);
    g_strfreev (init->keys);
    g_free (init);
}

void
model_kickstart_free (Kickstart *kickstart)
{
    if (!kickstart)
        return;
    g_free (kickstart->file);
    g_free (kickstart);
}

void
model_hooks_free (Hooks *hooks)
{
    if (!hooks)
        return;
    g_strfreev (hooks->before_up);
    g_strfreev (hooks->after_up);
    g_strfreev (hooks->before_down);
    g_strfreev (hooks->after_down);
    g_free (hooks);
}

void
model_firmware_free (Firmware *firmware)
{
    if (!firmware)
        return;
    g_free (firmware->code);
    g_free (firmware->vars);
    g_free (firmware);
}

void
model_machine_free (Machine *machine)
{
    if (!machine)
        return;
    g_free (machine->name);
    g_free (machine->machine);
    g_free (machine->guest);
    g_free (machine->emulator);
    g_strfreev (machine->accel);
    g_free (machine->cpu);
    g_free (machine->kernel);
    g_free (machine->initrd);
    g_free (machine->append);
    g_ptr_array_unref (machine->disks);
    g_ptr_array_unref (machine->nics);
    g_ptr_array_unref (machine->forwards);
    g_free (machine->video);
    g_strfreev (machine->boot.once);
    g_free (machine->clock.base);
    g_free (machine->clock.pit);
    g_free (machine->ssh.user);
    g_free (machine->ssh.key);
    g_free (machine->ssh.address);
    g_free (machine->uuid);
    model_firmware_free (machine->firmware);
    model_cloud_init_free (machine->cloud_init);
    model_kickstart_free (machine->kickstart);
    model_hooks_free (machine->hooks);
    model_ready_free (machine->ready);
    g_strfreev (machine->after);
    g_strfreev (machine->args);
    g_strfreev (machine->inputs);
    g_strfreev (machine->channels);
    g_free (machine->display_address);
    g_free (machine);
}

void
lab_free (Lab *lab)
{
    if (!lab)
        return;
    g_free (lab->name);
    g_free (lab->file);
    g_free (lab->user);
    model_hooks_free (lab->hooks);
    g_ptr_array_unref (lab->switches);
    g_ptr_array_unref (lab->machines);
    g_hash_table_unref (lab->emulators);
    g_free (lab);
}

gboolean
guest_is_esxi (const Machine *machine)
{
    return machine->guest && g_str_has_prefix (machine->guest, "esxi");
}
