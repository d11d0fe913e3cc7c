/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps: what has to be done to the host for a lab to be up, as plain records.
 * The plan is a list of them, the state file is the list of those that were
 * executed, and both are the same JSON.
 */
#pragma once

#include "base/record.h"
#include "plan/run-as.h"
#include "plan/network/step-network.h"

#include <glib.h>

typedef enum {
    STEP_DIRECTORY, /* a private directory of the lab's */
    STEP_IMAGE,     /* a disk file of roost's own making */
    STEP_SWITCH,    /* the process of an internal switch */
    STEP_NETNS,     /* the process that holds the network of a private lab */
    STEP_NETWORK,   /* a Linux bridge of the host */
    STEP_TAP,       /* a tap or macvtap of the host for one NIC */
    STEP_OVS,       /* the bridges of Open vSwitch, all in one */
    STEP_UPLINK,    /* an emulator that is only the NAT of a switch */
    STEP_MACHINE,   /* an emulator process, up to `cont` */
    STEP_HOOK,      /* a program of the user's, and the one that undoes it */
} StepKind;
extern const char *const step_kind_names[];

typedef struct {
    char *path;
    gboolean keep;   /* stays after `down`: disks and logs are in it */
    RunAs *user;     /* who is let in beside us; NULL = nobody */
    gboolean theirs; /* and makes files there: it belongs to them */
} DirectoryStep;

typedef struct {
    char *owner; /* machine/disk, for messages */
    char *place; /* file:line */
    char *path;
    char *format;
    gint64 size;   /* bytes; 0 = that of the backing file */
    char *backing; /* NULL = none */
    char *backing_format;
    char *source; /* what is copied; NULL = nothing */
    char *source_format;
    char *clone; /* how: reflink or copy; of a volume iso or fat; else NULL */
    gboolean nocow;
    char *copy_of; /* LAB/CHECKPOINT, of whose disk it is a copy; NULL = it is none */
    char *label;   /* of a volume with these files; NULL = it is none */
    GStrv names;
    GStrv texts; /* what is in each; without a line end the path of it */
    RunAs *user; /* to whom its files belong; NULL = to us */
} ImageStep;

typedef struct {
    char *name;
    char *place;
    char *control; /* socket on which the switch tells its ports and counters */
    char *log;
    GStrv argv;  /* argv[0] is the program's name; the program is roost itself */
    RunAs *user; /* as whom it runs; NULL = as we do, as in the next ones */
} SwitchStep;

typedef struct {
    char *socket; /* where it lends what is opened inside */
    char *log;
    GStrv argv; /* as that of a switch */
} NetnsStep;

/* How a tap is opened. */
typedef struct {
    char *net;            /* in which network; see step-network.h */
    gboolean vnet_hdr;    /* frames are preceded by what is left to do for them */
    gboolean multi_queue; /* one of several descriptors */
} TapUse;

/* A descriptor that the emulator inherits at a number fixed here. */
typedef enum { FD_QMP_LISTENER, FD_TAP, FD_MACVTAP } FdKind;
extern const char *const fd_kind_names[];

typedef struct {
    gint64 fd;
    FdKind kind;
    char *path;  /* where the listening socket is bound; name of the tap */
    TapUse *tap; /* NULL when it is none */
} FdRecord;

typedef struct {
    char *name; /* of the switch */
    char *place;
    char *log;
    GStrv argv;     /* as that of a machine */
    GPtrArray *fds; /* FdRecord */
    RunAs *user;
} UplinkStep;

typedef struct {
    char *place;
    char *proto;
    char *host_address;
    gint64 host_port;    /* 0 = any free one */
    gint64 bound_port;   /* the one in use while the machine runs; 0 = not known */
    char *guest_address; /* NULL */
    gint64 guest_port;
    char *name;     /* NULL */
    char *netdev;   /* id of the netdev that carries it */
    gboolean added; /* while the machine ran: ends with the process */
} ForwardRecord;

typedef struct {
    char *name;
    char *place;
    char *netdev;
    char *switch_name;
    char *model;
    char *mac;
    char *vlan;       /* text for people: `252`, `trunk 10,20-29`; NULL */
    gint64 bootindex; /* -1 = none */
    char *tap;        /* its interface on the host; NULL = none */
    char *link;       /* `down` at each start; NULL = up */
} NicRecord;

typedef struct {
    char *name;
    char *place;
    char *path;   /* the file that the machine writes to: the newest layer */
    char *format; /* of that file; NULL for an empty drive */
    char *bus;
    gint64 bootindex; /* -1 = none */
    gboolean ours;    /* made by roost: may be deleted when asked */
    gboolean read_only;
} DiskRecord;

typedef enum {
    CONDITION_TCP,
    CONDITION_HTTPS,
    CONDITION_SERIAL,
    CONDITION_SCREEN_STABLE,
    CONDITION_QMP_EVENT,
} ConditionKind;
extern const char *const condition_kind_names[];

/* One thing that is waited for. */
typedef struct {
    ConditionKind kind;
    char *word;      /* name or guest port of a forward, regular expression, event; NULL */
    gint64 still_ms; /* screen-stable: for how long */
    gboolean fresh;  /* serial: what was said before the wait does not count */
} ConditionRecord;

typedef struct {
    GPtrArray *conditions; /* ConditionRecord: all of them */
    gint64 timeout_ms;
} ReadyRecord;

/* the places of a bootable device in the order of the first boot and in that of
 * all others */
typedef struct {
    char *device;
    gint64 first;
    gint64 usual;
} OnceRecord;

/* How a person reaches the server in a machine. */
typedef struct {
    char *user;    /* NULL = as ssh has it, as is the next */
    char *key;     /* file */
    char *address; /* NULL = through a forward */
    gint64 port;   /* of the server */
} SshRecord;

typedef struct {
    char *name;
    char *place;
    GStrv argv;     /* argv[0] is the emulator's absolute path */
    GPtrArray *fds; /* FdRecord */
    char *accel;    /* the accelerator that is tried first */
    gint64 memory;  /* bytes */
    gint64 cpus;
    char *qmp;     /* the shared QMP socket, for everyone */
    char *qmp_ro;  /* the shared QMP socket for observers */
    char *monitor; /* QEMU's own QMP socket, for the supervisor alone */
    GStrv serial_sockets;
    GStrv serial_logs;
    char *firmware_code; /* NULL = the emulator's own BIOS, as are the next three */
    char *firmware_format;
    char *firmware_vars; /* the machine's own store of variables */
    char *firmware_vars_format;
    char *vnc;            /* socket; NULL */
    char *spice;          /* socket; NULL */
    char *screen_address; /* ADDRESS:PORT instead of either; NULL */
    GStrv channel_sockets;
    char *log_dir;       /* stderr of each start */
    GPtrArray *disks;    /* DiskRecord */
    GPtrArray *nics;     /* NicRecord */
    GPtrArray *forwards; /* ForwardRecord */
    char *disk_dir;      /* where its own disks are */
    GPtrArray *once;     /* OnceRecord; empty = every boot is as usual */
    char *on_poweroff;
    char *on_reboot;
    char *on_crash;
    ReadyRecord *ready; /* NULL = ready as soon as it runs */
    SshRecord *ssh;     /* NULL = as of a profile that says nothing */
    GStrv files;        /* files of the user's that must be readable: kernel, images */
    GStrv after;        /* machines that must be ready first */
    RunAs *user;
    GStrv reads; /* with @user: files of others' that its emulator opens */
} MachineStep;

typedef struct {
    char *owner; /* `machine web`, for messages */
    char *place;
    char *up_name; /* as the profile has it: before_up, after_up */
    GStrv up;      /* program and arguments; NULL = nothing, as the next */
    char *down_name;
    GStrv down;
    GStrv environment; /* NAME=VALUE: whose it is */
    char *folder;      /* where they run */
    char *log;
    gint64 timeout_ms;
} HookStep;

typedef struct {
    char *id; /* kind:name, unique in the lab */
    StepKind kind;
    GStrv needs; /* ids of steps that must be done before */
    DirectoryStep *directory;
    ImageStep *image;
    SwitchStep *sw;
    NetnsStep *netns;
    MachineStep *machine;
    NetworkStep *network;
    TapStep *tap;
    OvsStep *ovs;
    UplinkStep *uplink;
    HookStep *hook;
} Step;

typedef struct {
    gint64 version; /* of this format */
    char *lab;
    char *identity; /* the lab whose addresses and UUIDs the machines have; NULL = their own */
    char *origin;   /* LAB/CHECKPOINT of which this lab is a copy; NULL = it is none */
    char *profile;  /* absolute path of the file */
    char *run_dir;
    char *state_dir;
    GStrv notes;      /* what a person should know: the accelerator that was chosen, and why */
    GPtrArray *steps; /* Step, in the order in which they are done */
} Plan;

#define PLAN_VERSION 1

extern const Record step_record, plan_record, machine_step_record, forward_record;
extern const Record once_record;
extern const Record directory_record, image_record, switch_record, netns_record, uplink_record;
extern const Record hook_record;
extern const Record network_record, tap_record, ovs_record, tunnel_record, port_record,
    tap_use_record;
extern const Record disk_record, nic_record, ready_record, ssh_record, condition_record, fd_record;

Plan *plan_new (void);
void plan_free (Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plan, plan_free)

/**
 * plan_find_machine:
 *
 * Returns: (transfer none) (nullable): the record of machine @name
 */
MachineStep *plan_find_machine (const Plan *plan, const char *name);

/**
 * plan_find_user:
 *
 * Returns: (transfer none) (nullable): as whom the lab's processes run, where that
 * is not as the supervisor does
 */
const RunAs *plan_find_user (const Plan *plan);

/**
 * step_describe:
 *
 * Returns: (transfer full): the step as one line for a person, as
 * `image web/data: qcow2, 1T, /var/lib/roost/…`
 */
char *step_describe (const Step *step);
