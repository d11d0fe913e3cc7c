/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every path that belongs to a lab. */
#pragma once

#include "base/diag.h"

#include <glib.h>

/* below the run directory of a lab whose processes run as another user */
#define PATHS_BOUND "sockets"

typedef struct {
    char *run;   /* directory of the lab's sockets */
    char *bound; /* of those that its processes bind: the same, or one below that is theirs */
    char *state; /* directory of what survives `down` */
    char *disks; /* below state, as is logs */
    char *logs;
    gsize root_length; /* of the run root, without the lab's part */
    char *longest;     /* the longest socket path so far; NULL */
    Place longest_place;
} Paths;

/**
 * paths_init:
 * @run_root: absolute
 * @state_root: absolute
 */
void paths_init (Paths *paths, const char *run_root, const char *state_root, const char *lab);
void paths_clear (Paths *paths);

/**
 * paths_separate:
 *
 * The lab's processes run as another user, and bind their sockets in a directory
 * of that user's.  Called before the first path is asked for.
 */
void paths_separate (Paths *paths);

/**
 * paths_socket: (and paths_bound_socket)
 * @place: what the socket belongs to, for the complaint when it is too long
 * @format: its name
 *
 * Returns: (transfer full): the path of a socket of the supervisor's, or of one
 * that an emulator or a switch binds itself
 */
char *paths_socket (Paths *paths, Place place, const char *format, ...) G_GNUC_PRINTF (3, 4);
char *paths_bound_socket (Paths *paths, Place place, const char *format, ...) G_GNUC_PRINTF (3, 4);

/**
 * paths_port:
 * @end: `m` for the machine's end, `s` for the switch's
 *
 * Returns: (transfer full): the datagram socket of one end of the wire between
 * a NIC and an internal switch
 */
char *paths_port (Paths *paths, Place place, const char *sw, const char *machine, const char *nic,
                  char end);

/**
 * paths_log: (and paths_disk)
 *
 * Returns: (transfer full): the path of a log or of a disk of the lab's
 */
char *paths_log (const Paths *paths, const char *format, ...) G_GNUC_PRINTF (2, 3);
char *paths_disk (const Paths *paths, const char *machine, const char *disk, const char *format);

/**
 * paths_check:
 *
 * Complains, once for the whole lab, when a path that paths_socket() gave out
 * is longer than the system's socket addresses.
 */
void paths_check (const Paths *paths, DiagList *diags);
