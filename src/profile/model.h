/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lab as a person declared it: plain structs, checked, with every default
 * filled in and every place remembered.  Nothing here has touched the machine.
 *
 * Strings are owned and never NULL unless a comment says so; paths are
 * absolute.  Arrays own their elements and keep the order of the file.
 */
#pragma once

#include "base/diag.h"
#include "base/ether.h"

#include <glib.h>

/* Each enum has its words in the same order, NULL-terminated, in model.c. */

typedef enum { SWITCH_USER, SWITCH_INTERNAL, SWITCH_BRIDGE, SWITCH_OVS, SWITCH_MACVTAP } SwitchType;
extern const char *const switch_type_names[];

typedef enum { ISOLATION_NONE, ISOLATION_PRIVATE } Isolation;
extern const char *const isolation_names[];

typedef enum { DATAPATH_SYSTEM, DATAPATH_NETDEV } Datapath;
extern const char *const datapath_names[];

typedef enum { STP_OFF, STP_STP, STP_RSTP } StpMode;
extern const char *const stp_names[];

typedef enum { MACVTAP_BRIDGE, MACVTAP_VEPA, MACVTAP_PRIVATE, MACVTAP_PASSTHRU } MacvtapMode;
extern const char *const macvtap_mode_names[];

typedef enum { TUNNEL_VXLAN, TUNNEL_GRE } TunnelType;
extern const char *const tunnel_type_names[];

typedef enum { BUS_IDE, BUS_AHCI, BUS_USB, BUS_NVME, BUS_VIRTIO, BUS_SCSI } DiskBus;
extern const char *const disk_bus_names[];

typedef enum { MEDIA_DISK, MEDIA_CDROM } DiskMedia;
extern const char *const disk_media_names[];

typedef enum { CLONE_NONE, CLONE_OVERLAY, CLONE_REFLINK, CLONE_COPY } DiskClone;
extern const char *const disk_clone_names[];

typedef enum { DISPLAY_NONE, DISPLAY_VNC, DISPLAY_SPICE } DisplayType;
extern const char *const display_type_names[];

/* not said, no, yes: for options whose default is the emulator's own */
typedef enum { CHOICE_UNSET, CHOICE_NO, CHOICE_YES } Choice;

typedef enum { POWEROFF_DESTROY, POWEROFF_PRESERVE, POWEROFF_RESTART } PoweroffPolicy;
extern const char *const poweroff_policy_names[];

typedef enum { REBOOT_RESTART, REBOOT_DESTROY } RebootPolicy;
extern const char *const reboot_policy_names[];

typedef enum { CRASH_DESTROY, CRASH_PRESERVE, CRASH_RESTART } CrashPolicy;
extern const char *const crash_policy_names[];

typedef enum { PROTO_TCP, PROTO_UDP } ForwardProto;
extern const char *const forward_proto_names[];

#define DEFAULT_EMULATOR "qemu-system-x86_64"
typedef enum { FIRMWARE_BIOS, FIRMWARE_UEFI, FIRMWARE_UEFI_SECURE } FirmwareType;
extern const char *const firmware_type_names[];

typedef enum { CLOUD_NOCLOUD, CLOUD_CONFIG_DRIVE } CloudInitType;
extern const char *const cloud_init_type_names[];

typedef enum { VOLUME_CDROM, VOLUME_USB } VolumeType;
extern const char *const volume_type_names[];

/* which disk of a machine is made by roost to tell it something */
typedef enum { SEED_NONE, SEED_CLOUD_INIT, SEED_KICKSTART } SeedKind;

#define BOOTINDEX_UNSET (-1)
#define VLAN_UNSET 0

/* A way from a switch to one on another host. */
typedef struct {
    char *name;
    Place place;
    TunnelType type;
    char *remote; /* address of the other host */
    char *local;  /* address of this one; NULL = as routing has it */
    int key;      /* VNI or GRE key; TUNNEL_KEY_UNSET */
    int port;     /* UDP port of vxlan */
} Tunnel;

#define TUNNEL_KEY_UNSET (-1)
#define MTU_UNSET 0

typedef struct {
    char *name;
    Place place;
    SwitchType type;
    char *subnet;       /* user: CIDR; NULL = QEMU's 10.0.2.0/24 */
    gboolean restrict_; /* user: no way out but the forwards */
    guint ageing_ms;    /* internal: how long a learned MAC is believed */
    /* the rest is of those that are networks of the host */
    char *bridge;      /* name of the bridge; NULL = one made from lab and switch */
    gboolean existing; /* the bridge is there already and stays */
    GStrv addresses;   /* of the host on it, each with its prefix length; may be NULL */
    char *uplink; /* an interface of the host that is a port, or that macvtap stands on; NULL */
    MacvtapMode mode;
    Datapath datapath;
    int mtu;  /* MTU_UNSET = the kernel's */
    int vlan; /* of the host's own side; VLAN_UNSET */
    StpMode stp;
    char *flows;        /* OpenFlow rules for ovs; NULL */
    GPtrArray *tunnels; /* Tunnel */
} Switch;

/* What runs around the coming up and the going down of its owner: words each, the
 * first a program; NULL = nothing. */
typedef struct {
    Place place;
    GStrv before_up;
    GStrv after_up;
    GStrv before_down;
    GStrv after_down;
    guint timeout_ms;
} Hooks;

typedef struct {
    char *name;
    Place place;
    DiskBus bus;
    DiskMedia media;
    char *controller; /* device model of the controller; NULL where the bus has none */
    char *image;      /* file of the user's; NULL = roost makes an empty disk */
    Place image_place;
    DiskClone clone;
    guint64 size;       /* bytes; 0 = that of the image */
    char *format;       /* of the file that QEMU opens: qcow2, raw, vmdk … */
    char *image_format; /* of `image`, where the disk is made from it; may be NULL */
    gboolean nocow;
    gboolean read_only;
    char *cache; /* NULL = the emulator's default, as are the next three */
    char *aio;
    char *discard;
    char *detect_zeroes;
    char *serial;
    int iops;      /* requests per second; 0 = no limit, as is the next */
    guint64 bps;   /* bytes per second */
    int bootindex; /* BOOTINDEX_UNSET or 0 … */
    Place bootindex_place;
    SeedKind seed;
    gboolean hotplug; /* on q35 it has a port of its own */
    Hooks *hooks;     /* NULL */
} Disk;

typedef struct {
    char *name;
    Place place;
    char *switch_name; /* "user" stands for QEMU's NAT without being declared */
    char *model;
    Place model_place;
    char *mac; /* NULL = derived from lab, machine and nic */
    Place mac_place;
    int vlan;      /* access VLAN, or native VLAN of a trunk; VLAN_UNSET */
    VlanSet trunk; /* empty = no trunk */
    int bootindex;
    Place bootindex_place;
    gboolean link_down; /* at each start of the machine */
    int queues;         /* pairs of them */
    Choice vhost;
    char *tap;        /* one that is there already; NULL = roost makes it */
    gboolean hotplug; /* on q35 it has a port of its own */
} Nic;

typedef struct {
    Place place;
    ForwardProto proto;
    char *host_address;  /* "127.0.0.1" unless said; "" = all */
    int host_port;       /* 0 = any free one */
    char *guest_address; /* NULL = the first address that the NAT hands out */
    int guest_port;
    char *name; /* `as NAME`; NULL */
} Forward;

/* All of it must hold; lists are NULL when they are not written. */
typedef struct {
    Place place;
    GStrv tcp;              /* names or guest ports of forwards */
    GStrv https;            /* the same */
    GStrv serial;           /* regular expressions */
    GStrv qmp_event;        /* names of events; `*` is any text */
    guint screen_stable_ms; /* 0 = not waited for */
    guint timeout_ms;
} Ready;

typedef struct {
    Place place;
    FirmwareType type;
    char *code; /* NULL = found on the host, as is the next */
    char *vars;
} Firmware;

/* Texts with a line end are what is meant; others are paths, absolute. */
typedef struct {
    Place place;
    CloudInitType type;
    char *user_data; /* NULL = made from keys; the next two = made from names, left out */
    char *meta_data;
    char *network_config;
    GStrv keys; /* may be NULL */
} CloudInit;

typedef struct {
    Place place;
    char *file; /* never NULL once checked */
    VolumeType volume;
} Kickstart;

typedef struct {
    GStrv once; /* disks by name, `cdrom`, `nic`; NULL = every boot is as usual */
} Boot;

typedef struct {
    char *base;       /* utc, localtime or a date; NULL = emulator's default */
    gboolean catchup; /* replay ticks that the guest missed */
    char *pit;        /* lost_tick_policy: delay, discard; NULL */
} Clock;

#define SSH_PORT 22

/* How `roost ssh` reaches the server in the machine. */
typedef struct {
    char *user;    /* NULL = as ssh has it, as is the next */
    char *key;     /* file */
    char *address; /* of the machine; NULL = through a forward */
    int port;      /* of the server */
} Ssh;

typedef struct {
    char *name;
    Place place;
    char *machine; /* q35, i440fx, or a versioned type of the emulator's */
    Place machine_place;
    char *guest;    /* what runs in it, as `esxi-6.5`; NULL = nothing is known of it */
    char *emulator; /* program name or absolute path */
    Place emulator_place;
    GStrv accel; /* NULL = the best that the host has; else in this order */
    Place accel_place;
    char *cpu; /* NULL = host under kvm, max under tcg */
    Place cpu_place;
    int smp;
    guint64 memory; /* bytes */
    Choice nested;
    Place nested_place;
    Firmware *firmware;    /* NULL = the emulator's own BIOS */
    CloudInit *cloud_init; /* NULL, as may be the next */
    Kickstart *kickstart;
    char *kernel; /* NULL = boot from disk, as are the next two */
    Place kernel_place;
    char *initrd;
    Place initrd_place;
    char *append;
    GPtrArray *disks;    /* Disk */
    GPtrArray *nics;     /* Nic */
    GPtrArray *forwards; /* Forward */
    int hotplug;         /* ports of q35 for what comes while it runs */
    int serials;         /* serial ports, 0 to 4 */
    DisplayType display;
    char *display_address; /* ADDRESS:PORT; NULL = a Unix socket */
    char *video; /* vga, std, cirrus, qxl, vmware, virtio, none; NULL = none or std by display */
    guint64 video_memory; /* bytes; 0 = the emulator's own */
    GStrv inputs;         /* usb-tablet, usb-mouse, usb-keyboard; never NULL */
    GStrv channels;       /* spicevmc, or names of ports; never NULL */
    Choice suspend;       /* whether it can sleep in S3 and S4 */
    Clock clock;
    Boot boot;
    Ssh ssh;
    Choice hpet;
    Choice vmport;
    Choice pvpanic;
    Choice sandbox;
    char *uuid; /* NULL = derived from lab and machine */
    Place uuid_place;
    PoweroffPolicy on_poweroff;
    RebootPolicy on_reboot;
    CrashPolicy on_crash;
    Ready *ready; /* NULL = ready as soon as it runs */
    GStrv after;  /* machines that must be ready first; never NULL */
    Hooks *hooks; /* NULL */
    GStrv args;   /* extra arguments for the emulator, last; never NULL */
} Machine;

typedef struct {
    char *name;
    Place place;
    char *file;          /* absolute path of the profile, or "-" */
    Isolation isolation; /* whose network the lab's is */
    Place isolation_place;
    char *user; /* as whom its processes run, NAME[:GROUP]; NULL = as roost does */
    Place user_place;
    Hooks *hooks;          /* NULL */
    GHashTable *emulators; /* name → absolute path or name of a program, both owned */
    GPtrArray *switches;   /* Switch */
    GPtrArray *machines;   /* Machine */
} Lab;

Switch *model_switch_new (void);
Tunnel *model_tunnel_new (void);
Disk *model_disk_new (void);
Nic *model_nic_new (void);
Forward *model_forward_new (void);
Ready *model_ready_new (void);
Firmware *model_firmware_new (void);
CloudInit *model_cloud_init_new (void);
Kickstart *model_kickstart_new (void);
Hooks *model_hooks_new (void);
Machine *model_machine_new (void);
Lab *lab_new (void);

void model_switch_free (Switch *sw);
void model_tunnel_free (Tunnel *tunnel);
void model_disk_free (Disk *disk);
void model_nic_free (Nic *nic);
void model_forward_free (Forward *forward);
void model_ready_free (Ready *ready);
void model_firmware_free (Firmware *firmware);
void model_cloud_init_free (CloudInit *init);
void model_kickstart_free (Kickstart *kickstart);
void model_hooks_free (Hooks *hooks);
void model_machine_free (Machine *machine);
void lab_free (Lab *lab);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lab, lab_free)

/* whether @machine's `guest` is a version of ESXi */
gboolean guest_is_esxi (const Machine *machine);
