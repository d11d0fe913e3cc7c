/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns the field tables of steps and plans, hence the form of the state file. */
#include "plan/step.h"

const char *const step_kind_names[] = { "directory", "image",  "switch",  "netns", "network", "tap",
                                        "ovs",       "uplink", "machine", "hook",  NULL };
const char *const fd_kind_names[] = { "qmp-listener", "tap", "macvtap", NULL };

const char *const condition_kind_names[] = { "tcp",           "https",     "serial",
                                             "screen-stable", "qmp-event", NULL };

#define F(name, word, type, ...)                                                                   \
    {                                                                                              \
        word, type, G_STRUCT_OFFSET (T, name), __VA_ARGS__                                         \
    }

/* clang-format off */
#define T DirectoryStep
static const Field directory_fields[] = {
    F (path, "path", FIELD_STRING),
    F (keep, "keep", FIELD_BOOL),
    F (user, "user", FIELD_RECORD, .record = &run_as_record),
    F (theirs, "theirs", FIELD_BOOL),
    { NULL },
};
#undef T
const Record directory_record = { "directory", sizeof (DirectoryStep), directory_fields };

#define T ImageStep
static const Field image_fields[] = {
    F (owner, "owner", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (path, "path", FIELD_STRING),
    F (format, "format", FIELD_STRING),
    F (size, "size", FIELD_INT),
    F (backing, "backing", FIELD_STRING),
    F (backing_format, "backing_format", FIELD_STRING),
    F (source, "source", FIELD_STRING),
    F (source_format, "source_format", FIELD_STRING),
    F (clone, "clone", FIELD_STRING),
    F (nocow, "nocow", FIELD_BOOL),
    F (copy_of, "copy_of", FIELD_STRING),
    F (label, "label", FIELD_STRING),
    F (names, "names", FIELD_STRINGS),
    F (texts, "texts", FIELD_STRINGS),
    F (user, "user", FIELD_RECORD, .record = &run_as_record),
    { NULL },
};
#undef T
const Record image_record = { "image", sizeof (ImageStep), image_fields };

#define T SwitchStep
static const Field switch_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (control, "control", FIELD_STRING),
    F (log, "log", FIELD_STRING),
    F (argv, "argv", FIELD_STRINGS),
    F (user, "user", FIELD_RECORD, .record = &run_as_record),
    { NULL },
};
#undef T
const Record switch_record = { "switch", sizeof (SwitchStep), switch_fields };

#define T NetnsStep
static const Field netns_fields[] = {
    F (socket, "socket", FIELD_STRING),
    F (log, "log", FIELD_STRING),
    F (argv, "argv", FIELD_STRINGS),
    { NULL },
};
#undef T
const Record netns_record = { "netns", sizeof (NetnsStep), netns_fields };
#define T TapUse
static const Field tap_use_fields[] = {
    F (net, "net", FIELD_STRING),
    F (vnet_hdr, "vnet_hdr", FIELD_BOOL),
    F (multi_queue, "multi_queue", FIELD_BOOL),
    { NULL },
};
#undef T
const Record tap_use_record = { "tap", sizeof (TapUse), tap_use_fields };

#define T FdRecord
static const Field fd_fields[] = {
    F (fd, "fd", FIELD_INT),
    F (kind, "kind", FIELD_ENUM, .names = fd_kind_names),
    F (path, "path", FIELD_STRING),
    F (tap, "tap", FIELD_RECORD, .record = &tap_use_record),
    { NULL },
};
#undef T
const Record fd_record = { "fd", sizeof (FdRecord), fd_fields };

#define T UplinkStep
static const Field uplink_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (log, "log", FIELD_STRING),
    F (argv, "argv", FIELD_STRINGS),
    F (fds, "fds", FIELD_RECORDS, .record = &fd_record),
    F (user, "user", FIELD_RECORD, .record = &run_as_record),
    { NULL },
};
#undef T
const Record uplink_record = { "uplink", sizeof (UplinkStep), uplink_fields };

#define T ForwardRecord
static const Field forward_fields[] = {
    F (place, "place", FIELD_STRING),
    F (proto, "proto", FIELD_STRING),
    F (host_address, "host_address", FIELD_STRING),
    F (host_port, "host_port", FIELD_INT),
    F (bound_port, "bound_port", FIELD_INT),
    F (guest_address, "guest_address", FIELD_STRING),
    F (guest_port, "guest_port", FIELD_INT),
    F (name, "name", FIELD_STRING),
    F (netdev, "netdev", FIELD_STRING),
    F (added, "added", FIELD_BOOL),
    { NULL },
};
#undef T
const Record forward_record = { "forward", sizeof (ForwardRecord), forward_fields };

#define T NicRecord
static const Field nic_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (netdev, "netdev", FIELD_STRING),
    F (switch_name, "switch", FIELD_STRING),
    F (model, "model", FIELD_STRING),
    F (mac, "mac", FIELD_STRING),
    F (vlan, "vlan", FIELD_STRING),
    F (bootindex, "bootindex", FIELD_INT),
    F (tap, "tap", FIELD_STRING),
    F (link, "link", FIELD_STRING),
    { NULL },
};
#undef T
const Record nic_record = { "nic", sizeof (NicRecord), nic_fields };

#define T DiskRecord
static const Field disk_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (path, "path", FIELD_STRING),
    F (format, "format", FIELD_STRING),
    F (bus, "bus", FIELD_STRING),
    F (bootindex, "bootindex", FIELD_INT),
    F (ours, "ours", FIELD_BOOL),
    F (read_only, "read_only", FIELD_BOOL),
    { NULL },
};
#undef T
const Record disk_record = { "disk", sizeof (DiskRecord), disk_fields };

#define T ConditionRecord
static const Field condition_fields[] = {
    F (kind, "kind", FIELD_ENUM, .names = condition_kind_names),
    F (word, "word", FIELD_STRING),
    F (still_ms, "still_ms", FIELD_INT),
    F (fresh, "fresh", FIELD_BOOL),
    { NULL },
};
#undef T
const Record condition_record = { "condition", sizeof (ConditionRecord), condition_fields };

#define T ReadyRecord
static const Field ready_fields[] = {
    F (conditions, "conditions", FIELD_RECORDS, .record = &condition_record),
    F (timeout_ms, "timeout_ms", FIELD_INT),
    { NULL },
};
#undef T
const Record ready_record = { "ready", sizeof (ReadyRecord), ready_fields };

#define T SshRecord
static const Field ssh_fields[] = {
    F (user, "user", FIELD_STRING),
    F (key, "key", FIELD_STRING),
    F (address, "address", FIELD_STRING),
    F (port, "port", FIELD_INT),
    { NULL },
};
#undef T
const Record ssh_record = { "ssh", sizeof (SshRecord), ssh_fields };

#define T OnceRecord
static const Field once_fields[] = {
    F (device, "device", FIELD_STRING),
    F (first, "first", FIELD_INT),
    F (usual, "usual", FIELD_INT),
    { NULL },
};
#undef T
const Record once_record = { "once", sizeof (OnceRecord), once_fields };

#define T MachineStep
static const Field machine_fields[] = {
    F (name, "name", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (argv, "argv", FIELD_STRINGS),
    F (fds, "fds", FIELD_RECORDS, .record = &fd_record),
    F (accel, "accel", FIELD_STRING),
    F (memory, "memory", FIELD_INT),
    F (cpus, "cpus", FIELD_INT),
    F (qmp, "qmp", FIELD_STRING),
    F (qmp_ro, "qmp_ro", FIELD_STRING),
    F (monitor, "monitor", FIELD_STRING),
    F (serial_sockets, "serial_sockets", FIELD_STRINGS),
    F (serial_logs, "serial_logs", FIELD_STRINGS),
    F (vnc, "vnc", FIELD_STRING),
    F (firmware_code, "firmware_code", FIELD_STRING),
    F (firmware_format, "firmware_format", FIELD_STRING),
    F (firmware_vars, "firmware_vars", FIELD_STRING),
    F (firmware_vars_format, "firmware_vars_format", FIELD_STRING),
    F (spice, "spice", FIELD_STRING),
    F (screen_address, "screen_address", FIELD_STRING),
    F (channel_sockets, "channel_sockets", FIELD_STRINGS),
    F (log_dir, "log_dir", FIELD_STRING),
    F (disks, "disks", FIELD_RECORDS, .record = &disk_record),
    F (nics, "nics", FIELD_RECORDS, .record = &nic_record),
    F (forwards, "forwards", FIELD_RECORDS, .record = &forward_record),
    F (disk_dir, "disk_dir", FIELD_STRING),
    F (once, "once", FIELD_RECORDS, .record = &once_record),
    F (on_poweroff, "on_poweroff", FIELD_STRING),
    F (on_reboot, "on_reboot", FIELD_STRING),
    F (on_crash, "on_crash", FIELD_STRING),
    F (ready, "ready", FIELD_RECORD, .record = &ready_record),
    F (ssh, "ssh", FIELD_RECORD, .record = &ssh_record),
    F (files, "files", FIELD_STRINGS),
    F (after, "after", FIELD_STRINGS),
    F (user, "user", FIELD_RECORD, .record = &run_as_record),
    F (reads, "reads", FIELD_STRINGS),
    { NULL },
};
#undef T
const Record machine_step_record = { "machine", sizeof (MachineStep), machine_fields };

#define T HookStep
static const Field hook_fields[] = {
    F (owner, "owner", FIELD_STRING),
    F (place, "place", FIELD_STRING),
    F (up_name, "up_name", FIELD_STRING),
    F (up, "up", FIELD_STRINGS),
    F (down_name, "down_name", FIELD_STRING),
    F (down, "down", FIELD_STRINGS),
    F (environment, "environment", FIELD_STRINGS),
    F (folder, "folder", FIELD_STRING),
    F (log, "log", FIELD_STRING),
    F (timeout_ms, "timeout_ms", FIELD_INT),
    { NULL },
};
#undef T
const Record hook_record = { "hook", sizeof (HookStep), hook_fields };

#define T Step
static const Field step_fields[] = {
    F (id, "id", FIELD_STRING),
    F (kind, "kind", FIELD_ENUM, .names = step_kind_names),
    F (needs, "needs", FIELD_STRINGS),
    F (directory, "directory", FIELD_RECORD, .record = &directory_record),
    F (image, "image", FIELD_RECORD, .record = &image_record),
    F (sw, "switch", FIELD_RECORD, .record = &switch_record),
    F (netns, "netns", FIELD_RECORD, .record = &netns_record),
    F (machine, "machine", FIELD_RECORD, .record = &machine_step_record),
    F (network, "network", FIELD_RECORD, .record = &network_record),
    F (tap, "tap", FIELD_RECORD, .record = &tap_record),
    F (ovs, "ovs", FIELD_RECORD, .record = &ovs_record),
    F (uplink, "uplink", FIELD_RECORD, .record = &uplink_record),
    F (hook, "hook", FIELD_RECORD, .record = &hook_record),
    { NULL },
};
#undef T
const Record step_record = { "step", sizeof (Step), step_fields };

#define T Plan
static const Field plan_fields[] = {
    F (version, "version", FIELD_INT),
    F (lab, "lab", FIELD_STRING),
    F (identity, "identity", FIELD_STRING),
    F (origin, "origin", FIELD_STRING),
    F (profile, "profile", FIELD_STRING),
    F (run_dir, "run_dir", FIELD_STRING),
    F (state_dir, "state_dir", FIELD_STRING),
    F (notes, "notes", FIELD_STRINGS),
    F (steps, "steps", FIELD_RECORDS, .record = &step_record),
    { NULL },
};
#undef T
const Record plan_record = { "plan", sizeof (Plan), plan_fields };

/* clang-format on */

Plan *
plan_new (void)
{
    Plan *plan = record_new (&plan_record);

    plan->version = PLAN_VERSION;
    return plan;
}

void
plan_free (Plan *plan)
{
    record_free (&plan_record, plan);
}

MachineStep *
plan_find_machine (const Plan *plan, const char *name)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_MACHINE && g_strcmp0 (step->machine->name, name) == 0)
            return step->machine;
    }
    return NULL;
}

const RunAs *
plan_find_user (const Plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const Step *step = g_ptr_array_index (plan->steps, i);

        if (step->kind == STEP_DIRECTORY)
            return step->directory->user;
    }
    return NULL;
}
