/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this host lacks for labs: findings, each with its reason and the command
 * that mends it.  Nothing is changed, but that the kernel may load the module of bridges.
 */
#pragma once

#include "host/network/kernel.h"
#include "plan/facts.h"

#include <glib.h>

typedef enum {
    FINDING_OK,      /* as it should be */
    FINDING_HINT,    /* works; could be better */
    FINDING_MISSING, /* something cannot be done here; nothing that was asked for */
    FINDING_PROBLEM, /* what was asked for cannot be done */
} FindingState;
extern const char *const finding_state_names[];

/* Strings are owned. */
typedef struct {
    const char *name; /* interned: what was looked at */
    FindingState state;
    char *seen;   /* what is there, one clause */
    char *why;    /* why that matters here; NULL when all is well */
    char *remedy; /* the command that mends it; NULL when there is none */
} Finding;

/* What a profile asks of the host; all zero when none was given. */
typedef struct {
    gboolean profile; /* the rest is of a profile: what it does not need is not a problem */
    gboolean kvm;     /* a machine insists on it */
    gboolean nested;  /* a machine is to run hypervisors */
    gboolean esxi;    /* a machine runs ESXi, as its `guest` says */
    gboolean tap;     /* bridge or ovs; macvtap has devices of its own */
    gboolean bridge;
    gboolean ovs;
    gboolean ovs_kernel; /* … with the kernel's datapath */
    gboolean vlans;      /* on bridges of the kernel */
    gboolean macvtap;
    gboolean vxlan; /* … and gre: the kernel's */
    gboolean gre;
    gboolean vhost; /* a NIC insists on it */
    gboolean user_namespace;
    gboolean uefi;
    gboolean iso;         /* a seed is written to an ISO */
    guint64 memory;       /* bytes, of all machines */
    guint64 space;        /* bytes that copies of images take */
    gsize longest_socket; /* bytes of the longest socket path */
} DoctorNeeds;

typedef struct {
    const char *root; /* where /sys, /proc, /dev and /usr are looked for; NULL = / */
    const char *state_root;
    const char *run_root;
    const HostFacts *facts; /* its emulators have been asked */
    DoctorNeeds needs;
    gboolean privileged; /* the caller is root */
    const char *user;    /* as whom the profile's machines run; NULL = as the caller */
    KernelAnswer (*try_kernel) (KernelFeature feature); /* NULL = kernel_try() */
} DoctorInput;

/**
 * doctor_examine:
 *
 * Returns: (transfer full) (element-type Finding): every finding, in a fixed order
 */
GPtrArray *doctor_examine (const DoctorInput *input);

/**
 * doctor_can_run:
 *
 * Returns: %FALSE when one of @findings is a %FINDING_PROBLEM
 */
gboolean doctor_can_run (const GPtrArray *findings);
