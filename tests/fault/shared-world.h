/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world of the shared socket's tests: the socket, and an emulator that takes notes, in one
 * main loop. */
#pragma once

#include "control/shared/shared.h"
#include "fault/qmp-peer.h"
#include "fault/talk.h"

#define NAME(id) "{\"execute\":\"query-name\",\"id\":" #id "}"
#define EVENT "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}"

typedef struct {
    char *dir, *path, *observers, *transcript;
    SharedSocket *shared;
    QmpClient *upstream;
    Peer *emulator;
    GSource *server;
    gsize n_bytes; /* of the commands that the emulator has seen */
    guint n_commands;
    gboolean holds; /* the emulator takes commands and does not answer */
    GArray *held;   /* guint64 ids */
} World;

World *world_new (void);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* An emulator is there, or goes; what it has seen is checked. */
void world_connect (World *world);
void world_disconnect (World *world);
/* The emulator answers what it has held, and holds no more. */
void world_release (World *world);

/* All is well for one who behaves. */
void world_check_well (World *world);
guint world_count_clients (World *world);
