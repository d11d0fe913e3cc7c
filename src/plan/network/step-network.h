/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps that make networks of the host.  What is made carries its step's mark,
 * by which it is known again: only what has it is ever removed.
 *
 * `net` says everywhere in which network, as host/network/netns.h has it: NULL is the host's
 * own.
 */
#pragma once

#include <glib.h>

typedef struct {
    char *name;
    char *place;
    char *device; /* the interface that is its port */
    char *mac;    /* of the device */
    char *type;   /* vxlan, gre */
    char *remote;
    char *local; /* NULL = as routing has it */
    gint64 key;  /* -1 = none */
    gint64 port;
} TunnelRecord;

/* A port of Open vSwitch. */
typedef struct {
    char *owner; /* machine/nic */
    char *device;
    gint64 vlan; /* access, or native of a trunk; 0 = none */
    char *trunk; /* NULL = none */
} PortRecord;

/* A bridge: one of Linux as a step of its own, or one of Open vSwitch. */
typedef struct {
    char *name; /* of the switch */
    char *place;
    char *net;
    char *mark;
    char *bridge;
    char *mac; /* of the bridge; NULL when it exists */
    gboolean existing;
    GStrv addresses;
    char *uplink;       /* NULL */
    gint64 mtu;         /* 0 = the kernel's */
    gint64 vlan;        /* of the host's own side; 0 = untagged */
    char *stp;          /* off, stp, rstp */
    gboolean filter;    /* Linux: VLANs are in use */
    char *datapath;     /* ovs: system, netdev; NULL when it exists */
    char *flows;        /* ovs: file; NULL */
    GPtrArray *tunnels; /* TunnelRecord */
    GPtrArray *ports;   /* ovs: PortRecord */
} NetworkStep;

typedef struct {
    char *owner; /* machine/nic */
    char *place;
    char *switch_name;
    char *net;
    char *mark;
    char *name;   /* of the device */
    char *bridge; /* Linux bridge that it is a port of; NULL */
    char *parent; /* macvtap: the interface under it; NULL = a tap */
    char *mode;   /* macvtap */
    char *mac;    /* macvtap: that of the NIC */
    gint64 mtu;   /* 0 = the kernel's */
    gint64 vlan;  /* Linux bridge: access, or native of a trunk; 0 = none */
    char *trunk;  /* Linux bridge; NULL = none */
    gboolean multi_queue;
    char *user; /* number of the user who may open it; NULL = whoever made it */
} TapStep;

typedef struct {
    char *net;
    char *mark;
    GPtrArray *bridges; /* NetworkStep */
} OvsStep;

/* Returns: (transfer full): the step as one line for a person */
char *network_step_describe (const NetworkStep *step);
char *tap_step_describe (const TapStep *step);
char *ovs_step_describe (const OvsStep *step);
