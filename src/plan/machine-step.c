/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a machine's step says beside the command line: sockets, logs,
 * addresses, disks and policies.
 */
#include "plan/machine-step.h"

#include "plan/accel.h"
#include "plan/bootorder.h"
#include "plan/firmware.h"
#include "plan/hook-steps.h"
#include "plan/qemu/qemu.h"

#include <gio/gio.h>

gboolean
machine_step_disk_is_ours (const Disk *disk)
{
    if (disk->seed != SEED_NONE)
        return TRUE;
    switch (disk->clone) {
    case CLONE_NONE:
        return !disk->image && disk->media == MEDIA_DISK;
    case CLONE_OVERLAY:
    case CLONE_REFLINK:
    case CLONE_COPY:
        return disk->image != NULL;
    }
    g_assert_not_reached ();
}

char *
machine_step_disk_path (const Planner *planner, const Machine *machine, const Disk *disk)
{
    if (disk->seed != SEED_NONE)
        return paths_disk (&planner->paths, machine->name, disk->name,
                           disk->media == MEDIA_CDROM ? "iso" : "img");
    if (machine_step_disk_is_ours (disk))
        return paths_disk (&planner->paths, machine->name, disk->name, disk->format);
    return g_strdup (disk->image);
}

/* The SPICE agent's has no socket: the screen carries it. */
static void
fill_channels (Planner *planner, const Machine *machine, MachineStep *step)
{
    g_autoptr (GStrvBuilder) sockets = g_strv_builder_new ();

    for (gsize i = 0; machine->channels[i]; i++) {
        g_autofree char *path = NULL;

        if (strcmp (machine->channels[i], "spicevmc") == 0)
            continue;
        path = paths_bound_socket (&planner->paths, machine->place, "%s.%s", machine->name,
                                   machine->channels[i]);
        g_strv_builder_add (sockets, path);
    }
    if (*machine->channels)
        step->channel_sockets = g_strv_builder_end (sockets);
}

static void
fill_sockets (Planner *planner, const Machine *machine, MachineStep *step)
{
    g_autoptr (GStrvBuilder) sockets = g_strv_builder_new ();
    g_autoptr (GStrvBuilder) logs = g_strv_builder_new ();
    Paths *paths = &planner->paths;
    const char *name = machine->name;

    step->qmp = paths_socket (paths, machine->place, "%s.qmp", name);
    step->qmp_ro = paths_socket (paths, machine->place, "%s.qmp-ro", name);
    step->monitor = paths_socket (paths, machine->place, "%s.monitor", name);
    for (int i = 0; i < machine->serials; i++) {
        g_autofree char *socket =
            paths_bound_socket (paths, machine->place, "%s.serial%d", name, i);
        g_autofree char *log = paths_log (paths, "%s.serial%d.log", name, i);

        g_strv_builder_add (sockets, socket);
        g_strv_builder_add (logs, log);
    }
    step->serial_sockets = g_strv_builder_end (sockets);
    step->serial_logs = g_strv_builder_end (logs);
    step->screen_address = g_strdup (machine->display_address);
    if (machine->display == DISPLAY_VNC && !machine->display_address)
        step->vnc = paths_bound_socket (paths, machine->place, "%s.vnc", name);
    if (machine->display == DISPLAY_SPICE && !machine->display_address)
        step->spice = paths_bound_socket (paths, machine->place, "%s.spice", name);
    fill_channels (planner, machine, step);
    step->log_dir = g_strdup (paths->logs);
}

/* Snapshots have put layers over the disk's first file: the machine goes on
 * with the newest. */
static void
follow_head (const Planner *planner, const Machine *machine, DiskRecord *record)
{
    const DiskHead *head = host_facts_head (planner->facts, machine->name, record->name);

    if (!head)
        return;
    g_free (record->path);
    g_free (record->format);
    record->path = g_strdup (head->path);
    record->format = g_strdup (head->format);
}

static void
fill_disks (Planner *planner, const Machine *machine, const BootOrder *boot, MachineStep *step)
{
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        DiskRecord *record = record_new (&disk_record);

        record->name = g_strdup (disk->name);
        record->place = place_format (disk->place);
        record->path = machine_step_disk_path (planner, machine, disk);
        record->format = record->path ? g_strdup (disk->format) : NULL;
        record->ours = machine_step_disk_is_ours (disk);
        if (record->ours && disk->seed == SEED_NONE)
            follow_head (planner, machine, record);
        record->bus = g_strdup (disk_bus_names[disk->bus]);
        record->bootindex = boot->disks[i];
        record->read_only = disk->read_only || disk->media == MEDIA_CDROM;
        g_ptr_array_add (step->disks, record);
    }
}

static char *
describe_vlan (const Nic *nic)
{
    g_autofree char *trunk = NULL;

    if (vlan_set_is_empty (&nic->trunk))
        return nic->vlan == VLAN_UNSET ? NULL : g_strdup_printf ("%d", nic->vlan);
    trunk = vlan_set_format (&nic->trunk);
    return nic->vlan == VLAN_UNSET ? g_strdup_printf ("trunk %s", trunk)
                                   : g_strdup_printf ("trunk %s, native %d", trunk, nic->vlan);
}

static void
fill_nics (Planner *planner, const Machine *machine, const BootOrder *boot, MachineStep *step)
{
    for (guint i = 0; i < machine->nics->len; i++) {
        const Nic *nic = g_ptr_array_index (machine->nics, i);
        NicRecord *record = record_new (&nic_record);

        record->name = g_strdup (nic->name);
        record->place = place_format (nic->place);
        record->netdev = g_strdup_printf ("net-%s", nic->name);
        record->switch_name = g_strdup (nic->switch_name);
        record->model = g_strdup (nic->model);
        record->mac = planner_mac (planner, machine, nic);
        record->vlan = describe_vlan (nic);
        record->bootindex = boot->nics[i];
        record->tap = g_strdup (g_hash_table_lookup (planner->taps, nic));
        record->link = nic->link_down ? g_strdup ("down") : NULL;
        g_ptr_array_add (step->nics, record);
    }
}

/* the backend that carries a machine's forwards: its first NIC on a NAT */
static const char *
forwarding_netdev (const Planner *planner, const Machine *machine, const MachineStep *step)
{
    for (guint i = 0; i < machine->nics->len; i++) {
        const Switch *sw = planner_switch (planner, g_ptr_array_index (machine->nics, i));
        const NicRecord *record = g_ptr_array_index (step->nics, i);

        if (!sw || sw->type == SWITCH_USER)
            return record->netdev;
    }
    return NULL;
}

/* Empty and absent stand for any address.  The emulator's rule separates by
 * colons and knows IPv4 alone; a name or an IPv6 address would be misread. */
static void
check_address (Planner *planner, const Machine *machine, const Forward *forward,
               const char *address)
{
    g_autoptr (GInetAddress) parsed =
        address && *address ? g_inet_address_new_from_string (address) : NULL;

    if (!address || !*address ||
        (parsed && g_inet_address_get_family (parsed) == G_SOCKET_FAMILY_IPV4))
        return;
    planner_complain (planner, DIAG_ERROR, forward->place, planner_key (machine, "forwards"),
                      "\"%s\" is not an IPv4 address, and QEMU's NAT forwards no others", address);
}

static void
fill_forwards (Planner *planner, const Machine *machine, MachineStep *step)
{
    const char *netdev = forwarding_netdev (planner, machine, step);

    for (guint i = 0; i < machine->forwards->len; i++) {
        const Forward *forward = g_ptr_array_index (machine->forwards, i);
        ForwardRecord *record = record_new (&forward_record);

        if (!netdev)
            planner_complain (planner, DIAG_ERROR, forward->place,
                              planner_key (machine, "forwards"),
                              "forwards need a NIC on a switch of type user: add one with switch: "
                              "user");
        check_address (planner, machine, forward, forward->host_address);
        check_address (planner, machine, forward, forward->guest_address);
        record->place = place_format (forward->place);
        record->proto = g_strdup (forward_proto_names[forward->proto]);
        record->host_address = g_strdup (forward->host_address);
        record->host_port = forward->host_port;
        record->guest_address = g_strdup (forward->guest_address);
        record->guest_port = forward->guest_port;
        record->name = g_strdup (forward->name);
        record->netdev = g_strdup (netdev);
        g_ptr_array_add (step->forwards, record);
    }
}

static void
fill_firmware (Planner *planner, const Machine *machine, MachineStep *step)
{
    FirmwareFacts made;
    const FirmwareFacts *firmware =
        firmware_is_uefi (machine) ? firmware_choose (planner, machine, &made) : NULL;

    if (!firmware)
        return;
    step->firmware_code = g_strdup (firmware->code);
    step->firmware_format = g_strdup (firmware->code_format);
    step->firmware_vars = firmware_vars_path (planner, machine, firmware);
    step->firmware_vars_format = g_strdup (firmware->vars_format);
}

/* What must be there before anything is done. */
static GStrv
user_files (const Planner *planner, const Machine *machine, const MachineStep *step)
{
    gboolean come_later = hook_steps_bring_files (planner, machine, NULL);
    g_autoptr (GStrvBuilder) files = g_strv_builder_new ();

    if (!come_later && step->firmware_code)
        g_strv_builder_add (files, step->firmware_code);
    if (!come_later && machine->firmware && machine->firmware->vars)
        g_strv_builder_add (files, machine->firmware->vars);
    if (!come_later && machine->kernel)
        g_strv_builder_add (files, machine->kernel);
    if (!come_later && machine->kernel && machine->initrd)
        g_strv_builder_add (files, machine->initrd);
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);

        if (disk->image && !hook_steps_bring_files (planner, machine, disk))
            g_strv_builder_add (files, disk->image);
    }
    return g_strv_builder_end (files);
}

/* Those of them that the emulator opens itself: what is copied is copied by us. */
static GStrv
files_to_read (const Planner *planner, const Machine *machine, const MachineStep *step)
{
    gboolean come_later = hook_steps_bring_files (planner, machine, NULL);
    g_autoptr (GStrvBuilder) files = g_strv_builder_new ();

    if (!come_later && step->firmware_code)
        g_strv_builder_add (files, step->firmware_code);
    if (!come_later && machine->kernel)
        g_strv_builder_add (files, machine->kernel);
    if (!come_later && machine->kernel && machine->initrd)
        g_strv_builder_add (files, machine->initrd);
    for (guint i = 0; i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        gboolean copied = disk->clone == CLONE_COPY || disk->clone == CLONE_REFLINK;

        if (disk->image && !copied && !hook_steps_bring_files (planner, machine, disk))
            g_strv_builder_add (files, disk->image);
    }
    return g_strv_builder_end (files);
}

static void
add_condition (ReadyRecord *ready, ConditionKind kind, const char *word, guint still_ms)
{
    ConditionRecord *condition = record_new (&condition_record);

    condition->kind = kind;
    condition->word = g_strdup (word);
    condition->still_ms = still_ms;
    g_ptr_array_add (ready->conditions, condition);
}

static void
fill_ready (const Ready *ready, MachineStep *step)
{
    const struct {
        ConditionKind kind;
        GStrv words;
    } lists[] = { { CONDITION_TCP, ready->tcp },
                  { CONDITION_HTTPS, ready->https },
                  { CONDITION_SERIAL, ready->serial },
                  { CONDITION_QMP_EVENT, ready->qmp_event } };

    step->ready = record_new (&ready_record);
    step->ready->timeout_ms = ready->timeout_ms;
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
        for (gsize j = 0; lists[i].words && lists[i].words[j]; j++)
            add_condition (step->ready, lists[i].kind, lists[i].words[j], 0);
    if (ready->screen_stable_ms > 0)
        add_condition (step->ready, CONDITION_SCREEN_STABLE, NULL, ready->screen_stable_ms);
}

/* the place of a device in the first boot; after those that boot.once names it is
 * as usual */
static void
add_once (const Machine *machine, MachineStep *step, const char *kind, const char *name,
          const char *word, gint64 usual)
{
    OnceRecord *record = record_new (&once_record);
    gint64 n = g_strv_length (machine->boot.once), n_devices = step->disks->len + step->nics->len;

    record->device = g_strdup_printf ("%s-%s", kind, name);
    record->usual = usual;
    /* places that no two share: a word may stand for several devices */
    record->first = n * n_devices + usual;
    for (gint64 i = n; i-- > 0;)
        if (strcmp (machine->boot.once[i], name) == 0 ||
            g_strcmp0 (machine->boot.once[i], word) == 0)
            record->first = i * n_devices + step->once->len;
    g_ptr_array_add (step->once, record);
}

static void
fill_once (const Machine *machine, MachineStep *step)
{
    for (guint i = 0; machine->boot.once && i < machine->disks->len; i++) {
        const Disk *disk = g_ptr_array_index (machine->disks, i);
        const DiskRecord *record = g_ptr_array_index (step->disks, i);

        add_once (machine, step, "disk", disk->name, disk->media == MEDIA_CDROM ? "cdrom" : NULL,
                  record->bootindex);
    }
    for (guint i = 0; machine->boot.once && i < machine->nics->len; i++) {
        const NicRecord *record = g_ptr_array_index (step->nics, i);

        add_once (machine, step, "nic", record->name, "nic", record->bootindex);
    }
}

static void
fill_policies (const Machine *machine, MachineStep *step)
{
    static const char *const nothing[] = { NULL };

    step->on_poweroff = g_strdup (poweroff_policy_names[machine->on_poweroff]);
    step->on_reboot = g_strdup (reboot_policy_names[machine->on_reboot]);
    step->on_crash = g_strdup (crash_policy_names[machine->on_crash]);
    step->after = g_strdupv (machine->after ? machine->after : (GStrv)nothing);
    if (machine->ready)
        fill_ready (machine->ready, step);
}

static void
fill_ssh (const Ssh *ssh, MachineStep *step)
{
    if (!ssh->user && !ssh->key && !ssh->address && ssh->port == SSH_PORT)
        return;
    step->ssh = record_new (&ssh_record);
    step->ssh->user = g_strdup (ssh->user);
    step->ssh->key = g_strdup (ssh->key);
    step->ssh->address = g_strdup (ssh->address);
    step->ssh->port = ssh->port;
}

MachineStep *
machine_step_new (Planner *planner, const Machine *machine)
{
    MachineStep *step = record_new (&machine_step_record);
    BootOrder boot;

    boot_order_init (&boot, machine);
    step->name = g_strdup (machine->name);
    step->place = place_format (machine->place);
    step->accel = g_strdup (accel_choose (machine, planner->facts)[0]);
    step->memory = machine->memory;
    step->cpus = machine->smp;
    fill_sockets (planner, machine, step);
    fill_disks (planner, machine, &boot, step);
    fill_nics (planner, machine, &boot, step);
    fill_forwards (planner, machine, step);
    fill_once (machine, step);
    step->disk_dir = g_strdup (planner->paths.disks);
    fill_policies (machine, step);
    fill_ssh (&machine->ssh, step);
    fill_firmware (planner, machine, step);
    step->files = user_files (planner, machine, step);
    step->user = run_as_copy (planner->facts->user);
    if (step->user)
        step->reads = files_to_read (planner, machine, step);
    qemu_write_machine (planner, machine, step);
    boot_order_clear (&boot);
    return step;
}
