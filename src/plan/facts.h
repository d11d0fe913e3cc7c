/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan must know of the host, as plain data: host/facts.c finds it out,
 * tests write it down.
 */
#pragma once

#include "plan/run-as.h"
#include "profile/model.h"

#include <glib.h>

/* One emulator binary and what it offers; the lists are sorted names, NULL when
 * nobody has asked it. */
typedef struct {
    char *name;    /* as profiles say it: qemu-system-x86_64 or a path */
    char *path;    /* absolute; NULL = not found */
    char *version; /* 7.2.22 (Debian …); NULL when not asked */
    GStrv machines;
    GStrv devices;
    GStrv cpus;
    GStrv accels;
    GStrv properties;  /* of PC machines, as vmport */
    char *fingerprint; /* of the binary: `build-id …` or `sha256 …` */
    GStrv options;     /* of its command line: `sandbox` is there when it was built with that */
} EmulatorFacts;

/* One firmware that the host has. */
typedef struct {
    char *code;
    char *code_format;
    char *vars; /* what a machine's own store of variables is copied from */
    char *vars_format;
    GStrv features; /* secure-boot, enrolled-keys, requires-smm, … */
    GStrv targets;  /* architecture and machine types, as `x86_64 pc-q35-*` */
} FirmwareFacts;

/* A disk of the lab's that is there already. */
typedef struct {
    char *machine;
    char *disk;
    char *path; /* its newest layer, which the machine is to go on with */
    char *format;
} DiskHead;

typedef struct {
    gboolean kvm;            /* can run ordinary guests */
    char *kvm_problem;       /* why not, one clause; NULL when it can */
    gboolean kvm_nested;     /* the module lets guests have hypervisors */
    char *kvm_nested_remedy; /* the line that mends it; NULL when it need not be */
    gboolean cpu_amd;        /* svm rather than vmx */
    gboolean vhost_net;      /* frames of virtio can be left to the kernel */
    RunAs *user;             /* as whom the lab's processes run; NULL = as we do */
    char *user_problem;      /* why they cannot run as the profile says; NULL when they can */
    GPtrArray *emulators;    /* EmulatorFacts, owned */
    GPtrArray *firmwares;    /* FirmwareFacts, owned, the best first */
    GHashTable *heads;       /* `machine/disk` → owned DiskHead */
} HostFacts;

HostFacts *host_facts_new (void);
void host_facts_free (HostFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostFacts, host_facts_free)

void firmware_facts_free (FirmwareFacts *firmware);

/**
 * host_facts_emulator:
 *
 * Returns: (transfer none) (nullable): the emulator that profiles call @name
 */
EmulatorFacts *host_facts_emulator (const HostFacts *facts, const char *name);

/**
 * host_facts_add_head:
 * @path: the newest layer of the disk
 */
void host_facts_add_head (HostFacts *facts, const char *machine, const char *disk, const char *path,
                          const char *format);

/**
 * host_facts_head:
 *
 * Returns: (transfer none) (nullable): the newest layer of that disk, when the
 * lab has it already
 */
const DiskHead *host_facts_head (const HostFacts *facts, const char *machine, const char *disk);
