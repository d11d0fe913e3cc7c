/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rig of the shared socket: QEMU alone, or QEMU with a shared socket in front of it, and
 * clients in plain bytes; all but QEMU in one main loop. */
#pragma once

#include "base/file.h"
#include "control/shared/shared.h"
#include "fault/talk.h"
#include "integration/qmp-process.h"
#include "unit/wait.h"

#define RIG_QEMU "qemu-system-x86_64"
typedef enum { RIG_QEMU_ITSELF, RIG_SHARED, RIG_N_SERVERS } RigServer;

typedef struct {
    RigServer server;
    Process *qemu;
    QmpClient *upstream;  /* NULL when it is QEMU itself */
    SharedSocket *shared; /* the same */
    char *path;           /* where clients connect */
    char *second_path;    /* another monitor of QEMU's own */
    char *observer_path;
    char *transcript_path;
    int held; /* what QEMU waits for, between rig_hold() and rig_release() */
} Rig;

Rig *rig_new (RigServer server);
void rig_free (Rig *rig);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

/* Holds QEMU in a command of @talk's whose id is "held", until rig_release(); once. */
void rig_hold (Rig *rig, Talk *talk);
void rig_release (Rig *rig);
