/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A roost-switch process and the machines' ends of its ports, as plain datagram
 * sockets, in a private directory.  What cannot go wrong but for the test's own
 * machinery ends the test (g_error).
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <sys/types.h>

/* ms in which anything that is waited for must happen */
#define RIG_DEADLINE 20000

typedef struct {
    char *dir;
    char *control;
    char *stderr_path;
    GPtrArray *argv;
    pid_t pid; /* 0 = not running */
} SwitchRig;

/**
 * rig_init:
 * @ageing: as on the command line
 */
void rig_init (SwitchRig *rig, const char *ageing);

/* Ends the process when it runs, and removes the directory. */
void rig_clear (SwitchRig *rig);

/* @words: further words of the port, as "--vlan 10"; NULL = none */
void rig_add_port (SwitchRig *rig, const char *name, const char *words);

/* Paths of a port's sockets; @side is "s" or "m". */
char *rig_path (const SwitchRig *rig, const char *port, const char *side);

/* Starts the switch and waits for the byte on --ready-fd.  Returns whether it came. */
gboolean rig_start (SwitchRig *rig);

/* Sends @signal and waits.  Returns the status as waitpid() tells it. */
int rig_end (SwitchRig *rig, int signal);

/* What the switch wrote to its standard error. */
char *rig_stderr (const SwitchRig *rig);

/* Connects to the control socket; -1 when nobody answers. */
int rig_connect (const SwitchRig *rig);

/* The document of the control socket. */
JsonNode *rig_status (const SwitchRig *rig);

/* One counter of a port, or of the switch when @port is NULL. */
gint64 rig_counter (const SwitchRig *rig, const char *port, const char *counter);

/* Waits until a counter is at least @value. */
void rig_wait_counter (const SwitchRig *rig, const char *port, const char *counter, gint64 value);

/* Waits until the switch has handled @n frames in all from @port. */
void rig_wait_received (const SwitchRig *rig, const char *port, gint64 n);

/* Binds the machine's end of a port, replacing what was bound there. */
int rig_endpoint (const SwitchRig *rig, const char *port);

/* Sends a frame as the machine at @port, waiting for room. */
void rig_send (const SwitchRig *rig, int fd, const char *port, gconstpointer frame, gsize length);

/* Takes a frame; 0 when none comes in @timeout ms. */
gsize rig_receive (int fd, gpointer frame, gsize size, int timeout);

/* An Ethernet frame from @source to @destination (numbers; 0xff = broadcast),
 * with a tag when @tci >= 0; returns its length, which is at least @length. */
gsize rig_frame (guint8 *frame, guint8 destination, guint8 source, int tci, gsize length);
