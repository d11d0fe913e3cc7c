/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world of the QmpSession tests: a session, its owner, and a client at the other end of a
 * socket pair, all in one main loop. */
#pragma once

#include "qmp/qmp-session.h"
#include "unit/pump.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}"
#define READY GREETING "\r\n{\"return\": {}}\r\n"
#define CAPS "{\"execute\":\"qmp_capabilities\"}"
#define CAPS_OOB "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}"
#define EVENT "{\"event\": \"STOP\"}"
#define DEADLINE 10000

/* The owner of the session and its client. */
typedef struct {
    QmpSession *session;
    GQueue held; /* QmpRequest of "hold" */
    GString *commands;
    guint n_ready, n_closed;
    GError *reason;
    const char *free_in; /* the handler in which the owner frees the session */
    int fd;              /* the client's end */
    guint watch;         /* reads the client's end; 0 when the client does not read */
    GString *got;
    gsize wanted; /* bytes to wait for */
} World;

World *world_new (gboolean offer_oob);
void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* the client reads as it can; or no more */
void start_reading (World *world);
void stop_reading (World *world);

void say (World *world, const char *text);
/* the client negotiates */
void begin (World *world);
/* the owner answers the oldest "hold" with {} */
void answer_held (World *world);

/* Waits until the client has got exactly @text, and forgets it. */
void expect (World *world, const char *text);
void expect_closed (World *world);
/* for pump_until(): whether @wanted bytes have come */
gboolean has_wanted (gpointer world);
